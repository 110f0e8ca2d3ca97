import Agent
import Foundation
import Formats
import JSON
import Testing

/// Streams that strangers send: the response, or a sentence that names what is wrong with them.
@Suite struct BentStreamTests {
    /// How events are framed.
    struct Framing {
        var end = "\n"
        var isBlankBetween = true
        var isEvent = true
        var isSpaced = true
        var style = JSONStyle.compact
        var isNamed = true
        var hasMark = false
        var hasComments = false
        var hasFields = false
        var isDoubled = false
        var isUnterminated = false
        var isEscaped = false

        static func random(_ random: inout SplitMix) -> Framing {
            var framing = Framing()
            framing.end = ["\n", "\n", "\r\n", "\r"].randomElement(using: &random) ?? "\n"
            framing.isBlankBetween = random.chance(0.9)
            framing.isEvent = random.chance(0.8)
            framing.isSpaced = random.chance(0.8)
            framing.style = [.compact, .spaced, .pretty].randomElement(using: &random) ?? .compact
            framing.isNamed = random.chance(0.7)
            framing.hasMark = random.chance(0.1)
            framing.hasComments = random.chance(0.3)
            framing.hasFields = random.chance(0.1)
            framing.isDoubled = random.chance(0.05)
            framing.isUnterminated = random.chance(0.2)
            framing.isEscaped = random.chance(0.3)
            return framing
        }

        func text(_ value: JSONValue) -> String {
            let text = value.text(style)
            guard isEscaped else { return text }
            return text.unicodeScalars.map { scalar in
                guard scalar.value > 0x7E else { return String(scalar) }
                return scalar.utf16.map {
                    "\\u" + String(repeating: "0", count: 4 - String($0, radix: 16).count)
                        + String($0, radix: 16)
                }
                .joined()
            }.joined()
        }

        func bytes(_ events: [BentEvent], isArray: Bool) -> [UInt8] {
            var bytes: [UInt8] = hasMark ? [0xEF, 0xBB, 0xBF] : []
            func add(_ text: String) { bytes += Array(text.utf8) }
            if !isEvent {
                // JSON texts in the open: one a line, or the elements of an array.
                let texts = events.compactMap { $0.value.map(text) }
                add(
                    isArray
                        ? "[" + texts.joined(separator: "," + end) + "]"
                        : texts.joined(separator: "\n") + "\n")
                return bytes
            }
            if hasComments { add(": a comment\(end)\(end)") }
            for (number, event) in events.enumerated() {
                if isNamed, let name = event.name { add("event:\(isSpaced ? " " : "")\(name)\(end)") }
                if hasFields { add("id: \(number)\(end)retry: 100\(end)") }
                let lines = (event.value.map(text) ?? "[DONE]").split(
                    separator: "\n", omittingEmptySubsequences: false)
                for line in lines {
                    add("data:\(isDoubled ? " data:" : "")\(isSpaced ? " " : "")\(line)\(end)")
                }
                let isLast = number == events.count - 1
                if isLast, isUnterminated {
                    bytes.removeLast(end.utf8.count)
                } else if isBlankBetween || isLast || lines.count > 1 {
                    add(end)
                }
                if hasComments, number % 3 == 0, !isLast { add(": keep-alive\(end)\(end)") }
            }
            return bytes
        }
    }

    private func events(of response: ModelResponse, _ format: WireFormat) throws -> [BentEvent] {
        var reader = ResponseReader(format)
        let stream = ResponseWriter.stream(of: response, in: format, identity: identity)
        let frames = try stream.flatMap { try reader.take($0) }
        return frames.compactMap { frame in
            switch frame.frame.payload {
            case .json(let bytes): BentEvent(name: frame.frame.event, value: try? JSONParser.parse(bytes))
            case .done: BentEvent(name: nil, value: nil)
            default: nil
            }
        }
    }

    private func withoutIDs(_ essence: ModelResponse.Essence) -> ModelResponse.Essence {
        var essence = essence
        for place in essence.calls.indices { essence.calls[place].id = ToolCallID("") }
        return essence
    }

    /// What came of a bent stream: the response, or the sentence.
    private func outcome(_ bytes: [UInt8], _ format: WireFormat, _ random: inout SplitMix) -> (
        ModelResponse?, String
    ) {
        do {
            let response = try read(bytes, as: format, &random).response
            if case .other(let word) = response.finishReason { return (nil, "the model stopped: \(word)") }
            return (response, "")
        } catch {
            return (nil, String(describing: error))
        }
    }

    /// One failure of each bend is enough to see what is wrong.
    private func report(_ what: String, _ bytes: [UInt8], _ failures: inout Set<String>, _ bend: Bend) {
        guard failures.insert(bend.name).inserted else { return }
        Issue.record("\(what)\n\(String(decoding: bytes.prefix(2_000), as: UTF8.self))")
    }

    /// The number of streams a format; `CALLGATE_BENT_STREAMS` asks for more.
    private static let count =
        ProcessInfo.processInfo.environment["CALLGATE_BENT_STREAMS"].flatMap { Int($0) } ?? 800

