import Agent
import JSON

extension Message {
    var journalMembers: [(String, JSONValue?)] {
        switch self {
        case .system(let text), .user(let text): [("role", .string(role)), ("content", .string(text))]
        case .assistant(let message):
            [
                ("role", .string(role)), ("content", .string(message.content)),
                ("calls", .array(message.calls.map(\.json))),
            ] + asWritten(message.thinking, message.providerBlocks, message.remarks)
        case .tool(let message):
            [
                ("role", .string(role)), ("id", .string(message.callID.text)),
                ("name", .string(message.name)),
                ("content", .string(message.content)), ("error", .bool(message.isError)),
            ]
        }
    }

    init(_ fields: inout Fields) throws {
        let role = try fields("role")
        let content = try fields("content").string()
        switch try role.string() {
        case "system": self = .system(content)
        case "user": self = .user(content)
        case "assistant":
            self = .assistant(
                AssistantMessage(
                    content: content, calls: try fields("calls").list(ToolCall.init),
                    thinking: try fields.optional("thinking").map(Thinking.init),
                    providerBlocks: try ProviderBlocks(&fields),
                    remarks: try fields.optional("remarks")?.list { try $0.string() } ?? []))
        case "tool":
            self = .tool(
                ToolMessage(
                    callID: ToolCallID(try fields("id").string()), name: try fields("name").string(),
                    content: content, isError: try fields("error").bool()))
        case let other: throw role.fault("\"\(other)\" is none of system, user, assistant, tool")
        }
    }
}

extension ToolCall {
    fileprivate var json: JSONValue {
        ["id": .string(id.text), "name": .string(name), "arguments": .string(arguments.text)]
    }

    fileprivate init(_ field: Field) throws {
        self = try field.object { fields in
            ToolCall(
                id: ToolCallID(try fields("id").string()), name: try fields("name").string(),
                arguments: ByteString(try fields("arguments").string()))
        }
    }
}

extension RequestRecord {
    var journalMembers: [(String, JSONValue?)] {
        [
            ("round", .int(round)), ("text", .string(text)), ("promptTokens", promptTokens.map { .int($0) }),
            ("cachedTokens", cachedTokens.map { .int($0) }),
            (
                "toolTokens",
                .array(toolTokens.map { ["name": .string($0.name), "tokens": .int($0.tokens)] })
            ),
            ("shares", shares.isEmpty ? nil : .array(shares.map(\.json))),
        ]
    }

    init(_ fields: inout Fields) throws {
        self.init(
            round: try fields("round").int(),
            text: try fields("text").string(keeping: fields.detail),
            promptTokens: try fields.optional("promptTokens")?.int(),
            cachedTokens: try fields.optional("cachedTokens")?.int(),
            toolTokens: try fields("toolTokens").list { cost in
                try cost.object { ToolCost(name: try $0("name").string(), tokens: try $0("tokens").int()) }
            })
        shares = try fields.optional("shares")?.list { try PromptShare($0) } ?? []
    }
}

extension ModelResponse {
    var journalMembers: [(String, JSONValue?)] {
        [
            ("content", .string(content)), ("calls", .array(calls.map(\.json))),
            ("finish", .string(finishReason.name)),
            ("usage", usage.map(\.json)),
        ] + asWritten(thinking, providerBlocks, remarks)
    }

    init(_ fields: inout Fields) throws {
        self.init(
            content: try fields("content").string(), calls: try fields("calls").list(ToolCall.init),
            finishReason: FinishReason(name: try fields("finish").string()),
            usage: try fields.optional("usage")?.object { usage in
                Usage(
                    promptTokens: try usage("prompt").int(), completionTokens: try usage("completion").int(),
                    thinkingTokens: try usage.optional("thinking")?.int(),
                    cachedTokens: try usage.optional("cached")?.int())
            },
            thinking: try fields.optional("thinking").map(Thinking.init),
            providerBlocks: try ProviderBlocks(&fields),
            remarks: try fields.optional("remarks")?.list { try $0.string() } ?? [])
    }
}

extension Usage {
    fileprivate var json: JSONValue {
        var object = JSONObject()
        object["prompt"] = .int(promptTokens)
        object["completion"] = .int(completionTokens)
        object["thinking"] = thinkingTokens.map { .int($0) }
        object["cached"] = cachedTokens.map { .int($0) }
        return .object(object)
    }
}

/// The members that say more of a response than its words and calls; none where there is nothing to say.
private func asWritten(
    _ thinking: Thinking?, _ blocks: ProviderBlocks?, _ remarks: [String]
) -> [(String, JSONValue?)] {
    [
        ("thinking", thinking.map(\.json)),
        ("blocks", blocks?.blocks), ("blocksOf", blocks.map { .string($0.format) }),
        ("remarks", remarks.isEmpty ? nil : .array(remarks.map { .string($0) })),
    ]
}

extension Thinking {
    fileprivate var json: JSONValue {
        var object = JSONObject()
        object["text"] = .string(text)
        object["hidden"] = .int(hiddenParts)
        object["tokens"] = tokens.map { .int($0) }
        return .object(object)
    }

    fileprivate init(_ field: Field) throws {
        self = try field.object { fields in
            Thinking(
                text: try fields("text").string(), hiddenParts: try fields("hidden").int(),
                tokens: try fields.optional("tokens")?.int())
        }
    }
}

extension ProviderBlocks {
    /// Journals before 1.3 kept blocks of Anthropic's Messages only, and did not name the format.
    fileprivate init?(_ fields: inout Fields) throws {
        let format = try fields.optional("blocksOf")?.string()
        guard let blocks = fields.optional("blocks")?.value else { return nil }
        self.init(format: format ?? "messages", blocks: blocks)
    }
}
