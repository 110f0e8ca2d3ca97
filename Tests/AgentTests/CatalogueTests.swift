import JSON
import Testing

@testable import Agent

/// One bad tool never stops the others.
@Suite struct CatalogueTests {
    private struct Echo: Tool {
        let definition: ToolDefinition
        func run(_ call: ToolCall, arguments: JSONValue) async throws -> ToolOutput {
            ToolOutput(callID: call.id, content: arguments.text())
        }
    }

    private func echo(_ name: String, _ schema: JSONValue) -> Echo {
        Echo(definition: ToolDefinition(name: name, description: "", parameters: schema))
    }

    @Test("tools are used as they are, with a keyword ignored, or set aside with the reason")
    func fates() throws {
        let catalogue = FittedCatalogue([
            echo("sound", ["type": "object"]),
            echo("loose", ["type": "object", "properties": ["a": ["type": "any"]]]),
            echo("", ["type": "object"]),
            echo("sound", ["type": "object", "properties": nil]),
            echo("none", 3),
            echo("never", ["type": "object", "required": ["a"], "properties": ["a": false]]),
        ])
        #expect(catalogue.tools.map(\.definition.name) == ["sound", "loose"])
        #expect(catalogue.notes.map(\.kind) == [.ignored, .setAside, .setAside, .setAside, .setAside])
        #expect(catalogue.notes.map(\.tool) == ["loose", "", "sound", "none", "never"])
        #expect(
            catalogue.notes[0].description.hasPrefix("loose: /properties/a/type is ignored")
                && catalogue.notes[0].description.contains("the mask lets more through"))
        #expect(catalogue.notes[4].description.contains("no value satisfies"))
    }

    @Test("a call of a tool that was set aside says why it cannot be made")
    func calls() throws {
        let catalogue = FittedCatalogue([echo("a", [:]), echo("b", "x")])
        let checker = try CallChecker(
            catalogue: catalogue.tools.map(\.definition), notes: catalogue.notes)
        #expect(checker.problems(name: "a", arguments: ByteString("{}")).isEmpty)
        let problem = try #require(checker.problems(name: "b", arguments: ByteString("{}")).first)
        #expect(problem.message.hasPrefix("the tool b was set aside and cannot be called"))
    }

    @Test("a tool with an ignored keyword runs as itself")
    func running() async throws {
        let fitted = FittedCatalogue([echo("a", ["type": "any", "properties": nil])])
        let tool = try #require(fitted.tools.first)
        #expect(tool.definition.parameters == [:])
        let call = ToolCall(id: ToolCallID("1"), name: "a", arguments: ByteString("{}"))
        #expect(try await tool.run(call, arguments: ["x": 1]).content == #"{"x":1}"#)
    }
}
