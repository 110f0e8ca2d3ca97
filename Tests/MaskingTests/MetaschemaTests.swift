import JSON
import MaskTrials
import Schema
import Testing

@testable import Masking

/// A draft's metaschema as a grammar: the mask lets a model write any schema, and nothing that is no schema.
@Suite("Mask: metaschemas and dialects")
struct MetaschemaTests {
    /// Whether the mask lets a whole value through.
    private func accepts(_ start: Matcher, _ value: JSONValue) -> Bool {
        var here = start
        return (try? here.advance(bytes: value.text().utf8)) != nil && here.canEnd
    }

    @Test(
        "the mask of a metaschema gives the validator's verdict on whatever stands for a schema",
        arguments: SchemaDraft.allCases)
    func verdictsAreTheValidators(draft: SchemaDraft) throws {
        let schema: JSONValue = ["$ref": .string(draft.metaschema), "$schema": .string(draft.metaschema)]
        let start = try MaskEngine(vocabulary: SmallWorld.vocabulary()).matcher(
            for: Grammar(schema: schema, options: GrammarOptions(whiteSpace: .compact, formats: .annotated)))
        let compiled = try CompiledSchema(schema, options: SchemaOptions(format: .asDraftSays))
        let seed = UInt64.random(in: 0 ... .max)
        print("seed of verdictsAreTheValidators: \(seed)")
        var random = SeededGenerator(seed: seed)
        var valid = 0
        var invalid = 0
        for _ in 0..<1_000 {
            let value = withoutDuplicates(HostileTests.junk(2, &random))
            let verdict = compiled.isValid(value)
            #expect(accepts(start, value) == verdict, "\(draft.name): \(value.text())")
            if verdict { valid += 1 } else { invalid += 1 }
        }
        print("\(draft.name): \(valid) schemas and \(invalid) other values")
        #expect(valid > 50)
        #expect(invalid > 50)
    }

    /// A mask never lets a key come twice, which the validator does not mind.
    private func withoutDuplicates(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map(withoutDuplicates))
        case .object(let object):
            var members: [JSONObject.Member] = []
            for member in object where !members.contains(where: { $0.key == member.key }) {
                members.append(.init(key: member.key, value: withoutDuplicates(member.value)))
            }
            return .object(JSONObject(members))
        default: return value
        }
    }

    @Test("keywords of a vocabulary that the dialect leaves out ask for nothing")
    func vocabulariesThatAreLeftOut() throws {
        let core = "https://json-schema.org/draft/2020-12/vocab/"
        let metaschema: JSONValue = [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$vocabulary": .object(
                JSONObject([
                    .init(key: core + "core", value: true), .init(key: core + "applicator", value: true),
                ])),
        ]
        let schema: JSONValue = [
            "$schema": "https://example.org/dialect",
            "properties": ["a": ["minimum": 10], "b": false],
        ]
        let start = try MaskEngine(vocabulary: SmallWorld.vocabulary()).matcher(
            for: Grammar(
                schema: schema, options: GrammarOptions(whiteSpace: .compact),
                documents: ["https://example.org/dialect": metaschema]))
        #expect(accepts(start, ["a": 1]))
        #expect(!accepts(start, ["b": 1]))
    }

    @Test(
        "what leads nowhere is refused with its place",
        arguments: [
            (#"{"properties":{"a":{"$ref":"other.json"}}}"#, "/properties/a/$ref", "nothing is fetched"),
            (##"{"items":{"$ref":"#/$defs/b"}}"##, "/items/$ref", "refers to nothing"),
            (##"{"$ref":"#name"}"##, "/$ref", "no schema there has the anchor name"),
            (#"{"$schema":"https://example.org/unknown"}"#, "/$schema", "is not known"),
        ])
    func refusals(schema: String, pointer: String, reason: String) throws {
        let engine = MaskEngine(vocabulary: try SmallWorld.vocabulary())
        let document = try JSONParser.parse(schema)
        let error = #expect(throws: GrammarError.self) { try engine.matcher(for: Grammar(schema: document)) }
        guard case .schema(let fault) = try #require(error) else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(fault.pointer.description == pointer)
        #expect(fault.reason.contains(reason))
        #expect(throws: fault) { try CompiledSchema(document) }
    }
}
