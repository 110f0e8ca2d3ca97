import JSON
import Schema
import Testing

/// Schemas of strangers, made usable.
@Suite struct SchemaFitTests {
    private func fit(_ text: String) throws -> SchemaFit { try SchemaFit(JSONParser.parse(text)) }

    private func lines(_ text: String) throws -> [String] { try fit(text).adjustments.map(\.description) }

    @Test("a schema in order is used as it is")
    func untouched() throws {
        let text = #"{"type":"object","properties":{"a":{"type":"string","pattern":"^\\d{3}-[a-z]+$"}}}"#
        let fit = try fit(text)
        #expect(fit.adjustments.isEmpty)
        #expect(fit.schema == (try JSONParser.parse(text)))
    }

    @Test(
        "keywords that say nothing are left out without a loss",
        arguments: [
            (#"{"type":"object","properties":null}"#, "/properties is left out: null asks for nothing"),
            (#"{"type":"object","required":null}"#, "/required is left out: null asks for nothing"),
            (
                #"{"properties":{"a":{"items":null}}}"#,
                "/properties/a/items is left out: null asks for nothing"
            ),
            (
                #"{"properties":{"a":{"type":"string","required":false}}}"#,
                "/properties/a/required is left out: false asks for nothing"
            ),
        ])
    func nothing(_ text: String, _ line: String) throws { #expect(try lines(text) == [line]) }

    @Test(
        "another dialect's spelling is translated to the same meaning",
        arguments: [
            (#"{"minimum":3,"exclusiveMinimum":true}"#, #"{"exclusiveMinimum":3}"#),
            (#"{"maximum":3,"exclusiveMaximum":false}"#, #"{"maximum":3}"#),
            (
                #"{"type":"OBJECT","properties":{"a":{"type":"STRING"}}}"#,
                #"{"type":"object","properties":{"a":{"type":"string"}}}"#
            ),
            (
                #"{"properties":{"a":{"type":"string","required":true},"b":{}}}"#,
                #"{"properties":{"a":{"type":"string"},"b":{}},"required":["a"]}"#
            ),
            (
                #"{"items":[{"type":"string"}],"additionalItems":false}"#,
                #"{"items":false,"prefixItems":[{"type":"string"}]}"#
            ),
            (#"{"pattern":"\\A(?P<x>a)(?P=x)\\Z"}"#, #"{"pattern":"^(?<x>a)\\k<x>$"}"#),
            (#"{"patternProperties":{"\\Ax_":{}}}"#, #"{"patternProperties":{"^x_":{}}}"#),
        ])
    func translated(_ given: String, _ wanted: String) throws {
        let fit = try fit(given)
        #expect(fit.schema.isEquivalent(to: try JSONParser.parse(wanted)))
        #expect(!fit.adjustments.isEmpty && fit.adjustments.allSatisfy { $0.kind == .translated })
    }

    @Test(
        "a keyword that means nothing is ignored, by its place",
        arguments: [
            (#"{"properties":{"a":{"type":"any"},"b":{"type":"string"}}}"#, "/properties/a/type"),
            (##"{"properties":{"a":{"$ref":"#/$defs/none"}}}"##, "/properties/a/$ref"),
            (#"{"properties":{"a":{"$ref":"https://example.com/a.json"}}}"#, "/properties/a/$ref"),
            (#"{"properties":{"a":{"enum":"one of x, y"}}}"#, "/properties/a/enum"),
            (#"{"properties":{"a":{"minLength":"3"}}}"#, "/properties/a/minLength"),
            (#"{"properties":{"a":{"pattern":"(?i)abc"}}}"#, "/properties/a/pattern"),
            (#"{"properties":{"a":{"pattern":"a\\Kb"}}}"#, "/properties/a/pattern"),
            (#"{"properties":{"a":"string"}}"#, "/properties/a"),
            (#"{"$schema":"https://example.com/none","type":"object"}"#, "/$schema"),
            (#"{"properties":{"a":{"allOf":{"type":"string"}}}}"#, "/properties/a/allOf"),
            (#"{"additionalProperties":"no"}"#, "/additionalProperties"),
            (##"{"$ref":"#"}"##, "/$ref"),
            (#"{"patternProperties":{"(":{"type":"string"}}}"#, "/patternProperties/("),
        ])
    func ignored(_ text: String, _ place: String) throws {
        let fit = try fit(text)
        #expect(fit.adjustments.count == 1)
        #expect(fit.adjustments.first?.kind == .ignored)
        #expect(fit.adjustments.first?.pointer.description == place)
        _ = try CompiledSchema(fit.schema)
    }

    @Test("what is ignored never asks for more: a keyword within a not, an if or a oneOf takes those along")
    func reversed() throws {
        let negated = try fit(#"{"properties":{"a":{"not":{"type":"any"}}}}"#)
        #expect(negated.schema == ["properties": ["a": [:]]])
        #expect(negated.adjustments.first?.pointer.description == "/properties/a/not")
        let keys = try fit(#"{"patternProperties":{"(":{}},"additionalProperties":false}"#)
        #expect(try CompiledSchema(keys.schema).isValid(["x": 1]))
    }

    @Test("the names that are names stay required, and the last of two keywords counts")
    func partly() throws {
        #expect(try fit(#"{"required":["a",null,3]}"#).schema == ["required": ["a"]])
        #expect(try fit(#"{"type":"string","type":"object"}"#).schema == ["type": "object"])
    }

    @Test("what is no schema at all is refused")
    func refused() {
        for text in ["3", #""object""#, "[]"] {
            #expect(throws: SchemaError.self, "\(text)") { try SchemaFit(JSONParser.parse(text)) }
        }
    }

    /// Faults that strangers make, put at random places of random schemas: the result compiles, and lets everything
    /// through that the schema without the fault does.
    @Test("two thousand broken schemas are used, and ask for no more than before they were broken")
    func mutations() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("schema fit: seed \(seed)")
        var random = SchemaMutations(seed: seed)
        var marked = 0
        for _ in 0..<2_000 {
            let (sound, broken) = random.pair()
            let fit: SchemaFit
            do { fit = try SchemaFit(broken) } catch {
                Issue.record("\(broken.text()): \(error)")
                continue
            }
            marked += fit.adjustments.isEmpty ? 0 : 1
            let (before, after) = (try CompiledSchema(sound), try CompiledSchema(fit.schema))
            for instance in SchemaMutations.instances where before.isValid(instance) {
                #expect(
                    after.isValid(instance), "\(broken.text()) → \(fit.schema.text()): \(instance.text())")
            }
        }
        print("schema fit: 2000 broken schemas, \(marked) with marks")
        #expect(marked > 1_000)
    }
}
