import Agent
import Formats
import JSON
import Testing

@testable import Attach

/// Random numbers that a printed seed gives again (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func word() -> String {
        let words = [
            "rm", "-rf", "päth", "a\"b", "\\", "line\nbreak", "日本", "{}", "[DONE]", "data:", "x", "",
        ]
        return (0..<Int.random(in: 0...4, using: &self)).map { _ in words.randomElement(using: &self) ?? "" }
            .joined(separator: " ")
    }

    /// A response with words and up to three calls.
    mutating func response() -> ModelResponse {
        let calls = (0..<Int.random(in: 0...3, using: &self)).map { number in
            let arguments: JSONValue = [
                "command": .string("secret-\(number) " + word()), "n": .number(JSONNumber(number)),
            ]
            return ToolCall(
                id: ToolCallID("call_id_\(number + 1)"), name: ["Bash", "read_file", "look-up"][number],
                arguments: ByteString(arguments.text(Bool.random(using: &self) ? .spaced : .compact)))
        }
        return ModelResponse(
            content: word() + " words", calls: calls, finishReason: calls.isEmpty ? .stop : .toolCalls,
            usage: Usage(promptTokens: 7, completionTokens: 9))
    }
}

private let identity = ResponseIdentity(id: "id-1", model: "m", created: 1_700_000_000)

/// Feeds a stream cut at the given places; what passes before the release, and the gate.
private func passed(_ bytes: [UInt8], cutAt cuts: [Int], _ format: WireFormat) -> (
    bytes: [UInt8], gate: GatedStream
) {
    var gate = GatedStream(format, isStreamed: true)
    var output: [UInt8] = []
    var start = 0
    for cut in cuts.sorted() + [bytes.count] {
        output += gate.take(Array(bytes[start..<cut])).passed
        start = cut
    }
    output += gate.finish().passed
    return (output, gate)
}

@Suite("A response that passes the gate")
struct GatedStreamTests {
    @Test(
        "Approved, every byte leaves as it came, wherever the stream is cut", arguments: WireFormat.allCases)
    func approvedBytes(format: WireFormat) throws {
        let seed = UInt64.random(in: .min ... .max)
        var numbers = SeededNumbers(seed: seed)
        var count = 0
        for _ in 0..<2 {
            let response = numbers.response()
            let bytes = ResponseWriter.stream(of: response, in: format, identity: identity).flatMap { $0 }
            for cut in 0...bytes.count {
                var (output, gate) = passed(bytes, cutAt: [cut], format)
                output += try gate.release([:], isOpened: false)
                #expect(output == bytes, "seed \(seed), cut \(cut)")
                count += 1
            }
        }
        print("\(format.rawValue): \(count) streams cut in two, seed \(seed)")
    }

