import Agent
import Foundation
import JSON
import Sessions
import Tools
import Workflows

/// A file that holds tools, whatever its kind: a workflow, a client's list of MCP servers, an OpenAPI document, a list of
/// functions in any provider's shape, or a session.
struct ToolsFile {
    /// What the file was taken for, in a few words.
    let kind: String
    /// The workflow; for other kinds one that has nothing but the file's tools.
    let workflow: Workflow
    /// What of the file nobody could call.
    var notes: [CatalogueNote] = []

    /// Reads a file, or the demo's workflow.
    /// - Throws: ``Failure`` with the usage code: a file that cannot be read, or that holds no tools.
    init(_ path: String?) throws {
        guard let path else {
            kind = "the demo"
            workflow = try WorkflowFile.read(nil)
            return
        }
        let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        if let header = try? SessionFiles.header(of: path) {
            kind = "a session"
            workflow = Workflow(name: header.workflow, tools: header.catalogue.map(ToolSource.byHand))
            notes = header.catalogueNotes
            return
        }
        let bytes: [UInt8]
        do { bytes = try BoundedFile.bytes(path) } catch {
            throw Failure(
                .usage, "\(error); name a workflow, a list of servers or of tools, or a session")
        }
        if ServerFile.isOne(bytes) {
            kind = "a list of MCP servers"
            workflow = Workflow(name: name, tools: [.mcp(MCPSource(place: .file(path)))])
        } else if ToolsFile.isOpenAPI(bytes) {
            kind = "an OpenAPI document"
            workflow = Workflow(name: name, tools: [.openAPI(OpenAPISource(path: path))])
        } else {
            do {
                workflow = try WorkflowFile.read(path)
                kind = "a workflow"
            } catch {
                guard let list = (try? RelaxedJSON.parse(bytes)).flatMap(FunctionList.init) else {
                    throw error
                }
                workflow = Workflow(name: name, tools: list.tools.map(ToolSource.byHand))
                kind = "a list of tools"
                notes = list.notes
            }
        }
    }

    /// Whether the text, JSON or YAML, says that it is an OpenAPI document.
    private static func isOpenAPI(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes.prefix(1 << 16), as: UTF8.self)
        if text.contains("\"mcpServers\"") { return false }
        return text.split(separator: "\n", maxSplits: 200).contains { line in
            let word = line.drop { $0 == " " || $0 == "{" || $0 == "\"" }
            return word.hasPrefix("openapi\":") || word.hasPrefix("openapi:")
        }
    }
}
