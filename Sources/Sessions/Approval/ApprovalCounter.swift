import Agent
import Foundation
import JSON

/// The decider's side of the folder beside a journal.
public struct ApprovalCounter: Sendable {
    private let folder: ApprovalFolder

    /// What became of a decision that was left.
    public enum Answer: Sendable, Hashable {
        /// The run has not looked at it yet.
        case pending
        /// It is gone: the journal says what came of it.
        case taken
        /// The run did not take it.
        case refused(String)
    }

    /// The counter of a journal.
    public init(journal: String) { folder = ApprovalFolder(journal: journal) }

    /// What is known of the run that waits there; `nil` where none does.
    public var run: WaitingRun? {
        let descriptor = open(folder.lockPath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { FileLock.release(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK else { return nil }
        guard let (bytes, _) = try? folder.read(folder.lockPath), let value = try? JSONParser.parse(bytes)
        else { return WaitingRun(process: nil, timeout: nil) }
        return WaitingRun(process: value["pid"]?.intValue, timeout: value["timeout"]?.intValue)
    }

    /// Leaves a decision for the run.
    /// - Throws: ``ApprovalError`` where no run waits, or another decision lies there already.
    public func leave(_ decision: OutsideDecision) throws(ApprovalError) {
        guard run != nil else {
            throw ApprovalError(
                "no run waits for decisions on \(decision.session); take it up with "
                    + "callgate run --headless --approve await --resume")
        }
        try folder.check()
        let path = folder.decisionPath(decision)
        unlink(folder.refusalPath(path))
        guard try folder.place(decision.bytes(), at: path) else {
            throw ApprovalError(
                "call \(decision.key.id) has been decided already; the run is about to take it")
        }
    }

    /// What became of a decision that was left.
    public func answer(to decision: OutsideDecision) -> Answer {
        let path = folder.decisionPath(decision)
        let refusal = folder.refusalPath(path)
        if let (bytes, _) = try? folder.read(refusal) {
            unlink(refusal)
            let text = String(decoding: bytes, as: UTF8.self)
            return .refused(text.hasSuffix("\n") ? String(text.dropLast()) : text)
        }
        return access(path, F_OK) == 0 ? .pending : .taken
    }

    /// Takes back a decision that no run has looked at.
    public func withdraw(_ decision: OutsideDecision) { unlink(folder.decisionPath(decision)) }
}

/// A run that waits for decisions.
public struct WaitingRun: Sendable, Hashable {
    /// Its process.
    public let process: Int?
    /// The seconds after which it denies a call that nobody decided.
    public let timeout: Int?
}
