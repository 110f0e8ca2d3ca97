import Foundation
import JSON
import Testing

@testable import Agent

/// Catalogues as strangers' servers give them, damaged at random places: a run goes on with what is sound.
@Suite struct MutatedCatalogueTests {
    /// Schemas of the shapes that tools have: nested objects, choices, references, patterns, limits.
    private static let schemas = [
        #"{"type":"object","properties":{"path":{"type":"string","pattern":"^/[a-z]+$"},"lines":{"type":"integer","minimum":1,"maximum":9}},"required":["path"]}"#,
        #"{"type":"object","properties":{"kind":{"enum":["a","b",null]},"when":{"type":"string","format":"date-time"}},"additionalProperties":false}"#,
        ##"{"type":"object","properties":{"node":{"$ref":"#/$defs/node"}},"$defs":{"node":{"type":"object","properties":{"next":{"anyOf":[{"$ref":"#/$defs/node"},{"type":"null"}]}}}}}"##,
        #"{"type":"object","properties":{"rows":{"type":"array","items":{"type":"array","items":{"type":"number"},"minItems":2,"uniqueItems":true}}},"minProperties":1}"#,
        #"{"type":"object","properties":{"a":{"oneOf":[{"type":"string","minLength":2},{"type":"object","properties":{"b":{"const":1}},"required":["b"]}]}},"if":{"required":["a"]},"then":{"maxProperties":3}}"#,
    ]
    private static let odd: [JSONValue] = [
        nil, true, false, 0, -1, 3, "", "any", "string", [], [nil], ["a"], [:], ["type": "any"], ["a": nil],
        ["$ref": "#/nowhere"], ["$ref": "https://example.org/schema"], ["$ref": "#"], "(?P<x>a)\\Z", "(a",
        "a++b",
        ["not": [:]], [["type": "null"]], "date-time", ["minimum": 1, "exclusiveMinimum": true],
    ]
    private static let keywords = [
        "type", "properties", "required", "pattern", "enum", "minimum", "exclusiveMinimum", "items", "$ref",
        "$defs",
        "anyOf", "oneOf", "allOf", "not", "if", "format", "additionalProperties", "patternProperties",
        "dependentRequired", "minLength", "multipleOf", "uniqueItems", "$schema", "$id", "prefixItems",
        "x-own",
    ]

    /// The value with something at a random place replaced, added or taken out.
    private func damaged(_ value: JSONValue, _ random: inout SeededGenerator) -> JSONValue {
        let odd = MutatedCatalogueTests.odd.randomElement(using: &random) ?? nil
        if var object = value.objectValue {
            let keys = object.keys
            switch Int.random(in: 0..<5, using: &random) {
            case 0:
                object[MutatedCatalogueTests.keywords.randomElement(using: &random) ?? "type"] = odd
                return .object(object)
            case 1, 2,
                3 where !keys.isEmpty:
                guard let key = keys.randomElement(using: &random), let inner = object[key] else {
                    return odd
                }
                object[key] = damaged(inner, &random)
                return .object(object)
            default: return odd
            }
        }
        if var elements = value.arrayValue, let place = elements.indices.randomElement(using: &random),
            Bool.random(using: &random)
        {
            elements[place] = damaged(elements[place], &random)
            return .array(elements)
        }
        return odd
    }

    @Test("of two thousand damaged catalogues none stops a run, and no tool is lost without a word")
    func catalogues() async throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        var random = SeededGenerator(seed: seed)
        var (used, marked, aside) = (0, 0, 0)
        for number in 0..<2_000 {
            var definitions = [ToolDefinition(name: "act", description: "d", parameters: ["type": "object"])]
            for (place, text) in MutatedCatalogueTests.schemas.enumerated() {
                var schema = try JSONParser.parse(text)
                for _ in 0..<Int.random(in: 1...3, using: &random) { schema = damaged(schema, &random) }
                let name =
                    Int.random(in: 0..<20, using: &random) == 0 ? ["", "act"][place % 2] : "tool_\(place)"
                definitions.append(ToolDefinition(name: name, description: "d", parameters: schema))
            }
            let given = definitions
            let comment: Comment = "seed \(seed), catalogue \(number)"
            let catalogue = FittedCatalogue(given.map { NamedTool(definition: $0) })
            let kept = catalogue.tools.map(\.definition)
            let left = catalogue.notes.filter { $0.kind == .setAside }
            #expect(kept.count + left.count == given.count, comment)
            for definition in kept where !given.contains(definition) {
                #expect(catalogue.notes.contains { $0.tool == definition.name }, comment)
            }
            let log = RunLog()
            let bench = Bench(
                responses: [ScriptedModel.asking(call("1")), ScriptedModel.saying("done")], log: log,
                tools: { log in
                    [FakeTool("act", log: log)]
                        + FittedCatalogue(given.map { NamedTool(definition: $0) }).tools.dropFirst()
                }, approval: .all)
            let outcome = try await bench.run()
            #expect(outcome.outcome == .answered("done") && outcome.ran.map(\.name) == ["act"], comment)
            used += kept.count
            aside += left.count
            marked += Set(catalogue.notes.map(\.tool)).count
        }
        print(
            "damaged catalogues, seed \(seed): \(used) tools used, \(marked) names marked, \(aside) set aside"
        )
        #expect(marked > 1_000 && aside > 100)
    }
}

/// A tool that is there for its definition.
private struct NamedTool: Tool {
    let definition: ToolDefinition

    func run(_ call: ToolCall, arguments: JSONValue) async throws -> ToolOutput {
        ToolOutput(callID: call.id, content: "")
    }
}
