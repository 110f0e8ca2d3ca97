import JSON

/// A message of LangChain in the shape of Chat Completions.
enum LangChainMessage {
    private static let roles = [
        "human": "user", "ai": "assistant", "system": "system", "tool": "tool", "HumanMessage": "user",
        "AIMessage": "assistant", "AIMessageChunk": "assistant", "SystemMessage": "system",
        "ToolMessage": "tool",
        "HumanMessageChunk": "user", "FunctionMessage": "function",
    ]

    /// Members that mean the same in both: LangChain has some of them among `additional_kwargs`.
    private static let others = [
        "tool_call_id", "name", "reasoning_content", "reasoning", "reasoning_details", "thinking",
        "function_call",
        "refusal", "parts",
    ]

    /// Who speaks, as Chat Completions name it; `nil` for what is no message.
    static func role(of message: JSONValue) -> String? {
        let fields = message["kwargs"] ?? message["data"] ?? message
        let name = message["id"]?.arrayValue?.last?.stringValue ?? message["type"]?.stringValue
        let told = message["role"]?.stringValue ?? name.flatMap { roles[$0] } ?? fields["role"]?.stringValue
        return (told ?? fields["type"]?.stringValue.flatMap { roles[$0] }).map { roles[$0] ?? $0 }
    }

    /// A message that is a pair of who speaks and what is said, as a message; any other value as it is.
    static func untupled(_ value: JSONValue) -> JSONValue {
        guard let pair = value.arrayValue, pair.count == 2, let role = pair[0].stringValue,
            pair[1].stringValue != nil
        else { return value }
        return ["role": .string(roles[role] ?? role), "content": pair[1]]
    }

    /// The message; one that does not say who speaks is taken for one of the role given.
    static func chat(_ message: JSONValue, role given: String? = nil) -> JSONValue {
        let fields = message["kwargs"] ?? message["data"] ?? message
        guard let role = role(of: message) ?? given ?? fields["type"]?.stringValue else { return message }
        var chat = JSONObject([.init(key: "role", value: .string(role))])
        chat["content"] = fields["content"] ?? fields["text"] ?? ""
        for key in others { chat[key] = fields[key] ?? fields["additional_kwargs"]?[key] }
        var calls =
            fields["tool_calls"]?.arrayValue ?? fields["additional_kwargs"]?["tool_calls"]?.arrayValue ?? []
        // Calls whose arguments are no JSON stand beside the others.
        calls += (fields["invalid_tool_calls"]?.arrayValue ?? []).filter { invalid in
            !calls.contains { $0["id"] == invalid["id"] }
        }
        // Anthropic's calls are blocks of the content.
        let blocks = fields["content"]?.arrayValue ?? []
        let uses = blocks.filter(isCall)
        if !uses.isEmpty {
            if calls.isEmpty { calls = uses }
            chat["content"] = .array(blocks.filter { !isCall($0) })
        }
        if !calls.isEmpty { chat["tool_calls"] = .array(calls.map(call)) }
        return .object(chat)
    }

    private static func isCall(_ block: JSONValue) -> Bool {
        ["tool_use", "tool-call", "tool_call"].contains { block["type"] == .string($0) }
    }

    /// A call: LangChain has name and args beside the ID, providers a function with its arguments as text.
    private static func call(_ call: JSONValue) -> JSONValue {
        guard call["function"] == nil, let name = call["name"] ?? call["toolName"] else { return call }
        let arguments = call["args"] ?? call["arguments"] ?? call["input"] ?? call["parameters"] ?? [:]
        return [
            "id": call["id"] ?? call["toolCallId"] ?? "", "type": "function",
            "function": ["name": name, "arguments": .string(arguments.stringValue ?? arguments.text())],
        ]
    }
}
