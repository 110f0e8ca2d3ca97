import JSON

/// A call under way.
struct MCPCall: Sendable, Hashable {
    let name: String
    let arguments: JSONValue
    let headers: [String: String]
    /// The request that carries it now.
    var request: Int?
    /// The inputs that the server asked for, as far as they have been given.
    var wanted: [String] = []
    var given = JSONObject()
    var requestState: String?
    var rounds = 0
}

/// The part of a session that carries calls.
extension MCPSession {
    /// The most times that a server may ask for more input before a call is given up.
    static var maximumRounds: Int { 10 }

    /// Calls a tool; `call` is the caller's own number for it.
    mutating func call(
        _ call: Int, name: String, arguments: JSONValue, headers: [String: String] = [:]
    ) -> [Action] {
        guard phase == .ready else {
            if case .closed(let reason) = phase { return [.failed(call: call, "server \(server) \(reason)")] }
            return [.failed(call: call, "server \(server) isn't ready")]
        }
        calls[call] = MCPCall(name: name, arguments: arguments, headers: headers)
        return sendCall(call)
    }

    /// Gives a call up: the server is told, and an answer that still comes is dropped.
    mutating func cancel(_ call: Int) -> [Action] {
        guard let state = calls.removeValue(forKey: call) else { return [] }
        let asked = questions.filter { if case .input(call, _) = $0 { true } else { false } }
        questions.subtract(asked)
        var actions = asked.map { Action.withdraw($0) }
        if let id = state.request {
            pending[id] = nil
            var message = MCPMessage.notification(
                "notifications/cancelled",
                ["requestId": .number(JSONNumber(id)), "reason": "the call was cancelled"])
            message.cancels = id
            message.headers["MCP-Protocol-Version"] = version
            actions.append(.send(message))
        }
        return actions
    }

    /// Takes the person's answer; nothing for a question that nobody waits for any more.
    mutating func answer(_ question: Question, _ answer: ElicitationAnswer) -> [Action] {
        guard questions.remove(question) != nil else { return [] }
        switch question {
        case .request(let id): return [.send(MCPMessage.result(id, answer.value))]
        case .input(let call, let key):
            guard var state = calls[call] else { return [] }
            state.given[key] = answer.value
            calls[call] = state
            guard state.given.count == state.wanted.count else { return [] }
            return sendCall(call)
        }
    }

    /// Goes on with a call that only waited.
    mutating func resume(_ call: Int) -> [Action] { calls[call] == nil ? [] : sendCall(call) }

    mutating func answered(_ call: Int, _ result: JSONValue, _ fault: MCPFault?) -> [Action] {
        guard var state = calls[call] else { return [] }
        state.request = nil
        if let fault {
            calls[call] = nil
            return [.failed(call: call, "server \(server): \(fault.description)")]
        }
        switch result["resultType"]?.stringValue ?? "complete" {
        case "complete":
            calls[call] = nil
            guard result != .null else {
                return [.failed(call: call, "server \(server) answered without a result")]
            }
            return [.finished(call: call, MCPCallResult(result))]
        case "input_required" where era == .modern: return needsInput(call, state, result)
        case let kind:
            calls[call] = nil
            return [
                .failed(call: call, "server \(server) answered with a result of the unknown type \(kind)")
            ]
        }
    }

    private mutating func needsInput(_ call: Int, _ old: MCPCall, _ result: JSONValue) -> [Action] {
        var state = old
        state.rounds += 1
        state.requestState = result["requestState"]?.stringValue
        state.wanted = []
        state.given = JSONObject()
        func giveUp(_ reason: String) -> [Action] {
            calls[call] = nil
            return [.failed(call: call, "server \(server) \(reason)")]
        }
        guard state.rounds <= MCPSession.maximumRounds else {
            return giveUp("asked for more input \(MCPSession.maximumRounds) times and did not answer")
        }
        let inputs = result["inputRequests"]?.objectValue ?? JSONObject()
        if inputs.isEmpty {
            guard state.requestState != nil else { return giveUp("wants input and names none") }
            calls[call] = state
            return [.wait(call: call, milliseconds: min(50 << (state.rounds - 1), 250))]
        }
        guard inputs.duplicateKeys.isEmpty else { return giveUp("names an input twice") }
        var actions: [Action] = []
        for input in inputs {
            guard input.value["method"]?.stringValue == "elicitation/create" else {
                let method = input.value["method"]?.plainText ?? "nothing"
                return giveUp("wants \(method) of its client, which callgate doesn't give")
            }
            let question = Question.input(call: call, key: input.key)
            state.wanted.append(input.key)
            actions.append(.ask(question, Elicitation(server: server, params: input.value["params"] ?? [:])))
        }
        for key in state.wanted { questions.insert(.input(call: call, key: key)) }
        calls[call] = state
        return actions
    }

    private mutating func sendCall(_ call: Int) -> [Action] {
        guard var state = calls[call] else { return [] }
        var params = JSONObject()
        params["name"] = .string(state.name)
        params["arguments"] = state.arguments
        if !state.wanted.isEmpty { params["inputResponses"] = .object(state.given) }
        if let requestState = state.requestState { params["requestState"] = .string(requestState) }
        var headers = state.headers
        if era == .modern { headers["Mcp-Name"] = MCPHeader.encoded(state.name) }
        let action = send(.call(call), "tools/call", .object(params), headers: headers)
        if case .send(let message) = action { state.request = message.id }
        state.wanted = []
        calls[call] = state
        return [action]
    }
}
