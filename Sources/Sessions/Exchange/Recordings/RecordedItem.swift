import JSON

/// Items of OpenAI's Responses in what others have recorded.
enum RecordedItem {
    /// Whether a value is an item by its type.
    static func isOne(_ value: JSONValue) -> Bool {
        guard let type = value["type"]?.stringValue else { return false }
        let isCall = type.utf8.count > 5 && type.hasSuffix("_call")
        return ["message", "reasoning", "compaction", "item_reference"].contains { type == $0 }
            && value["kwargs"] == nil
            || (isCall && type != "tool_call") || type.hasSuffix("_call_output")
    }
}
