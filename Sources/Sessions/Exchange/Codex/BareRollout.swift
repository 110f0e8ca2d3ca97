import JSON

/// Rollouts of Codex before September 2025: the response items themselves, a line each, after a head without a type; or,
/// of its first versions, one document with a session and its items.
enum BareRollout {
    private static let items: Set<String> = [
        "message", "reasoning", "function_call", "function_call_output", "local_shell_call",
        "local_shell_call_output", "custom_tool_call", "custom_tool_call_output", "web_search_call",
    ]

    /// Whether the documents are such a file.
    static func isOne(_ documents: [JSONValue]) -> Bool {
        guard let first = documents.first else { return false }
        if documents.count == 1 { return isHead(first["session"]) && first["items"]?.arrayValue != nil }
        let isBegun = isHead(first) || documents.contains { $0["record_type"] != nil }
        return isBegun && documents.prefix(200).contains(where: isItem)
    }

    /// The same lines as rollouts have them now.
    static func lines(_ documents: [Document]) -> [Document] {
        guard documents.count == 1, let whole = documents.first, let head = whole.value["session"] else {
            return documents.compactMap(line)
        }
        let items = whole.value["items"]?.arrayValue ?? []
        return ([head] + items).enumerated().compactMap { index, value in
            line(Document(value: value, place: index == 0 ? "" : "item \(index): "))
        }
    }

    private static func isHead(_ value: JSONValue?) -> Bool {
        value?["id"]?.stringValue != nil && value?["timestamp"]?.stringValue != nil && value?["type"] == nil
    }

    private static func isItem(_ value: JSONValue) -> Bool {
        value["payload"] == nil && value["type"]?.stringValue.map(items.contains) ?? false
    }

    private static func line(_ document: Document) -> Document? {
        let value = document.value
        if value["record_type"] != nil { return nil }
        let type: JSONValue = isHead(value) ? "session_meta" : "response_item"
        var line = JSONObject([.init(key: "type", value: type), .init(key: "payload", value: value)])
        line["timestamp"] = value["timestamp"]
        return Document(value: .object(line), place: document.place)
    }
}

/// What `codex exec --json` prints: what happened, told anew, without the model's calls and their arguments.
enum CodexEvents {
    /// Why such lines are not read, and what is; `nil` where they are others.
    static func refusal(_ documents: [JSONValue]) -> String? {
        let lines = documents.prefix(200)
        let types = ["thread.started", "turn.started", "turn.completed", "item.started", "item.completed"]
        let isNew = lines.contains { types.contains($0["type"]?.stringValue ?? "") }
        let words = [
            "task_started", "agent_message", "exec_command_begin", "task_complete", "agent_reasoning",
        ]
        let isOld = lines.contains {
            $0["id"] != nil && words.contains($0["msg"]?["type"]?.stringValue ?? "")
        }
        guard isNew || isOld else { return nil }
        let thread =
            lines.lazy.compactMap { $0["thread_id"]?.stringValue ?? $0["msg"]?["session_id"]?.stringValue }
            .first.map { " \($0)" } ?? ""
        return
            "this is what codex exec --json prints, which tells what was done and has neither the model's calls nor "
            + "what it was told; callgate import codex lists the rollouts, where the thread\(thread) is whole"
    }
}
