import JSON

/// What the events up to some step amount to: a fold, used alike by the loop, the screen and a restart.
///
/// Applying an event costs time in proportion to the event, not to the session.
public struct RunState: Sendable {
    /// What the run is doing.
    public enum Phase: Sendable, Hashable {
        /// Waiting for a prompt.
        case idle
        /// The next request can be sent.
        case ready
        /// The model is answering.
        case decoding
        /// Calls of the current round are being decided and run.
        case calling
        /// The run has ended.
        case finished
    }

    /// What the session is about; `nil` before the first event.
    public private(set) var header: SessionHeader?
    /// What the run is doing.
    public private(set) var phase: Phase = .idle
    /// The current round, from 1; 0 before the first request.
    public private(set) var round = 0
    /// The conversation, as the next request would carry it.
    public private(set) var messages: [Message] = []
    /// Every call of the session, in the order asked.
    public private(set) var calls: [CallRecord] = []
    /// The last request that left.
    public private(set) var request: RequestRecord?
    /// Tokens that the model has written over all rounds.
    public private(set) var tokens = 0
    /// Tokens written in the current round.
    public private(set) var roundTokens = 0
    /// The bytes written so far by the response being decoded, control tokens left out.
    public private(set) var decodedBytes: [UInt8] = []
    /// The tokens of the response being decoded.
    public private(set) var responseTokens: [Int] = []
    /// Whether somebody chose a token of the response being decoded, so that it must be gone on with, not asked for anew.
    public private(set) var hasChosenToken = false
    /// The rules that were added since the session began.
    public private(set) var addedRules: [Rule] = []
    /// Milliseconds that the model and the tools have taken.
    public private(set) var activeMilliseconds = 0.0
    /// Why the last response ended.
    public private(set) var finishReason: FinishReason?
    /// How the run ended; `nil` while it goes on.
    public private(set) var outcome: RunOutcome?
    /// The number of the last event applied.
    public private(set) var step = 0

    private var positions: [CallKey: Int] = [:]

    /// The state before any event.
    public init() {}

    /// From here on the tools are those of now: since the session began, their definitions may have changed, and what
    /// is asked of them (how they stand to their pins, which shell reads a command) is asked of these.
    mutating func takeUp(with catalogue: [ToolDefinition]) { header?.catalogue = catalogue }

    /// The state after the given events.
    public init(folding events: some Sequence<Event>) {
        for event in events { apply(event) }
    }

    /// The call with that key.
    public func call(_ key: CallKey) -> CallRecord? { positions[key].map { calls[$0] } }

    /// The calls of the current round, in the order asked.
    public var roundCalls: ArraySlice<CallRecord> {
        let start = calls.lastIndex { $0.key.round != round }.map { $0 + 1 } ?? 0
        return calls[start...]
    }

    /// The calls that wait for a person, in order of arrival.
    public var waitingCalls: [CallRecord] { roundCalls.filter(\.needsDecision) }

    /// Takes one more event into account.
    public mutating func apply(_ event: Event) {
        step = event.number
        switch event.body {
        case .sessionStarted(let header): self.header = header
        case .messageAdded(let message):
            messages.append(message)
            if case .user = message {
                phase = .ready
                outcome = nil
            }
        case .requestSent(let record):
            request = record
            round = record.round
            outcome = nil
            roundTokens = 0
            decodedBytes = []
            responseTokens = []
            hasChosenToken = false
            finishReason = nil
            phase = .decoding
        case .token(let token):
            tokens += 1
            roundTokens += 1
            decodedBytes += token.bytes
            responseTokens.append(token.token)
            if token.chosenBy != nil { hasChosenToken = true }
            activeMilliseconds += token.milliseconds
        case .requestRetried, .marked: break
        case .ruleAdded(let rule): addedRules.append(rule)
        case .responseReceived(let round, let response, let milliseconds):
            let decoded = roundTokens
            applyResponse(response, round: round)
            if decoded == 0 { activeMilliseconds += milliseconds }
        case .sessionResumed: applyResumption()
        case .runFinished(let outcome):
            self.outcome = outcome
            phase = .finished
        case .callJudged, .decided, .callStarted, .callFinished, .callLate, .resultEdited, .toolMessage:
            applyToCall(event.body)
        }
    }

