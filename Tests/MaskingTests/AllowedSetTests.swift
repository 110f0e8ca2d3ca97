import JSON
import MaskTrials
import Testing

@testable import Masking

/// The allowed set itself, token by token, where the whole language can be listed.
@Suite("Mask: the allowed set is exact on small worlds")
struct AllowedSetTests {
    /// Every text of a value that the engine may write: each spelling of its numbers, keys in each order.
    static func texts(_ value: JSONValue) -> [[UInt8]] {
        switch value {
        case .number(let number): return NumberValues.spellings(number.decimal)
        case .array(let items):
            let inner = items.reduce([[]]) { heads, item in
                heads.flatMap { head in texts(item).map { head.isEmpty ? $0 : head + [0x2C] + $0 } }
            }
            return inner.map { [0x5B] + $0 + [0x5D] }
        case .object(let object):
            let members = object.map { member in
                texts(member.value).map { Array(JSONValue.string(member.key).text().utf8) + [0x3A] + $0 }
            }
            let orders = members.count == 2 ? [members, members.reversed()] : [members]
            let inner = orders.flatMap { order in
                order.reduce([[]]) { heads, choices in
                    heads.flatMap { head in choices.map { head.isEmpty ? $0 : head + [0x2C] + $0 } }
                }
            }
            return inner.map { [0x7B] + $0 + [0x7D] }
        default: return [Array(value.text().utf8)]
        }
    }

    /// The tokens that begin or complete one of the texts after a prefix.
    static func expected(_ prefix: [UInt8], _ texts: [[UInt8]], _ tokens: [[UInt8]: Int]) -> Set<Int> {
        var found: Set<Int> = []
        for text in texts where text.starts(with: prefix) {
            let rest = text[prefix.count...]
            if rest.isEmpty { found.insert(SmallWorld.end) }
            for length in 1..<(min(8, rest.count) + 1) where length <= rest.count {
                if let token = tokens[Array(rest.prefix(length))] { found.insert(token) }
            }
        }
        return found
    }

