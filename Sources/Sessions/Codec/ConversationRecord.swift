import Agent
import JSON

extension Message {
    var journalMembers: [(String, JSONValue?)] {
        switch self {
        case .system(let text), .user(let text): [("role", .string(role)), ("content", .string(text))]
        case .assistant(let message):
            [
                ("role", .string(role)), ("content", .string(message.content)),
                ("calls", .array(message.calls.map(\.json))), ("blocks", message.providerBlocks),
            ]
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
                    providerBlocks: fields.optional("blocks")?.value))
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
    }
}

extension ModelResponse {
    var journalMembers: [(String, JSONValue?)] {
        [
            ("content", .string(content)), ("calls", .array(calls.map(\.json))),
            ("finish", .string(finishReason.name)),
            (
                "usage",
                usage.map { ["prompt": .int($0.promptTokens), "completion": .int($0.completionTokens)] }
            ), ("blocks", providerBlocks),
        ]
    }

    init(_ fields: inout Fields) throws {
        self.init(
            content: try fields("content").string(), calls: try fields("calls").list(ToolCall.init),
            finishReason: FinishReason(name: try fields("finish").string()),
            usage: try fields.optional("usage")?.object {
                Usage(promptTokens: try $0("prompt").int(), completionTokens: try $0("completion").int())
            },
            providerBlocks: fields.optional("blocks")?.value)
    }
}