    private mutating func applyResponse(_ response: ModelResponse, round: Int) {
        self.round = round
        (responseTokens, hasChosenToken) = ([], false)
        finishReason = response.finishReason
        // What a server counts stands above the pieces in which it streamed: a piece may be several tokens, or none.
        if let usage = response.usage, usage.completionTokens > 0 {
            tokens += usage.completionTokens - roundTokens
            roundTokens = usage.completionTokens
        }
        messages.append(.assistant(response.message))
        for (position, call) in response.calls.enumerated() {
            let key = CallKey(round: round, id: call.id)
            positions[key] = positions[key] ?? calls.count
            calls.append(CallRecord(key: key, call: call, position: position))
        }
        phase = response.calls.isEmpty ? .ready : .calling
    }

    /// Whatever was under way when the session broke off did not end.
    ///
    /// A half response is asked for again unless somebody chose a token of it, a call that had begun is in doubt, and a run that ended without an answer
    /// goes on where it stood.
    private mutating func applyResumption() {
        switch (phase, outcome) {
        case (.finished, .answered): break
        case (.finished, _):
            outcome = nil
            let isAsked = messages.contains { if case .user = $0 { true } else { false } }
            phase = roundCalls.contains { $0.message == nil } ? .calling : isAsked ? .ready : .idle
        case (.decoding, _): if !hasChosenToken { phase = .ready }
        default: break
        }
        for index in calls.indices where calls[index].status == .running { calls[index].status = .unknown }
    }

    private mutating func applyToCall(_ body: EventBody) {
        switch body {
        case .callJudged(let key, let problems, let ruling):
            update(key) {
                $0.problems = problems
                $0.ruling = ruling
                if ruling.effect == .ask { $0.status = .waiting }
            }
        case .decided(let key, let decision, let decider):
            update(key) {
                $0.decision = decision
                $0.decider = decider
                $0.status = CallRecord.Status(after: decision)
            }
            if case .edit(let arguments, .rewrite) = decision { rewrite(key, arguments: arguments) }
        case .callStarted(let key, let arguments):
            update(key) {
                $0.ranArguments = arguments
                $0.status = .running
            }
        case .callFinished(let key, let result):
            activeMilliseconds += result.milliseconds
            update(key) {
                $0.result = result
                $0.status = .finished
            }
        case .callLate(let key, let result): update(key) { $0.late = result }
        case .resultEdited(let key, let content): update(key) { $0.editedResult = content }
        case .toolMessage(let key, let content, let isError): deliver(key, content: content, isError: isError)
        default: break
        }
    }

    private mutating func deliver(_ key: CallKey, content: String, isError: Bool) {
        guard let record = call(key) else { return }
        let message = ToolMessage(callID: key.id, name: record.call.name, content: content, isError: isError)
        update(key) { $0.message = message }
        messages.append(.tool(message))
        if roundCalls.allSatisfy({ $0.message != nil }) { phase = .ready }
    }

    private mutating func update(_ key: CallKey, _ change: (inout CallRecord) -> Void) {
        if let position = positions[key] { change(&calls[position]) }
    }

    private mutating func rewrite(_ key: CallKey, arguments: ByteString) {
        for index in messages.indices.reversed() {
            guard case .assistant(var message) = messages[index] else { continue }
            if let position = message.calls.firstIndex(where: { $0.id == key.id }) {
                message.calls[position].arguments = arguments
                messages[index] = .assistant(message)
            }
            return
        }
    }
}

extension CallRecord.Status {
    /// Where a call stands once that was decided.
    init(after decision: Decision) {
        switch decision {
        case .approve, .edit: self = .approved
        case .deny: self = .denied
        case .respond: self = .answered
        case .refuse: self = .refused
        }
    }
}
