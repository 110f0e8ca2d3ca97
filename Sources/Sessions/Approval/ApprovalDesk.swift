import Agent
import Foundation
import JSON

/// The run's side of the folder: says that it waits, and finds the decisions that were left.
///
/// While it is open it holds a lock, by which others tell a run that waits from one that is gone.
public final class ApprovalDesk: Sendable {
    /// A decision that lies in the folder.
    public struct Left: Sendable {
        /// What was decided; an error where the file cannot be read or trusted.
        public let decision: Result<OutsideDecision, ApprovalError>
        /// Whose file it is.
        public let user: Decider
        fileprivate let path: String
    }

    private let folder: ApprovalFolder
    private let lock: Int32

    /// Opens the desk of a journal that this process writes.
    ///
    /// - Parameter timeout: the seconds after which a call is denied, shown to whoever decides.
    /// - Throws: ``ApprovalError`` where the folder cannot be made, or is not closed to others.
    public init(journal: String, timeout: Int?) throws(ApprovalError) {
        folder = ApprovalFolder(journal: journal)
        try folder.create()
        let path = folder.lockPath
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw ApprovalFolder.failure("opening", path) }
        // The journal's own lock keeps a second run out; only somebody who looks may hold this one, for a moment.
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else {
                close(descriptor)
                throw ApprovalFolder.failure("locking", path)
            }
        }
        let text = JSONValue.record(["pid": .int(Int(getpid())), "timeout": timeout.map { .int($0) }]).text()
        let bytes = Array((text + "\n").utf8)
        guard ftruncate(descriptor, 0) == 0,
            bytes.withUnsafeBytes({ pwrite(descriptor, $0.baseAddress, $0.count, 0) }) == bytes.count
        else {
            close(descriptor)
            throw ApprovalFolder.failure("writing", path)
        }
        lock = descriptor
    }

    deinit { FileLock.release(lock) }

    /// The decisions that lie there; none where the folder has become another since, or is open to others.
    public func left() -> [Left] {
        do throws(ApprovalError) { try folder.check() } catch { return [] }
        return folder.names().map { name in
            let path = folder.path + "/" + name
            do throws(ApprovalError) {
                let (bytes, owner) = try folder.read(path)
                let decision = Result { () throws(ApprovalError) in try OutsideDecision(bytes: bytes) }
                return Left(decision: decision, user: ApprovalDesk.user(owner), path: path)
            } catch {
                return Left(decision: .failure(error), user: ApprovalDesk.user(geteuid()), path: path)
            }
        }
    }

    /// The decision stands in the journal: its file is not needed any more.
    public func remove(_ left: Left) { unlink(left.path) }

    /// The decision was not taken; whoever left it reads why.
    public func refuse(_ left: Left, _ reason: String) {
        let path = folder.refusalPath(left.path)
        unlink(path)
        _ = try? folder.place(Array((reason + "\n").utf8), at: path)
        unlink(left.path)
    }

    private static func user(_ id: UInt32) -> Decider {
        let name = getpwuid(id).map { String(cString: $0.pointee.pw_name) }
        return .user(name: name ?? "unknown", id: id)
    }
}
