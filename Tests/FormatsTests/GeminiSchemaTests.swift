import Formats
import JSON
import Testing

@Suite("The catalogue of a request of Gemini")
struct GeminiSchemaTests {
    private func parameters(_ declaration: String) throws -> JSONValue {
        let body = #"{"contents":[],"tools":[{"functionDeclarations":[\#(declaration)]}]}"#
        let endpoint = try #require(
            ModelEndpoint(method: "POST", path: "/v1beta/models/m:generateContent"))
        let request = try WireRequest(endpoint, body: Array(body.utf8))
        return try #require(request.catalogue.first).parameters
    }

    @Test("Gemini's own schemas are read as the JSON Schema that says the same, at every depth")
    func ownSchemas() throws {
        let read = try parameters(
            #"""
            {"name":"note","parameters":{"type":"OBJECT","properties":{
            "type":{"type":"STRING","nullable":true,"maxLength":"9","enum":["STRING"]},
            "list":{"type":"ARRAY","minItems":"1","items":{"type":"INTEGER"}},
            "low":{"type":"string","nullable":true},
            "any":{"nullable":true,"anyOf":[{"type":"NUMBER"},{"type":"TYPE_UNSPECIFIED","title":"t"}]}},
            "required":["type"],"propertyOrdering":["type","list","any"]}}
            """#)
        let wanted: JSONValue = [
            "type": "object",
            "properties": [
                "type": ["type": ["string", "null"], "maxLength": 9, "enum": ["STRING", nil]],
                "list": ["type": "array", "minItems": 1, "items": ["type": "integer"]],
                "low": ["type": ["string", "null"]],
                "any": ["anyOf": [["type": "number"], ["title": "t"], ["type": "null"]]],
            ],
            "required": ["type"], "propertyOrdering": ["type", "list", "any"],
        ]
        #expect(read.isEquivalent(to: wanted), "\(read.text())")
    }

    @Test("What is JSON Schema already stays as it is")
    func jsonSchema() throws {
        let schema = #"{"type":"object","properties":{"nullable":{"type":["string","null"]}}}"#
        let value = try JSONParser.parse(schema)
        #expect(try parameters(#"{"name":"note","parameters":\#(schema)}"#) == value)
        #expect(
            try parameters(#"{"name":"note","parametersJsonSchema":{"type":"object","const":"OBJECT"}}"#)
                == ["type": "object", "const": "OBJECT"])
        #expect(
            try parameters(#"{"name":"note","parameters_json_schema":{"type":"object","maxProperties":1}}"#)
                == ["type": "object", "maxProperties": 1])
    }

    @Test("A request that is wrapped for Google's login is read as the one within")
    func wrapped() throws {
        let endpoint = try #require(
            ModelEndpoint(method: "POST", path: "/v1internal:streamGenerateContent?alt=sse"))
        let body =
            #"{"model":"g","project":"p","request":{"contents":[{"role":"user","parts":[{"text":"q"}]}],"tools":[{"functionDeclarations":[{"name":"note"}]}]}}"#
        let request = try WireRequest(endpoint, body: Array(body.utf8))
        #expect(request.model == "g" && request.isStreamed)
        #expect(request.messages == [.user("q")] && request.catalogue.map(\.name) == ["note"])
        let places = try RequestPlaces(.gemini, body: Array(body.utf8))
        #expect(places.conversation.isOpen && !places.catalogue.isEmpty)
    }
}
