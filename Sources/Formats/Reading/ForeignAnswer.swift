import JSON

/// Answers in the own formats of providers that serve a format of ours at another address.
enum ForeignAnswer {
    /// Whose answer a value is, and what to do, in words; `nil` for one that is nobody's.
    static func words(_ value: JSONValue) -> String? {
        if isCohere(value) {
            return "Cohere's own format; write the url of its Chat Completions (…/compatibility/v1)"
        }
        if let output = value["output"], output["text"] != nil || output["choices"] != nil {
            return "DashScope's own format; write the url of its Chat Completions (…/compatible-mode/v1)"
        }
        let isOllama = value["done"] != nil || value["created_at"] != nil
        if value["result"]?["response"] != nil || value["response"]?.stringValue != nil && !isOllama {
            return
                "the own format of Cloudflare's Workers AI; write the url of its Chat Completions (…/ai/v1)"
        }
        return nil
    }

    private static func isCohere(_ value: JSONValue) -> Bool {
        if value["generation_id"] != nil || value["event_type"] != nil { return true }
        if value["usage"]?["billed_units"] != nil { return true }
        if value["type"] == nil, value["finish_reason"] != nil,
            value["message"]?["content"]?.arrayValue != nil
        {
            return true
        }
        return value["type"]?.stringValue.map(events.contains) ?? false
    }

    private static let events: Set<String> = [
        "message-start", "content-start", "content-delta", "content-end", "tool-plan-delta",
        "tool-call-start",
        "tool-call-delta", "tool-call-end", "message-end",
    ]
}
