import JSON
import Testing

@testable import Schema

/// Schemas and instances that mean harm: each ends in a result or a clear error.
@Suite struct HostileTests {
    @Test func patternsThatBacktrackWithoutEndAreGivenUpWithAReason() throws {
        let schema = try CompiledSchema(["items": ["pattern": "^(?=(a+)+b)(a+)+\\1$"]])
        let text = JSONValue.string(String(repeating: "a", count: 60) + "c")
        // Once is enough: a thousand such texts do not take a thousand times as long.
        let violations = schema.validate(.array(Array(repeating: text, count: 1_000)))
        #expect(violations.count == 1)
        #expect(violations.first?.message.contains("cannot be decided") == true)
    }

    @Test func alternativesThatDoubleAtEachLevelAreGivenUpWithAReason() throws {
        var definitions = JSONObject()
        for level in 0..<60 {
            let next: JSONValue = ["$ref": .string("#/$defs/l\(level + 1)")]
            definitions["l\(level)"] = ["oneOf": [next, next]]
        }
        definitions["l60"] = ["type": "null"]
        let schema = try CompiledSchema(["$ref": "#/$defs/l0", "$defs": .object(definitions)])
        let violations = schema.validate(1)
        #expect(violations.map(\.message).contains { $0.contains("cannot be decided") })
    }

    /// Each level applies the next one twice, so that one wrong value has a fault in a million million ways.
    @Test func faultsWithoutEndAreListedUpToABound() throws {
        var definitions = JSONObject()
        for level in 0..<40 {
            let next: JSONValue = ["$ref": .string("#/$defs/l\(level + 1)")]
            definitions["l\(level)"] = ["allOf": [next, next]]
        }
        definitions["l40"] = ["type": "string"]
        let schema = try CompiledSchema(["$ref": "#/$defs/l0", "$defs": .object(definitions)])
        let violations = schema.validate(1)
        #expect(violations.count == 101 && violations.last?.message.contains("more than 100 faults") == true)
        // Of a long number each look costs more.
        let long = try #require(JSONNumber(text: String(repeating: "7", count: 1_000_000)))
        #expect(schema.validate(.number(long)).last?.keyword == "budget")
        let wide = try CompiledSchema(["items": ["type": "string"]])
        #expect(wide.validate(.array(Array(repeating: 1, count: 100))).count == 100)
        #expect(wide.validate(.array(Array(repeating: 1, count: 5_000))).count == 101)
    }

    @Test(arguments: [
        (##"{"$ref": "#"}"##), (##"{"allOf": [{"$ref": "#"}]}"##), (##"{"not": {"$ref": "#"}}"##),
        (##"{"anyOf": [{"$ref": "#/anyOf/1"}, {"$ref": "#/anyOf/0"}]}"##),
        (##"{"if": true, "then": {"$ref": "#"}}"##), (##"{"dependentSchemas": {"a": {"$ref": "#"}}}"##),
        (##"{"$dynamicAnchor": "x", "$dynamicRef": "#x"}"##),
    ])
    func circlesThatNeverReachASmallerValueAreRefused(schema: String) throws {
        let error = #expect(throws: SchemaError.self) { try CompiledSchema(try JSONParser.parse(schema)) }
        #expect(try #require(error).description.contains("circle"))
    }

    @Test func aCircleThroughDynamicReferencesEnds() throws {
        let schema = try CompiledSchema(
            try JSONParser.parse(
                """
                {"$id": "https://example.com/outer", "$ref": "inner", "$defs": {
                  "x": {"$dynamicAnchor": "x", "$ref": "inner"},
                  "inner": {"$id": "inner", "$dynamicRef": "#x", "$defs": {"y": {"$dynamicAnchor": "x"}}}}}
                """))
        #expect(schema.validate(1).first?.message.contains("cannot be decided") == true)
    }

    @Test func recursionOverADeepInstanceEnds() throws {
        let schema = try CompiledSchema(
            try JSONParser.parse(
                ##"{"anyOf": [{"type": "null"}, {"items": {"allOf": [{"$ref": "#"}]}, "unevaluatedItems": false}]}"##
            ))
        let depth = 500
        let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let deep = try JSONParser.parse(text)
        // Either verdict is a result; a crash would not be.
        #expect(
            schema.isValid(deep) || schema.validate(deep).first?.message.contains("cannot be decided") == true
        )
        let plain = try CompiledSchema(try JSONParser.parse(##"{"items": {"$ref": "#"}, "type": "array"}"##))
        #expect(plain.isValid(deep))
    }

    @Test func aLongChainOfReferencesEnds() throws {
        var definitions: [JSONObject.Member] = []
        for level in 0..<100_000 {
            definitions.append(
                JSONObject.Member(key: "l\(level)", value: ["$ref": .string("#/$defs/l\(level + 1)")]))
        }
        definitions.append(JSONObject.Member(key: "l100000", value: true))
        let schema = try CompiledSchema(["$ref": "#/$defs/l0", "$defs": .object(JSONObject(definitions))])
        #expect(schema.validate(1).first?.message.contains("levels") == true)
    }

    @Test func deepSchemasEnd() throws {
        let deep =
            String(repeating: #"{"items":"#, count: 500) + #"{"type":"null"}"#
            + String(repeating: "}", count: 500)
        #expect(try CompiledSchema(try JSONParser.parse(deep)).isValid([[]]))
        var deeper: JSONValue = true
        for _ in 0..<1_200 { deeper = ["items": deeper] }
        let error = #expect(throws: SchemaError.self) { try CompiledSchema(deeper) }
        #expect(try #require(error).description.contains("nested deeper"))
    }

    @Test func aHundredThousandValuesAreFoundQuickly() throws {
        let values = (0..<100_000).map { JSONValue.string("v\($0)") }
        let schema = try CompiledSchema(["items": ["enum": .array(values)]])
        #expect(schema.isValid(.array(Array(values.prefix(1_000)))))
        #expect(
            schema.validate(["w"]).first?.message
                == #"must be one of "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", …"#)
    }

    @Test func tenMegabytesOfSchemaAreRead() throws {
        var text = #"{"type": "object", "properties": {"#
        var count = 0
        while text.utf8.count < 10_000_000 {
            text +=
                #""property\#(count)": {"type": "string", "maxLength": 10, "description": "one of many"}, "#
            count += 1
        }
        text += #""last": {"type": "integer"}}}"#
        let schema = try CompiledSchema(try JSONParser.parse(text))
        #expect(schema.isValid(["last": 1]) && !schema.isValid(["last": "1"]))
        #expect(!schema.isValid(["property77": "12345678901"]))
    }

    @Test func numbersOfManyDigitsEnd() throws {
        let digits = String(repeating: "7", count: 1_000_000)
        let long = try JSONParser.parse(digits)
        let schema = try CompiledSchema(["multipleOf": try JSONParser.parse(String(digits.prefix(400)))])
        _ = schema.isValid(long)
        #expect(throws: SchemaError.self) { try CompiledSchema(["multipleOf": long]) }
    }
}
