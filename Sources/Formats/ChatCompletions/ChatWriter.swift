import Agent
import JSON

/// Writes `chat.completion.chunk` objects.
struct ChatWriter: FrameWriter {
    let identity: ResponseIdentity
    private var calls = 0

    init(_ identity: ResponseIdentity) { self.identity = identity }

    mutating func begin() -> [UInt8] { chunk(["role": "assistant", "content": ""]) }

    mutating func write(_ step: SegmentStep) -> [UInt8] {
        switch step {
        case .grow(.thinking, let text): return chunk(["reasoning_content": .string(text)])
        case .grow(.text, let text): return chunk(["content": .string(text)])
        case .begin(.call(let id, let name)):
            calls += 1
            return chunk(call: [
                "index": .number(JSONNumber(calls - 1)), "id": .string(id), "type": "function",
                "function": ["name": .string(name), "arguments": ""],
            ])
        case .grow(.call, let text):
            return chunk(call: [
                "index": .number(JSONNumber(calls - 1)), "function": ["arguments": .string(text)],
            ])
        case .begin, .end: return []
        }
    }

    mutating func write(native blocks: JSONValue, calls: [ToolCall]) -> [[UInt8]]? { nil }

    mutating func end(_ response: ModelResponse) -> [UInt8] {
        var bytes = chunk([:], finish: .string(response.finishReason.chatWord))
        if let usage = response.usage {
            var last = ChatWriter.start("chat.completion.chunk", identity)
            last["choices"] = []
            last["usage"] = ChatWriter.json(usage)
            bytes += FrameText.event(.object(last))
        }
        return bytes + Array("data: [DONE]\n\n".utf8)
    }

    private func chunk(call: JSONValue) -> [UInt8] { chunk(["tool_calls": .array([call])]) }

    private func chunk(_ delta: JSONValue, finish: JSONValue = .null) -> [UInt8] {
        FrameText.event(ChatWriter.chunk(delta, finish: finish, identity))
    }

    static func chunk(_ delta: JSONValue, finish: JSONValue = .null, _ identity: ResponseIdentity)
        -> JSONValue
    {
        var chunk = start("chat.completion.chunk", identity)
        chunk["choices"] = .array([["index": 0, "delta": delta, "finish_reason": finish]])
        return .object(chunk)
    }

    static func start(_ object: String, _ identity: ResponseIdentity) -> JSONObject {
        JSONObject(present: [
            ("id", .string(identity.id)), ("object", .string(object)),
            ("created", .number(JSONNumber(identity.created))), ("model", .string(identity.model)),
        ])
    }

    static func json(_ usage: Usage) -> JSONValue {
        var counts = JSONObject(present: [
            ("prompt_tokens", .number(JSONNumber(usage.promptTokens))),
            ("completion_tokens", .number(JSONNumber(usage.completionTokens))),
            ("total_tokens", .number(JSONNumber(usage.promptTokens + usage.completionTokens))),
        ])
        if let cached = usage.cachedTokens {
            counts["prompt_tokens_details"] = ["cached_tokens": .number(JSONNumber(cached))]
        }
        if let thought = usage.thinkingTokens {
            counts["completion_tokens_details"] = ["reasoning_tokens": .number(JSONNumber(thought))]
        }
        return .object(counts)
    }
}

extension FinishReason {
    /// The word in Chat Completions.
    var chatWord: String { name }
}
