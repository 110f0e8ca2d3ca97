import JSON
import Testing
import Tools

@testable import Workflows

/// Lists of tools in other programs' shapes.
@Suite struct FunctionListTests {
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

    @Test("tools that run at the provider are named and set aside")
    func provider() throws {
        let list = try #require(FunctionList([["type": "web_search"], ["name": "f", "parameters": [:]]]))
        #expect(list.tools.map(\.name) == ["f"])
        #expect(list.notes.map(\.tool) == ["web_search"])
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
            #"{"mcpServers":[{"name":"a","command":"x"}]}"#,
        ])
    func servers(_ text: String) throws {
        let settings = try MCPServerSettings.servers(in: try JSONParser.parse(text), environment: [:])
        #expect(settings.map(\.name) == ["a"])
    }

    @Test("a workflow takes a client's pasted servers, outer object and all")
    func pasted() throws {
        let text = "name: x\nmodel: {embedded: builtin}\ntools:\n  - mcp: {mcpServers: {a: {command: x}}}\n"
        let workflow = try Workflow.parse(text, file: "w.yaml")
        guard case .mcp(let source)? = workflow.tools.first, case .inline(let settings) = source.place else {
            Issue.record("no servers")
            return
        }
        #expect(settings.map(\.name) == ["a"])
    }
}
