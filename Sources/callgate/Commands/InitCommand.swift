import ArgumentParser
import Foundation
import Workflows

/// `callgate init`: a workflow file to start from.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a commented workflow file to start from.",
        discussion: """
            Beside it goes workflow.schema.json, by which editors complete and check it. Nothing is overwritten \
            without --force.

            Examples:
              callgate init
              callgate init my-desk.yaml && callgate run my-desk.yaml
            """)

    @Argument(help: "The file to write.")
    var file = "workflow.yaml"

    @Flag(help: "Overwrite what is there.")
    var force = false

    func run() throws {
        let workflow = URL(fileURLWithPath: file)
        let schema = workflow.deletingLastPathComponent().appendingPathComponent("workflow.schema.json")
        if !force, FileManager.default.fileExists(atPath: workflow.path) {
            throw Failure(.usage, "\(file) is there already; name another file, or add --force")
        }
        try write(Workflow.template, to: workflow)
        // An older schema would mark new keys as wrong, and it is nobody's own work.
        try write(Workflow.schema.text(.pretty) + "\n", to: schema)
        print("\(file) written; run it with: callgate run \(file)")
    }

    private func write(_ text: String, to url: URL) throws {
        do {
            try Data(text.utf8).write(to: url)
        } catch {
            throw Failure(.usage, "\(url.path) cannot be written: \(error.localizedDescription)")
        }
    }
}
