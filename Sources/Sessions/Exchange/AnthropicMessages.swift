import Agent
import Formats
import JSON

/// Anthropic's messages: an object with `messages`, `system` and `tools`, or an array of messages.
enum AnthropicMessages {
    /// Blocks that a room reads or names itself.
    private static let known: Set<String> = [
        "text", "thinking", "redacted_thinking", "tool_use", "tool_result",
    ]

    static func read(_ document: Document) throws(ImportError) -> ImportedConversation {
        let value = document.value
        guard let messages = value["messages"]?.arrayValue ?? value.arrayValue else {
            throw ImportError("\(document.place)expected an object with \"messages\"")
        }
        for (index, message) in messages.enumerated() {
            guard let role = message["role"]?.stringValue, ["user", "assistant", "system"].contains(role)
            else {
                throw ImportError(
                    "\(document.place)message \(index + 1): expected the role user or assistant")
            }
        }
        var body = value.objectValue ?? JSONObject()
        body["messages"] = .array(messages)
        var conversation = RequestFile.conversation(body, in: .messages)
        let answers = messages.filter { $0["role"] == "assistant" }
        for block in answers.flatMap({ $0["content"]?.arrayValue ?? [] }) {
            let type = block["type"]?.stringValue ?? "unknown"
            if !known.contains(type) { conversation.losses.add("a block of type \(type)") }
        }
        conversation.noteEndings(of: answers)
        return conversation
    }

    static func text(_ content: JSONValue, _ losses: inout Losses) -> String {
        if let text = content.stringValue { return text }
        var texts: [String] = []
        var others: [String] = []
        for block in content.arrayValue ?? [] {
            if let text = block["text"]?.stringValue {
                texts.append(text)
            } else {
                let type = block["type"]?.stringValue ?? "unknown"
                losses.add("a block of type \(type)")
                others.append("[\(type)]")
            }
        }
        // Where there are no words, something was there all the same.
        return (texts.isEmpty ? others : texts).joined(separator: "\n")
    }

    static func finishReason(_ word: String) -> FinishReason {
        switch word {
        case "end_turn", "stop_sequence": .stop
        case "tool_use": .toolCalls
        case "max_tokens": .length
        default: .other(word)
        }
    }

    static func usage(_ value: JSONValue?) -> Usage? {
        guard let input = value?["input_tokens"]?.intValue, let output = value?["output_tokens"]?.intValue
        else {
            return nil
        }
        let cached = ["cache_read_input_tokens", "cache_creation_input_tokens"].compactMap {
            value?[$0]?.intValue
        }
        return Usage(input: input, cached: cached, output: output)
    }
}

extension ImportedConversation {
    /// Takes over why answers ended and what they cost, where their messages were kept whole as they came.
    fileprivate mutating func noteEndings(of answers: [JSONValue]) {
        let places = items.indices.filter { if case .assistant = items[$0].item { true } else { false } }
        // An answer that could not be read has no place.
        guard places.count == answers.count else { return }
        for (place, answer) in zip(places, answers) {
            guard
                case .assistant(let content, let calls, _, _, let thinking, let tokens) = items[place].item
            else { continue }
            items[place].item = .assistant(
                content: content, calls: calls,
                finish: answer["stop_reason"]?.stringValue.map(AnthropicMessages.finishReason),
                usage: AnthropicMessages.usage(answer["usage"]), thinking: thinking, tokens: tokens)
        }
    }
}
