import Agent
import JSON

/// Writes the events of Anthropic's Messages.
struct MessagesWriter: FrameWriter {
    let identity: ResponseIdentity
    private var index = 0

    init(_ identity: ResponseIdentity) { self.identity = identity }

    mutating func begin() -> [UInt8] {
        var message = MessagesWriter.message(identity)
        message["usage"] = ["input_tokens": 0, "output_tokens": 0]
        return event(["type": "message_start", "message": .object(message)])
    }

    mutating func write(_ step: SegmentStep) -> [UInt8] {
        switch step {
        case .begin(.thinking): return start(MessagesBlock.thinking(""))
        case .begin(.text): return start(MessagesBlock.text(""))
        case .begin(.call(let id, let name)):
            return start(
                JSONObject(present: [
                    ("type", "tool_use"), ("id", .string(id)), ("name", .string(name)), ("input", [:]),
                ]))
        case .grow(.thinking, let text): return delta(["type": "thinking_delta", "thinking": .string(text)])
        case .grow(.text, let text): return delta(["type": "text_delta", "text": .string(text)])
        case .grow(.call, let text):
            return delta(["type": "input_json_delta", "partial_json": .string(text)])
        case .end: return stop()
        }
    }

    mutating func write(native blocks: JSONValue, calls: [ToolCall]) -> [[UInt8]]? {
        guard let blocks = blocks.arrayValue else { return nil }
        return blocks.flatMap { block -> [[UInt8]] in
            guard var begun = block.objectValue else { return [] }
            var deltas: [JSONValue] = []
            switch begun["type"]?.stringValue {
            case "thinking":
                deltas = [
                    ["type": "thinking_delta", "thinking": begun["thinking"] ?? ""],
                    ["type": "signature_delta", "signature": begun["signature"] ?? ""],
                ]
                (begun["thinking"], begun["signature"]) = ("", "")
            case "text":
                deltas = [["type": "text_delta", "text": begun["text"] ?? ""]]
                begun["text"] = ""
            case "tool_use":
                let call = calls.first { $0.id.text == begun["id"]?.stringValue }
                let text = call?.arguments.text ?? begun["input"]?.text(.spaced) ?? "{}"
                deltas = [["type": "input_json_delta", "partial_json": .string(text)]]
                begun["input"] = [:]
            default: break
            }
            return [start(begun)] + deltas.map { delta($0) } + [stop()]
        }
    }

    mutating func end(_ response: ModelResponse) -> [UInt8] {
        let usage = response.usage ?? Usage(promptTokens: 0, completionTokens: 0)
        return event([
            "type": "message_delta",
            "delta": [
                "stop_reason": .string(MessagesWriter.word(response.finishReason)), "stop_sequence": .null,
            ],
            "usage": MessagesWriter.json(usage),
        ]) + event(["type": "message_stop"])
    }

    private func start(_ block: JSONObject) -> [UInt8] {
        event([
            "type": "content_block_start", "index": .number(JSONNumber(index)),
            "content_block": .object(block),
        ])
    }

    private func delta(_ delta: JSONValue) -> [UInt8] {
        MessagesWriter.delta(delta, index: index)
    }

    static func delta(_ delta: JSONValue, index: Int) -> [UInt8] {
        FrameText.event(
            ["type": "content_block_delta", "index": .number(JSONNumber(index)), "delta": delta],
            name: "content_block_delta")
    }

    private mutating func stop() -> [UInt8] {
        defer { index += 1 }
        return event(["type": "content_block_stop", "index": .number(JSONNumber(index))])
    }

    private func event(_ value: JSONValue) -> [UInt8] {
        FrameText.event(value, name: value["type"]?.stringValue)
    }

    static func message(_ identity: ResponseIdentity) -> JSONObject {
        JSONObject(present: [
            ("id", .string(identity.id)), ("type", "message"), ("role", "assistant"),
            ("model", .string(identity.model)), ("content", []), ("stop_reason", .null),
            ("stop_sequence", .null),
        ])
    }

    static func json(_ usage: Usage) -> JSONValue {
        var counts = JSONObject()
        counts["input_tokens"] = .number(JSONNumber(max(0, usage.promptTokens - (usage.cachedTokens ?? 0))))
        if let cached = usage.cachedTokens { counts["cache_read_input_tokens"] = .number(JSONNumber(cached)) }
        counts["output_tokens"] = .number(JSONNumber(usage.completionTokens))
        if let thought = usage.thinkingTokens {
            counts["output_tokens_details"] = ["thinking_tokens": .number(JSONNumber(thought))]
        }
        return .object(counts)
    }

    static func word(_ reason: FinishReason) -> String {
        switch reason {
        case .stop: "end_turn"
        case .toolCalls: "tool_use"
        case .length: "max_tokens"
        case .other(let word): word
        }
    }
}
