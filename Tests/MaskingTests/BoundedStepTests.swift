import JSON
import MaskTrials
import Testing

@testable import Masking

@Suite("Mask: where following a schema would take long")
struct BoundedStepTests {
    private static func pattern(_ sources: [String], _ more: [(String, JSONValue)] = []) -> JSONValue {
        let parts = JSONValue.array(
            sources.map { .object(JSONObject([.init(key: "pattern", value: .string($0))])) })
        let members = [("type", JSONValue.string("string")), ("allOf", parts)] + more
        return .object(JSONObject(members.map { .init(key: $0.0, value: $0.1) }))
    }

    /// Each pattern counts from wherever its character stands; together they make a state of nearly every text.
    private static let together = [
        "^.*a.{5}", "^.*b.{6}", "^.*c.{7}", "^.*d.{8}", "^.*[e-h].{9}", "^.*[^i].{4}$",
        "^(.*\\d.{3}|.*x.{2})$",
    ]

    @Test(
        "patterns that cannot be followed together in time are asked of the closed text, and the mask is the automaton"
    )
    func closedTextDecides() throws {
        let vocabulary = try FullWalkTests.vocabulary()
        let engine = MaskEngine(vocabulary: vocabulary)
        var random = SeededGenerator(seed: 3)
        var tally = FullWalkTests.Tally()
        let bounds: [[(String, JSONValue)]] = [
            [], [("maxLength", 30)], [("minLength", 12), ("maxLength", 40)],
        ]
        for (number, more) in bounds.enumerated() {
            FullWalkTests.compare(
                Self.pattern(Self.together, more), "together \(number)", engine, nil, steps: 12, &random,
                &tally)
        }
        #expect(tally.differences.isEmpty, "\(tally.differences.joined(separator: "\n"))")
        #expect(tally.steps >= 24)
        var here = try engine.matcher(for: Grammar(schema: Self.pattern(Self.together)))
        for byte in "\"dcbahz1 w".utf8 {
            _ = here.allowed()
            try here.advance(bytes: [byte])
        }
        #expect(here.automaton?.patterns.budget.revision ?? 0 > 0, "no pattern was given up")
        // What the patterns refuse cannot be closed, and the reason names one of them.
        #expect(!here.takes([0x22]))
        #expect(here.explain(bytes: [0x22]).reasons.contains { $0.source == .keyword("pattern") })
        try here.advance(bytes: "dcbah123456789x12".utf8)
        #expect(here.allowed().contains { vocabulary.bytes(of: $0).elementsEqual([0x22]) })
        try here.advance(bytes: [0x22])
        #expect(here.canEnd)
    }

    @Test("patterns on keys that cannot be followed in time are asked of the closed key")
    func closedKeyDecides() throws {
        let engine = MaskEngine(vocabulary: try FullWalkTests.vocabulary())
        let schema: JSONValue = [
            "type": "object", "propertyNames": Self.pattern(Self.together), "minProperties": 1,
        ]
        var random = SeededGenerator(seed: 4)
        var tally = FullWalkTests.Tally()
        FullWalkTests.compare(schema, "keys", engine, nil, steps: 10, &random, &tally)
        #expect(tally.differences.isEmpty, "\(tally.differences.joined(separator: "\n"))")
        var here = try engine.matcher(for: Grammar(schema: schema))
        try here.advance(bytes: "{".utf8)
        for byte in "\"dcba".utf8 {
            _ = here.allowed()
            try here.advance(bytes: [byte])
        }
        #expect(!here.takes([0x22]))
        try here.advance(bytes: "dcbah123456789x12\": 1}".utf8)
        #expect(here.canEnd)
    }

    @Test("lengths that leave an alternative no text refuse it from the first character on")
    func impossibleLengths() throws {
        let schema: JSONValue = [
            "anyOf": [
                ["type": "string", "minLength": 3, "not": ["minLength": 2]],
                ["type": "string", "minLength": 2, "maxLength": 4, "pattern": "^b"],
                ["enum": ["ab", "abc"]],
            ]
        ]
        let engine = MaskEngine(vocabulary: try FullWalkTests.vocabulary())
        var random = SeededGenerator(seed: 5)
        var tally = FullWalkTests.Tally()
        for _ in 0..<6 { FullWalkTests.compare(schema, "lengths", engine, nil, steps: 6, &random, &tally) }
        #expect(tally.differences.isEmpty, "\(tally.differences.joined(separator: "\n"))")
        var here = try engine.matcher(for: Grammar(schema: schema))
        try here.advance(bytes: [0x22])
        for (text, isAllowed) in [
            ("c", false), ("ab\"", true), ("abd", false), ("bxyz\"", true), ("bxyzw", false),
        ] {
            #expect(here.takes(Array(text.utf8)) == isAllowed, "\(text)")
        }
    }

    @Test(
        "a list of more objects than a mask can look at is refused, with its place",
        arguments: ["enum", "const"])
    func listsOfObjects(keyword: String) throws {
        let engine = MaskEngine(vocabulary: try SmallWorld.vocabulary())
        func schema(_ count: Int) -> JSONValue {
            let values = JSONValue.array((0..<count).map { ["id": .number(JSONNumber($0))] })
            let inner = JSONValue.object(
                JSONObject([.init(key: keyword, value: keyword == "enum" ? values : ["a": values])]))
            return ["type": "object", "properties": ["choice": inner]]
        }
        _ = try engine.matcher(for: Grammar(schema: schema(600)))
        if keyword == "const" {
            _ = try engine.matcher(for: Grammar(schema: schema(2_000)))
            return
        }
        let error = #expect(throws: GrammarError.self) {
            _ = try engine.matcher(for: Grammar(schema: schema(601)))
        }
        #expect("\(try #require(error))".contains("601 objects and arrays at #/properties/choice"))
    }
}
