import Agent
import JSON

/// Anthropic's Messages.
///
/// <https://docs.anthropic.com/en/api/messages>
struct AnthropicMessages: WireFormat {
    let kind = "anthropic"
    let path = "v1/messages"
    let headers: [(name: String, value: String)] = [("anthropic-version", "2023-06-01")]
    /// The model's name.
    let model: String
    /// Members that are added to the body or replace its own; a `null` takes one out.
    let options: JSONObject

    func body(for request: ModelRequest) -> JSONValue {
        var body = JSONObject()
        body["model"] = .string(model)
        body["max_tokens"] = .number(JSONNumber(request.maximumTokens))
        var system = ""
        for case .system(let text) in request.messages { system += system.isEmpty ? text : "\n\n" + text }
        if !system.isEmpty { body["system"] = .string(system) }
        body["messages"] = .array(AnthropicMessages.messages(request.messages))
        if !request.catalogue.isEmpty {
            body["tools"] = .array(
                request.catalogue.map { tool in
                    [
                        "name": .string(tool.name), "description": .string(tool.description),
                        "input_schema": tool.parameters,
                    ]
                })
        }
        body["stream"] = true
        // A model that is told to think takes no temperature.
        if options["thinking"] == nil {
            if let value = JSONNumber(min(1, request.sampling.temperature)) {
                body["temperature"] = .number(value)
            }
            if request.sampling.topP != 1, let value = JSONNumber(request.sampling.topP) {
                body["top_p"] = .number(value)
            }
        }
        body.merge(options)
        return .object(body)
    }

    func reader() -> any ResponseReader { AnthropicReader() }

    /// The conversation without its system messages; what the user's side says in a row is one message.
    ///
    /// Results thereby come first in the message behind the calls that they answer, as the format demands.
    private static func messages(_ messages: [Message]) -> [JSONValue] {
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
            case .user(let text): add("user", text.isEmpty ? [] : [["type": "text", "text": .string(text)]])
            case .assistant(let answer): add("assistant", blocks(of: answer))
            case .tool(let result):
                var block: JSONObject = JSONObject()
                block["type"] = "tool_result"
                block["tool_use_id"] = .string(result.callID.text)
                block["content"] = .string(result.content)
                if result.isError { block["is_error"] = true }
                add("user", [.object(block)])
            }
        }
        return turns.map { ["role": .string($0.role), "content": .array($0.blocks)] }
    }

    /// The blocks of an answer: those that the model wrote, unaltered, but for calls that were rewritten since.
    private static func blocks(of answer: AssistantMessage) -> [JSONValue] {
        guard let written = answer.providerBlocks?.arrayValue else {
            let words: [JSONValue] =
                answer.content.isEmpty ? [] : [["type": "text", "text": .string(answer.content)]]
            return words + answer.calls.map(block)
        }
        return written.map { block in
            guard block["type"]?.stringValue == "tool_use", let id = block["id"]?.stringValue,
                let call = answer.calls.first(where: { $0.id == ToolCallID(id) })
            else { return block }
            return AnthropicMessages.block(call)
        }
    }

    private static func block(_ call: ToolCall) -> JSONValue {
        [
            "type": "tool_use", "id": .string(call.id.text), "name": .string(call.name),
            "input": call.argumentsObject,
        ]
    }
}
