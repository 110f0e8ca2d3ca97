import Agent
import JSON
import Testing

@testable import Sessions

@Suite struct EventCodecTests {
    private func decoded(_ bodies: [EventBody]) throws -> [Event] {
        var decoder = EventDecoder()
        return try bodies.enumerated().map { index, body in
            let line = EventCodec.line(Event(number: index + 1, time: Int64(index), body: body))
            return try decoder.decode(line.dropLast(), lineNumber: index + 1)
        }
    }

    @Test("every kind of event reads back as the event that was recorded", arguments: 1...300)
    func roundTrip(seed: UInt64) throws {
        var random = RandomEvents(seed: seed)
        let bodies = random.oneOfEach().map { $0.recorded(vocabulary: nil) }
        let events = try decoded(bodies)
        for (index, body) in bodies.enumerated() {
            #expect(events[index].body == body, "seed \(seed), \(body.name)")
            // Swift equates canonically equivalent texts; the bytes must be the same too.
            let original = EventCodec.line(Event(number: index + 1, time: Int64(index), body: body))
            #expect(EventCodec.line(events[index]) == original, "seed \(seed), \(body.name)")
            #expect(original.filter { $0 == 0x0A }.count == 1, "seed \(seed), \(body.name)")
        }
    }

    @Test("the recorded form of an event does not change when it is recorded again", arguments: 1...100)
    func recordedTwice(seed: UInt64) {
        var random = RandomEvents(seed: seed)
        for body in random.oneOfEach() {
            let once = body.recorded(vocabulary: nil)
            #expect(once.recorded(vocabulary: nil) == once, "seed \(seed), \(body.name)")
        }
    }

    @Test("a line begins with number, time and kind, and keeps its order")
    func readableLine() throws {
        let key = CallKey(round: 2, id: ToolCallID("c1"))
        let decision = Decision.edit(arguments: ByteString("{\"a\": 1.0}"), mode: .annotate)
        let event = Event(
            number: 7, time: 1_700_000_000_123, body: .decided(key, decision, by: .rule("writes")))
        let expected =
            #"{"n":7,"t":1700000000123,"kind":"decision","round":2,"id":"c1","decision":"edit","#
            + #""arguments":"{\"a\": 1.0}","mode":"annotate","by":{"rule":"writes"}}"# + "\n"
        #expect(String(decoding: EventCodec.line(event), as: UTF8.self) == expected)
    }

    @Test("logits are kept as Float16: 1.0 is 0x3C00, little-endian")
    func logits() {
        let step = TokenStep(
            round: 1, position: 0, token: 1, bytes: [0x61], distribution: .full([1, -.infinity, 70_000]),
            allowed: [0b10], figures: nil, milliseconds: 1)
        guard case .token(let recorded) = EventBody.token(step).recorded(vocabulary: nil) else {
            Issue.record("no token")
            return
        }
        #expect(recorded.distribution == .full([1, -.infinity, 65_504]))
        let json = EventCodec.json(Event(number: 2, time: 0, body: .token(recorded)))
        #expect(json["logits"] == "ADwA/P97")
        #expect(json["allowed"] == ["words": 1, "runs": [1, 1]])
    }

    @Test("a dense allowed set is kept as bits, a sparse one as runs, and both read back", arguments: 1...200)
    func tokenSets(seed: UInt64) throws {
        var random = RandomEvents(seed: seed)
        let words: [UInt64] = (0..<random.int(40)).map { _ in
            [0, .max, random.random.next(), 1 << UInt64(random.int(64))][random.int(4)]
        }
        let json = TokenSet.json(words)
        let field = Field(value: json, place: JSONPointer(), isLenient: false)
        #expect(try TokenSet.words(field) == words, "seed \(seed)")
    }

    @Test("of a large vocabulary the head is kept, with exact log-probabilities and the vocabulary's size")
    func partial() throws {
        var random = RandomEvents(seed: 5)
        let logits = (0..<20_000).map { _ in Float.random(in: -10...10, using: &random.random) }
        let allowed = (0..<313).map { _ in random.random.next() & random.random.next() & random.random.next()
        }
        let chosen = 77
        let vocabulary = VocabularyRecord(
            entries: logits.indices.map { .bytes(Array("t\($0)".utf8)) }, endTokens: [])
        let recorded = TokenDistribution.full(logits).recorded(
            allowed: allowed, chosen: chosen, vocabulary: vocabulary)
        guard case .partial(let candidates, let size) = recorded else {
            Issue.record("the distribution is whole")
            return
        }
        #expect(size == 20_000)
        let order = logits.indices.sorted { (-logits[$0], $0) < (-logits[$1], $1) }
        let allowedOrder = order.filter { allowed[$0 >> 6] >> UInt64($0 & 63) & 1 == 1 }
        let expected = Set(order.prefix(256)).union(allowedOrder.prefix(256)).union([chosen])
        #expect(Set(candidates.compactMap(\.token)) == expected)
        let sum = logits.reduce(0.0) { $0 + exponential(Double($1)) }
        for candidate in candidates {
            let token = try #require(candidate.token)
            #expect(
                abs(exponential(candidate.logProbability) - exponential(Double(logits[token])) / sum) < 1e-8)
            #expect(candidate.bytes == Array("t\(token)".utf8))
        }
    }

    private func exponential(_ x: Double) -> Double {
        var (sum, term) = (1.0, 1.0)
        for k in 1..<200 {
            term *= x / Double(k)
            sum += term
        }
        return sum
    }
}

