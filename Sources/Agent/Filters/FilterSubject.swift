import JSON

/// What a filter expression is held against: an event, or a call that a rule looks at before any event of it.
struct FilterSubject {
    private let event: EventBody?
    private let call: CallRecord?

    init(event: EventBody) {
        self.event = event
        call = nil
    }

    init(call: CallRecord) {
        event = nil
        self.call = call
    }

    /// The calls that it is about.
    func calls(in state: RunState) -> [CallRecord] {
        if let call { return [call] }
        switch event {
        case .responseReceived(let round, let response, _):
            return response.calls.compactMap { state.call(CallKey(round: round, id: $0.id)) }
        default: return event?.callKey.flatMap { state.call($0) }.map { [$0] } ?? []
        }
    }

    var token: TokenStep? { if case .token(let step) = event { step } else { nil } }

    /// The round that it says itself to be of.
    var round: Int? { call?.key.round ?? event?.callKey?.round ?? token?.round }

    var roles: [String] {
        switch event {
        case .messageAdded(let message): [message.role]
        case .responseReceived: ["assistant"]
        case .toolMessage: ["tool"]
        default: []
        }
    }

    var results: [String] {
        switch event {
        case .callFinished(_, let result), .callLate(_, let result): [result.content]
        case .resultEdited(_, let content), .toolMessage(_, let content, _): [content]
        case .decided(_, .respond(let content), _): [content]
        default: []
        }
    }

    var isFailure: Bool {
        switch event {
        case .callFinished(_, let result): result.isError
        case .toolMessage(_, _, let isError): isError
        case .requestRetried: true
        case .callJudged(_, let problems, _): !problems.isEmpty
        case .runFinished(.answered): false
        case .runFinished: true
        default: call.map { !$0.problems.isEmpty } ?? false
        }
    }

    /// Milliseconds.
    var duration: Double? {
        switch event {
        case .responseReceived(_, _, let milliseconds): milliseconds
        case .callFinished(_, let result), .callLate(_, let result): result.milliseconds
        default: nil
        }
    }

    var texts: [String] {
        if let call { return [call.call.name, call.call.arguments.text] }
        switch event {
        case .messageAdded(.system(let text)), .messageAdded(.user(let text)), .marked(let text):
            return [text]
        case .responseReceived(_, let response, _):
            return [response.content] + response.calls.flatMap { [$0.name, $0.arguments.text] }
        case .decided(_, .edit(let arguments, _), _): return [arguments.text]
        case .decided(_, .deny(let reason?), _): return [reason]
        case .ruleAdded(let rule): return [rule.name]
        case .callStarted(_, let arguments): return [arguments.text]
        case .token(let step): return [step.special ?? String(decoding: step.bytes, as: UTF8.self)]
        case .requestRetried(_, _, let reason, _): return [reason]
        case .runFinished(let outcome): return [outcome.text]
        default: return results
        }
    }
}

extension FilterSubject {
    /// What a tool reads in the arguments of the calls: strings, keys and numbers, decoded.
    var argumentTexts: [String] {
        let arguments: [ByteString]
        switch event {
        case .responseReceived(_, let response, _): arguments = response.calls.map(\.arguments)
        case .decided(_, .edit(let edited, _), _): arguments = [edited]
        case .callStarted(_, let given): arguments = [given]
        default: arguments = call.map { [$0.call.arguments] } ?? []
        }
        return arguments.flatMap { (try? JSONParser.parse($0.text))?.innerTexts ?? [] }
    }
}

extension EventBody {
    /// The call that the event is of, where it is of one.
    public var callKey: CallKey? {
        switch self {
        case .callJudged(let key, _, _), .decided(let key, _, _), .callStarted(let key, _),
            .callFinished(let key, _), .callLate(let key, _), .resultEdited(let key, _),
            .toolMessage(let key, _, _):
            key
        default: nil
        }
    }
}
