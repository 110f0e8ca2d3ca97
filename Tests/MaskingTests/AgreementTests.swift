import JSON
import MaskTrials
import Schema
import Testing

@testable import Masking

/// A call is written under the mask and then validated: what one lets through the other must not refuse.
@Suite("Mask: agreement with the validator")
struct AgreementTests {
    @Test(
        "what was once told apart",
        arguments: [
            // A key that only other schemas depend on.
            (#"{"not":{"dependentSchemas":{"a":false}}}"#, #"{"a":null}"#, true),
            (#"{"not":{"dependentSchemas":{"a":false}}}"#, #"{"b":null}"#, false),
            (#"{"oneOf":[{"minLength":0},{"dependentSchemas":{"a":{"type":"null"}}}]}"#, #"{"a":1}"#, true),
            // A rule that no key of half a character meets.
            (#"{"propertyNames":{"not":{"maxLength":1}}}"#, #"{"ab":null}"#, true),
            (#"{"propertyNames":{"not":{"maxLength":1}}}"#, #"{"a":null}"#, false),
            (#"{"not":{"propertyNames":{"maxLength":1}}}"#, #"{"a":1,"ab":2}"#, true),
        ])
    func cases(schema: String, value: String, isValid: Bool) throws {
        let document = try JSONParser.parse(schema)
        #expect(try CompiledSchema(document).isValid(JSONParser.parse(value)) == isValid)
        let engine = MaskEngine(vocabulary: try SmallWorld.vocabulary())
        var here = try engine.matcher(
            for: Grammar(schema: document, options: GrammarOptions(whiteSpace: .compact)))
        #expect(((try? here.advance(bytes: value.utf8)) != nil && here.canEnd) == isValid)
    }

    @Test("random schemas of all drafts have the same verdicts in both", arguments: 1...8)
    func verdictsAgree(seed: UInt64) throws {
        var writer = SchemaWriter(random: SeededGenerator(seed: seed &+ 40_000))
        let engine = MaskEngine(vocabulary: try SmallWorld.vocabulary())
        let values = SmallWorldTests.values
        var compared = 0
        var valid = 0
        var refused: [String: Int] = [:]
        for _ in 0..<300 {
            let schema = writer.document()
            // What the validator does not take (circles, references to nothing) is no schema.
            guard let validator = try? CompiledSchema(schema) else { continue }
            let start: Matcher?
            do {
                let options = GrammarOptions(whiteSpace: .compact, formats: .enforced)
                start = try engine.matcher(for: Grammar(schema: schema, options: options))
            } catch GrammarError.unsatisfiable {
                start = nil
            } catch {
                refused[error.description, default: 0] += 1
                continue
            }
            compared += 1
            for value in values {
                var here = start
                let accepted =
                    here != nil && (try? here?.advance(bytes: value.text().utf8)) != nil
                    && here?.canEnd == true
                let verdict = validator.isValid(value)
                if verdict { valid += 1 }
                if accepted == verdict { continue }
                // A dynamic reference may lead in a circle, which has no verdict.
                let violations = validator.validate(value)
                #expect(
                    violations.contains { $0.keyword == "budget" },
                    "seed \(seed): \(schema.text()) on \(value.text())")
            }
        }
        print(
            "seed \(seed): \(compared) schemas, \(values.count) values each, \(valid) valid; refused: \(refused)"
        )
        #expect(compared > 100)
        #expect(valid > 1_000)
        #expect(valid < compared * values.count * 2 / 3)
        #expect(refused.isEmpty)
    }
}

/// Writes random schemas whose keywords have values of the right kind, whatever the draft.
struct SchemaWriter {
    var random: SeededGenerator
    private var draft = SchemaDraft.draft2020

    init(random: SeededGenerator) { self.random = random }

    private mutating func pick<Item>(_ items: [Item]) -> Item {
        items[Int.random(in: 0..<items.count, using: &random)]
    }

    private mutating func chance(_ share: Int) -> Bool { Int.random(in: 0..<share, using: &random) == 0 }

    /// A schema that names its draft and has definitions to refer to.
    mutating func document() -> JSONValue {
        draft = pick(SchemaDraft.allCases)
        var members: [JSONObject.Member] = [.init(key: "$schema", value: .string(draft.metaschema))]
        if draft == .draft2019, chance(2) { members.append(.init(key: "$recursiveAnchor", value: true)) }
        if draft == .draft2020, chance(2) { members.append(.init(key: "$dynamicAnchor", value: "n")) }
        members += keywords(3, most: 4)
        var named: [JSONObject.Member] = []
        for name in ["a", "b"] {
            var inner = keywords(2, most: 2)
            if chance(3) {
                // A resource of its own, which may have the anchors that the root has.
                inner.append(
                    .init(key: draft == .draft4 ? "id" : "$id", value: .string("http://x/\(name)")))
                if draft == .draft2019 { inner.append(.init(key: "$recursiveAnchor", value: true)) }
                if draft == .draft2020 { inner.append(.init(key: "$dynamicAnchor", value: "n")) }
            }
            named.append(.init(key: name, value: .object(JSONObject(inner))))
        }
        members.append(.init(key: "definitions", value: .object(JSONObject(named))))
        return .object(JSONObject(members))
    }

    private mutating func schema(_ depth: Int) -> JSONValue {
        if draft > .draft4, chance(10) { return .bool(chance(2)) }
        return .object(JSONObject(keywords(depth, most: 3)))
    }

    private static let assertions = [
        "type", "type", "type", "enum", "const", "minimum", "maximum", "exclusiveMinimum",
        "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern", "format", "minItems",
        "maxItems",
        "uniqueItems", "minProperties", "maxProperties", "required", "dependentRequired",
    ]
    private static let applicators = [
        "properties", "properties", "patternProperties", "additionalProperties", "propertyNames", "items",
        "items", "prefixItems", "additionalItems", "contains", "minContains", "maxContains", "allOf", "anyOf",
        "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependencies", "unevaluatedProperties",
        "unevaluatedItems", "$ref", "$recursiveRef", "$dynamicRef",
    ]

    private mutating func keywords(_ depth: Int, most: Int) -> [JSONObject.Member] {
        var found: [JSONObject.Member] = []
        for _ in 0..<Int.random(in: 1...most, using: &random) {
            let name = depth > 0 && chance(2) ? pick(Self.applicators) : pick(Self.assertions)
            guard !found.contains(where: { $0.key == name }) else { continue }
            found.append(.init(key: name, value: value(of: name, depth - 1)))
        }
        return found
    }

    private mutating func list(_ depth: Int) -> JSONValue {
        .array((0..<Int.random(in: 1...2, using: &random)).map { _ in schema(depth) })
    }

    private mutating func map(_ depth: Int, _ keys: [String]) -> JSONValue {
        .object(JSONObject(keys.filter { _ in chance(2) }.map { .init(key: $0, value: schema(depth)) }))
    }

    private mutating func value(of keyword: String, _ depth: Int) -> JSONValue {
        switch keyword {
        case "type":
            pick(["null", "boolean", "integer", "number", "string", "array", "object", ["string", "object"]])
        case "enum": .array((0..<3).map { _ in pick(SmallWorldTests.values) })
        case "const": pick(SmallWorldTests.values)
        case "minimum", "maximum": pick([0, 1, 2, 12])
        case "exclusiveMinimum", "exclusiveMaximum":
            draft == .draft4 ? .bool(chance(2)) : pick([0, 1, 2, 12])
        case "multipleOf": pick([1, 2, 3])
        case "pattern": pick(["^a", "b$", "^(?!a)", "a?^b", "\\bab", "(a|b)\\1", "^[^b]*$"])
        case "format": pick(["date", "hostname", "regex", "uri-reference", "unknown"])
        case "uniqueItems": true
        case "required":
            .array(["a", "b", "ab"].filter { _ in chance(2) || draft == .draft4 }.map { .string($0) })
        case "dependentRequired": ["a": ["b"]]
        case "properties", "dependentSchemas": map(depth, ["a", "b", "ab"])
        case "patternProperties": map(depth, ["^a", "b$"])
        case "dependencies": chance(2) ? ["a": ["ab"]] : map(depth, ["a", "b"])
        case "prefixItems", "allOf", "anyOf", "oneOf": list(depth)
        case "items": draft < .draft2020 && chance(3) ? list(depth) : schema(depth)
        case "$ref": .string(pick(["#", "#/definitions/a", "#/definitions/b", "http://x/a"]))
        case "$recursiveRef": "#"
        case "$dynamicRef": .string(pick(["#n", "http://x/a#n", "http://x/b#n", "#/definitions/a"]))
        case "additionalProperties", "propertyNames", "additionalItems", "contains", "not", "if", "then",
            "else", "unevaluatedProperties", "unevaluatedItems":
            schema(depth)
        default: pick([0, 1, 2])
        }
    }
}
