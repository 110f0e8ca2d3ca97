import ArgumentParser
import Foundation
import JSON
import Schema

/// `callgate tools …`: tools without a model.
struct ToolsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tools", abstract: "List, call and lint tools without a model.",
        subcommands: [ToolsList.self, ToolsCall.self, Lint.self])

    /// `callgate tools lint FILE`.
    struct Lint: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what makes a catalogue hard for a model.",
            discussion: """
                FILE is a JSON array of tools, each {"name", "description", "parameters"} or
                {"type": "function", "function": {…}}. Exit code 1 when there are findings.

                Example:
                  callgate tools lint catalogue.json
                """)

        @Argument(help: "The catalogue, a JSON file.")
        var file: String

        func run() throws {
            let tools = try CatalogueFile.read(file)
            let findings = CatalogueLint.findings(in: tools)
            for finding in findings { print(finding.description) }
            let tally = findings.count == 1 ? "1 finding" : "\(findings.count) findings"
            print("\(tools.count) tools, \(tally)")
            if !findings.isEmpty { throw ExitCode(1) }
        }
    }
}