    @Test(arguments: WireFormat.allCases)
    func everyBentStreamIsTheResponseOrASentence(format: WireFormat) throws {
        let seed =
            ProcessInfo.processInfo.environment["CALLGATE_SEED"].flatMap { UInt64($0) }
            ?? UInt64.random(in: 0..<1_000_000)
        var random = SplitMix(seed: seed)
        let bends = Bend.all.filter { $0.formats.contains(format) }
        var (tried, responses, sentences) = (0, 0, 0)
        var counts: [String: Int] = [:]
        var failures: Set<String> = []
        while tried < BentStreamTests.count {
            let response = ModelResponse.random(&random)
            var events = try events(of: response, format)
            guard let bend = bends.randomElement(using: &random),
                let expected = bend.bend(&events, &random)
            else { continue }
            var framing = Framing.random(&random)
            if events.isEmpty { continue }
            // JSON texts in the open have no mark of the end.
            if format == .chatCompletions, bend.needsMark { framing.isEvent = true }
            tried += 1
            counts[bend.name, default: 0] += 1
            let bytes = framing.bytes(events, isArray: random.chance(0.5))
            let (read, sentence) = outcome(bytes, format, &random)
            let place = "\(format.title), \(bend.name), seed \(seed), stream \(tried)"
            switch expected {
            case .response, .withoutIDs:
                guard let read else {
                    report("\(place): \(sentence)", bytes, &failures, bend)
                    continue
                }
                let isSame =
                    expected == .response
                    ? read.essence == response.essence
                    : withoutIDs(read.essence) == withoutIDs(response.essence)
                guard isSame else {
                    report("\(place): \(read.essence) for \(response.essence)", bytes, &failures, bend)
                    continue
                }
                #expect(Set(read.calls.map(\.id)).count == read.calls.count, "\(place)")
                responses += 1
            case .sentence(let part):
                guard read == nil, sentence.contains(part), !sentence.contains("\n") else {
                    report("\(place): \(read.map { "\($0.essence)" } ?? sentence)", bytes, &failures, bend)
                    continue
                }
                sentences += 1
            }
        }
        #expect(counts.count == Set(bends.map(\.name)).count, "every bend was tried")
        print(
            "\(format.title): seed \(seed): \(tried) streams, \(responses) responses, \(sentences) sentences, \(counts.count) bends"
        )
    }

    /// Wherever a stream is cut: the response, or the sentence that it was cut; never a part that passes for the whole.
    @Test(arguments: WireFormat.allCases)
    func aCutStreamNeverPassesForAWholeOne(format: WireFormat) throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        var random = SplitMix(seed: seed)
        var (whole, cut) = (0, 0)
        for number in 0..<500 {
            let response = ModelResponse.random(&random)
            let bytes = Framing.random(&random).bytes(
                try events(of: response, format), isArray: random.chance(0.5))
            let length = Int.random(in: 0..<bytes.count, using: &random)
            let (read, sentence) = outcome(Array(bytes[..<length]), format, &random)
            if let read {
                // Gemini has no mark of the end: a stream that asks for calls and ends is whole, as its own clients take it.
                let isPart =
                    format == .gemini && !read.calls.isEmpty && response.calls.starts(with: read.calls)
                #expect(read.essence == response.essence || isPart, "seed \(seed), stream \(number)")
                whole += 1
            } else {
                #expect(!sentence.isEmpty, "seed \(seed), stream \(number)")
                cut += 1
            }
        }
        print("\(format.title): seed \(seed): \(cut) cut streams with a sentence, \(whole) responses")
    }

    @Test(arguments: [
        ("<html><body>Bad gateway</body></html>\n", "neither an event stream nor JSON"),
        ("Internal Server Error", "neither an event stream nor JSON"),
        ("", "ended its answer before the first word"), ("\n\n\n", "ended its answer before the first word"),
        (": ping\n\n: ping\n\n", "ended its answer before the first word"),
        (#"{"hello": "world"}"#, "JSON that is no chat completion"),
        ("[]", "ended its answer before the first word"),
        ("data: {\"choices\": [oops]}\n\n", "what is no JSON"),
        ("data: error: out of memory\n\n", "error: out of memory"),
        ("event: error\ndata: out of memory\n\n", "out of memory"),
        ("data: hello\n\n", "the stream holds \"hello\""),
    ])
    func whatIsNoResponseIsCalledThat(body: String, part: String) {
        var random = SplitMix(seed: 3)
        let (read, sentence) = outcome(Array(body.utf8), .chatCompletions, &random)
        #expect(read == nil && sentence.contains(part), "\(sentence)")
    }

    @Test func onlyWhatTheProviderCallsPassingIsTriedAgain() {
        for (body, isTransient) in [
            (#"{"error":{"message":"model is loading"}}"#, false),
            (#"{"error":{"message":"x","type":"invalid_request_error"}}"#, false),
            (#"{"error":{"message":"x","type":"overloaded_error"}}"#, true),
            (#"{"error":{"message":"x","code":503}}"#, true),
            (#"{"error":{"message":"x","type":"insufficient_quota","code":429}}"#, false),
            ("<html>", false), (#"{"a":1}"#, false),
        ] {
            var reader = ResponseReader(.chatCompletions)
            let fault = #expect(throws: StreamFault.self) {
                _ = try reader.take(Array(body.utf8))
                _ = try reader.finish()
                _ = try reader.response(numberingFrom: 1)
            }
            #expect(fault?.isTransient == isTransient, "\(body)")
        }
    }
}
