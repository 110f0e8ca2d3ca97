import Agent
import Foundation
import JSON
import Sessions

/// One conversation of a client with its model, as a session: its events, its gate, and what waits at it.
///
/// It does for a client's calls what `Loop` does for our own: each event is stored before anything follows from it,
/// calls are judged, held and decided by the same rules and commands. What it cannot do is run a call: it says what may
/// leave, and the client runs that.
public actor AttachedSession {
    /// The person's hand on the session.
    public nonisolated let control: RunControl
    let base: SessionBase
    let ledger: CallLedger
    var history: SessionHistory
    var standing: ClientStanding
    var ending = WaitEnding()
    private(set) var changes = Changes()
    private let executor = DiskExecutor("callgate.session")

    /// The journal's path.
    public nonisolated var journal: String { base.journal }

    /// The fold of the session's events.
    var state: RunState { history.state }

    /// The session waits for the disk, and so keeps off the threads on which streams are passed on.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(
        _ base: SessionBase, history: SessionHistory, control: RunControl, ledger: CallLedger,
        at place: SessionPlace
    ) {
        self.base = base
        self.history = history
        self.control = control
        self.ledger = ledger
        standing = ClientStanding(place: place)
    }

    /// Takes what is asked of the session until the task is cancelled.
    public func takeCommands() async {
        while !Task.isCancelled {
            let input = await control.nextInput()
            if Task.isCancelled { return }
            if let input { handle(input) }
            changed()
        }
    }

    /// Lets go of the journal.
    func close() { history.sink.close() }

    /// Gives up what waits: somebody has left for good.
    func abandon(_ departure: Departure) {
        // A proxy that is left does not come back.
        if ending.departure != .proxyLeft { ending.departure = departure }
        changed()
    }

    /// Whether nothing is waited for any more.
    var isAbandoned: Bool { ending.departure != nil }

    /// Stores an event and takes it into account; nothing may act on an event before this has returned.
    func emit(_ body: EventBody) throws { try emit([body]) }

    /// Stores several events with one write.
    func emit(_ bodies: [EventBody]) throws {
        try history.append(bodies) { [control] event, state in
            _ = control.breakpointHit(by: event, in: state)
        }
    }

    /// Suspends until something about the session has changed since there were `seen` changes.
    func change(after seen: Int) async {
        await withCheckedContinuation { changes.resume($0, after: seen) }
    }

    func changed() { changes.happen() }

    /// Marks the current step with a note.
    /// - Throws: what the journal throws.
    public func mark(_ note: String) throws {
        guard state.header != nil else { throw AttachError("nothing has happened yet that could be marked") }
        try emit(.marked(note))
    }

    /// Adds a rule to those in force; see `Loop/add(_:deciding:)`.
    /// - Throws: what the journal throws.
    public func add(_ rule: Rule, deciding shown: [CallKey: ToolCall] = [:]) throws {
        guard state.header != nil else {
            throw AttachError("nothing has happened yet; put the rule into a file for --rules")
        }
        try emit(.ruleAdded(rule))
        for record in state.waitingCalls {
            guard shown[record.key] == record.call, let settlement = policy.settlement(of: record, in: state),
                settlement.rule == rule.name, settlement.effect != .ask
            else { continue }
            try emit(.callJudged(record.key, problems: record.problems, ruling: settlement))
        }
        changed()
    }

    /// The rules of the start and those that were added since.
    public var policy: Policy {
        var policy = base.gate.policy
        policy.rules += state.addedRules.filter { !base.gate.policy.rules.contains($0) }
        return policy
    }
}

/// Who decides the calls that a policy wants asked.
public enum AttachApproval: Sendable, Hashable {
    /// A person, at the screen or by `callgate approve`.
    case person
    /// Nobody: they run.
    case all
    /// Nobody: no call runs.
    case none
    /// Nobody: only what a rule allows runs.
    case policyOnly
}
