import JSON
import Testing

@testable import Masking

/// The allowed set itself, token by token, where the whole language can be listed.
@Suite("Mask: the allowed set is exact where the language is finite")
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

    /// The tokens that begin or complete one of the texts behind a prefix.
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
        var late = 0
        var lateSchemas: [String] = []
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
                if !allowed.subtracting(wanted).isEmpty {
                    late += 1
                    lateSchemas.append(
                        place + " too many: "
                            + allowed.subtracting(wanted).map {
                                String(decoding: vocabulary.bytes(of: $0), as: UTF8.self)
                            }.joined(separator: " "))
                }
            }
        }
        print("seed \(seed): \(compared) sets compared, \(late) with a way that ends in a dead end")
        lateSchemas.prefix(2).forEach { print("  " + $0) }
        #expect(compared > 100)
        // Nothing that can go on is ever masked. The other way round, contradictions between whole values are found
        // when the value closes at the latest: few in spite of schemas made of nothing else.
        #expect(late * 20 <= compared, "seed \(seed): \(late) of \(compared)")
    }
}
