import JSON
import MaskTrials
import Testing

@testable import Masking

@Suite("Mask: hostile schemas and texts")
struct HostileTests {
    @Test(
        "a schema made to exhaust the engine ends in masks or in a clear error",
        .timeLimit(.minutes(20)), arguments: HostileSchemas.cases.map(\.name))
    func hostile(name: String) throws {
        let outcome = try #require(
            HostileSchemas.run(name, vocabulary: SmallWorld.vocabulary(), tokens: 20))
        #expect(!outcome.outcome.isEmpty && outcome.outcome != "0 tokens")
        print("\(name): \(outcome.outcome)")
    }

    @Test("what a random hostile schema's mask allows can be written, or the schema is refused")
    func randomHostile() throws {
        var bounds = HostileTrial.Bounds()
        // How long it takes is measured by `callgate-bench hostile`, not here.
        (bounds.compilation, bounds.step, bounds.memory) = (.max, .max, .infinity)
        var trial = HostileTrial(vocabulary: try SmallWorld.vocabulary(), seed: 7, bounds: bounds)
        for number in 0..<240 { trial.run(number) }
        #expect(trial.tally.excesses.isEmpty, "\(trial.tally.excesses.joined(separator: "\n"))")
        #expect(trial.tally.compiled > 120 && trial.tally.steps > 240)
    }

    @Test(
        "a mask makes few states of a pattern, however many the pattern has",
        arguments: [
            ".*\\s*.{5}.*\\bx.{20}$", "^.*a.{40}$", "^.*(a|b).{30}.*c.{30}$",
            "(?=.*a.{30}$)(?=.*b.{31}$).*c.{29}$",
            "^(((a|[a-z]){0,9}|.*é.{40}))(.*\\d.|\\w+).*a.{5}",
            "^(([a-z]{0,100}\\.){0,100}[a-z]{50,100}){1,9}$",
            "^(\\\\)+([a-z]|[^a])(?!.\\d).*a.{5}(.*[^a].{5}(\\w+)+)+",
            "(?!((?!a*)x){3,4})((?!\\w+)é|b*.)*.{9}",
        ])
    func statesOfOneMask(pattern: String) throws {
        let vocabulary = try FullWalkTests.vocabulary()
        let schema: JSONValue = ["type": "string", "pattern": .string(pattern)]
        guard var here = try? MaskEngine(vocabulary: vocabulary).matcher(for: Grammar(schema: schema)),
            let automaton = here.automaton
        else { return }
        try here.advance(bytes: [0x22])
        for byte in "ab.aé1 c".utf8 {
            var work: Int {
                automaton.strings.specs.flatMap(\.machine.components).reduce(0) { sum, component in
                    if case .pattern(let pattern) = component { sum + pattern.work } else { sum }
                }
            }
            let before = work
            _ = here.allowed()
            #expect(work - before < 30_000)
            guard (try? here.advance(bytes: [byte])) != nil else { return }
        }
    }

    static let keywords = [
        "$anchor", "$defs", "$dynamicAnchor", "$dynamicRef", "$id", "$ref", "$schema", "additionalItems",
        "additionalProperties", "allOf", "anyOf", "const", "contains", "dependencies", "dependentRequired",
        "dependentSchemas", "else", "enum", "exclusiveMaximum", "exclusiveMinimum", "format", "if", "items",
        "maxContains", "maxItems", "maxLength", "maxProperties", "maximum", "minContains", "minItems",
        "minLength", "minProperties", "minimum", "multipleOf", "not", "oneOf", "pattern",
        "patternProperties", "prefixItems", "properties", "propertyNames", "required", "then", "type",
        "unevaluatedItems", "unevaluatedProperties", "uniqueItems",
    ]

    /// Anything that may stand where a schema is expected: mostly schemas, sometimes plain rubbish.
    static func junk(_ depth: Int, _ random: inout SeededGenerator) -> JSONValue {
        func pick<Item>(_ items: [Item]) -> Item { items[Int.random(in: 0..<items.count, using: &random)] }
        let scalars: [JSONValue] = [
            nil, true, false, 0, 1, 2, 7, -1, "a", "#", "#/$defs/a", "#a", "^a+$", "(?=a|b)[^a]{2,9}", "\\bа",
            "[",
            "(a*)*\\1", "object", "array", "string", "integer", "date-time", "ipv6", "email", "http://x/y",
            .number(JSONNumber(0.5) ?? JSONNumber(1)), ["string", "object"], ["array"], ["a", "b"], [], [:],
        ]
        if depth == 0 || Int.random(in: 0..<12, using: &random) == 0 { return pick(scalars) }
        var members: [JSONObject.Member] = []
        for _ in 0..<Int.random(in: 0..<5, using: &random) {
            let keyword = pick(keywords)
            let value: JSONValue
            switch Int.random(in: 0..<4, using: &random) {
            case 0: value = .array((0..<3).map { _ in junk(depth - 1, &random) })
            case 1:
                value = .object(
                    JSONObject(["a", "b", "^a"].map { .init(key: $0, value: junk(depth - 1, &random)) }))
            case 2: value = pick(scalars)
            default: value = junk(depth - 1, &random)
            }
            members.append(.init(key: keyword, value: value))
        }
        return .object(JSONObject(members))
    }

    @Test(
        "random schemas and random bytes never crash or hang", .timeLimit(.minutes(20)),
        arguments: 1...16)
    func fuzz(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed &+ 20_000)
        let vocabulary = try SmallWorld.vocabulary()
        let engine = MaskEngine(vocabulary: vocabulary)
        let likely = Array(#"{}[]":,0123456789.-eEtruefalsn ab\u"#.utf8)
        var compiled = 0
        for turn in 0..<250 {
            let schema = Self.junk(3, &random)
            guard let start = try? engine.matcher(for: Grammar(schema: schema)) else { continue }
            compiled += 1
            var here = start
            for _ in 0..<60 {
                if Int.random(in: 0..<3, using: &random) == 0 {
                    let choices = Array(here.allowed()).filter { $0 != SmallWorld.end }
                    guard let token = choices.randomElement(using: &random) else { break }
                    #expect(throws: Never.self, "seed \(seed), schema \(turn): \(schema.text())") {
                        try here.advance(token)
                    }
                } else {
                    let byte =
                        Int.random(in: 0..<4, using: &random) == 0
                        ? UInt8.random(in: 0...255, using: &random)
                        : likely.randomElement(using: &random) ?? 0
                    let refused = (try? here.advance(bytes: [byte])) == nil
                    if refused {
                        #expect(
                            !here.explain(bytes: [byte]).reasons.isEmpty,
                            "seed \(seed), schema \(turn): \(schema.text())")
                    }
                }
            }
        }
        // Memory is held in `callgate-bench hostile`: the peak of this process is that of all tests together.
        #expect(compiled > 20)
    }
}
