import Agent
import JSON

/// Chat Completions, as OpenAI, vLLM, llama-server, Ollama and LM Studio serve it.
///
/// <https://platform.openai.com/docs/api-reference/chat>
struct ChatCompletions: WireFormat {
    let kind = "openai"
    let path = "chat/completions"
    let headers: [(name: String, value: String)] = []
    /// The model's name on the server.
    let model: String
    /// How many log-probabilities are asked for at each token, 0 to 20; `nil` asks for none.
    let topLogProbabilities: Int?
    /// Whether the server is OpenAI's own, which wants the limit of tokens under a newer name.
    let isOpenAI: Bool
    /// Members that are added to the body or replace its own; a `null` takes one out.
    let options: JSONObject

    func body(for request: ModelRequest) -> JSONValue {
        var body = JSONObject()
        body["model"] = .string(model)
        body["messages"] = .array(request.messages.map(ChatCompletions.message))
        if !request.catalogue.isEmpty { body["tools"] = .array(request.catalogue.map(\.functionJSON)) }
        body["stream"] = true
        body["stream_options"] = ["include_usage": true]
        body[isOpenAI ? "max_completion_tokens" : "max_tokens"] = .number(JSONNumber(request.maximumTokens))
        body.add(request.sampling)
        if let topLogProbabilities {
            body["logprobs"] = true
            if topLogProbabilities > 0 { body["top_logprobs"] = .number(JSONNumber(topLogProbabilities)) }
        }
        body.merge(options)
        return .object(body)
    }

    func reader() -> any ResponseReader { ChatCompletionsReader() }

    private static func message(_ message: Message) -> JSONValue {
        switch message {
        case .system(let text), .user(let text): ["role": .string(message.role), "content": .string(text)]
        case .tool(let result):
            ["role": "tool", "tool_call_id": .string(result.callID.text), "content": .string(result.content)]
        case .assistant(let answer):
            if answer.calls.isEmpty {
                ["role": "assistant", "content": .string(answer.content)]
            } else {
                [
                    "role": "assistant", "content": answer.content.isEmpty ? .null : .string(answer.content),
                    "tool_calls": .array(
                        answer.calls.map { call in
                            [
                                "id": .string(call.id.text), "type": "function",
                                "function": [
                                    "name": .string(call.name), "arguments": .string(call.arguments.text),
                                ],
                            ]
                        }),
                ]
            }
        }
    }
}

extension JSONObject {
    /// Adds `temperature`, and `top_p` and `seed` where they are not the usual ones.
    mutating func add(_ sampling: SamplingSettings) {
        if let value = JSONNumber(sampling.temperature) { self["temperature"] = .number(value) }
        if sampling.topP != 1, let value = JSONNumber(sampling.topP) { self["top_p"] = .number(value) }
        if sampling.temperature > 0, let seed = JSONNumber(text: String(sampling.seed)) {
            self["seed"] = .number(seed)
        }
    }

    /// Sets the members of `options`, objects member by member; `null` takes a member out.
    mutating func merge(_ options: JSONObject) {
        for member in options {
            switch (self[member.key], member.value) {
            case (_, .null): self[member.key] = nil
            case (.object(var own)?, .object(let other)):
                own.merge(other)
                self[member.key] = .object(own)
            case (_, let value): self[member.key] = value
            }
        }
    }
}
