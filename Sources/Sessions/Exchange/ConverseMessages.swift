import JSON

/// Messages of Amazon Bedrock's Converse: blocks that are told apart by their members, `toolUse` and `toolResult` among them.
enum ConverseMessages {
    /// The document in the shape of Anthropic's messages; `nil` for one that is no request of Converse.
    static func anthropic(_ document: JSONValue) -> JSONValue? {
        let asked = document["request"]?["body"] ?? document["request"] ?? document
        guard let messages = asked["messages"]?.arrayValue ?? asked.arrayValue, isOne(asked, messages) else {
            return nil
        }
        var body = JSONObject()
        body["model"] = asked["modelId"] ?? asked["model"]
        body["messages"] = .array(messages.map(message))
        if let system = asked["system"]?.arrayValue { body["system"] = .array(system.map(block)) }
        let tools = (asked["toolConfig"]?["tools"]?.arrayValue ?? []).map(tool)
        if !tools.isEmpty { body["tools"] = .array(tools) }
        guard let response = (document["response"]?["body"] ?? document["response"]).flatMap(response) else {
            return .object(body)
        }
        return ["request": .object(body), "response": response]
    }

    private static func isOne(_ asked: JSONValue, _ messages: [JSONValue]) -> Bool {
        let blocks = messages.flatMap { $0["content"]?.arrayValue ?? [] }
        guard !blocks.isEmpty, messages.allSatisfy({ $0["role"] == "user" || $0["role"] == "assistant" }),
            blocks.allSatisfy({ $0["type"] == nil && $0.objectValue?.count == 1 })
        else { return false }
        let isCalling = blocks.contains { $0["toolUse"] != nil || $0["toolResult"] != nil }
        return isCalling
            || blocks.allSatisfy { block in
                members.contains { block[$0] != nil }
            }
    }

    /// The members that tell blocks apart.
    private static let members = [
        "text", "toolUse", "toolResult", "image", "document", "video", "audio", "reasoningContent",
        "cachePoint", "guardContent", "citationsContent", "searchResult",
    ]

    private static func message(_ message: JSONValue) -> JSONValue {
        var object = message.objectValue ?? JSONObject()
        object["content"] = .array(
            (message["content"]?.arrayValue ?? []).filter { $0["cachePoint"] == nil }.map(block))
        return .object(object)
    }

    private static func block(_ block: JSONValue) -> JSONValue {
        if let text = block["text"] { return ["type": "text", "text": text] }
        if let use = block["toolUse"] {
            return [
                "type": "tool_use", "id": use["toolUseId"] ?? "", "name": use["name"] ?? "",
                "input": use["input"] ?? [:],
            ]
        }
        if let result = block["toolResult"] {
            let content = (result["content"]?.arrayValue ?? []).map { part -> JSONValue in
                part["json"].map { ["type": "text", "text": .string($0.text())] } ?? self.block(part)
            }
            return [
                "type": "tool_result", "tool_use_id": result["toolUseId"] ?? "", "content": .array(content),
                "is_error": .bool(result["status"] == "error"),
            ]
        }
        if let thought = block["reasoningContent"] {
            guard let text = thought["reasoningText"]?["text"] else {
                return ["type": "redacted_thinking", "data": thought["redactedContent"] ?? ""]
            }
            return ["type": "thinking", "thinking": text]
        }
        return ["type": .string(block.objectValue?.keys.first ?? "unknown")]
    }

    private static func tool(_ tool: JSONValue) -> JSONValue {
        guard let specification = tool["toolSpec"] else { return tool }
        return [
            "name": specification["name"] ?? "", "description": specification["description"] ?? "",
            "input_schema": specification["inputSchema"]?["json"] ?? ["type": "object"],
        ]
    }

    /// A response in the shape of Anthropic's; `nil` for one that is none of Converse.
    static func response(_ response: JSONValue) -> JSONValue? {
        guard let said = response["output"]?["message"], said["content"]?.arrayValue != nil else {
            return Optional.none
        }
        var whole = message(said).objectValue ?? JSONObject()
        whole["type"] = "message"
        whole["stop_reason"] = response["stopReason"] ?? "end_turn"
        if let input = response["usage"]?["inputTokens"], let output = response["usage"]?["outputTokens"] {
            whole["usage"] = ["input_tokens": input, "output_tokens": output]
        }
        return .object(whole)
    }
}
