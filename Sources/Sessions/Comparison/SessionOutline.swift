import Agent

/// A session without its logits and times: what two sessions are compared by.
///
/// Memory grows with the tokens' texts, not with the vocabulary.
public struct SessionOutline: Sendable {
    /// One token as it was chosen.
    public struct Token: Sendable, Hashable {
        /// The event's number.
        public var step: Int
        /// The token's ID.
        public var token: Int
        /// Its bytes, or the name of a control token.
        public var bytes: [UInt8]
        /// The name of a control token.
        public var special: String?
        /// Its probability before the mask, where it is known.
        public var probability: Double?
        /// The probability that the mask took away there, where it is known.
        public var rejected: Double?
    }

    /// One call and the steps at which it got on.
    public struct Call: Sendable {
        /// The call as it stood at the session's end.
        public var record: CallRecord
        /// The step of the last event of that name that was about the call, by the event's name.
        public var steps: [String: Int] = [:]

        /// The step at which the call was asked for, or the last thing of that name that happened to it.
        func step(_ name: String) -> Int { steps[name] ?? steps["response"] ?? 0 }
    }

    /// One request and what came of it.
    public struct Round: Sendable {
        /// The round's number in its session.
        public var number: Int
        /// The step of the request.
        public var step: Int
        /// The request as it left.
        public var request: RequestRecord
        /// The tokens of the response.
        public var tokens: [Token] = []
        /// The response, where it was completed, and its step.
        public var response: (step: Int, response: ModelResponse)?
        /// The calls, in the order asked.
        public var calls: [Call] = []
    }

    /// One message of the person or the workflow.
    public struct Prompt: Sendable {
        /// The event's number.
        public var step: Int
        /// The number of requests before it.
        public var afterRounds: Int
        /// The message.
        public var message: Message
    }

    /// What the session is about.
    public private(set) var header: SessionHeader?
    /// System and user messages.
    public private(set) var prompts: [Prompt] = []
    /// The rounds with a response, and the last one without where the session broke off in it.
    public private(set) var rounds: [Round] = []
    /// The last end of the run, and its step.
    public private(set) var outcome: (step: Int, outcome: RunOutcome)?
    /// The number of the last event.
    public private(set) var lastStep = 0

    private var state = RunState()

    /// The outline of no event.
    public init() {}

    /// The outline of the given events.
    public init(of events: some Sequence<Event>) {
        for event in events { add(event) }
    }

    /// Takes one more event into account.
    public mutating func add(_ event: Event) {
        state.apply(event)
        lastStep = event.number
        switch event.body {
        case .sessionStarted(let header): self.header = header
        case .messageAdded(let message):
            prompts.append(Prompt(step: event.number, afterRounds: rounds.count, message: message))
            outcome = nil
        case .requestSent(let record):
            // A request without a response was made again after the session had broken off in it.
            if let last = rounds.last, last.response == nil { rounds.removeLast() }
            rounds.append(Round(number: record.round, step: event.number, request: record))
        case .token(let step): addToken(step, number: event.number)
        case .responseReceived(let round, let response, _): addResponse(response, round: round, event.number)
        case .sessionResumed: outcome = nil
        case .runFinished(let outcome): self.outcome = (event.number, outcome)
        case .requestRetried, .marked, .ruleAdded: break
        default: addToCall(event)
        }
    }

    /// Leaves out later rounds, the messages after them, and the end.
    mutating func cut(toRounds count: Int) {
        rounds.removeLast(max(0, rounds.count - count))
        prompts.removeAll { $0.afterRounds > count }
        outcome = nil
    }

    private mutating func addToken(_ step: TokenStep, number: Int) {
        guard !rounds.isEmpty else { return }
        rounds[rounds.count - 1].tokens.append(
            Token(
                step: number, token: step.token, bytes: step.bytes, special: step.special,
                probability: step.figures?.probabilityBefore, rejected: step.figures?.rejectedMass))
    }

    private mutating func addResponse(_ response: ModelResponse, round: Int, _ step: Int) {
        if rounds.last?.response != nil || rounds.isEmpty {
            rounds.append(Round(number: round, step: step, request: RequestRecord(round: round, text: "")))
        }
        rounds[rounds.count - 1].response = (step, response)
        rounds[rounds.count - 1].calls = response.calls.compactMap { call in
            state.call(CallKey(round: round, id: call.id)).map { Call(record: $0, steps: ["response": step]) }
        }
    }

    private mutating func addToCall(_ event: Event) {
        guard let key = event.body.callKey, let record = state.call(key),
            let round = rounds.lastIndex(where: { $0.number == key.round }),
            let call = rounds[round].calls.firstIndex(where: { $0.record.key == key })
        else { return }
        rounds[round].calls[call].record = record
        rounds[round].calls[call].steps[event.body.name] = event.number
    }
}
