import ArgumentParser
import Formats
import Foundation
import JSON
import Terminal

/// `callgate tools list`.
struct ToolsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the tools of a workflow as a model would be told of them.",
        discussion: """
            FILE is whatever holds tools: a workflow, a list of MCP servers (.mcp.json, a client's settings), an OpenAPI \
            document, a JSON list of functions in any provider's shape, or a session. Servers are started and asked. \
            Without FILE the demo's tools are listed. What of a definition could not be used as it is given stands below it.

            Examples:
              callgate tools list my-workflow.yaml
              callgate tools list my-workflow.yaml --json > catalogue.json
            """)

    @Argument(help: ArgumentHelp("What holds the tools; the demo by default.", valueName: "file"))
    var file: String?

    @Flag(help: "Print the catalogue as JSON, with every schema.")
    var json = false

    func run() throws {
        let host = ServerHost()
        host.attach(show: Notice.print)
        let file = try ToolsFile(self.file)
        let toolbox = try Toolbox(file.workflow.tools, host: host)
        let notes = file.notes + toolbox.notes
        if json {
            StandardOutput.writeJSON(
                JSONValue.array(toolbox.tools.map(\.definition.functionJSON)).text(.pretty) + "\n")
            return
        }
        for entry in toolbox.entries {
            let definition = entry.tool.definition
            print(SafeText("\(definition.name)(\(parameters(definition.parameters)))").singleLine)
            print("    \(SafeText(entry.origin).singleLine)")
            for line in SafeText(definition.description).lines where !line.isEmpty {
                print("    \(line.plain)")
            }
            for note in notes
            where note.kind != .setAside && note.tool.utf8.elementsEqual(definition.name.utf8) {
                print("    lint: \(SafeText(note.sentence).singleLine)")
            }
        }
        let aside = notes.filter { $0.kind == .setAside }
        for note in aside { print(SafeText(note.description).singleLine) }
        let tally = toolbox.entries.count == 1 ? "1 tool" : "\(toolbox.entries.count) tools"
        print(aside.isEmpty ? tally : "\(tally), \(aside.count) set aside")
    }

    /// The parameters' names; those that may be left out bear a question mark.
    private func parameters(_ schema: JSONValue) -> String {
        let required = (schema["required"]?.arrayValue ?? []).compactMap(\.stringValue)
        return (schema["properties"]?.objectValue?.keys ?? []).map {
            required.contains($0) ? $0 : "\($0)?"
        }.joined(separator: ", ")
    }
}