    @Test("a token is allowed exactly when some text of the language goes on with it", arguments: 1...20)
    func exact(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed &+ 1_000)
        let vocabulary = try SmallWorld.vocabulary()
        var tokens: [[UInt8]: Int] = [:]
        for token in 0..<vocabulary.count { tokens[Array(vocabulary.bytes(of: token))] = token }
        tokens[[]] = nil
        let engine = MaskEngine(vocabulary: vocabulary)
        var compared = 0
        for turn in 0..<60 {
            let inner = SmallWorldTests.schema(2, &random)
            let world = (0..<8).compactMap { _ in SmallWorldTests.values.randomElement(using: &random) }
            let schema: JSONValue = ["allOf": [["enum": .array(world)], inner]]
            let texts = world.filter { SmallWorldTests.isValid($0, inner) }.flatMap(Self.texts)
            let options = GrammarOptions(whiteSpace: .compact)
            guard let start = try? engine.matcher(for: Grammar(schema: schema, options: options)) else {
                #expect(texts.isEmpty, "seed \(seed), schema \(turn): \(schema.text()) is refused")
                continue
            }
            let prefixes = Set(texts.flatMap { text in (0...text.count).map { [UInt8](text[0..<$0]) } })
            for prefix in prefixes {
                var here = start
                let place =
                    "seed \(seed), schema \(turn): \(schema.text()) behind "
                    + String(decoding: prefix, as: UTF8.self)
                guard (try? here.advance(bytes: prefix)) != nil else {
                    Issue.record("\(place): the prefix itself is refused")
                    continue
                }
                let wanted = Self.expected(prefix, texts, tokens)
                // An escape may spell any character where the text is not known for certain.
                let allowed = Set(
                    here.allowed().filter { !vocabulary.bytes(of: $0).contains(UInt8(ascii: "\\")) })
                let missing = wanted.subtracting(allowed)
                #expect(
                    missing.isEmpty, "\(place): \(missing.map { Array(vocabulary.bytes(of: $0)) }) missing")
                compared += 1
                let excess = allowed.subtracting(wanted)
                #expect(
                    excess.isEmpty, "\(place): \(excess.map { Array(vocabulary.bytes(of: $0)) }) too many")
            }
        }
        print("seed \(seed): \(compared) sets compared")
        #expect(compared > 100)
    }

    /// The values that a schema lists, as texts.
    static func listed(_ schema: JSONValue) -> [[UInt8]] {
        let inner = (schema.arrayValue ?? []) + (schema.objectValue.map { $0.map(\.value) } ?? [])
        let own = (schema["const"].map { [$0] } ?? []) + (schema["enum"]?.arrayValue ?? [])
        return own.map { Array($0.text().utf8) } + inner.flatMap(listed)
    }

    /// Whether some text that follows the mask from here comes to its end as a valid value: walks that like to close
    /// what is open, and that know the values which the schema lists.
    static func canEnd(
        _ start: Matcher, _ text: [UInt8], _ schema: JSONValue, _ random: inout SeededGenerator
    ) throws -> Bool {
        let pieces =
            [
                "null", "1", "\"ab\"", "\"b\"", "\"a\":", "\"b\":", "\"ab\":", "a", "b", "0", ".", "e", "x",
                ":", ",", "[", "]", "{", "}", "\"", "true",
            ].map { Array($0.utf8) }
            + (0x30...0x39).map { [$0] } + "tnrulefs".utf8.map { [$0] } + listed(schema)
        // A number that is too large can still end by an exponent, which no walk over these pieces finds.
        for power in (1...9).flatMap({ ["e-\($0)", "-\($0)"] }) {
            var next = start
            guard (try? next.advance(bytes: Array(power.utf8))) != nil, next.canEnd else { continue }
            return SmallWorldTests.isValid(try JSONParser.parse(text + Array(power.utf8)), schema)
        }
        for walk in 0..<300 {
            var here = start
            var text = text
            for _ in 0..<(10 + walk / 4) {
                if here.canEnd { return SmallWorldTests.isValid(try JSONParser.parse(text), schema) }
                let next = pieces.compactMap { piece -> ([UInt8], Matcher)? in
                    var next = here
                    return (try? next.advance(bytes: piece)) == nil ? nil : (piece, next)
                }
                let closing = next.filter { "]}\"".utf8.contains($0.0[0]) }
                let choices = closing.isEmpty || Int.random(in: 0..<3, using: &random) == 0 ? next : closing
                guard let (piece, after) = choices.randomElement(using: &random) else { break }
                here = after
                text += piece
            }
        }
        return false
    }

    @Test("from every token that is allowed some way leads to a valid value", arguments: 1...20)
    func sound(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed &+ 3_000)
        let vocabulary = try SmallWorld.vocabulary()
        let engine = MaskEngine(vocabulary: vocabulary)
        var tokens = 0
        var lost = 0
        for turn in 0..<40 {
            let schema = SmallWorldTests.schema(2, &random)
            let options = GrammarOptions(whiteSpace: .compact)
            guard var here = try? engine.matcher(for: Grammar(schema: schema, options: options)) else {
                continue
            }
            var text: [UInt8] = []
            for _ in 0..<12 {
                // Single bytes and the words of the vocabulary, a few of each mask.
                let allowed = here.allowed().filter { $0 != SmallWorld.end && $0 < 131 || $0 > 258 }
                for token in allowed.shuffled(using: &random).prefix(3) {
                    guard let next = here.following(token) else {
                        Issue.record(
                            """
                            seed \(seed), schema \(turn): \(schema.text()) behind \
                            \(String(decoding: text, as: UTF8.self)): allowed token \
                            \(String(decoding: vocabulary.bytes(of: token), as: UTF8.self)) is refused
                            """)
                        continue
                    }
                    let longer = text + vocabulary.bytes(of: token)
                    tokens += 1
                    if try !Self.canEnd(next, longer, schema, &random) {
                        lost += 1
                        print(
                            "  seed \(seed), schema \(turn): \(schema.text()) does not end behind "
                                + String(decoding: longer, as: UTF8.self))
                    }
                }
                guard let token = allowed.randomElement(using: &random) else { break }
                try here.advance(token)
                text += vocabulary.bytes(of: token)
            }
        }
        print("seed \(seed): \(tokens) allowed tokens followed, \(lost) without an end in reach")
        #expect(tokens > 100)
        // The walks do not find every end.
        #expect(lost * 100 <= tokens, "seed \(seed): \(lost) of \(tokens)")
    }
}
