import Agent
import Tools
import Workflows

/// The tools that a workflow names, opened, in the order of the catalogue.
struct Toolbox {
    /// A tool and where it comes from, in a few words.
    struct Entry {
        let tool: any Tool
        let origin: String
    }

    let entries: [Entry]

    /// The tools alone.
    var tools: [any Tool] { entries.map(\.tool) }

    /// Opens what the sources name.
    /// - Throws: ``Failure`` with the usage code.
    init(_ sources: [ToolSource]) throws {
        entries = try failing(.usage) { try sources.flatMap(Toolbox.open) }
    }

    private static func open(_ source: ToolSource) throws -> [Entry] {
        switch source {
        case .supportDesk(let database):
            let tools = try SupportDesk(path: database ?? "support-desk.sqlite").tools
            return tools.map { Entry(tool: $0, origin: "built in") }
        case .command(let definition, let settings):
            let tool = CommandTool(definition: definition, settings: settings)
            return [Entry(tool: tool, origin: "command \(settings.programName)")]
        case .byHand(let definition):
            return [Entry(tool: ByHandTool(definition: definition), origin: "answered by hand")]
        }
    }
}
