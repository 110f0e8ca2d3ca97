import Agent
import Foundation
import JSON
import Schema
import Testing

@testable import Tools

private let document: JSONValue = [
    "openapi": "3.0.3",
    "servers": [["url": "https://api.example.org/v1/"]],
    "paths": [
        "/pets/{petId}": [
            "parameters": [
                ["name": "petId", "in": "path", "required": true, "schema": ["type": "integer"]],
                ["name": "trace", "in": "header", "schema": ["type": "string"]],
            ],
            "get": [
                "operationId": "get pet!", "summary": "Shows a pet.",
                "parameters": [
                    [
                        "name": "fields", "in": "query", "description": "Which fields.",
                        "schema": ["type": "array", "items": ["type": "string"]],
                    ],
                    ["name": "petId", "in": "query", "schema": ["type": "string", "nullable": true]],
                ],
            ],
            "put": ["requestBody": ["$ref": "#/components/requestBodies/Pet"]],
        ],
        "/search": ["get": ["parameters": [["$ref": "#/components/parameters/Limit"]]]],
    ],
    "components": [
        "parameters": [
            "Limit": [
                "name": "limit", "in": "query", "required": true,
                "schema": ["type": "integer", "minimum": 0, "exclusiveMinimum": true],
            ]
        ],
        "requestBodies": [
            "Pet": [
                "required": true,
                "content": ["application/json": ["schema": ["$ref": "#/components/schemas/Pet"]]],
            ]
        ],
        "schemas": [
            "Pet": [
                "type": "object", "required": ["name"],
                "properties": [
                    "name": ["type": "string", "example": "Rex"],
                    "children": ["type": "array", "items": ["$ref": "#/components/schemas/Pet"]],
                    "kind": ["type": "string", "enum": ["cat", "dog"], "nullable": true],
                ],
            ]
        ],
    ],
]

@Suite struct OpenAPITests {
    private func tools(_ document: JSONValue) throws -> [HTTPTool] {
        try OpenAPICatalogue(document).tools().tools
    }

    @Test("operations become tools, in order, named by their ID or their method and path")
    func names() throws {
        let tools = try tools(document)
        #expect(tools.map(\.definition.name) == ["get_pet", "put_pets_petId", "get_search"])
        #expect(tools.map(\.settings.method) == ["GET", "PUT", "GET"])
        #expect(tools[0].definition.description == "Shows a pet.")
        #expect(try OpenAPICatalogue(document).tools { $0.hasPrefix("put") }.tools.count == 1)
    }

    @Test(
        "parameters of the path, the query and the headers are arguments, and those of one name are kept apart"
    )
    func parameters() throws {
        let tool = try tools(document)[0]
        #expect(
            tool.definition.parameters["properties"]?.objectValue?.keys == [
                "fields", "petId", "petId_path", "trace",
            ])
        #expect(tool.definition.parameters["required"] == ["petId_path"])
        #expect(tool.definition.parameters["properties"]?["petId"]?["type"] == ["string", "null"])
        let call = ToolCall(id: ToolCallID("c"), name: "t", arguments: ByteString("{}"))
        let arguments: JSONValue = ["petId_path": 7, "fields": ["a&b", "c"], "trace": "t"]
        let request = try HTTPRequestBuilder(
            settings: tool.settings, call: call, arguments: arguments, environment: [:]
        )
        .request()
        #expect(request.address.description == "https://api.example.org/v1/pets/7?fields=a%26b&fields=c")
        #expect(request.fields["trace"] == "t")
    }

    @Test("schemas are compiled and mean what the document said, recursion and 3.0's own words included")
    func schemas() throws {
        let tools = try tools(document)
        let put = try CompiledSchema(tools[1].definition.parameters)
        let pet: JSONValue = ["name": "a", "kind": nil, "children": [["name": "b", "kind": "cat"]]]
        #expect(put.isValid(["petId": 1, "body": pet]))
        #expect(!put.isValid(["petId": 1, "body": ["name": "a", "children": [["kind": "cat"]]]]))
        #expect(!put.isValid(["petId": 1, "body": ["name": "a", "kind": "cow"]]))
        #expect(!put.isValid(["petId": 1]))
        let search = try CompiledSchema(tools[2].definition.parameters)
        #expect(search.isValid(["limit": 1]) && !search.isValid(["limit": 0]) && !search.isValid([:]))
    }

    @Test("what cannot be used says why")
    func faults() throws {
        func fault(_ path: JSONPointer, _ value: JSONValue?) -> String {
            do {
                var broken = document.objectValue ?? JSONObject()
                broken[path.tokens[0]] = value
                let faults = try OpenAPICatalogue(.object(broken)).tools().faults
                return faults.first?.error.description ?? "no fault"
            } catch {
                return "\(error)"
            }
        }
        #expect(fault(JSONPointer(["openapi"]), "2.0").hasPrefix("this is no OpenAPI 3 document"))
        #expect(fault(JSONPointer(["servers"]), [["url": "/v1"]]).hasPrefix("the document names no server"))
        #expect(
            fault(JSONPointer(["components"]), nil)
                == "the reference #/components/requestBodies/Pet leads nowhere in the document")
        #expect(
            fault(JSONPointer(["paths"]), ["/{x}": ["get": [:]]])
                == "the path /{x} names {x}, which is no parameter of the path")
    }

    @Test("a header that the workflow gives is no argument of the model's")
    func headers() throws {
        let given = HTTPSettings.Field(name: "Trace", value: try ArgumentTemplate("fixed"))
        let tool = try OpenAPICatalogue(document, headers: [given]).tools().tools[0]
        #expect(tool.definition.parameters["properties"]?["trace"] == nil)
        #expect(tool.settings.headers == [given])
    }

    @Test(
        "a header's name that would end the head is refused before anything is sent",
        arguments: ["", "a b", "X:y", "é"])
    func headerNames(name: String) {
        var document = document
        if case .object(var object) = document {
            object["paths"] = [
                "/x": [
                    "get": [
                        "operationId": "look",
                        "parameters": [
                            ["in": "header", "name": .string(name), "schema": ["type": "string"]]
                        ],
                    ]
                ]
            ]
            document = .object(object)
        }
        let faults = (try? OpenAPICatalogue(document))?.tools().faults.map { "\($0)" } ?? []
        #expect(faults.count == 1 && faults[0].contains("no header can be named"), "\(faults)")
    }
}
