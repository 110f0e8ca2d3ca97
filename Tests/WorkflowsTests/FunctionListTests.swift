import JSON
import Schema
import Testing
import Tools

@testable import Workflows

/// Lists of tools in other programs' shapes.
@Suite struct FunctionListTests {
    @Test("tools in a namespace are the client's, by the name that a call of them has")
    func namespace() throws {
        let text =
            #"[{"type":"namespace","name":"crm","tools":[{"type":"function","name":"a","parameters":{}}]}]"#
        let list = try #require(FunctionList(try JSONParser.parse(text)))
        #expect(list.tools.map(\.name) == ["crm.a"] && list.notes.isEmpty)
    }

    @Test(
        "functions are read in every provider's shape",
        arguments: [
            #"[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}}}]"#,
            #"{"model":"m","messages":[],"tools":[{"type":"function","name":"f","description":"d","parameters":{"type":"object"}}]}"#,
            #"{"functions":[{"name":"f","description":"d","parameters":{"type":"object"}}]}"#,
            #"[{"name":"f","description":"d","input_schema":{"type":"object"}}]"#,
            #"{"tools":[{"functionDeclarations":[{"name":"f","description":"d","parameters":{"type":"object"}}]}]}"#,
            #"{"toolConfig":{"tools":[{"toolSpec":{"name":"f","description":"d","inputSchema":{"json":{"type":"object"}}}}]}}"#,
            #"{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"f","description":"d","inputSchema":{"type":"object"}}]}}"#,
        ])
    func shapes(_ text: String) throws {
        let list = try #require(FunctionList(try JSONParser.parse(text)))
        #expect(list.tools.map(\.name) == ["f"] && list.tools.first?.description == "d")
        #expect(list.tools.first?.parameters == ["type": "object"])
    }

    @Test(
        "parameters in the shapes of agents' libraries are read where they say what a schema says",
        arguments: [
            (
                #"[{"name":"f","description":"d","args_schema":{"type":"object","properties":{"a":{"type":"integer"}}}}]"#,
                #"{"type":"object","properties":{"a":{"type":"integer"}}}"#
            ),
            (
                #"{"tools":[{"name":"f","description":"d","parameter_definitions":{"a":{"description":"A","type":"str","required":true},"b":{"type":"List[int]"},"c":{"type":"Dict[str, float]","required":false}}}]}"#,
                #"{"type":"object","properties":{"a":{"type":"string","description":"A"},"b":{"type":"array","items":{"type":"integer"}},"c":{"type":"object","additionalProperties":{"type":"number"}}},"required":["a"]}"#
            ),
            (
                #"[{"name":"f","description":"d","inputs":{"a":{"type":"string","description":"A"},"b":{"type":"any","nullable":true},"c":{"type":"string","nullable":true}},"output_type":"string"}]"#,
                #"{"type":"object","properties":{"a":{"type":"string","description":"A"},"b":{},"c":{"type":["string","null"]}},"required":["a"]}"#
            ),
            (
                #"[{"name":"f","description":"d","args":{"a":{"title":"A","default":1,"type":"integer"}}}]"#,
                #"{"type":"object","properties":{"a":{"title":"A","default":1,"type":"integer"}}}"#
            ),
            (
                #"[{"tools":[{"name":"f","description":"d","input_schema":{"type":"object"}}]}]"#,
                #"{"type":"object"}"#
            ),
        ])
    func libraries(_ text: String, _ schema: String) throws {
        let list = try #require(FunctionList(try JSONParser.parse(text)))
        #expect(list.tools.map(\.name) == ["f"] && list.tools.first?.description == "d")
        #expect(list.tools.first?.parameters == (try JSONParser.parse(schema)))
        #expect(list.notes.isEmpty, "\(list.notes)")
    }

