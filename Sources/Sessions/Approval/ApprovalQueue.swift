import Agent
import Foundation

/// A call in the queue, with the session that it belongs to.
public struct QueuedCall: Sendable {
    /// The session's journal.
    public let journal: String
    /// The session's name.
    public let session: String
    /// The call and since when it waits.
    public let waiting: WaitingCall
    /// The session as it stands.
    public let state: RunState
    /// When the call is denied unless somebody decides, in milliseconds since 1970; `nil` where it waits for ever.
    public let deadline: Int64?

    /// What tells it from every other call, and from an earlier wait of the same one.
    public var id: ID {
        ID(journal: journal, since: waiting.since, key: waiting.record.key, hash: waiting.hash)
    }

    /// What tells a queued call from every other one.
    public struct ID: Sendable, Hashable {
        let journal: String
        let since: Int
        let key: CallKey
        let hash: CallHash
    }

    /// A call of a session.
    public init(journal: String, session: String, waiting: WaitingCall, state: RunState, deadline: Int64?) {
        self.journal = journal
        self.session = session
        self.waiting = waiting
        self.state = state
        self.deadline = deadline
    }

    /// The longest wait first; calls that began to wait together in the order in which the model asked.
    fileprivate var order: (Int64, String, Int, Int) {
        (waiting.time, journal, waiting.since, waiting.record.position)
    }

    /// Whether it runs, so that it can only be cancelled.
    public var isRunning: Bool { waiting.record.status == .running }

    /// A cancellation that is bound to the call as it runs here.
    public func cancelling() -> OutsideDecision { OutsideDecision(session: session, cancelling: waiting) }

    /// A decision that is bound to the call as it is here.
    public func deciding(_ decision: Decision) -> OutsideDecision {
        OutsideDecision(session: session, call: waiting, decision: decision)
    }
}

/// The waiting calls of all runs that record into one folder and wait for decisions there.
public struct ApprovalQueue: Sendable {
    /// The folder.
    public let folder: String
    /// The calls, those that have waited longest first.
    public private(set) var calls: [QueuedCall] = []
    /// The calls that run in those sessions, the oldest first.
    public private(set) var running: [QueuedCall] = []
    /// What is wrong with a file, one line each.
    public private(set) var faults: [String] = []
    /// How many runs wait for decisions or may come to.
    public private(set) var runCount = 0
    private var sessions: [String: Session] = [:]

    private struct Session {
        var tail: JournalTail
        var fold = WaitingCalls()
        /// A file that cannot be read is left alone from there on.
        var fault: String?
    }

    /// A queue over a folder's journals.
    public init(folder: String) { self.folder = folder }

    /// Reads what is new.
    public mutating func refresh() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let paths = Set(names.filter { $0.hasSuffix(".jsonl") }.map { "\(folder)/\($0)" })
        sessions = sessions.filter { paths.contains($0.key) }
        calls = []
        running = []
        faults = []
        runCount = 0
        for path in paths.sorted() {
            // Without a run that waits nobody could take a decision, and finished sessions are not read at all.
            guard let run = ApprovalCounter(journal: path).run else { continue }
            runCount += 1
            let session = refreshed(path)
            sessions[path] = session
            if let fault = session.fault { faults.append(fault) }
            guard session.fault == nil, let header = session.fold.state.header else { continue }
            calls += session.fold.calls.map { waiting in
                QueuedCall(
                    journal: path, session: header.id, waiting: waiting, state: session.fold.state,
                    deadline: run.timeout.map { waiting.time + Int64($0) * 1_000 })
            }
            running += session.fold.running.map { call in
                QueuedCall(
                    journal: path, session: header.id, waiting: call, state: session.fold.state, deadline: nil
                )
            }
        }
        running.sort { $0.order < $1.order }
        calls.sort { $0.order < $1.order }
    }

    private func refreshed(_ path: String) -> Session {
        var session = sessions[path] ?? Session(tail: JournalTail(path: path))
        guard session.fault == nil else { return session }
        do {
            let (events, isNew) = try session.tail.look()
            if isNew { session.fold = WaitingCalls() }
            for event in events { session.fold.apply(event) }
        } catch {
            session.fault = "\(error)"
        }
        return session
    }
}
