import Agent
import JSON

/// Anthropic's messages.
enum AnthropicMessages {
    static func read(_ document: Document) throws(ImportError) -> ImportedConversation {
        var conversation = ImportedConversation()
        let value = document.value
        guard let messages = value["messages"]?.arrayValue ?? value.arrayValue else {
            throw ImportError("\(document.place)expected an object with \"messages\"")
        }
        if let model = value["model"]?.stringValue { conversation.model = model }
        for tool in value["tools"]?.arrayValue ?? [] {
            guard let name = tool["name"]?.stringValue, let schema = tool["input_schema"] else {
                conversation.losses.add("a tool of type \(tool["type"]?.stringValue ?? "unknown")")
                continue
            }
            conversation.catalogue.append(
                ToolDefinition(
                    name: name, description: tool["description"]?.stringValue ?? "", parameters: schema))
        }
        if let system = value["system"], system != .null {
            conversation.add(.system(text(system, &conversation.losses)))
        }
        for (index, message) in messages.enumerated() {
            let place = "\(document.place)message \(index + 1)"
            try add(message, at: 0, place: place, to: &conversation)
        }
        return conversation
    }

    private static func add(
        _ message: JSONValue, at time: Int64, place: String, continuing: Bool = false,
        to conversation: inout ImportedConversation
    ) throws(ImportError) {
        guard let role = message["role"]?.stringValue, role == "user" || role == "assistant" else {
            throw ImportError("\(place): expected the role user or assistant")
        }
        let blocks = message["content"]?.arrayValue ?? [["type": "text", "text": message["content"] ?? ""]]
        var (texts, calls): ([String], [ToolCall]) = ([], [])
        for block in blocks {
            switch block["type"]?.stringValue {
            case "text": texts.append(block["text"]?.stringValue ?? "")
            case "tool_use":
                guard let id = block["id"]?.stringValue, let name = block["name"]?.stringValue else {
                    throw ImportError("\(place): a tool_use needs id and name")
                }
                let input = block["input"] ?? [:]
                calls.append(
                    ToolCall(
                        id: ToolCallID(id), name: name,
                        arguments: ByteString(input.stringValue ?? input.text())))
            case "tool_result":
                guard let id = block["tool_use_id"]?.stringValue else {
                    throw ImportError("\(place): a tool_result needs tool_use_id")
                }
                let content = text(block["content"] ?? "", &conversation.losses)
                let isError = block["is_error"]?.boolValue ?? false
                conversation.add(.result(ToolCallID(id), content: content, isError: isError), at: time)
            case let type: conversation.losses.add("a block of type \(type ?? "unknown")")
            }
        }
        let words = texts.joined(separator: "\n")
        guard role == "assistant" else {
            if !texts.isEmpty { conversation.add(.user(words), at: time) }
            return
        }
        let finish = message["stop_reason"]?.stringValue.map(finishReason)
        let usage = usage(message["usage"])
        guard continuing,
            case .assistant(let before, let earlier, _, _, _, _)? = conversation.items.last?.item
        else {
            conversation.add(.assistant(content: words, calls: calls, finish: finish, usage: usage), at: time)
            return
        }
        let content = [before, words].filter { !$0.isEmpty }.joined(separator: "\n")
        conversation.items[conversation.items.count - 1].item = .assistant(
            content: content, calls: earlier + calls, finish: finish, usage: usage)
    }

    static func text(_ content: JSONValue, _ losses: inout Losses) -> String {
        if let text = content.stringValue { return text }
        var texts: [String] = []
        for block in content.arrayValue ?? [] {
            if let text = block["text"]?.stringValue {
                texts.append(text)
            } else {
                losses.add("a block of type \(block["type"]?.stringValue ?? "unknown")")
            }
        }
        return texts.joined(separator: "\n")
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
