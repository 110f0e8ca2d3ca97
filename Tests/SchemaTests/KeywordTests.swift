import Foundation
import JSON
import Testing

@testable import Schema

private func messages(_ schema: String, _ instance: String) throws -> [String] {
    try CompiledSchema(try JSONParser.parse(schema)).validate(try JSONParser.parse(instance)).map {
        "\($0.instancePointer) \($0.schemaPointer) \($0.keyword): \($0.message)"
    }
}

/// What a person reads for keywords whose fault is not one value's own.
@Suite struct ViolationTests {
    static let cases: [(schema: String, instance: String, expected: String)] = [
        (
            #"{"anyOf": [{"type": "integer"}, {"required": ["id"], "properties": {"id": {"type": "string"}}}]}"#,
            #"{"id": 5}"#,
            " /anyOf anyOf: must match one of the 2 alternatives; the nearest, number 1, says of the whole: "
                + "must be integer, not object"
        ),
        (
            #"{"oneOf": [{"type": "integer"}, {"minimum": 2}, {"type": "string"}]}"#, "3",
            " /oneOf oneOf: must match exactly one of the alternatives, not 2 (0 and 1)"
        ),
        (
            #"{"properties": {"a": true}, "unevaluatedProperties": false}"#, #"{"a": 1, "b": 2}"#,
            #" /unevaluatedProperties unevaluatedProperties: must not have "b", which no other keyword allows"#
        ),
        (
            #"{"uniqueItems": true}"#, "[1, 2, 1.0]",
            " /uniqueItems uniqueItems: must not have two equal elements, as number 1 and 3 are"
        ),
        (
            #"{"properties": {"d": {"format": "date"}}}"#, #"{"d": "31.1.2025"}"#,
            "/d /properties/d/format format: must be a date such as 2025-01-31"
        ),
        (#"{"type": ["integer", "null"]}"#, "1.5", " /type type: must be null or integer, not 1.5"),
        (
            #"{"properties": {"a": false}}"#, #"{"a": 1}"#,
            "/a /properties/a properties: nothing may stand here"
        ),
        (#"{"multipleOf": 0.01}"#, "0.075", " /multipleOf multipleOf: must be a multiple of 0.01"),
        (
            ##"{"$ref": "#/$defs/list", "$defs": {"list": {"items": {"$ref": "#/$defs/list"}, "type": "array"}}}"##,
            "[[], [3]]", "/1/0 /$ref/items/$ref/items/$ref/type type: must be array, not number"
        ),
    ]

    @Test(arguments: cases)
    func theSentenceNamesWhatIsWrong(schema: String, instance: String, expected: String) throws {
        #expect(try messages(schema, instance) == [expected])
    }

    @Test func numbersDivideAsDecimalsNotAsBinaryFractions() throws {
        #expect(try messages(#"{"multipleOf": 0.1}"#, "0.3") == [])
        #expect(try messages(#"{"multipleOf": 0.0001}"#, "0.0075") == [])
        #expect(try messages(#"{"multipleOf": 3}"#, "1e1000000000000").count == 1)
        #expect(try messages(#"{"multipleOf": 5}"#, "1e1000000000000") == [])
    }
}

/// Which draft holds, and where references lead.
@Suite struct LoadingTests {
    @Test func theDraftDecidesWhatAKeywordMeans() throws {
        let tuple: JSONValue = [
            "$schema": "http://json-schema.org/draft-07/schema#", "items": [["type": "string"]],
        ]
        #expect(!(try CompiledSchema(tuple).isValid([1])))
        let error = #expect(throws: SchemaError.self) { try CompiledSchema(["items": [true]]) }
        #expect(
            try #require(error).description.contains(
                "at /items: items takes one schema in draft 2020-12; write"))
        let exclusive: JSONValue = ["minimum": 1, "exclusiveMinimum": true]
        #expect(!(try CompiledSchema(exclusive, options: SchemaOptions(draft: .draft4)).isValid(1)))
        #expect(throws: SchemaError.self) { try CompiledSchema(exclusive) }
        #expect(throws: SchemaError.self) {
            try CompiledSchema(["$schema": "http://json-schema.org/draft-03/schema#"])
        }
    }

    @Test func schemasElsewhereAreUsedOnlyWhereTheyAreGiven() throws {
        let schema: JSONValue = [
            "properties": ["a": ["$ref": "https://example.com/defs/name.json#/$defs/short"]]
        ]
        let error = #expect(throws: SchemaError.self) { try CompiledSchema(schema) }
        let text = try #require(error).description
        #expect(text.contains("/properties/a/$ref") && text.contains("nothing is fetched"), "\(text)")
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "schemas-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("defs"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(#"{"$defs": {"short": {"maxLength": 2}, "bad": {"type": "no"}}}"#.utf8)
            .write(to: folder.appendingPathComponent("defs/name.json"))
        let remotes = try LocalSchemas.read(folder: folder.path, at: "https://example.com/")
        let compiled = try CompiledSchema(schema, remotes: remotes)
        #expect(compiled.isValid(["a": "xy"]) && !compiled.isValid(["a": "xyz"]))
        let faulty: JSONValue = ["$ref": "https://example.com/defs/name.json#/$defs/bad"]
        let fault = #expect(throws: SchemaError.self) { try CompiledSchema(faulty, remotes: remotes) }
        #expect(
            try #require(fault).description.hasPrefix(
                "schema https://example.com/defs/name.json at /$defs/bad/type"))
    }

    @Test(arguments: SchemaDraft.allCases) func theMetaschemasAreAtHandAndHoldForThemselves(
        draft: SchemaDraft
    ) throws {
        let metaschema = try CompiledSchema(
            ["$ref": .string(draft.metaschema)], options: SchemaOptions(draft: draft))
        let own = try JSONParser.parse(try #require(Metaschemas.entry(draft.metaschema)?.text))
        #expect(metaschema.validate(own) == [])
        #expect(!metaschema.isValid(["properties": ["a": ["minLength": -1]]]))
    }

    @Test func aPartOfTheSchemaCanBeAskedByItsPlace() throws {
        let schema = try CompiledSchema([
            "properties": ["a/b": ["items": ["$ref": "#/$defs/n"]]],
            "$defs": ["n": ["minimum": 3], "unused": true],
        ])
        let items = try #require(JSONPointer(text: "/properties/a~1b/items"))
        #expect(schema.validates(3, at: items) == true)
        #expect(schema.validates(2, at: items) == false)
        #expect(schema.validates(2, at: JSONPointer()) == true)
        #expect(schema.validates(2, at: JSONPointer(["$defs", "unused"])) == nil)
        let handle = try #require(schema.subschema(at: JSONPointer(["$defs", "n"])))
        #expect(schema.validates(4, against: handle) && !schema.validates(1, against: handle))
    }

    @Test func identifiersThatTwoSchemasHaveAreRefusedWhereTheyAreUsed() throws {
        let two: JSONValue = ["$defs": ["a": ["$anchor": "x"], "b": ["$anchor": "x"]], "$ref": "#x"]
        let error = #expect(throws: SchemaError.self) { try CompiledSchema(two) }
        #expect(try #require(error).description.contains("ambiguous"))
    }

    /// The examples of RFC 3986, sections 5.4.1 and 5.4.2.
    @Test(arguments: [
        ("g:h", "g:h"), ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"),
        ("/g", "http://a/g"), ("//g", "http://g"), ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"),
        ("#s", "http://a/b/c/d;p?q#s"), ("g#s", "http://a/b/c/g#s"), (";x", "http://a/b/c/;x"),
        ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"), ("./", "http://a/b/c/"), ("..", "http://a/b/"),
        ("../g", "http://a/b/g"), ("../..", "http://a/"), ("../../g", "http://a/g"),
        ("../../../g", "http://a/g"),
        ("/./g", "http://a/g"), ("/../g", "http://a/g"), ("g.", "http://a/b/c/g."),
        ("..g", "http://a/b/c/..g"),
        ("./../g", "http://a/b/g"), ("g/./h", "http://a/b/c/g/h"), ("g/../h", "http://a/b/c/h"),
    ])
    func referencesResolveAsTheRFCShows(reference: String, expected: String) {
        let base = URIReference("http://a/b/c/d;p?q")
        #expect(URIReference(reference).resolved(against: base).text == expected)
    }
}