    @Test(
        "Random decisions: nothing of a call leaves before them, and what leaves after them is what was decided",
        arguments: WireFormat.allCases)
    func decidedBytes(format: WireFormat) throws {
        let seed = UInt64.random(in: .min ... .max)
        var numbers = SeededNumbers(seed: seed)
        var decided = 0
        for _ in 0..<100 {
            let response = numbers.response()
            let bytes = ResponseWriter.stream(of: response, in: format, identity: identity).flatMap { $0 }
            let cuts = (0..<Int.random(in: 0...8, using: &numbers)).map { _ in
                Int.random(in: 0...bytes.count, using: &numbers)
            }
            var (output, gate) = passed(bytes, cutAt: cuts, format)
            let before = String(decoding: output, as: UTF8.self)
            for call in response.calls {
                #expect(!before.contains(call.name), "seed \(seed): \(call.name) left before it was decided")
            }
            #expect(!before.contains("secret-"), "seed \(seed)")
            var changes: [Int: CallRewrite] = [:]
            for position in response.calls.indices {
                switch Int.random(in: 0...2, using: &numbers) {
                case 0: break
                case 1:
                    let arguments: JSONValue = ["command": .string("edited " + numbers.word())]
                    changes[position + 1] = CallRewrite(arguments: arguments.text())
                default:
                    changes[position + 1] = CallRewrite(
                        name: "denied_by_reviewer", arguments: "{\"callgate_reviewer\":\"kept\"}")
                }
            }
            output += try gate.release(changes, isOpened: false)
            var reader = ResponseReader(format)
            _ = try reader.take(output)
            _ = try reader.finish()
            let told = try reader.response(numberingFrom: 1)
            #expect(told.content == response.content, "seed \(seed)")
            try #require(told.calls.count == response.calls.count, "seed \(seed)")
            for (position, call) in told.calls.enumerated() {
                let form = changes[position + 1]
                #expect(call.name == form?.name ?? response.calls[position].name, "seed \(seed)")
                let wanted = form?.arguments ?? response.calls[position].arguments.text
                let (left, right) = (
                    try JSONParser.parse(call.arguments.text), try JSONParser.parse(wanted)
                )
                #expect(
                    left.isEquivalent(to: right), "seed \(seed): \(call.arguments.text) for \(wanted)")
                decided += 1
            }
            let whole = String(decoding: output, as: UTF8.self)
            for (number, form) in changes where form.name == "denied_by_reviewer" {
                #expect(
                    !whole.contains("secret-\(number - 1)"), "seed \(seed): arguments of a denied call left")
            }
        }
        print("\(format.rawValue): \(decided) calls decided, seed \(seed)")
    }

    @Test("A stream that breaks off releases nothing of its calls", arguments: WireFormat.allCases)
    func cutStream(format: WireFormat) throws {
        let seed = UInt64.random(in: .min ... .max)
        var numbers = SeededNumbers(seed: seed)
        var broken = 0
        for _ in 0..<100 {
            let response = numbers.response()
            guard !response.calls.isEmpty else { continue }
            let bytes = ResponseWriter.stream(of: response, in: format, identity: identity).flatMap { $0 }
            let (output, gate) = passed(
                Array(bytes[..<Int.random(in: 0..<bytes.count, using: &numbers)]), cutAt: [], format)
            #expect(!String(decoding: output, as: UTF8.self).contains("secret-"), "seed \(seed)")
            if (try? gate.response(numberingFrom: 1)) == nil { broken += 1 }
        }
        print("\(format.rawValue): \(broken) broken streams, seed \(seed)")
    }

    @Test("A provider's error in the middle of a stream passes, and takes the held calls with it")
    func providerError() throws {
        var gate = GatedStream(.messages, isStreamed: true)
        let start = ResponseWriter.stream(
            of: ModelResponse(
                content: "hm",
                calls: [ToolCall(id: ToolCallID("a"), name: "Bash", arguments: ByteString("{}"))],
                finishReason: .toolCalls), in: .messages, identity: identity)
        let error =
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}\n\n"
        var output = gate.take(start.dropLast(1).flatMap { $0 }).passed
        #expect(gate.isHolding)
        output += gate.take(Array(error.utf8)).passed
        #expect(gate.fault != nil)
        let text = String(decoding: output, as: UTF8.self)
        #expect(text.hasSuffix(error))
        #expect(!text.contains("Bash"))
    }

    @Test("A Messages block of words stays open while calls are held, so that empty deltas can follow")
    func openBlock() throws {
        let response = ModelResponse(
            content: "I look.",
            calls: [ToolCall(id: ToolCallID("a"), name: "Bash", arguments: ByteString("{}"))],
            finishReason: .toolCalls)
        let bytes = ResponseWriter.stream(of: response, in: .messages, identity: identity).flatMap { $0 }
        let (output, gate) = passed(bytes, cutAt: [], .messages)
        #expect(gate.hasOpenBlock)
        #expect(!String(decoding: output, as: UTF8.self).contains("content_block_stop"))
        let sign = String(decoding: gate.keepAlive.bytes, as: UTF8.self)
        #expect(sign.contains("text_delta"))
    }
}
