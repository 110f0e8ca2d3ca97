import Agent
import JSON

/// A history of Pydantic AI as `all_messages_json` writes it: messages of a `kind` whose parts have a `part_kind`.
enum PydanticMessages {
    /// Whether a document is such a history.
    static func isOne(_ document: JSONValue) -> Bool {
        guard let messages = document.arrayValue, !messages.isEmpty else { return false }
        return messages.allSatisfy { message in
            message["kind"]?.stringValue != nil
                && (message["parts"]?.arrayValue ?? []).allSatisfy { $0["part_kind"]?.stringValue != nil }
        }
    }

    static func read(_ document: Document) -> ImportedConversation {
        var conversation = ImportedConversation()
        var instructions: String?
        for message in document.value.arrayValue ?? [] {
            switch message["kind"]?.stringValue {
            case "request":
                // Each request repeats the instructions.
                let told = message["instructions"]?.stringValue
                if let told, instructions?.utf8.elementsEqual(told.utf8) != true {
                    conversation.add(.system(told))
                    instructions = told
                }
                for part in message["parts"]?.arrayValue ?? [] { hear(part, &conversation) }
            case "response": answer(message, &conversation)
            case let kind: conversation.losses.add("a message of kind \(kind ?? "unknown")")
            }
        }
        return conversation
    }

    private static func hear(_ part: JSONValue, _ conversation: inout ImportedConversation) {
        let id = ToolCallID(part["tool_call_id"]?.stringValue ?? "")
        let content = text(of: part["content"] ?? "", &conversation.losses)
        switch part["part_kind"]?.stringValue {
        case "system-prompt": conversation.add(.system(content))
        case "user-prompt": conversation.add(.user(content))
        case "tool-return": conversation.add(.result(id, content: content, isError: false))
        case "retry-prompt" where part["tool_name"]?.stringValue == nil: conversation.add(.user(content))
        case "retry-prompt": conversation.add(.result(id, content: content, isError: true))
        case let kind: conversation.losses.add("a part of kind \(kind ?? "unknown")")
        }
    }

    private static func answer(_ message: JSONValue, _ conversation: inout ImportedConversation) {
        var (words, thoughts, hidden): ([String], [String], Int) = ([], [], 0)
        var calls: [ToolCall] = []
        for part in message["parts"]?.arrayValue ?? [] {
            switch part["part_kind"]?.stringValue {
            case "text": words.append(text(of: part["content"] ?? "", &conversation.losses))
            case "thinking":
                let thought = part["content"]?.stringValue ?? ""
                if thought.isEmpty { hidden += 1 } else { thoughts.append(thought) }
            case "tool-call":
                guard let name = part["tool_name"]?.stringValue else {
                    conversation.losses.add("a call without a name")
                    continue
                }
                let arguments = part["args"].flatMap { $0 == .null ? Optional.none : $0 } ?? [:]
                calls.append(
                    ToolCall(
                        id: ToolCallID(part["tool_call_id"]?.stringValue ?? ""), name: name,
                        arguments: ByteString(arguments.stringValue ?? arguments.text())))
            case "builtin-tool-call":
                conversation.mark(ranAtProvider: [part["tool_name"]?.stringValue ?? "a tool"], at: 0)
            case let kind: conversation.losses.add("a part of kind \(kind ?? "unknown")")
            }
        }
        if let model = message["model_name"]?.stringValue { conversation.model = model }
        let thought = thoughts.joined(separator: "\n")
        conversation.add(
            .assistant(
                content: words.joined(separator: "\n"), calls: calls,
                finish: message["finish_reason"]?.stringValue.map { FinishReason(ofProvider: $0) },
                usage: usage(message["usage"]),
                thinking: thoughts.isEmpty && hidden == 0
                    ? nil : Thinking(text: thought, hiddenParts: hidden)))
    }

    private static func usage(_ value: JSONValue?) -> Usage? {
        guard let input = (value?["input_tokens"] ?? value?["request_tokens"])?.intValue,
            let output = (value?["output_tokens"] ?? value?["response_tokens"])?.intValue
        else { return nil }
        return Usage(promptTokens: input, completionTokens: output)
    }

    /// The text of a content: words, a list of words and media, or a value that a tool gave.
    private static func text(of content: JSONValue, _ losses: inout Losses) -> String {
        if let text = content.stringValue { return text }
        let parts = content.arrayValue ?? []
        let isSpoken = parts.contains { $0.stringValue != nil || isMedia($0) }
        guard isSpoken else { return content.text() }
        return parts.map { part in
            if let text = part.stringValue { return text }
            let kind = part["kind"]?.stringValue ?? "unknown"
            losses.add("a part of kind \(kind), which is shown as a mark")
            return "[\(kind)]"
        }.joined(separator: "\n")
    }

    private static func isMedia(_ part: JSONValue) -> Bool {
        part["kind"]?.stringValue.map { $0.hasSuffix("-url") || $0 == "binary" } ?? false
    }
}
