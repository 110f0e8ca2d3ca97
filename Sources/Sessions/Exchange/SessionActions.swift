import Agent
import JSON

/// A session as the requests and calls that it was made of, each with its times: what formats with times are made from.
struct SessionActions {
    /// A request to the model.
    struct Request {
        let round: Int
        let start: Int64
        /// When the answer came; when the next thing happened, where none came.
        var end: Int64
        /// How many messages of ``SessionActions/messages`` it carried.
        let heard: Int
        /// `nil` where the session broke off or was stopped before the answer.
        var response: ModelResponse?
        /// How long the model took by its own clock.
        var milliseconds = 0.0
    }

    /// A call that ran.
    struct Execution {
        let key: CallKey
        let arguments: ByteString
        let start: Int64
        var end: Int64
        /// `nil` where the session broke off before the result.
        var result: CallResult?
    }

    /// What happened, in the order in which it began.
    enum Action {
        case request(Request)
        case execution(Execution)
        case decision(CallKey, Decision, Decider, time: Int64)
    }

    private(set) var actions: [Action] = []
    /// The state after the last event.
    private(set) var state = RunState()
    let start: Int64
    let end: Int64
    private var openRequest: Int?
    private var openCalls: [CallKey: Int] = [:]

    init(_ events: [Event]) {
        start = events.first?.time ?? 0
        end = max(start, events.last?.time ?? 0)
        for event in events {
            note(event)
            state.apply(event)
        }
        if let open = openRequest { finishRequest(open, at: end) }
    }

    var messages: [Message] { state.messages }

    /// The ID of the message at a position of the conversation.
    static func messageID(_ position: Int) -> String { "message-\(position + 1)" }

    private mutating func note(_ event: Event) {
        let time = event.time
        switch event.body {
        case .requestSent(let record):
            if let open = openRequest { finishRequest(open, at: time) }
            openRequest = actions.count
            actions.append(
                .request(Request(round: record.round, start: time, end: time, heard: state.messages.count)))
        case .responseReceived(let round, let response, let milliseconds):
            if openRequest == nil {
                openRequest = actions.count
                actions.append(
                    .request(Request(round: round, start: time, end: time, heard: state.messages.count)))
            }
            if let open = openRequest { finishRequest(open, at: time, response, milliseconds) }
        case .decided(let key, let decision, let decider):
            actions.append(.decision(key, decision, decider, time: time))
        case .callStarted(let key, let arguments):
            openCalls[key] = actions.count
            actions.append(.execution(Execution(key: key, arguments: arguments, start: time, end: time)))
        case .callFinished(let key, let result):
            guard let open = openCalls.removeValue(forKey: key), case .execution(var call) = actions[open]
            else { return }
            call.end = max(call.start, time)
            call.result = result
            actions[open] = .execution(call)
        default: break
        }
    }

    private mutating func finishRequest(
        _ open: Int, at time: Int64, _ response: ModelResponse? = nil, _ milliseconds: Double = 0
    ) {
        guard case .request(var request) = actions[open] else { return }
        request.end = max(request.start, time)
        request.response = response
        request.milliseconds = milliseconds
        actions[open] = .request(request)
        openRequest = nil
    }
}

extension ByteString {
    /// The JSON object that the text is; `nil` for any other text.
    var asObject: JSONValue? {
        guard let value = try? JSONParser.parse(text), case .object = value else { return nil }
        return value
    }
}

extension SessionActions {
    /// Lists what arguments lose where a format wants them as JSON objects.
    func noteArguments(_ losses: inout Losses, keepsOthers: Bool) {
        for call in state.calls.map(\.call) {
            guard let object = call.arguments.asObject else {
                if !keepsOthers { losses.add("arguments that are no JSON object") }
                continue
            }
            if !object.text().utf8.elementsEqual(call.arguments.text.utf8) {
                losses.add("the arguments of calls to the byte: they are JSON values there")
            }
        }
    }
}
