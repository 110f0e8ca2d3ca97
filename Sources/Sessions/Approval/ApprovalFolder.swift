import Foundation
import JSON

/// The folder beside a journal through which decisions reach the run: `x.jsonl.approvals`, for its owner alone.
///
/// A decision is a file that appears whole, by a hard link, and only where none is there: of two people the first one
/// decides. The run holds a lock as long as it looks. Nobody but the run writes the journal.
struct ApprovalFolder: Sendable {
    let path: String
    static let suffix = ".approvals"
    private static let largest = ReadingLimits.document

    init(journal: String) { path = journal + ApprovalFolder.suffix }

    var lockPath: String { path + "/run.lock" }

    /// Makes the folder where it is missing.
    /// - Throws: ``ApprovalError`` where it cannot be made, or others may write to it.
    func create() throws(ApprovalError) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw ApprovalFolder.failure("making", path) }
        try check()
    }

    /// Whether the folder is one's own and closed to others.
    /// - Throws: ``ApprovalError`` where it is not: then anybody could decide.
    func check() throws(ApprovalError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw ApprovalFolder.failure("opening", path) }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(), status.st_mode & 0o077 == 0
        else {
            throw ApprovalError(
                "\(path) must be a folder of yours that nobody else may use: chmod 700, no link")
        }
    }

    /// The names of the decisions that lie there, oldest name first.
    func names() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { $0.endsBytewise(with: ".decision") }.sorted()
    }

    func decisionPath(_ decision: OutsideDecision) -> String {
        "\(path)/\(decision.since)-\(decision.hash).decision"
    }

    func refusalPath(_ decisionPath: String) -> String { decisionPath.dropLast("decision".count) + "refused" }

    /// Puts a file in its place, whole and only where none is there.
    /// - Returns: whether it is there now; false where another was first.
    func place(_ bytes: [UInt8], at target: String) throws(ApprovalError) -> Bool {
        let temporary = "\(path)/.\(UUID().uuidString)"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw ApprovalFolder.failure("writing", temporary) }
        defer { unlink(temporary) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                close(descriptor)
                throw ApprovalFolder.failure("writing", temporary)
            }
            rest = rest.dropFirst(count)
        }
        let isSaved = fsync(descriptor) == 0
        guard close(descriptor) == 0, isSaved else { throw ApprovalFolder.failure("saving", temporary) }
        if link(temporary, target) == 0 { return true }
        guard errno == EEXIST else { throw ApprovalFolder.failure("placing", target) }
        return false
    }

    /// A file and whose it is, by the system's word.
    /// - Throws: ``ApprovalError`` for a link, for a file that others may change, and for one that is too large.
    func read(_ path: String) throws(ApprovalError) -> (bytes: [UInt8], owner: UInt32) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { throw ApprovalFolder.failure("opening", path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_mode & 0o022 == 0, status.st_uid == geteuid() || status.st_uid == 0,
            status.st_size <= ApprovalFolder.largest
        else {
            throw ApprovalError("\(path) is no file that only its owner may write; it was left out")
        }
        // It may grow while it is read.
        do {
            let bytes = try BoundedFile.bytes(descriptor, named: path, most: ApprovalFolder.largest)
            return (bytes, status.st_uid)
        } catch {
            throw ApprovalError(error.description)
        }
    }

    static func failure(_ action: String, _ path: String) -> ApprovalError {
        ApprovalError("\(action) \(path) failed: \(String(cString: strerror(errno)))")
    }
}
