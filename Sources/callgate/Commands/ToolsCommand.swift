import Agent
import ArgumentParser
import Schema
import Terminal

/// `callgate tools …`: tools without a model.
struct ToolsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tools", abstract: "List, call, lint and pin tools without a model.",
        subcommands: [ToolsList.self, ToolsCall.self, Lint.self, ToolsPin.self, ToolsDiff.self])

    /// `callgate tools lint`.
    struct Lint: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what makes a catalogue hard for a model, and what of it cannot be used.",
            discussion: """
                FILE is whatever holds tools: a workflow, a list of MCP servers (.mcp.json, a client's settings), an OpenAPI \
                document, a JSON list of functions in any provider's shape, or a session. Without FILE the demo's tools are \
                looked at. Servers are started and asked. Exit code 1 when there are findings.

                Examples:
                  callgate tools lint catalogue.json
                  callgate tools lint .mcp.json
                """)

        @Argument(help: "What holds the tools; the demo by default.")
        var file: String?

        func run() throws {
            let file = try ToolsFile(self.file)
            let host = ServerHost()
            host.attach(show: Notice.print)
            let toolbox = try Toolbox(file.workflow.tools, host: host)
            let notes = file.notes + toolbox.notes
            let tools = toolbox.tools.map { tool in
                LintedTool(
                    name: tool.definition.name, description: tool.definition.description,
                    parameters: tool.definition.parameters)
            }
            let lines = notes.map(\.description) + CatalogueLint.findings(in: tools).map(\.description)
            for line in lines { print(SafeText(line).singleLine) }
            let count = tools.count + notes.filter { $0.kind == .setAside }.count
            let tally = lines.count == 1 ? "1 finding" : "\(lines.count) findings"
            print("\(count == 1 ? "1 tool" : "\(count) tools") of \(file.kind), \(tally)")
            if !lines.isEmpty { throw ExitCode(1) }
        }
    }
}
