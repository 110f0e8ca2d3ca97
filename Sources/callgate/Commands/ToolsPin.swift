import Agent
import ArgumentParser
import Debugger
import Foundation
import Sessions

/// `callgate tools pin`.
struct ToolsPin: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pin", abstract: "Write down the definitions of a workflow's tools as trusted.",
        discussion: """
            Name, description and schema of each tool go to WORKFLOW.pins.json beside the workflow, with their SHA-256. \
            From then on a call of a tool whose definition is another is held at the gate with the difference, whatever \
            the rules allow. Look at 'callgate tools diff' before you pin anew.

            Example:
              callgate tools pin my-workflow.yaml && git add my-workflow.pins.json

            Exit codes: 0 written, 2 usage.
            """)

    @Argument(help: "The workflow file, YAML or JSON.")
    var workflow: String?

    func run() throws {
        let host = ServerHost()
        host.attach(show: Notice.print)
        let toolbox = try Toolbox(ToolsFile(workflow).workflow.tools, host: host)
        let pins = DefinitionPins(
            toolbox.entries.map { .init(source: $0.source, definition: $0.tool.definition) })
        let path = PinFile.path(of: workflow)
        try FileOutput.replace(pins.text, path: path)
        for pin in pins.pins { print("\(pin.hash)  \(pin.definition.name)  (\(pin.source))") }
        print("\(path): \(pins.pins.count == 1 ? "1 tool" : "\(pins.pins.count) tools") pinned")
    }
}

/// `callgate tools diff`.
struct ToolsDiff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show how the definitions of a workflow's tools differ from those pinned.",
        discussion: """
            Lines with - are of the pinned definition, lines with + of what the server says now.

            Example:
              callgate tools diff my-workflow.yaml

            Exit codes: 0 all as pinned, 1 something changed, came or went, 2 usage or nothing pinned.
            """)

    @Argument(help: "The workflow file, YAML or JSON.")
    var workflow: String?

    func run() throws {
        guard let pins = try PinFile.read(of: workflow) else {
            throw Failure(.usage, "\(PinFile.path(of: workflow)) is not there; callgate tools pin writes it")
        }
        let host = ServerHost()
        host.attach(show: Notice.print)
        let entries = try Toolbox(ToolsFile(workflow).workflow.tools, host: host).entries
        var differences = 0
        for entry in entries {
            let definition = pins.marked(entry.tool.definition, source: entry.source)
            switch definition.drift {
            case nil: continue
            case .unpinned: print("+ \(definition.name) (\(entry.source)) is new")
            case .changed:
                print("~ \(definition.name) (\(entry.source)) has changed")
                for line in TextDifference.lines(definition.textBefore ?? "", definition.pinnedText) {
                    print("    \(line)")
                }
            }
            differences += 1
        }
        for pin in pins.pins
        where !entries.contains(where: {
            $0.source.utf8.elementsEqual(pin.source.utf8)
                && $0.tool.definition.name.utf8.elementsEqual(pin.definition.name.utf8)
        }) {
            print("- \(pin.definition.name) (\(pin.source)) is gone")
            differences += 1
        }
        print(differences == 0 ? "all \(entries.count) tools are as pinned" : "\(differences) differ")
        if differences > 0 { throw ExitCode(1) }
    }
}
