import Agent
import JSON

/// Ollama's own chat endpoint.
///
/// <https://github.com/ollama/ollama/blob/main/docs/api.md>
struct OllamaChat: WireFormat {
    let kind = "ollama"
    let path = "api/chat"
    let headers: [(name: String, value: String)] = []
    /// The model's name.
    let model: String
    /// How many log-probabilities are asked for at each token; `nil` asks for none.
    let topLogProbabilities: Int?
    /// Members that are added to the body or replace its own; a `null` takes one out.
    let options: JSONObject

    func body(for request: ModelRequest) -> JSONValue {
        var body = JSONObject()
        body["model"] = .string(model)
        body["messages"] = .array(request.messages.map(OllamaChat.message))
        if !request.catalogue.isEmpty { body["tools"] = .array(request.catalogue.map(\.functionJSON)) }
        body["stream"] = true
        var sampling = JSONObject()
        sampling.add(request.sampling)
        sampling["num_predict"] = .number(JSONNumber(request.maximumTokens))
        body["options"] = .object(sampling)
        if let topLogProbabilities {
            body["logprobs"] = true
            if topLogProbabilities > 0 { body["top_logprobs"] = .number(JSONNumber(topLogProbabilities)) }
        }
        body.merge(options)
        return .object(body)
    }

    func reader() -> any ResponseReader { OllamaReader() }

    private static func message(_ message: Message) -> JSONValue {
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
            if !answer.calls.isEmpty {
                object["tool_calls"] = .array(
                    answer.calls.map { call in
                        [
                            "id": .string(call.id.text),
                            "function": ["name": .string(call.name), "arguments": call.argumentsObject],
                        ]
                    })
            }
            return .object(object)
        }
    }
}

/// Reads a stream of lines, each a JSON object; calls come whole.
struct OllamaReader: ResponseReader {
    private var lines = LineReader()
    private var content = ""
    private var calls: [ToolCall] = []
    private var reason: String?
    private var usage: Usage?
    private var isThinking = false
    private(set) var isComplete = false

    mutating func take(_ bytes: [UInt8]) throws(StreamFault) -> [ResponsePiece] {
        var pieces: [ResponsePiece] = []
        for line in try lines.take(bytes) where !isComplete && !line.isEmpty {
            pieces += try take(entry: StreamJSON.parse(line))
        }
        return pieces
    }

    private mutating func take(entry: JSONValue) throws(StreamFault) -> [ResponsePiece] {
        if let error = entry["error"], error != .null { throw StreamJSON.fault(error) }
        var pieces: [ResponsePiece] = []
        let message = entry["message"]
        if let thought = message?["thinking"]?.stringValue, !thought.isEmpty, !isThinking {
            isThinking = true
            pieces.append(.thinking)
        }
        let scored = (entry["logprobs"]?.arrayValue ?? []).compactMap(ScoredToken.init)
        if let text = message?["content"]?.stringValue, !text.isEmpty {
            content += text
            if scored.isEmpty { pieces.append(.text(text)) }
        }
        // Scored tokens are the model's own text, calls included as it spells them; they are no part of the arguments.
        pieces += scored.map(ResponsePiece.token)
        for call in message?["tool_calls"]?.arrayValue ?? [] {
            guard let name = call["function"]?["name"]?.stringValue, !name.isEmpty else {
                throw StreamFault("a call names no tool")
            }
            let given = call["function"]?["arguments"] ?? [:]
            let arguments = given.stringValue ?? given.text(.spaced)
            calls.append(
                ToolCall(
                    id: ToolCallID(call["id"]?.stringValue ?? ""), name: name,
                    arguments: ByteString(arguments)))
            pieces += [.call(name: name), .arguments(arguments)]
        }
        if entry["done"]?.boolValue == true {
            isComplete = true
            reason = entry["done_reason"]?.stringValue ?? "stop"
            if let written = StreamJSON.count(entry["eval_count"]) {
                // Ollama leaves the prompt's count out where all of it was cached.
                usage = Usage(
                    promptTokens: StreamJSON.count(entry["prompt_eval_count"]) ?? 0, completionTokens: written
                )
            }
        }
        return pieces
    }

    func response(numberingFrom firstCall: Int) throws(StreamFault) -> ModelResponse {
        guard isComplete, let reason else { throw .cut }
        guard reason == "stop" || reason == "tool_calls" else {
            return ModelResponse(
                content: content, calls: [], finishReason: FinishReason(name: reason), usage: usage)
        }
        return ModelResponse(
            content: content, calls: calls.numbered(from: firstCall),
            finishReason: calls.isEmpty ? .stop : .toolCalls, usage: usage)
    }
}
