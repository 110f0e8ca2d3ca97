import JSON
import Mutations
import Testing

@testable import Schema

@Suite struct SchemaParserFuzzTests {
    @Test func damagedSchemasAreCompiledOrRefused() {
        let texts = [
            ##"{"type":"object","properties":{"a":{"type":"string","pattern":"^T-[0-9]{1,4}$","format":"date"}},"required":["a"]}"##,
            ##"{"$defs":{"n":{"anyOf":[{"$ref":"#/$defs/n"},{"type":"null"}]}},"$ref":"#/$defs/n","unevaluatedProperties":false}"##,
            ##"{"type":"array","items":{"enum":[1,"a",null]},"minItems":1,"uniqueItems":true,"contains":{"const":1}}"##,
            ##"{"if":{"type":"number","multipleOf":0.1},"then":{"maximum":1e3},"else":{"not":{}},"dependentSchemas":{"a":true}}"##,
        ]
        let values: [JSONValue] = [["a": "T-12"], [1, "a"], 3, .null, ["a": ["a": [:]]]]
        let outcome = ParserFuzz.run("schemas", corpus: texts.map { Array($0.utf8) }) { bytes in
            guard let value = try? JSONParser.parse(bytes), let schema = try? CompiledSchema(value) else {
                return false
            }
            for value in values { _ = schema.validate(value) }
            return true
        }
        #expect(outcome.slowest < 10)
    }
}
