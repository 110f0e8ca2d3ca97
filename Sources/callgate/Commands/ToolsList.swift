import ArgumentParser
import Foundation
import JSON
import Terminal

/// `callgate tools list`.
struct ToolsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the tools of a workflow as a model would be told of them.",
        discussion: """
            Servers that the workflow names are started and asked. Without WORKFLOW the demo's tools are listed.

            Examples:
              callgate tools list my-workflow.yaml
              callgate tools list my-workflow.yaml --json > catalogue.json && callgate tools lint catalogue.json
            """)

    @Argument(help: "The workflow file, YAML or JSON.")
    var workflow: String?

    @Flag(help: "Print the catalogue as JSON, with every schema.")
    var json = false

    func run() throws {
        let host = ServerHost()
        host.attach(show: Notice.print)
        let toolbox = try Toolbox(WorkflowFile.read(workflow).tools, host: host)
        if json {
            print(JSONValue.array(toolbox.tools.map(\.definition.functionJSON)).text(.pretty))
            return
        }
        for entry in toolbox.entries {
            let definition = entry.tool.definition
            print(SafeText("\(definition.name)(\(parameters(definition.parameters)))").singleLine)
            print("    \(SafeText(entry.origin).singleLine)")
            for line in SafeText(definition.description).lines where !line.isEmpty {
                print("    \(line.plain)")
            }
        }
        print(toolbox.entries.count == 1 ? "1 tool" : "\(toolbox.entries.count) tools")
    }

    /// The parameters' names; those that may be left out bear a question mark.
    private func parameters(_ schema: JSONValue) -> String {
        let required = (schema["required"]?.arrayValue ?? []).compactMap(\.stringValue)
        return (schema["properties"]?.objectValue?.keys ?? []).map {
            required.contains($0) ? $0 : "\($0)?"
        }.joined(separator: ", ")
    }
}
