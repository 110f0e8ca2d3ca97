import Agent
import Dispatch
import Foundation
import JSON
import Sessions

/// One conversation of a client with its model, as a session: its events, its gate, and what waits at it.
///
/// It does for a client's calls what `Loop` does for our own: each event is stored before anything follows from it,
/// calls are judged, held and decided by the same rules and commands. What it cannot do is run a call: it says what may
/// leave, and the client runs that.
public actor AttachedSession {
    /// The journal's path.
    public nonisolated let journal: String
    /// The person's hand on the session.
    public nonisolated let control: RunControl
    let client: ClientIdentity
    let approval: AttachApproval
    let sink: JournalWriter
    let ledger: CallLedger
    let base: SessionBase

    /// The fold of the session's events.
    var state: RunState
    /// Where the conversation stands, as the client's last request told it.
    var place: SessionPlace
    var catalogue = AttachedCatalogue()
    /// Who has left, where somebody has, so that nothing of now is waited for any more.
    var departure: Departure?
    /// The calls of which it is known that they started a session of their own.
    var callsWithSession: Set<CallKey> = []
    /// The client has forgotten a call that it could not run.
    var hasLostCalls = false
    /// When the calls of now began to run.
    var started: [CallKey: ContinuousClock.Instant] = [:]
    var limitTask: Task<Void, Never>?
    var undecided: Set<CallKey> = []
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private let executor = JournalExecutor()

    /// The session waits for the disk, and so keeps off the threads on which streams are passed on.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(
        journal: String, client: ClientIdentity, approval: AttachApproval, base: SessionBase,
        sink: JournalWriter,
        control: RunControl, ledger: CallLedger, resuming state: RunState = RunState(), at place: SessionPlace
    ) {
        self.journal = journal
        self.client = client
        self.approval = approval
        self.base = base
        self.sink = sink
        self.control = control
        self.ledger = ledger
        self.state = state
        self.place = place
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
    func close() { sink.close() }

    /// Gives up what waits: somebody has left for good.
    func abandon(_ departure: Departure) {
        // A proxy that is left does not come back.
        if self.departure != .proxyLeft { self.departure = departure }
        changed()
    }

    /// Whether nothing is waited for any more.
    var isAbandoned: Bool { departure != nil }

    /// Stores an event and takes it into account; nothing may act on an event before this has returned.
    func emit(_ body: EventBody) throws {
        let event = try sink.append(body)
        state.apply(event)
        _ = control.breakpointHit(by: event, in: state)
    }

    /// Suspends until something about the session has changed.
    func change() async {
        await withCheckedContinuation { waiting.append($0) }
    }

    func changed() {
        let all = waiting
        waiting = []
        for one in all { one.resume() }
    }

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
        var policy = base.policy
        policy.rules += state.addedRules.filter { !base.policy.rules.contains($0) }
        return policy
    }
}

/// Who left, of those between whom a call waits.
enum Departure: String, Sendable, Hashable {
    /// The client that is to run the call.
    case clientLeft = "client left"
    /// The person at the proxy, who ends it.
    case proxyLeft = "callgate left"

    /// The same as the end of a sentence about what had not passed yet.
    var words: String {
        switch self {
        case .clientLeft: "the client left"
        case .proxyLeft: "callgate attach was ended"
        }
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

/// Runs a session's work one after the other, on threads that may block.
private final class JournalExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "callgate.session")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}

/// What every session of a proxy has in common.
struct SessionBase: Sendable {
    var policy: Policy
    /// The seconds after which a call that nobody has decided is denied.
    var holdLimit: Int?
    /// How the model learns of calls that were kept.
    var denial: DenialWay
    /// Where the session was started from, for one that another's call started.
    var parent: SessionParent?

    init(_ settings: ProxySettings, parent: SessionParent?) {
        policy = settings.gate.policy
        holdLimit = settings.gate.holdLimit
        denial = settings.gate.denial
        self.parent = parent
    }
}

extension SessionPlace {
    /// How many turns of a request's dialogue are known, where it goes on with this conversation.
    ///
    /// It does where it begins with every message of the request before; for a client that names its conversations, also
    /// where only the last answer can be found in it, since some clients change what lies before.
    func known(in request: AgentRequest, calls: [CallRecord], byName: Bool) -> Int? {
        let dialogue = request.dialogue
        if let response, let previous = request.reading.previousResponse {
            return response == previous ? 0 : nil
        }
        let prints = dialogue.map { Fingerprint($0) }
        if !seen.isEmpty, prints.starts(with: seen) { return seen.count }
        guard byName, let last = calls.last else { return nil }
        let round = calls.filter { $0.key.round == last.key.round }.map(\.key.id.text)
        return dialogue.lastIndex { message in
            guard case .assistant(let answer) = message else { return false }
            return answer.calls.contains { round.contains($0.id.text) }
        }
    }
}
