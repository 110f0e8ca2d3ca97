import JSON

/// Who decides the calls that the policy wants asked.
public enum Approval: Sendable, Hashable {
    /// A person, through ``RunControl``.
    case person
    /// Nobody: they run (`--approve all`).
    case all
    /// Nobody: no call runs, not even those that a rule allows (`--approve none`).
    case none
    /// Nobody: the first such call ends the run (`--approve policy`).
    case policyOnly
}

/// The agent loop: request, response, calls, results, until the model answers in words or a limit is met.
///
/// The loop acts on ``RunState``, the fold of its own events, and appends each event to the sink before it acts on
/// it. Taking a session up again is therefore the same loop started from the fold of the journal.
public actor Loop {
    let model: any Model
    let header: SessionHeader
    let checker: CallChecker
    let runner: ToolRunner
    let control: RunControl
    let sink: any EventSink
    let approval: Approval
    private let system: String?

    /// The state after the last event.
    public internal(set) var state: RunState
    var running: [CallKey: RunningCall] = [:]
    /// The clocks of the calls that wait for a person.
    var clocks: [CallKey: DecisionClock] = [:]
    /// The breakpoint at which the run ends as soon as nothing is under way.
    private(set) var hit: BreakpointHit?
    /// Whether the model has told how far it is, and no token since.
    private var isProgressing = false

    /// A loop over the given parts.
    ///
    /// - Parameters:
    ///   - system: the system prompt of a new session.
    ///   - state: the fold of an earlier journal, to take that session up again.
    /// - Throws: ``CatalogueError`` when a tool's schema cannot be used.
    public init(
        model: any Model, tools: [any Tool], header: SessionHeader, system: String?, control: RunControl,
        sink: any EventSink, approval: Approval, resuming state: RunState = RunState()
    ) throws {
        self.model = model
        self.header = header
        self.system = system
        self.control = control
        self.sink = sink
        self.approval = approval
        self.state = state
        self.state.takeUp(with: header.catalogue)
        checker = try CallChecker(catalogue: header.catalogue, notes: header.catalogueNotes)
        runner = ToolRunner(tools: tools, limits: header.limits)
    }

    /// Runs until the model has answered or something ends the run, and says which.
    ///
    /// A cancelled task leaves the session without an end, so that it can be taken up again.
    public func run(prompt: String?) async -> RunOutcome {
        defer {
            for clock in clocks.values { clock.task.cancel() }
            control.report(.ended)
        }
        if let outcome = refusal(of: prompt) { return outcome }
        do {
            try begin(prompt: prompt)
            let outcome = try await advance()
            try end(outcome)
            return outcome
        } catch is CancellationError {
            for call in running.values { call.cancel() }
            return .stopped("interrupted")
        } catch let hit as BreakpointHit {
            return .stopped(hit.description)
        } catch {
            let outcome = RunOutcome.failed(String(describing: error))
            // When the journal itself failed there is nowhere left to write the end to.
            if !(error is SinkError) { try? end(outcome) }
            for call in running.values { call.cancel() }
            return outcome
        }
    }

    /// Marks the current step with a note.
    /// - Throws: what the journal throws; an error of one line before the session has begun.
    public func mark(_ note: String) throws {
        guard state.header != nil else {
            throw GateError(description: "nothing has happened yet that could be marked")
        }
        try emit(.marked(note))
    }

    /// Adds a rule to those in force; it holds for the calls that are asked for from here on.
    ///
    /// - Parameter shown: the waiting calls that whoever adds the rule was shown to be decided by it. They are judged
    ///   once more, and no other call that waits is.
    /// - Throws: what the journal throws; an error of one line where the rule cannot be added.
    public func add(_ rule: Rule, deciding shown: [CallKey: ToolCall] = [:]) throws {
        guard state.header != nil else {
            throw GateError(description: "nothing has happened yet; put the rule into the workflow")
        }
        guard state.outcome == nil else {
            throw GateError(description: "the run has ended, so that no rule can hold in it any more")
        }
        try emit(.ruleAdded(rule))
        for record in state.waitingCalls {
            guard let seen = shown[record.key], seen.isSame(as: record.call),
                let settlement = policy.settlement(of: record, in: state), settlement.rule == rule.name
            else { continue }
            let ruling = byHandRuling(settlement, for: record)
            if ruling.effect == .ask { continue }
            try emit(.callJudged(record.key, problems: record.problems, ruling: ruling))
        }
        if !shown.isEmpty { control.lookAgain() }
    }

    /// The workflow's rules and those that were added since.
    public var policy: Policy {
        var policy = header.policy
        policy.rules += state.addedRules.filter { !header.policy.rules.contains($0) }
        return policy
    }

    /// What a session that cannot go on says; nothing is written to its journal then.
    private func refusal(of prompt: String?) -> RunOutcome? {
        if prompt == nil, case .answered? = state.outcome { return state.outcome }
        // A user message between a call and its result would break the conversation for good.
        guard prompt != nil, let open = state.calls.last(where: { $0.message == nil }) else { return nil }
        return .failed(
            "call \(open.key.id) of \(open.call.name) has no result yet; take the session up without a prompt first"
        )
    }

    private func begin(prompt: String?) throws {
        let isNew = state.header == nil
        if isNew { try emit(.sessionStarted(header)) }
        // A session that broke off after its header has no system message yet.
        if state.messages.isEmpty, let system { try emit(.messageAdded(.system(system))) }
        if let prompt {
            try emit(.messageAdded(.user(prompt)))
        } else if !isNew {
            try emit(.sessionResumed)
        }
        if isNew { return }
        for definition in header.catalogue {
            if let drift = definition.drift { try emit(.marked("\(definition.name): \(drift.summary)")) }
        }
    }

    /// Gives up what still runs and writes the end.
    private func end(_ outcome: RunOutcome) throws {
        for key in Array(running.keys) { try giveUp(key, .cancelled, "the run ended") }
        try settle()
        try emit(.runFinished(outcome))
    }

    /// Takes what has arrived while no call was under way: late output is kept, commands are refused in words.
    private func settle() throws {
        while let input = control.takeInput() { _ = try handle(input) }
    }

    private func advance() async throws -> RunOutcome {
        while true {
            try Task.checkCancellation()
            try leaveAtBreakpoint()
            switch state.phase {
            case .idle: return .failed("there is no prompt; give one with --prompt or in the workflow")
            case .finished: return state.outcome ?? .failed("the session has ended")
            case .calling:
                try PairingError.checkIDs(of: state.roundCalls.map(\.call), round: state.round)
                if let outcome = try await runCalls() { return outcome }
            case .decoding where state.hasChosenToken:
                try settle()
                if let budgetMet { return .limit(budgetMet.description) }
                do {
                    try await continueResponse()
                } catch let limit as LimitMet {
                    return .limit(limit.description)
                }
            case .ready, .decoding:
                try settle()
                if let outcome = answer ?? limitMet { return outcome }
                try PairingError.check(state.messages)
                let round = state.round + 1
                try await control.hold(at: .request(round: round))
                do {
                    try await request(round: round)
                } catch let limit as LimitMet {
                    return .limit(limit.description)
                }
            }
        }
    }

    /// Goes on with a response of which somebody chose a token.
    private func continueResponse() async throws {
        let info = await model.info
        guard model.continuesResponses, info.vocabulary == state.header?.model.vocabulary else {
            let name = state.header?.model.name ?? "its model"
            throw GateError(
                description:
                    "the response goes on after a chosen token, which \(info.name) cannot do with the "
                    + "tokens of \(name); take it up with a workflow whose model is that one")
        }
        try await control.hold(at: .token)
        try await request(round: state.round, continuing: state.responseTokens)
    }

    /// The end of the run, when the last message is the model's and asks for nothing.
    private var answer: RunOutcome? {
        guard case .assistant(let message) = state.messages.last, message.calls.isEmpty else { return nil }
        switch state.finishReason {
        case .length:
            if let limit = budgetMet { return .limit(limit.description) }
            return .limit(
                "\(header.limits.responseTokens) tokens in one response, which was cut there; "
                    + "limits: {response-tokens: …} in the workflow raises it")
        case .other(let word): return .failed("the model stopped: \(word)")
        default: return .answered(message.content)
        }
    }

    private var limitMet: RunOutcome? {
        if state.round >= header.limits.rounds { return .limit("\(header.limits.rounds) rounds") }
        return budgetMet.map { .limit($0.description) }
    }

    private var budgetMet: LimitMet? {
        if state.tokens >= header.limits.tokens {
            return LimitMet(description: "\(header.limits.tokens) tokens")
        }
        if state.activeMilliseconds >= Double(header.limits.seconds) * 1_000 {
            return LimitMet(description: "\(header.limits.seconds) seconds of model and tool time")
        }
        return nil
    }

    private func request(round: Int, continuing begun: [Int] = []) async throws {
        let request = ModelRequest(
            round: round, messages: state.messages, catalogue: header.catalogue, sampling: header.sampling,
            maximumTokens: min(
                header.limits.responseTokens, header.limits.tokens - state.tokens + begun.count),
            continuing: begun)
        let started = ContinuousClock.now
        let response = try await model.respond(to: request) { [self] event in try await observe(event) }
        try emit(.responseReceived(round: round, response, milliseconds: started.millisecondsSince))
    }

    private func observe(_ event: DecodeEvent) async throws {
        switch event {
        case .request(let record):
            try emit(.requestSent(record))
            try leaveAtBreakpoint()
        case .retry(let attempt, let reason, let delay):
            try emit(
                .requestRetried(
                    round: state.round, attempt: attempt, reason: reason, delayMilliseconds: delay))
        case .progress(let progress):
            isProgressing = true
            control.report(.progressing(progress))
            try await control.hold(at: .progress(progress))
        case .token(let step):
            if isProgressing { control.report(.running) }
            isProgressing = false
            try emit(.token(step))
            try leaveAtBreakpoint()
            try settle()
            if let budgetMet { throw budgetMet }
            try await control.hold(at: .token)
        }
    }

    /// Stores an event and takes it into account; nothing may act on an event before this has returned.
    func emit(_ body: EventBody) throws {
        let event: Event
        do {
            event = try sink.append(body)
        } catch {
            throw SinkError(description: "the journal could not be written: \(error)")
        }
        state.apply(event)
        if hit == nil { hit = control.breakpointHit(by: event, in: state) }
    }

    /// Ends the run where a breakpoint was hit; only while no call is running.
    func leaveAtBreakpoint() throws {
        if let hit { throw hit }
    }
}

/// A limit that was met while the model decoded.
private struct LimitMet: Error, CustomStringConvertible {
    let description: String
}

/// The journal failed; the run must not go on.
struct SinkError: Error, CustomStringConvertible {
    let description: String
}