    @Test(
        "what does not say all that a schema says is named",
        arguments: [
            (
                #"{"name":"f","args":{"a":{"type":"integer"}}}"#,
                "args does not say which arguments must be given"
            ),
            (#"{"name":"f","args":["a","b"]}"#, "args: nothing there is known as a tool's parameters"),
            (#"{"name":"f","args":{"a":"int"}}"#, "args: not each of its members is an argument's schema"),
            (#"{"name":"f","args_schema":"<class 'Search'>"}"#, "args_schema: it is"),
            (
                #"{"name":"f","parameter_definitions":{"a":{"type":"Optional[Thing]"}}}"#,
                "Optional[Thing] is no type"
            ),
            (#"{"name":"f","params":{"a":{}}}"#, "params: nothing there is known as a tool's parameters"),
        ])
    func open(_ tool: String, _ reason: String) throws {
        let list = try #require(FunctionList([try JSONParser.parse(tool)]))
        #expect(list.tools.map(\.name) == ["f"])
        #expect(list.notes.first?.description.contains(reason) == true, "\(list.notes)")
        #expect(list.notes.first?.kind == .ignored)
    }

    @Test("tools that run at the provider are named and set aside")
    func provider() throws {
        let list = try #require(FunctionList([["type": "web_search"], ["name": "f", "parameters": [:]]]))
        #expect(list.tools.map(\.name) == ["f"])
        #expect(list.notes.map(\.tool) == ["web_search"])
    }

    @Test(
        "tools whose calls the client runs are not said to run at the provider",
        arguments: [
            "bash_20250124", "text_editor_20250728", "str_replace_editor", "computer_20250124",
            "computer_use_preview", "memory_20250818", "local_shell", "shell", "apply_patch",
        ])
    func client(kind: String) throws {
        let list = try #require(FunctionList([["type": .string(kind), "name": "x"]]))
        #expect(list.tools.isEmpty && list.notes.map(\.tool) == ["x"])
        #expect(list.notes[0].reason.hasPrefix("the client runs a tool of the type \(kind),"))
        let other = try #require(FunctionList([["type": .string("web_" + kind), "name": "x"]]))
        #expect(other.notes[0].reason.contains("runs at the provider"))
    }

    @Test("nullable lets null through, and is told once for each place") func nullable() throws {
        let text = #"""
            {"functionDeclarations": [{"name": "f", "parameters": {"type": "OBJECT", "required": ["id"], "properties": {
                "id": {"type": "STRING", "nullable": true}, "n": {"type": "STRING"},
                "e": {"type": "string", "enum": ["a"], "nullable": true},
                "nullable": {"type": "array", "items": {"type": "integer", "nullable": true}},
                "any": {"anyOf": [{"type": "integer"}], "nullable": true, "description": "d"}}}}]}
            """#
        let list = try #require(FunctionList(try JSONParser.parse(text)))
        let fit = try SchemaFit(try #require(list.tools.first).parameters)
        let schema = try CompiledSchema(fit.schema)
        #expect(schema.isValid(["id": nil, "e": nil, "nullable": [1, nil], "any": nil]))
        #expect(schema.isValid(["id": "x", "e": "a", "nullable": [], "any": 1]))
        for wrong: JSONValue in [
            ["id": 1], ["id": nil, "n": nil], ["id": nil, "e": "b"], ["id": nil, "any": "x"],
        ] {
            #expect(!schema.isValid(wrong), "\(wrong.text())")
        }
        #expect(
            list.notes.map { $0.pointer?.description } == [
                "/properties/id/nullable", "/properties/e/nullable", "/properties/nullable/items/nullable",
                "/properties/any/nullable",
            ])
        #expect(list.notes.allSatisfy { $0.kind == .translated })
    }

    @Test("a page of a server's list says that more tools exist") func pages() throws {
        let page: JSONValue = [
            "result": ["tools": [["name": "a", "inputSchema": [:]]], "nextCursor": "abc"]
        ]
        let list = try #require(FunctionList(page))
        #expect(list.tools.map(\.name) == ["a"])
        #expect(
            list.notes.map(\.reason) == [
                "the list goes on where nextCursor \"abc\" leads: more tools exist than the file has"
            ])
        #expect(try #require(FunctionList(["tools": [["name": "a"]], "nextCursor": ""])).notes.isEmpty)
    }

    @Test("what lists no tools is none")
    func others() {
        for value: JSONValue in [[:], [], "x", [["role": "user"]], ["tools": [["x": 1]]]] {
            #expect(FunctionList(value) == nil, "\(value.text())")
        }
    }

    @Test(
        "MCP servers are found in every client's file",
        arguments: [
            #"{"mcpServers":{"a":{"command":"x"}}}"#,
            #"{"servers":{"a":{"type":"stdio","command":"x"}},"inputs":[]}"#,
            #"{"mcp":{"servers":{"a":{"url":"http://127.0.0.1:1/"}}}}"#,
            #"{"context_servers":{"a":{"command":"x","args":[]}}}"#, #"{"a":{"command":"x"}}"#,
            #"{"mcpServers":[{"name":"a","command":"x"}]}"#, #"[{"name":"a","command":"x"}]"#,
            "\u{FEFF}{\n  // mine\n  \"mcpServers\": {\"a\": {\"command\": \"x\", /* y */ \"args\": [\"-v\",],},},\n}",
            "{\"mcpServers\":{\"a\":{\"command\":\"x\"}}}\n{\"mcpServers\":{}}\n",
            "mcpServers:\n  a: {command: x} # mine\n",
            "{\"mcpServers\": {\"a\": {\"command\": \"x\"}} # mine\n}\n",
        ])
    func servers(_ text: String) throws {
        #expect(ServerFile.isOne(Array(text.utf8)))
        let document = try ServerFile.document(Array(text.utf8))
        let settings = try MCPServerSettings.usable(in: document, environment: [:]).settings
        #expect(settings.map(\.name) == ["a"])
    }

    @Test(
        "what names no servers is no list of them, and a text that is neither JSON nor YAML has its place named"
    )
    func noServers() {
        for text in ["name: x\ntools:\n  - mcp: m.json\n", "[]", "words", "{\"tools\": []}"] {
            #expect(!ServerFile.isOne(Array(text.utf8)), "\(text)")
        }
        let error = #expect(throws: JSONError.self) {
            try ServerFile.document(Array("{\"mcpServers\": {\n\"a\": }".utf8))
        }
        #expect(error?.line == 2 && error?.column == 6, "\(error as Any)")
    }

    @Test("a workflow takes a client's pasted servers, outer object and all")
    func pasted() throws {
        let text = "name: x\nmodel: {embedded: builtin}\ntools:\n  - mcp: {mcpServers: {a: {command: x}}}\n"
        let workflow = try Workflow.parse(text, file: "w.yaml")
        guard case .mcp(let source)? = workflow.tools.first, case .inline(let settings, _) = source.place
        else {
            Issue.record("no servers")
            return
        }
        #expect(settings.map(\.name) == ["a"])
    }
}
