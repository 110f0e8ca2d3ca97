import Agent
import JSON

/// Ollama's own chat.
struct OllamaRoom: FormatRoom {
    func reader() -> any FrameReader { OllamaReader() }

    func writer(_ identity: ResponseIdentity) -> any FrameWriter { OllamaWriter(identity) }

    func whole(_ response: ModelResponse, _ identity: ResponseIdentity) -> JSONValue {
        var message = OllamaRoom.message(.assistant(response.message)).objectValue ?? JSONObject()
        if let text = response.thinking?.text, !text.isEmpty { message["thinking"] = .string(text) }
        return OllamaWriter.line(.object(message), end: response, identity)
    }

    func body(for request: ModelRequest, _ settings: RequestSettings) -> JSONObject {
        var body = JSONObject()
        body["model"] = .string(settings.model)
        body.add(conversation(request.messages))
        if !request.catalogue.isEmpty { body["tools"] = tools(request.catalogue) }
        body["stream"] = true
        var sampling = JSONObject()
        sampling.add(request.sampling)
        sampling["num_predict"] = .number(JSONNumber(request.maximumTokens))
        body["options"] = .object(sampling)
        if let count = settings.topLogProbabilities {
            body["logprobs"] = true
            if count > 0 { body["top_logprobs"] = .number(JSONNumber(count)) }
        }
        return body
    }

    func tools(_ catalogue: [ToolDefinition]) -> JSONValue { .array(catalogue.map(\.functionJSON)) }

    func conversation(_ messages: [Message]) -> JSONObject {
        JSONObject(present: [("messages", .array(messages.map(OllamaRoom.message)))])
    }

    static func message(_ message: Message) -> JSONValue {
        switch message {
        case .system(let text), .user(let text):
            return ["role": .string(message.role), "content": .string(text)]
        case .tool(let result):
            return [
                "role": "tool", "content": .string(result.content), "tool_name": .string(result.name),
                "tool_call_id": .string(result.callID.text),
            ]
        case .assistant(let answer):
            var object = JSONObject()
            object["role"] = "assistant"
            object["content"] = .string(answer.content)
            if let own = answer.providerBlocks, own.format == WireFormat.ollama.rawValue {
                object["thinking"] = own.blocks["thinking"]
            }
            if !answer.calls.isEmpty { object["tool_calls"] = .array(answer.calls.map(call)) }
            return .object(object)
        }
    }

    static func call(_ call: ToolCall) -> JSONValue {
        [
            "id": .string(call.id.text),
            "function": ["name": .string(call.name), "arguments": call.argumentsObject],
        ]
    }

    func read(_ body: JSONObject, into request: inout WireRequest) {
        // Ollama streams unless it is told not to.
        request.isStreamed = body["stream"]?.boolValue ?? true
        for message in body["messages"]?.arrayValue ?? [] {
            let text = request.text(of: message["content"])
            if let images = message["images"]?.arrayValue, !images.isEmpty {
                request.remark("The conversation holds images, which are not read.")
            }
            switch message["role"]?.stringValue {
            case "system": request.messages.append(.system(text))
            case "user": request.messages.append(.user(text))
            case "tool":
                request.add(
                    result: message["tool_call_id"]?.stringValue ?? "",
                    name: (message["tool_name"] ?? message["name"])?.stringValue, content: text)
            case "assistant":
                var reader = OllamaReader()
                request.add(answer: ["message": message, "done": true], readBy: &reader)
            case let role: request.remark("A message of the role \(role ?? "(none)") is not read.")
            }
        }
        for tool in ChatContent.list(body["tools"]) { request.add(tool: tool) }
    }
}

/// Writes Ollama's lines.
struct OllamaWriter: FrameWriter {
    let identity: ResponseIdentity

    init(_ identity: ResponseIdentity) { self.identity = identity }

    mutating func begin() -> [UInt8] { [] }

    mutating func write(_ step: SegmentStep) -> [UInt8] {
        switch step {
        case .grow(.thinking, let text):
            line(["role": "assistant", "content": "", "thinking": .string(text)])
        case .grow(.text, let text): line(["role": "assistant", "content": .string(text)])
        case .end(.call(let id, let name), let arguments):
            line([
                "role": "assistant", "content": "",
                "tool_calls": .array([
                    OllamaRoom.call(
                        ToolCall(
                            id: ToolCallID(id), name: name,
                            arguments: ByteString(arguments.isEmpty ? "{}" : arguments)))
                ]),
            ])
        case .begin, .grow, .end: []
        }
    }

    mutating func end(_ response: ModelResponse) -> [UInt8] {
        FrameText.line(OllamaWriter.line(["role": "assistant", "content": ""], end: response, identity))
    }

    private func line(_ message: JSONValue) -> [UInt8] {
        FrameText.line(OllamaWriter.line(message, end: nil, identity))
    }

    /// - Parameter end: the whole response, in the last line.
    static func line(_ message: JSONValue, end: ModelResponse?, _ identity: ResponseIdentity) -> JSONValue {
        var line = JSONObject()
        line["model"] = .string(identity.model)
        line["created_at"] = .string(OllamaWriter.time(identity.created))
        line["message"] = message
        line["done"] = .bool(end != nil)
        if let end {
            let isWhole = end.finishReason == .stop || end.finishReason == .toolCalls
            line["done_reason"] = .string(isWhole ? "stop" : end.finishReason.name)
            line["prompt_eval_count"] = end.usage.map { .number(JSONNumber($0.promptTokens)) }
            line["eval_count"] = end.usage.map { .number(JSONNumber($0.completionTokens)) }
        }
        return .object(line)
    }

    /// A time as RFC 3339 writes it, by the calendar of civil days (Hinnant, chrono-compatible low-level date algorithms).
    private static func time(_ seconds: Int) -> String {
        let (day, rest) = seconds.quotientAndRemainder(dividingBy: 86_400)
        let shifted = day + 719_468
        let era = shifted / 146_097
        let ofEra = shifted - era * 146_097
        let year = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * year + year / 4 - year / 100)
        let month = (5 * ofYear + 2) / 153
        let date = [
            year + era * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9,
            ofYear - (153 * month + 2) / 5 + 1, rest / 3_600, rest / 60 % 60, rest % 60,
        ].map { $0 < 10 ? "0\($0)" : String($0) }
        return "\(date[0])-\(date[1])-\(date[2])T\(date[3]):\(date[4]):\(date[5])Z"
    }
}
