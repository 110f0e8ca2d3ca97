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
        checker = try CallChecker(catalogue: header.catalogue)
        runner = ToolRunner(tools: tools, limits: header.limits)
    }

    /// Runs until the model has answered or something ends the run, and says which.
    ///
    /// A cancelled task leaves the session without an end, so that it can be taken up again.
    public func run(prompt: String?) async -> RunOutcome {
        do {
            try begin(prompt: prompt)
            let outcome = try await advance()
            try emit(.runFinished(outcome))
            control.report(.ended)
            return outcome
        } catch is CancellationError {
            for call in running.values { call.cancel() }
            return .stopped("interrupted")
        } catch {
            let outcome = RunOutcome.failed(String(describing: error))
            // When the journal itself failed there is nowhere left to write the end to.
            if !(error is SinkError) { _ = try? emit(.runFinished(outcome)) }
            control.report(.ended)
            return outcome
        }
    }

    /// Marks the current step with a note.
    /// - Throws: what the journal throws.
    public func mark(_ note: String) throws { try emit(.marked(note)) }

    private func begin(prompt: String?) throws {
        if state.header == nil {
            try emit(.sessionStarted(header))
            if let system { try emit(.messageAdded(.system(system))) }
        } else if prompt == nil {
            try emit(.sessionResumed)
        }
        if let prompt { try emit(.messageAdded(.user(prompt))) }
    }

    private func advance() async throws -> RunOutcome {
        while true {
            try Task.checkCancellation()
            switch state.phase {
            case .idle: return .failed("there is no prompt; give one with --prompt or in the workflow")
            case .finished: return state.outcome ?? .failed("the session has ended")
            case .calling: if let outcome = try await runCalls() { return outcome }
            case .ready, .decoding:
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

    /// The end of the run, when the last message is the model's and asks for nothing.
    private var answer: RunOutcome? {
        guard case .assistant(let message) = state.messages.last, message.calls.isEmpty else { return nil }
        switch state.finishReason {
        case .length:
            return .limit("the response was cut at its limit of \(header.limits.responseTokens) tokens")
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

    private func request(round: Int) async throws {
        let request = ModelRequest(
            round: round, messages: state.messages, catalogue: header.catalogue, sampling: header.sampling,
            maximumTokens: min(header.limits.responseTokens, header.limits.tokens - state.tokens))
        let started = ContinuousClock.now
        let response = try await model.respond(to: request) { [self] event in try await observe(event) }
        try emit(.responseReceived(round: round, response, milliseconds: started.millisecondsSince))
        try PairingError.checkIDs(of: response.calls, round: round)
    }

    private func observe(_ event: DecodeEvent) async throws {
        switch event {
        case .request(let record): try emit(.requestSent(record))
        case .retry(let attempt, let reason, let delay):
            try emit(
                .requestRetried(
                    round: state.round, attempt: attempt, reason: reason, delayMilliseconds: delay))
        case .token(let step):
            try emit(.token(step))
            if let budgetMet { throw budgetMet }
            try await control.hold(at: .token)
        }
    }

    /// Stores an event and takes it into account; nothing may act on an event before this has returned.
    func emit(_ body: EventBody) throws {
        do {
            state.apply(try sink.append(body))
        } catch {
            throw SinkError(description: "the journal could not be written: \(error)")
        }
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
