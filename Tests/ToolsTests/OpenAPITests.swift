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

    /// One operation of that path item, and why there is none.
    private func operation(
        _ item: JSONValue, servers: JSONValue = [["url": "https://main.example/v1"]], server: String? = nil,
        headers: [HTTPSettings.Field] = [], path: String = "/x"
    ) throws -> (tool: HTTPTool?, fault: String?) {
        let paths = JSONObject([.init(key: path, value: item)])
        let document: JSONValue = .object(
            JSONObject([
                .init(key: "openapi", value: "3.1.0"), .init(key: "servers", value: servers),
                .init(key: "paths", value: .object(paths)),
            ]))
        let found = try OpenAPICatalogue(document, server: server, headers: headers).tools()
        return (found.tools.first, found.faults.first.map { "\($0.error)" })
    }

    private func request(_ tool: HTTPTool?, _ arguments: JSONValue) throws -> CallRequest {
        let call = ToolCall(id: ToolCallID("c"), name: "t", arguments: ByteString("{}"))
        return try HTTPRequestBuilder(
            settings: try #require(tool).settings, call: call, arguments: arguments, environment: [:]
        ).request()
    }

    @Test("an operation's own server comes before its path's, and that before the document's")
    func servers() throws {
        func address(_ item: JSONValue, server: String? = nil) throws -> String {
            try request(try operation(item, server: server).tool, [:]).address.description
        }
        let other: JSONValue = [["url": "https://path.example/"]]
        #expect(try address(["get": [:]]) == "https://main.example/v1/x")
        #expect(try address(["get": [:], "servers": other]) == "https://path.example/x")
        #expect(
            try address(["get": ["servers": [["url": "https://own.example/o"]]], "servers": other])
                == "https://own.example/o/x")
        // What the workflow names is meant.
        #expect(
            try address(["get": [:], "servers": other], server: "http://127.0.0.1:1")
                == "http://127.0.0.1:1/x")
        let variables: JSONValue = [
            [
                "url": "https://{host}:{port}/v1",
                "variables": ["host": ["default": "h.example"], "port": ["default": 8443]],
            ]
        ]
        #expect(
            try request(try operation(["get": [:]], servers: variables).tool, [:]).address.description
                == "https://h.example:8443/v1/x")
        let relative = try operation(["get": ["servers": [["url": "/o"]]]])
        #expect(relative.fault?.hasPrefix("the document names no server of the form https://") == true)
    }

    @Test("the workflow's headers go to no other server") func foreignServer() throws {
        let key = HTTPSettings.Field(name: "Authorization", value: try ArgumentTemplate("k"))
        let foreign: JSONValue = ["get": ["servers": [["url": "https://other.example/v1"]]]]
        #expect(
            try operation(foreign, headers: [key]).fault?.contains(
                "the server https://other.example/v1 of its own")
                == true)
        let same: JSONValue = ["get": ["servers": [["url": "https://main.example/v2"]]]]
        #expect(try operation(same, headers: [key]).tool != nil)
    }

    @Test(
        "lists and objects are written in their parameter's style",
        arguments: [
            (["in": "query"], ["a", "b c"], "?p=a&p=b%20c"),
            (["in": "query", "explode": false], ["a", "b,c"], "?p=a,b%2Cc"),
            (["in": "query", "style": "pipeDelimited", "explode": false], ["a", "b"], "?p=a%7Cb"),
            (["in": "query", "style": "spaceDelimited", "explode": false], ["a", "b"], "?p=a%20b"),
            (["in": "query", "style": "pipeDelimited", "explode": true], ["a", "b"], "?p=a&p=b"),
            (["in": "query", "explode": false], ["k": "v&", "l": 1], "?p=k,v%26,l,1"),
            (["in": "query", "style": "deepObject"], ["k&": "v", "l": 1], "?p%5Bk%26%5D=v&p%5Bl%5D=1"),
            (["in": "query", "content": ["application/json": [:]]], ["a"], "?p=%5B%22a%22%5D"),
            (["in": "path"], ["1", "2/3"], "/1,2%2F3"), (["in": "path"], ["k": 1], "/k,1"),
            (["in": "header"], ["1", "2"], "1,2"),
        ] as [(JSONValue, JSONValue, String)])
    func styles(parameter: JSONValue, value: JSONValue, wanted: String) throws {
        var object = try #require(parameter.objectValue)
        object["name"] = "p"
        if object["content"] == nil { object["schema"] = [:] }
        let place = object["in"]?.stringValue
        let item: JSONValue = ["get": ["parameters": [.object(object)]]]
        let tool = try operation(item, path: place == "path" ? "/x/{p}" : "/x").tool
        let made = try request(tool, ["p": value])
        if place == "header" {
            #expect(made.fields["p"] == wanted)
        } else {
            #expect(made.address.description == "https://main.example/v1/x" + wanted)
        }
    }

    @Test("an exploded object gives the members that it names, and no other parameter") func spread() throws {
        let object: JSONValue = [
            "type": "object", "properties": ["a": ["type": "string"], "q": ["type": "string"]],
        ]
        let item: JSONValue = [
            "get": [
                "parameters": [
                    ["in": "query", "name": "o", "schema": object],
                    ["in": "query", "name": "q", "schema": ["type": "string"]],
                ]
            ]
        ]
        let tool = try operation(item).tool
        let made = try request(tool, ["o": ["a": "x&y"], "q": "z"])
        #expect(made.address.description == "https://main.example/v1/x?a=x%26y&q=z")
        for other: JSONValue in [["o": ["b": "x"]], ["o": ["q": "x"]]] {
            #expect(throws: ToolFailure.self, "\(other.text())") { try request(tool, other) }
        }
    }

    @Test(
        "a style that is not written, and a cookie that is needed, set the operation aside",
        arguments: [
            (["in": "path", "style": "matrix"], "has the style matrix, which is not written here"),
            (["in": "path", "style": "label", "explode": true], "has the style label, exploded, which"),
            (["in": "query", "schema": ["type": "object"]], "is an object whose members are parameters"),
            (["in": "cookie", "required": true], "needs the cookie p"),
        ] as [(JSONValue, String)])
    func unwritten(parameter: JSONValue, reason: String) throws {
        var object = try #require(parameter.objectValue)
        object["name"] = "p"
        let found = try operation(["get": ["parameters": [.object(object)]]], path: "/x/{p}")
        #expect(found.tool == nil && found.fault?.contains(reason) == true, "\(found.fault ?? "no fault")")
    }

    @Test("what is null is not there, and an optional cookie is no argument") func nulls() throws {
        let item: JSONValue = [
            "get": nil,
            "post": ["requestBody": nil, "parameters": [["in": "cookie", "name": "c", "schema": [:]]]],
        ]
        let (tool, fault) = try operation(item)
        #expect(
            fault == nil && tool?.settings.method == "POST" && tool?.settings.body == HTTPSettings.Body.none)
        #expect(tool?.definition.parameters["properties"] == [:])
    }

    @Test("what only the server sends is not demanded") func readOnly() throws {
        let schema: JSONValue = [
            "type": "object", "required": ["id", "name"],
            "properties": ["id": ["type": "string", "readOnly": true], "name": ["type": "string"]],
        ]
        let item: JSONValue = [
            "post": ["requestBody": ["required": true, "content": ["application/json": ["schema": schema]]]]
        ]
        let tool = try #require(try operation(item).tool)
        let compiled = try CompiledSchema(tool.definition.parameters)
        #expect(compiled.isValid(["body": ["name": "a"]]) && !compiled.isValid(["body": ["id": "a"]]))
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
