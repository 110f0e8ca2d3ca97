import Agent
import JSON

/// OpenAI's Responses.
struct ResponsesRoom: FormatRoom {
    func reader() -> any FrameReader { ResponsesReader() }

    func writer(_ identity: ResponseIdentity) -> any FrameWriter { ResponsesWriter(identity) }

    func whole(_ response: ModelResponse, _ identity: ResponseIdentity) -> JSONValue {
        var writer = ResponsesWriter(identity)
        let own = response.providerBlocks.flatMap {
            $0.format == WireFormat.responses.rawValue ? $0.blocks : nil
        }
        if own.flatMap({ writer.write(native: $0, calls: response.calls) }) == nil {
            var queue = SegmentQueue()
            let steps = response.pieces.flatMap { queue.take($0) } + queue.finish()
            for step in steps { _ = writer.write(step) }
        }
        return writer.response(response)
    }

    func body(for request: ModelRequest, _ settings: RequestSettings) -> JSONObject {
        var body = JSONObject()
        body["model"] = .string(settings.model)
        body.add(conversation(request.messages))
        if !request.catalogue.isEmpty { body["tools"] = tools(request.catalogue) }
        body["stream"] = true
        // The conversation is ours: nothing of it is to be kept elsewhere, and reasoning comes back to us encrypted.
        body["store"] = false
        body["include"] = ["reasoning.encrypted_content"]
        body["max_output_tokens"] = .number(JSONNumber(request.maximumTokens))
        // A model that is told to reason takes no temperature.
        if settings.options["reasoning"] == nil {
            if let value = JSONNumber(request.sampling.temperature) { body["temperature"] = .number(value) }
            if request.sampling.topP != 1, let value = JSONNumber(request.sampling.topP) {
                body["top_p"] = .number(value)
            }
        }
        if let count = settings.topLogProbabilities {
            body["top_logprobs"] = .number(JSONNumber(count))
            body["include"] = ["reasoning.encrypted_content", "message.output_text.logprobs"]
        }
        return body
    }

    func tools(_ catalogue: [ToolDefinition]) -> JSONValue {
        .array(
            catalogue.map { tool in
                [
                    "type": "function", "name": .string(tool.name), "description": .string(tool.description),
                    "parameters": tool.parameters, "strict": false,
                ]
            })
    }

    func conversation(_ messages: [Message]) -> JSONObject {
        // A result is written as its call was.
        var kinds: [String: String] = [:]
        for case .assistant(let answer) in messages
        where answer.providerBlocks?.format == WireFormat.responses.rawValue {
            for item in answer.providerBlocks?.blocks.arrayValue ?? [] {
                if let id = item["call_id"]?.stringValue { kinds[id] = item["type"]?.stringValue }
            }
        }
        let items = messages.flatMap { message -> [JSONValue] in
            guard case .tool(let result) = message, let kind = kinds[result.callID.text] else {
                return ResponsesRoom.items(of: message)
            }
            return [
                ResponsesItem.output(
                    of: kind, callID: result.callID.text, result.content, isError: result.isError)
            ]
        }
        return JSONObject(present: [("input", .array(items))])
    }

    private static func items(of message: Message) -> [JSONValue] {
        switch message {
        case .system(let text), .user(let text):
            return [["role": .string(message.role), "content": .string(text)]]
        case .tool(let result):
            return [
                [
                    "type": "function_call_output", "call_id": .string(result.callID.text),
                    "output": .string(result.content),
                ]
            ]
        case .assistant(let answer):
            if let own = answer.providerBlocks, own.format == WireFormat.responses.rawValue,
                let written = own.blocks.arrayValue
            {
                return written.map { item in
                    guard item["type"]?.stringValue == "function_call", var object = item.objectValue,
                        let call = answer.calls.first(where: { $0.id.text == object["call_id"]?.stringValue })
                    else { return item }
                    object["arguments"] = .string(call.arguments.text)
                    object["name"] = .string(
                        ToolNamespace.bare(call.name, in: object["namespace"]?.stringValue))
                    return .object(object)
                }
            }
            let words: [JSONValue] =
                answer.content.isEmpty ? [] : [["role": "assistant", "content": .string(answer.content)]]
            return words
                + answer.calls.map { call in
                    [
                        "type": "function_call", "call_id": .string(call.id.text), "name": .string(call.name),
                        "arguments": .string(call.arguments.text),
                    ]
                }
        }
    }

    func read(_ body: JSONObject, into request: inout WireRequest) {
        request.isStreamed = body["stream"]?.boolValue ?? false
        if let text = body["instructions"]?.stringValue { request.messages.append(.system(text)) }
        if let text = body["input"]?.stringValue { request.messages.append(.user(text)) }
        // What the model wrote in a row is one answer.
        var written: [JSONValue] = []
        for item in body["input"]?.arrayValue ?? [] {
            let type = item["type"]?.stringValue ?? "message"
            let isModels =
                type == "message" ? item["role"]?.stringValue == "assistant" : ResponsesRoom.isModels(type)
            if isModels {
                written.append(item)
            } else {
                add(written, to: &request)
                written = []
                read(item, type: type, into: &request)
            }
        }
        add(written, to: &request)
        read(tools: body["tools"], into: &request)
    }

    /// Whether an item that is no message was written by the model.
    static func isModels(_ type: String) -> Bool {
        !type.hasSuffix("_output") && type != "additional_tools"
    }

    /// Reads a catalogue; tools may stand in groups, and in an item of the conversation as Codex sends them.
    private func read(
        tools: JSONValue?, of namespace: String? = nil, into request: inout WireRequest
    ) {
        for tool in ChatContent.list(tools) {
            let client = ["local_shell", "shell", "apply_patch", "computer_use_preview", "computer"]
            if let type = tool["type"]?.stringValue, client.contains(type) {
                request.add(tool: ["name": .string(type)])
            } else if tool["type"] == "namespace" {
                read(tools: tool["tools"], of: tool["name"]?.stringValue, into: &request)
            } else if let namespace, var named = tool.objectValue, let name = named["name"]?.stringValue {
                named["name"] = .string(ToolNamespace.name(name, in: namespace))
                request.add(tool: .object(named))
            } else {
                request.add(tool: tool)
            }
        }
    }

    private func add(_ written: [JSONValue], to request: inout WireRequest) {
        guard !written.isEmpty else { return }
        let output = written.map { item -> JSONValue in
            guard item["type"] == nil, var object = item.objectValue else { return item }
            object["type"] = "message"
            if let text = object["content"]?.stringValue {
                object["content"] = [["type": "output_text", "text": .string(text)]]
            }
            return .object(object)
        }
        var reader = ResponsesReader()
        request.add(
            answer: ["object": "response", "status": "completed", "output": .array(output)], readBy: &reader)
    }

    private func read(_ item: JSONValue, type: String, into request: inout WireRequest) {
        if type == "additional_tools" {
            read(tools: item["tools"], into: &request)
        } else if type == "message" {
            let text = request.text(of: item["content"])
            let isUser = item["role"]?.stringValue == "user"
            request.messages.append(isUser ? .user(text) : .system(text))
        } else {
            let output = item["output"]
            let text = output?.objectValue == nil ? request.text(of: output) : (output?.text() ?? "")
            request.add(result: item["call_id"]?.stringValue ?? "", name: nil, content: text)
        }
    }
}
