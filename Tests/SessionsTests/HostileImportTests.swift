import Agent
import Foundation
import JSON
import Testing

@testable import Sessions

/// Files that are cut, nested beyond reason or of other types than their format has: they are refused with a reason, or
/// read as far as they go; nothing else happens.
@Suite struct HostileImportTests {
    private static let names = [
        "openai.json", "fine-tuning.jsonl", "anthropic.json", "claude-code.jsonl", "codex.jsonl",
        "inspect.json",
        "otel.json",
    ]

    private func bytes(_ name: String) throws -> [UInt8] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/imports/\(name)").standardizedFileURL
        return Array(try Data(contentsOf: file))
    }

    /// Imports, and holds what came out to what every session is.
    private func take(_ bytes: [UInt8], _ format: SessionImport.Format? = nil, _ comment: Comment) {
        do {
            let imported = try SessionImport(bytes, format: format, name: "x")
            for events in imported.sessions {
                #expect(events.first?.body.name == "session", comment)
                #expect(events.map(\.number) == Array(1...events.count), comment)
                // Whatever was read can be written.
                for form in SessionExport.Format.allCases { _ = SessionExport(events, as: form) }
            }
        } catch {
            let line = "\(error)"
            #expect(line.count > 10 && !line.contains("\n"), comment)
        }
    }

    @Test(arguments: names) func aFileThatIsCutAnywhereIsRefusedOrReadSoFar(name: String) throws {
        let whole = try bytes(name)
        // Some thousand places of a long file, every byte of a short one.
        let step = max(1, whole.count / 1_500)
        for length in stride(from: 0, to: whole.count, by: step) {
            take(Array(whole[..<length]), nil, "\(name) cut after \(length) bytes")
        }
    }

    @Test(arguments: names) func aValueOfAnotherTypeIsRefusedOrPassedOver(name: String) throws {
        let whole = try bytes(name)
        let documents =
            try (try? [JSONParser.parse(whole)])
            ?? whole.split(separator: 0x0A).map { try JSONParser.parse(Array($0)) }
        let format = try SessionImport(whole, name: "x").format
        let odd: [JSONValue] = [
            .null, "x", 7, [], [:], [[]], true, "99999999999999999999", "-9223372036854775808",
            try JSONParser.parse("1e300"), try JSONParser.parse("-9223372036854775808"),
        ]
        var random = SeededGenerator(seed: 5)
        for (index, document) in documents.enumerated() {
            var places = document.places
            if places.count > 150 { places = Array(places.shuffled(using: &random).prefix(150)) }
            for place in places {
                let value = odd[Int.random(in: 0..<odd.count, using: &random)]
                var changed = documents
                changed[index] = document.setting(place[...], to: value)
                let text = changed.map { $0.text() }.joined(separator: "\n")
                take(Array(text.utf8), format, "\(name), seed 5, \(place) set to \(value.text())")
            }
        }
    }

    @Test(arguments: SessionImport.Format.allCases) func deepNestingIsRefused(format: SessionImport.Format) {
        for depth in [600, 100_000] {
            let nest = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            take(Array(nest.utf8), format, "\(depth) levels")
            take(Array("{\"messages\":[{\"role\":\"user\",\"content\":\(nest)}]}".utf8), format, "\(depth)")
            let error = #expect(throws: ImportError.self) {
                try SessionImport(Array(nest.utf8), format: format, name: "x")
            }
            #expect(error?.description.contains("\n") == false)
        }
    }

    /// A message of protobuf that is its kind's field over and over.
    private func nested(_ wrap: ([UInt8]) -> [UInt8], levels: Int) -> [UInt8] {
        (0..<levels).reduce([0x0A, 1, 0x78]) { inner, _ in wrap(inner) }
    }

    /// A field with a length.
    private func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        var (size, head) = (bytes.count, [number << 3 | 2])
        while size >= 0x80 {
            head.append(UInt8(size & 0x7F) | 0x80)
            size >>= 7
        }
        return head + [UInt8(size)] + bytes
    }

    /// Arrays (kind 5) hold values, lists of pairs (kind 6) hold attributes whose value is such a list.
    @Test(arguments: [UInt8(5), 6]) func valuesWithinValuesOfProtobufEnd(kind: UInt8) {
        for levels in [31, 32, 33, 6_000] {
            let value = nested(
                { kind == 5 ? field(5, field(1, $0)) : field(6, field(1, field(1, [0x6B]) + field(2, $0))) },
                levels: levels)
            for place in [UInt8(9), 11] {
                let attribute = field(1, [0x61]) + field(2, value)
                let span =
                    field(5, Array("chat".utf8))
                    + (place == 9 ? field(9, attribute) : field(11, field(3, attribute)))
                take(field(1, field(2, field(2, span))), nil, "kind \(kind), \(levels) levels at \(place)")
            }
        }
    }

    @Test func whatIsNestedTooDeepInASpanIsNotReadAndSaidSo() throws {
        func imported(_ levels: Int) throws -> SessionImport {
            let value = nested({ field(5, field(1, $0)) }, levels: levels)
            let times: [UInt8] = [7 << 3 | 1] + [0, 0, 0, 0, 0, 0, 1, 0]
            let ids = field(1, [UInt8](repeating: 1, count: 16)) + field(2, [UInt8](repeating: 2, count: 8))
            func text(_ key: String, _ value: String) -> [UInt8] {
                field(9, field(1, Array(key.utf8)) + field(2, field(1, Array(value.utf8))))
            }
            let messages = #"[{"role":"user","parts":[{"type":"text","content":"q"}]}]"#
            let span =
                ids + times + text("gen_ai.operation.name", "chat") + text("gen_ai.input.messages", messages)
                + field(9, field(1, [0x61]) + field(2, value))
            return try SessionImport(field(1, field(2, field(2, span))), name: "x")
        }
        let told = "a value of a span's attribute, nested deeper than 32"
        #expect(try imported(31).losses.lines.contains(told) == false)
        #expect(try imported(40).losses.lines.contains(told))
    }

    @Test func aFileThatIsCompressedTimeAndAgainIsRefused() throws {
        let plain = Array(#"{"messages":[{"role":"user","content":"ask"}]}"#.utf8)
        var file = plain
        for layers in 1...6 {
            file = gzipped(file)
            guard layers > 3 else {
                #expect(try SessionImport(file, name: "x").sessions.count == 1, "\(layers)")
                continue
            }
            let error = #expect(throws: ImportError.self) { try SessionImport(file, name: "x") }
            #expect(
                error?.description == "the file is compressed more than 3 times over; unpack it first",
                "\(layers)")
        }
    }

    /// The bytes in one stored block within gzip.
    private func gzipped(_ bytes: [UInt8]) -> [UInt8] {
        func little(_ value: UInt32, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
        }
        let sum = ~bytes.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in
                value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1
            }
        }
        let size = UInt32(bytes.count)
        return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1] + little(size, 2) + little(~size, 2) + bytes
            + little(sum, 4) + little(size, 4)
    }

    @Test func timesBeyondReasonAreBounded() throws {
        let span = """
            {"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"a","spanId":"b","startTimeUnixNano":\
            "-9223372036854775808","endTimeUnixNano":"9223372036854775807","attributes":[{"key":\
            "gen_ai.operation.name","value":{"stringValue":"chat"}}]}]}]}]}
            """
        take(Array(span.utf8), .otel, "a span over all of time")
        let log = """
            {"version":2,"eval":{},"samples":[{"messages":[{"id":"m","role":"assistant","content":"a"}],"events":\
            [{"event":"model","timestamp":"2026-01-01T00:00:00Z","output":{"time":1e300,"usage":{"input_tokens":\
            9223372036854775807,"input_tokens_cache_read":9223372036854775807,"output_tokens":1},"choices":\
            [{"message":{"id":"m"}}]}}]}]}
            """
        take(Array(log.utf8), .inspect, "a response of all of time")
    }
}

extension JSONValue {
    /// Where every value stands below this one: keys and positions.
    fileprivate var places: [[String]] {
        switch self {
        case .array(let items):
            items.enumerated().flatMap { index, item in
                [[String(index)]] + item.places.map { [String(index)] + $0 }
            }
        case .object(let object):
            object.members.flatMap { member in
                [[member.key]] + member.value.places.map { [member.key] + $0 }
            }
        default: []
        }
    }

    fileprivate func setting(_ place: ArraySlice<String>, to value: JSONValue) -> JSONValue {
        guard let first = place.first else { return value }
        switch self {
        case .array(var items):
            guard let index = Int(first), items.indices.contains(index) else { return self }
            items[index] = items[index].setting(place.dropFirst(), to: value)
            return .array(items)
        case .object(var object):
            guard let old = object[first] else { return self }
            object[first] = old.setting(place.dropFirst(), to: value)
            return .object(object)
        default: return self
        }
    }
}