@Suite struct EventDecoderTests {
    private static let header =
        #"{"n":1,"t":0,"kind":"session","journal":"1.0","id":"s","workflow":"w","model":{"name":"m","kind":"k"},"#
        + #""catalogue":[],"sampling":{"temperature":0,"topP":1,"seed":0},"limits":{"rounds":8,"tokens":8,"#
        + #""responseTokens":8,"seconds":8,"toolSeconds":8,"resultBytes":8,"parallelCalls":8},"#
        + #""policy":{"default":"ask","rules":[]}}"#

    private func decode(_ lines: String..., header: String = EventDecoderTests.header) throws -> Event? {
        var decoder = EventDecoder()
        var event: Event?
        for (index, line) in ([header] + lines).enumerated() {
            event = try decoder.decode(Array(line.utf8), lineNumber: index + 1)
        }
        return event
    }

    private func message(_ line: String, header: String = EventDecoderTests.header) -> String {
        do {
            _ = try decode(line, header: header)
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    @Test("what cannot be read is named with its line, its place and what is wrong")
    func faults() {
        let fix = "; restore the file from a copy, or keep what is before it with: head -n 1"
        #expect(
            message(#"{"n":2,"t":0,"kind":"marc","note":"x"}"#)
                == #"line 2: at /kind: "marc" is no kind of event"# + fix)
        #expect(
            message(#"{"n":2,"t":0,"kind":"mark","note":"x","by":"me"}"#)
                == #"line 2: "by" is no field of this event"# + fix)
        #expect(message(#"{"n":2,"t":0,"kind":"mark"}"#) == #"line 2: the field "note" is missing"# + fix)
        #expect(
            message(#"{"n":2,"t":0,"kind":"mark","note":7}"#)
                == "line 2: at /note: expected a string, found a value of type number" + fix)
        #expect(
            message(#"{"n":3,"t":0,"kind":"resumed"}"#)
                == "line 2: at /n: event 3 follows event 1; numbers must rise by one" + fix)
        #expect(
            message(#"{"n":2,"t":0,"kind":"resumed","n":2}"#) == #"line 2: the field "n" is there twice"#
                + fix)
        #expect(
            message(#"{"n":2,"t":0,"kind":"end","outcome":"won","text":""}"#)
                == #"line 2: at /outcome: "won" is none of answered, limit, stopped, policy, failed"# + fix)
        #expect(message(#"{"n":2,"t":0,"kind":"mark","#).hasPrefix("line 2, column 28: "))
        #expect(
            message(EventDecoderTests.header.replacing("\"n\":1", with: "\"n\":2")).contains("second session")
        )
    }

    @Test("a newer minor version's unknown fields are passed over, a newer major version is refused")
    func versions() throws {
        let newer = EventDecoderTests.header.replacing("\"1.0\"", with: "\"1.7\"")
        let line = #"{"n":2,"t":0,"kind":"mark","note":"x","colour":"red"}"#
        #expect(try decode(line, header: newer)?.body == .marked("x"))
        let major = EventDecoderTests.header.replacing("\"1.0\"", with: "\"2.0\"")
        #expect(
            message(line, header: major)
                == "the journal has format 2.0 and this program reads 1.x; open it with a newer callgate")
    }

    @Test("a token set that asks for more memory than a vocabulary can need is refused")
    func hostileSet() {
        let line =
            #"{"n":2,"t":0,"kind":"token","round":1,"position":0,"token":0,"text":"","ms":0,"#
            + #""allowed":{"words":99999999999,"runs":[]}}"#
        #expect(message(line).contains("99999999999 words are not between 0 and"))
        let runs = line.replacing("99999999999", with: "1").replacing("[]", with: "[0,65]")
        #expect(message(runs).contains("the runs do not fit into 1 words"))
    }
}
