import Agent
import JSON

/// Anthropic's Messages.
struct MessagesRoom: FormatRoom {
    func reader() -> any FrameReader { MessagesReader() }

    func writer(_ identity: ResponseIdentity) -> any FrameWriter { MessagesWriter(identity) }

    func whole(_ response: ModelResponse, _ identity: ResponseIdentity) -> JSONValue {
        var body = MessagesWriter.message(identity)
        var blocks = MessagesRoom.blocks(of: response.message)
        if response.providerBlocks?.format != WireFormat.messages.rawValue,
            let text = response.thinking?.text, !text.isEmpty
        {
            blocks.insert(.object(MessagesBlock.thinking(text)), at: 0)
        }
        body["content"] = .array(blocks)
        body["stop_reason"] = .string(MessagesWriter.word(response.finishReason))
        body["usage"] = MessagesWriter.json(response.usage ?? Usage(promptTokens: 0, completionTokens: 0))
        return .object(body)
    }

    func body(for request: ModelRequest, _ settings: RequestSettings) -> JSONObject {
        var body = JSONObject()
        body["model"] = .string(settings.model)
        body["max_tokens"] = .number(JSONNumber(request.maximumTokens))
        body.add(conversation(request.messages))
        if !request.catalogue.isEmpty { body["tools"] = tools(request.catalogue) }
        body["stream"] = true
        // A model that is told to think takes no temperature.
        if settings.options["thinking"] == nil {
            if let value = JSONNumber(min(1, request.sampling.temperature)) {
                body["temperature"] = .number(value)
            }
            if request.sampling.topP != 1, let value = JSONNumber(request.sampling.topP) {
                body["top_p"] = .number(value)
            }
        }
        return body
    }

    func tools(_ catalogue: [ToolDefinition]) -> JSONValue {
        .array(
            catalogue.map { tool in
                [
                    "name": .string(tool.name), "description": .string(tool.description),
                    "input_schema": tool.parameters,
                ]
            })
    }

    /// The conversation without its system messages; what the user's side says in a row is one message.
    ///
    /// Results thereby come first in the message after the calls that they answer, as the format demands.
    func conversation(_ messages: [Message]) -> JSONObject {
        var system = ""
        for case .system(let text) in messages { system += system.isEmpty ? text : "\n\n" + text }
        var turns: [(role: String, blocks: [JSONValue])] = []
        func add(_ role: String, _ blocks: [JSONValue]) {
            guard !blocks.isEmpty else { return }
            if turns.last?.role == role {
                turns[turns.count - 1].blocks += blocks
            } else {
                turns.append((role, blocks))
            }
        }
        for message in messages {
            switch message {
            case .system: break
            case .user(let text): add("user", text.isEmpty ? [] : [.object(MessagesBlock.text(text))])
            case .assistant(let answer): add("assistant", MessagesRoom.blocks(of: answer))
            case .tool(let result):
                add(
                    "user",
                    [
                        .object(
                            JSONObject(present: [
                                ("type", "tool_result"), ("tool_use_id", .string(result.callID.text)),
                                ("content", .string(result.content)),
                                ("is_error", result.isError ? true : nil),
                            ]))
                    ])
            }
        }
        return JSONObject(present: [
            ("system", system.isEmpty ? nil : .string(system)),
            ("messages", .array(turns.map { ["role": .string($0.role), "content": .array($0.blocks)] })),
        ])
    }

    /// The blocks of an answer: those that the model wrote, unaltered, but for calls that were rewritten since.
    static func blocks(of answer: AssistantMessage) -> [JSONValue] {
        guard let own = answer.providerBlocks, own.format == WireFormat.messages.rawValue,
            let written = own.blocks.arrayValue
        else {
            let words = answer.content.isEmpty ? [] : [JSONValue.object(MessagesBlock.text(answer.content))]
            return words + answer.calls.map(block)
        }
        return written.map { block in
            guard block["type"]?.stringValue == "tool_use", let id = block["id"]?.stringValue,
                let call = answer.calls.first(where: { $0.id == ToolCallID(id) }),
                block["input"] != call.argumentsObject || block["name"] != .string(call.name)
            else { return block }
            return MessagesRoom.block(call)
        }
    }

    static func block(_ call: ToolCall) -> JSONValue {
        [
            "type": "tool_use", "id": .string(call.id.text), "name": .string(call.name),
            "input": call.argumentsObject,
        ]
    }

    func read(_ body: JSONObject, into request: inout WireRequest) {
        request.isStreamed = body["stream"]?.boolValue ?? false
        if let system = body["system"], system != .null {
            request.messages.append(.system(request.text(of: system)))
        }
        for message in body["messages"]?.arrayValue ?? [] { read(message, into: &request) }
        for tool in ChatContent.list(body["tools"]) {
            let type = tool["type"]?.stringValue ?? "custom"
            let isProviders = [
                "web_search", "web_fetch", "code_execution", "mcp_toolset", "tool_search", "advisor",
            ]
            .contains { type.hasPrefix($0) }
            if isProviders {
                request.providerTools.append(type)
            } else {
                // Anthropic's own client tools (bash, text editor) have a name and no schema.
                var plain = tool.objectValue ?? JSONObject()
                plain["type"] = nil
                request.add(tool: .object(plain))
            }
        }
        for server in ChatContent.list(body["mcp_servers"]) {
            request.providerTools.append("mcp \(server["name"]?.stringValue ?? "")")
        }
    }

    private func read(_ message: JSONValue, into request: inout WireRequest) {
        switch message["role"]?.stringValue {
        case "assistant":
            var reader = MessagesReader()
            let value: JSONValue = [
                "type": "message", "content": message["content"] ?? .null, "stop_reason": "end_turn",
            ]
            request.add(answer: value, readBy: &reader)
        case "system": request.messages.append(.system(request.text(of: message["content"])))
        case "user":
            var words: [JSONValue] = []
            for block in message["content"]?.arrayValue ?? [message["content"] ?? .null] {
                guard block["type"]?.stringValue == "tool_result" else {
                    words.append(block)
                    continue
                }
                request.add(
                    result: block["tool_use_id"]?.stringValue ?? "", name: nil,
                    content: request.text(of: block["content"]),
                    isError: block["is_error"]?.boolValue ?? false)
            }
            let text = request.text(of: .array(words))
            if !text.isEmpty { request.messages.append(.user(text)) }
        case let role: request.remark("A message of the role \(role ?? "(none)") is not read.")
        }
    }
}
