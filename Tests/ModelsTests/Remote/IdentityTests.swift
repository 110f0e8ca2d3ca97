import Agent
import Formats
import JSON
import Testing

@testable import Models

/// Streams that are whole, but whose events are lost, repeated or swapped, and whose indices and IDs are wrong: what
/// comes out was asked for, or nothing does.
@Suite struct IdentityTests {
    /// The streams that hold calls, with what stands before and after an event's JSON.
    private static let streams: [(stream: RecordedStream, isNamed: Bool)] = [
        (.openAICalls, false), (.anthropicCalls, true), (.ollamaCalls, false),
    ]

    private static func values(_ bytes: [UInt8]) -> [JSONValue] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
            let text = line.hasPrefix("data: ") ? String(line.dropFirst(6)) : String(line)
            return try? JSONParser.parse(text)
        }
    }

    private static func bytes(_ values: [JSONValue], of stream: RecordedStream, isNamed: Bool) -> [UInt8] {
        let texts = values.map { $0.text() }
        if isNamed { return namedEvents(texts) }
        let isOllama = stream.description.hasPrefix("Ollama")
        return isOllama ? Array(texts.map { $0 + "\n" }.joined().utf8) : events(texts + ["[DONE]"])
    }

    /// Replaces one of the members of that name, wherever it stands, and counts them.
    private static func replacing(
        _ key: String, in value: JSONValue, at place: Int, _ seen: inout Int, with new: JSONValue?
    ) -> JSONValue {
        switch value {
        case .object(let object):
            var changed: [JSONObject.Member] = []
            for member in object {
                if member.key == key {
                    seen += 1
                    if seen - 1 == place {
                        if let new { changed.append(.init(key: key, value: new)) }
                        continue
                    }
                }
                changed.append(
                    .init(
                        key: member.key, value: replacing(key, in: member.value, at: place, &seen, with: new))
                )
            }
            return .object(JSONObject(changed))
        case .array(let elements):
            return .array(elements.map { replacing(key, in: $0, at: place, &seen, with: new) })
        default: return value
        }
    }

    /// Every text of every member of that name.
    private static func texts(_ key: String, in value: JSONValue) -> [String] {
        switch value {
        case .object(let object):
            object.flatMap { member in
                (member.key == key ? [member.value.stringValue].compactMap { $0 } : [])
                    + texts(key, in: member.value)
            }
        case .array(let elements): elements.flatMap { texts(key, in: $0) }
        default: []
        }
    }

    @Test(arguments: 0..<3)
    func whatIsLostRepeatedOrMisnumberedNeverMakesACallUp(index: Int) throws {
        let (stream, isNamed) = IdentityTests.streams[index]
        let seed = UInt64.random(in: 0..<1_000_000)
        print("\(stream): seed \(seed)")
        var random = SplitMix(seed: seed)
        let whole = IdentityTests.values(stream.bytes)
        #expect(try read(IdentityTests.bytes(whole, of: stream, isNamed: isNamed), stream) == stream.response)
        let odd: [JSONValue?] = [
            nil, .null, 0, 1, 2, 7, -1, "0", "", "call_1", "call_3", "toolu_1", "x", .bool(true), [], [:],
        ]
        var survivors = 0
        for _ in 0..<3_000 {
            var values = whole
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                let place = Int.random(in: values.indices, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0 where values.count > 1: values.remove(at: place)
                case 1: values.insert(values[place], at: Int.random(in: 0...values.count, using: &random))
                case 2: values.swapAt(place, Int.random(in: values.indices, using: &random))
                case 3:
                    var seen = 0
                    let new = odd.randomElement(using: &random) ?? nil
                    values[place] = IdentityTests.replacing(
                        "index", in: values[place], at: Int.random(in: 0..<2, using: &random), &seen,
                        with: new)
                default:
                    var seen = 0
                    let new = odd.randomElement(using: &random) ?? nil
                    values[place] = IdentityTests.replacing(
                        "id", in: values[place], at: Int.random(in: 0..<2, using: &random), &seen, with: new)
                }
            }
            let bytes = IdentityTests.bytes(values, of: stream, isNamed: isNamed)
            guard let response = try? read(bytes, stream) else { continue }
            survivors += 1
            let names = values.flatMap { IdentityTests.texts("name", in: $0) }
            #expect(response.calls.count <= names.count, "seed \(seed)")
            let written = values.map { $0.text() }.joined().utf8.count
            for call in response.calls {
                #expect(!call.id.text.isEmpty && names.contains(call.name), "seed \(seed): \(call)")
                #expect(call.arguments.text.utf8.count <= written, "seed \(seed): \(call)")
            }
            // Two calls of one ID may come out; then the pairing refuses the whole round.
            let ids = response.calls.map(\.id.text)
            if Set(ids).count < ids.count {
                #expect(throws: PairingError.self) { try PairingError.checkIDs(of: response.calls, round: 1) }
            }
        }
        #expect(survivors > 0)
    }

    private func read(_ bytes: [UInt8], _ stream: RecordedStream) throws -> ModelResponse {
        var reader = stream.reader()
        _ = try reader.take(bytes)
        return try reader.response(numberingFrom: 1)
    }
}
