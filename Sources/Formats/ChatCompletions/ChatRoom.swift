import Agent
import JSON

/// Chat Completions, as OpenAI, vLLM, llama-server, Ollama and LM Studio serve it.
struct ChatRoom: FormatRoom {
    func reader() -> any FrameReader { ChatReader() }

    func writer(_ identity: ResponseIdentity) -> any FrameWriter { ChatWriter(identity) }

    func whole(_ response: ModelResponse, _ identity: ResponseIdentity) -> JSONValue {
        var body = ChatWriter.start("chat.completion", identity)
        var message = ChatRoom.message(.assistant(response.message)).objectValue ?? JSONObject()
        if message["reasoning_content"] == nil, let text = response.thinking?.text, !text.isEmpty {
            message["reasoning_content"] = .string(text)
        }
        body["choices"] = .array([
            [
                "index": 0, "message": .object(message),
                "finish_reason": .string(response.finishReason.chatWord),
            ]
        ])
        body["usage"] = response.usage.map { ChatWriter.json($0) }
        return .object(body)
    }

    func body(for request: ModelRequest, _ settings: RequestSettings) -> JSONObject {
        var body = JSONObject()
        body["model"] = .string(settings.model)
        body.add(conversation(request.messages))
        if !request.catalogue.isEmpty { body["tools"] = tools(request.catalogue) }
        body["stream"] = true
        body["stream_options"] = ["include_usage": true]
        body[settings.isProvidersOwn ? "max_completion_tokens" : "max_tokens"] = .number(
            JSONNumber(request.maximumTokens))
        body.add(request.sampling)
        if let count = settings.topLogProbabilities {
            body["logprobs"] = true
            if count > 0 { body["top_logprobs"] = .number(JSONNumber(count)) }
        }
        return body
    }

    func conversation(_ messages: [Message]) -> JSONObject {
        JSONObject(present: [("messages", .array(messages.map(ChatRoom.message)))])
    }

    func tools(_ catalogue: [ToolDefinition]) -> JSONValue { .array(catalogue.map(\.functionJSON)) }

    static func message(_ message: Message) -> JSONValue {
        switch message {
        case .system(let text), .user(let text):
            return ["role": .string(message.role), "content": .string(text)]
        case .tool(let result):
            return [
                "role": "tool", "tool_call_id": .string(result.callID.text),
                "content": .string(result.content),
            ]
        case .assistant(let answer): return .object(assistant(answer))
        }
    }

    private static func assistant(_ answer: AssistantMessage) -> JSONObject {
        var message = JSONObject()
        message["role"] = "assistant"
        message["content"] =
            answer.content.isEmpty && !answer.calls.isEmpty ? .null : .string(answer.content)
        let own = answer.providerBlocks.flatMap { blocks in
            blocks.format == WireFormat.chatCompletions.rawValue ? blocks.blocks.objectValue : nil
        }
        for member in own ?? JSONObject() where member.key != "tool_calls" {
            message[member.key] = member.value
        }
        if !answer.calls.isEmpty {
            message["tool_calls"] = .array(
                answer.calls.map { call in
                    var object = JSONObject()
                    object["id"] = .string(call.id.text)
                    object["type"] = "function"
                    object["function"] = [
                        "name": .string(call.name), "arguments": .string(call.arguments.text),
                    ]
                    let others = own?["tool_calls"]?[call.id.text]?.objectValue
                    for member in others ?? JSONObject() { object[member.key] = member.value }
                    return .object(object)
                })
        }
        return message
    }

    func read(_ body: JSONObject, into request: inout WireRequest) {
        request.isStreamed = body["stream"]?.boolValue ?? false
        for message in body["messages"]?.arrayValue ?? [] { read(message, into: &request) }
        for tool in ChatContent.list(body["tools"]) + ChatContent.list(body["functions"]) {
            request.add(tool: tool)
        }
    }

    private func read(_ given: JSONValue, into request: inout WireRequest) {
        var message = given
        // Some clients keep the content under another name.
        if message["content"] == nil, let parts = message["parts"], var object = message.objectValue {
            object["content"] = parts
            message = .object(object)
        }
        let text = request.text(of: message["content"])
        switch message["role"]?.stringValue {
        case "system", "developer": request.messages.append(.system(text))
        case "user": request.messages.append(.user(text))
        case "tool", "function":
            request.add(
                result: message["tool_call_id"]?.stringValue ?? "", name: message["name"]?.stringValue,
                content: text)
        case "assistant":
            // A message of the history reads like a whole response.
            var reader = ChatReader()
            let choice: JSONValue = ["message": message, "finish_reason": "stop"]
            request.add(answer: ["object": "chat.completion", "choices": .array([choice])], readBy: &reader)
        case let role: request.remark("A message of the role \(role ?? "(none)") is not read.")
        }
    }
}

extension ToolDefinition {
    /// The definition in the shape that Chat Completions, Ollama and most chat templates share:
    /// `{"type": "function", "function": {"name": …, "description": …, "parameters": …}}`.
    public var functionJSON: JSONValue {
        [
            "type": "function",
            "function": [
                "name": .string(name), "description": .string(description), "parameters": parameters,
            ],
        ]
    }
}
