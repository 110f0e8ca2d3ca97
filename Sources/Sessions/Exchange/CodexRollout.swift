import Agent
import JSON

/// Session files of Codex: lines with a time, a type and a payload, of which the response items are the conversation.
struct CodexRollout {
    private static let types: Set<String> = [
        "session_meta", "response_item", "turn_context", "event_msg", "compacted",
    ]
    private var conversation = ImportedConversation()
    /// Words and calls of the response that is being collected: it stands in several lines.
    private var response: (content: [String], calls: [ToolCall], time: Int64)?

    /// Whether these are lines of such a file.
    static func isOne(_ documents: [JSONValue]) -> Bool {
        documents.prefix(20).contains { line in
            line["payload"] != nil && line["type"]?.stringValue.map(types.contains) ?? false
        }
    }

    static func read(_ documents: [Document]) throws(ImportError) -> ImportedConversation {
        var rollout = CodexRollout()
        for document in documents { try rollout.add(document) }
        rollout.endResponse()
        return rollout.conversation
    }

    private mutating func add(_ document: Document) throws(ImportError) {
        let line = document.value
        let type = line["type"]?.stringValue ?? "unknown"
        guard let payload = line["payload"], CodexRollout.types.contains(type) else {
            conversation.losses.add("a line of type \(type)")
            return
        }
        let time = line["timestamp"]?.stringValue.flatMap(Document.milliseconds) ?? 0
        switch type {
        case "session_meta": addMeta(payload, at: time)
        case "turn_context":
            if let model = payload["model"]?.stringValue { conversation.model = model }
            conversation.losses.add("what a turn was allowed to do (approval and sandbox policy, folder)")
        case "event_msg": addEvent(payload)
        case "compacted": conversation.losses.add("a compaction of the conversation")
        default: try addItem(payload, at: time, place: document.place)
        }
    }

    private mutating func addMeta(_ payload: JSONValue, at time: Int64) {
        let instructions = payload["base_instructions"]?["text"] ?? payload["instructions"]
        if let text = instructions?.stringValue, !text.isEmpty { conversation.add(.system(text), at: time) }
        conversation.losses.add("the folder, the program's version and the state of git")
    }

    /// Events repeat what the items say, but for the count of tokens.
    private mutating func addEvent(_ payload: JSONValue) {
        let type = payload["type"]?.stringValue ?? "unknown"
        guard type == "token_count", let usage = payload["info"]?["last_token_usage"],
            let input = usage["input_tokens"]?.intValue, let output = usage["output_tokens"]?.intValue
        else {
            conversation.losses.add("an event of type \(type)")
            return
        }
        endResponse()
        guard
            let index = conversation.items.lastIndex(where: {
                if case .assistant = $0.item { true } else { false }
            }),
            case .assistant(let content, let calls, let finish, _, let thinking, _) = conversation.items[
                index
            ]
            .item
        else { return }
        conversation.items[index].item = .assistant(
            content: content, calls: calls, finish: finish,
            usage: Usage(promptTokens: input, completionTokens: output), thinking: thinking)
    }

    private mutating func addItem(
        _ item: JSONValue, at time: Int64, place: String
    ) throws(ImportError) {
        let type = item["type"]?.stringValue ?? "unknown"
        switch type {
        case "message": addMessage(item, at: time)
        case "function_call":
            try addCall(item, arguments: item["arguments"]?.stringValue, at: time, place: place)
        case "custom_tool_call":
            // What such a tool takes is text, not JSON; it stands as the model wrote it.
            try addCall(item, arguments: item["input"]?.stringValue, at: time, place: place)
        case "local_shell_call":
            try addCall(
                item, name: "local_shell", arguments: item["action"]?.text(), at: time, place: place)
        case "function_call_output", "custom_tool_call_output":
            guard let id = item["call_id"]?.stringValue else {
                throw ImportError("\(place)a \(type) needs call_id")
            }
            endResponse()
            let output = item["output"] ?? ""
            conversation.add(
                .result(ToolCallID(id), content: text(output), isError: CodexRollout.isError(output)),
                at: time)
        case "reasoning":
            let isSealed = item["encrypted_content"]?.stringValue != nil
            conversation.losses.add(isSealed ? "reasoning, of which a part is encrypted" : "reasoning")
        default: conversation.losses.add("a response item of type \(type)")
        }
    }

    private mutating func addMessage(_ item: JSONValue, at time: Int64) {
        let words = text(item["content"] ?? "")
        switch item["role"]?.stringValue {
        case "assistant":
            // Words after a call that has no result yet still belong to its response.
            var open = response ?? ([], [], time)
            open.content.append(words)
            open.time = time
            response = open
        case "system", "developer":
            endResponse()
            conversation.add(.system(words), at: time)
        case "user":
            endResponse()
            conversation.add(.user(words), at: time)
        case let role: conversation.losses.add("a message of role \(role ?? "unknown")")
        }
    }

    private mutating func addCall(
        _ item: JSONValue, name: String? = nil, arguments: String?, at time: Int64, place: String
    ) throws(ImportError) {
        guard let id = item["call_id"]?.stringValue ?? item["id"]?.stringValue,
            let name = name ?? item["name"]?.stringValue, let arguments
        else { throw ImportError("\(place)a call needs call_id, name and arguments") }
        let space = item["namespace"]?.stringValue.map { "\($0)." } ?? ""
        var open = response ?? ([], [], time)
        open.calls.append(
            ToolCall(id: ToolCallID(id), name: space + name, arguments: ByteString(arguments)))
        open.time = time
        response = open
    }

    private mutating func endResponse() {
        guard let response else { return }
        self.response = nil
        conversation.add(
            .assistant(
                content: response.content.joined(separator: "\n"), calls: response.calls, finish: nil,
                usage: nil),
            at: response.time)
    }

    /// Text, the parts of a message, or an output with its content inside.
    private mutating func text(_ value: JSONValue) -> String {
        if let text = value.stringValue { return text }
        if let content = value["content"] { return text(content) }
        var texts: [String] = []
        for part in value.arrayValue ?? [] {
            if let text = part["text"]?.stringValue {
                texts.append(text)
            } else {
                conversation.losses.add("a content part of type \(part["type"]?.stringValue ?? "unknown")")
            }
        }
        return texts.joined(separator: "\n")
    }

    /// Whether an output says that the call failed: by its mark, or by the exit code that a shell's output carries.
    private static func isError(_ output: JSONValue) -> Bool {
        if let success = output["success"]?.boolValue { return !success }
        guard let text = output.stringValue, text.hasPrefix("{"), let value = try? JSONParser.parse(text)
        else {
            return false
        }
        return value["metadata"]?["exit_code"]?.intValue.map { $0 != 0 } ?? false
    }
}
