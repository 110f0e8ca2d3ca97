import Agent
import Formats
import JSON

struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &self) < share }
}

let identity = ResponseIdentity(id: "r1", model: "m", created: 1_700_000_000)

extension ModelResponse {
    private static let words = [
        "All done", "Grüße", "data: [DONE]", "line\nbreak", "e\u{301}", "😀🎫", "\"quoted\" \\ back",
        "{\"a\": 1}",
        "T-1042", "\t", "]", "event: x", "\u{2028}", "null",
    ]

    static func word(_ random: inout SplitMix) -> String { words.randomElement(using: &random) ?? "" }

    static func sentence(_ random: inout SplitMix) -> String {
        (0...Int.random(in: 0..<6, using: &random)).map { _ in word(&random) }.joined(separator: " ")
    }

    /// A response as a provider could give it: words, thinking, calls, token counts.
    static func random(_ random: inout SplitMix) -> ModelResponse {
        let count = random.chance(0.3) ? 0 : Int.random(in: 1...3, using: &random)
        let calls = (0..<count).map { number -> ToolCall in
            var members = JSONObject()
            for key in ["id", "text", "n", "list"] where random.chance(0.5) {
                members[key] =
                    switch key {
                    case "n":
                        .number(
                            JSONNumber(text: ["1", "1.50", "-2e3"].randomElement(using: &random) ?? "0")
                                ?? JSONNumber(0))
                    case "list": .array([.string(word(&random)), .null, true])
                    default: .string(sentence(&random))
                    }
            }
            return ToolCall(
                id: ToolCallID("call_\(number)_\(Int.random(in: 0..<1_000, using: &random))"),
                name: ["get_ticket", "list_all", "close"].randomElement(using: &random) ?? "x",
                arguments: ByteString(JSONValue.object(members).text(.spaced)))
        }
        let content = calls.isEmpty || random.chance(0.5) ? sentence(&random) : ""
        let thinking = random.chance(0.5) ? Thinking(text: "I think: " + sentence(&random)) : nil
        let written = Int.random(in: 1..<500, using: &random)
        let usage = Usage(
            promptTokens: Int.random(in: 1..<9_000, using: &random), completionTokens: written,
            thinkingTokens: nil, cachedTokens: nil)
        return ModelResponse(
            content: content, calls: calls, finishReason: calls.isEmpty ? .stop : .toolCalls, usage: usage,
            thinking: thinking)
    }

    /// What must come out of a stream of the response, whatever the format adds of its own.
    var essence: Essence {
        Essence(
            content: content, calls: calls, finish: finishReason, thinking: thinking?.text ?? "")
    }

    struct Essence: Equatable, CustomStringConvertible {
        var content: String
        var calls: [ToolCall]
        var finish: FinishReason
        var thinking: String

        var description: String {
            "\(finish.name), \(content.debugDescription), thought \(thinking.debugDescription), "
                + calls.map { "\($0.id) \($0.name) \($0.arguments.text)" }.joined(separator: "; ")
        }

        static func == (left: Essence, right: Essence) -> Bool {
            left.content.utf8.elementsEqual(right.content.utf8) && left.finish == right.finish
                && left.thinking.utf8.elementsEqual(right.thinking.utf8) && left.calls == right.calls
        }
    }
}

/// Reads bytes in pieces of random sizes.
func read(
    _ bytes: [UInt8], as format: WireFormat, _ random: inout SplitMix
) throws -> (response: ModelResponse, frames: [ReadFrame]) {
    var reader = ResponseReader(format)
    var frames: [ReadFrame] = []
    var position = 0
    let most = [1, 7, 64, 4_096].randomElement(using: &random) ?? 1
    while position < bytes.count {
        let end = min(bytes.count, position + Int.random(in: 1...most, using: &random))
        frames += try reader.take(bytes[position..<end])
        position = end
    }
    frames += try reader.finish()
    return (try reader.response(numberingFrom: 1), frames)
}
