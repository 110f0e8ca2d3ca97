import Agent
import Foundation
import JSON
import Sessions
import Tools
import Workflows

/// The tools that a workflow names, opened, in the order of the catalogue.
struct Toolbox {
    /// A tool and where it comes from, in a few words.
    struct Entry {
        let tool: any Tool
        let origin: String
        /// The server's name, or the kind of the source: what a pin is bound to.
        let source: String
    }

    /// The tools that can be called.
    let entries: [Entry]
    /// What became of definitions that could not be used as they were given.
    let notes: [CatalogueNote]
    /// The MCP servers, each with the names of its tools in the catalogue.
    let servers: [(server: MCPServer, tools: [String])]
    /// Where the servers' lines and questions go.
    let host: ServerHost

    /// The tools alone.
    var tools: [any Tool] { entries.map(\.tool) }

    /// What the model is told of the tools, each with how it stands to its pin.
    func definitions(pinned pins: DefinitionPins?) -> [ToolDefinition] {
        entries.map { pins?.marked($0.tool.definition, source: $0.source) ?? $0.tool.definition }
    }

    /// Opens what the sources name; servers are started, all at once.
    /// - Throws: ``Failure`` with the usage code.
    init(_ sources: [ToolSource], host: ServerHost = ServerHost()) throws {
        self.host = host
        let results = Blocking.wait {
            await withTaskGroup(of: (Int, Result<Opened, any Error>).self) { group in
                for (index, source) in sources.enumerated() {
                    group.addTask {
                        do { return (index, .success(try await Toolbox.open(source, host))) } catch {
                            return (index, .failure(error))
                        }
                    }
                }
                return await group.reduce(into: [Int: Result<Opened, any Error>]()) { $0[$1.0] = $1.1 }
            }
        }
        let all = try failing(.usage) { try sources.indices.compactMap { try results[$0]?.get() } }
        let opened = all.flatMap(\.entries)
        let fitted = FittedCatalogue(opened.map(\.tool))
        let first = Dictionary(opened.map { (ByteString($0.tool.definition.name), $0) }) { first, _ in first }
        entries = fitted.tools.map { tool in
            let entry = first[ByteString(tool.definition.name)]
            return Entry(tool: tool, origin: entry?.origin ?? "", source: entry?.source ?? "")
        }
        notes = all.flatMap(\.notes) + fitted.notes
        servers = all.flatMap(\.servers)
    }

    /// What one source came to.
    private struct Opened {
        var entries: [Entry] = []
        var notes: [CatalogueNote] = []
        var servers: [(server: MCPServer, tools: [String])] = []
    }

    /// Starts the servers of that name again.
    /// - Throws: `MCPError` for the first one that cannot be used.
    func restart(_ name: String) async throws {
        for entry in servers where entry.server.name.utf8.elementsEqual(name.utf8) {
            try await entry.server.restart()
        }
    }

    private static func open(_ source: ToolSource, _ host: ServerHost) async throws -> Opened {
        if case .mcp(let source) = source { return try await open(source, host) }
        if case .openAPI(let source) = source { return try open(source) }
        return Opened(entries: try local(source))
    }

    private static func local(_ source: ToolSource) throws -> [Entry] {
        switch source {
        case .supportDesk(let database):
            let tools = try SupportDesk(path: database ?? "support-desk.sqlite").tools
            return tools.map { Entry(tool: $0, origin: "built in", source: "builtin") }
        case .command(let definition, let settings):
            let tool = CommandTool(definition: definition, settings: settings)
            return [Entry(tool: tool, origin: "command \(settings.programName)", source: "workflow")]
        case .byHand(let definition):
            return [
                Entry(
                    tool: ByHandTool(definition: definition), origin: "answered by hand", source: "workflow")
            ]
        case .mcp: return []
        case .http(let definition, let settings):
            return [
                Entry(
                    tool: HTTPTool(definition: definition, settings: settings), origin: origin(settings),
                    source: "workflow")
            ]
        case .openAPI: return []
        }
    }

    /// Operations that cannot be used are set aside; the others can be called.
    private static func open(_ source: OpenAPISource) throws -> Opened {
        do {
            let catalogue = try source.open(try BoundedFile.text(source.path))
            return Opened(
                entries: catalogue.tools.map {
                    Entry(tool: $0, origin: origin($0.settings), source: "openapi")
                },
                notes: catalogue.faults.map {
                    CatalogueNote(tool: $0.operation, kind: .setAside, reason: "\($0.error)")
                })
        } catch let error as OpenAPIError {
            throw Failure(.usage, "\(source.path): \(error)")
        }
    }

    private static func open(_ source: MCPSource, _ host: ServerHost) async throws -> Opened {
        var opened = Opened()
        // One server that cannot be used never stops the others.
        var (settings, faults) = try servers(source)
        for settings in settings {
            let server = MCPServer(settings, host: host)
            let tools: [MCPTool]
            do {
                tools = try await server.tools(prefix: source.prefix ? settings.name + "_" : "")
            } catch {
                faults.append((settings.name, error))
                continue
            }
            let version = await server.dialect.map { " (MCP \($0.version))" } ?? ""
            let wanted = tools.filter { source.takes($0.serverName) }
            let taken = wanted.filter { settings.tools.takes($0.serverName) }
            opened.notes += wanted.filter { !settings.tools.takes($0.serverName) }.map {
                CatalogueNote(
                    tool: $0.definition.name, kind: .setAside,
                    reason: "the configuration of server \(settings.name) leaves it out")
            }
            opened.servers.append((server, taken.map(\.definition.name)))
            for tool in taken {
                let hints = tool.annotations.map { ", which the server calls \($0.text(.spaced))" } ?? ""
                let origin = "server \(settings.name)\(version)\(hints)"
                opened.entries.append(
                    Entry(tool: tool, origin: origin, source: "mcp \(settings.name)"))
            }
        }
        if opened.servers.isEmpty, !faults.isEmpty { throw none(of: faults) }
        opened.notes += faults.map {
            CatalogueNote(tool: "server \($0.server)", kind: .setAside, reason: "\($0.error)")
        }
        return opened
    }

    /// Why no server can be used: the one's fault as it is, of several each with its server.
    private static func none(of faults: [(server: String, error: any Error)]) -> any Error {
        if faults.count == 1, let only = faults.first { return only.error }
        let all = faults.map { "server \($0.server): \($0.error)" }.joined(separator: "; ")
        return Failure(.usage, "none of \(faults.count) servers can be used: \(all)")
    }

    private static func origin(_ settings: HTTPSettings) -> String {
        "\(settings.method) \(settings.url.source)"
    }

    /// The servers that can be asked, and those of the file that cannot.
    private static func servers(
        _ source: MCPSource
    ) throws -> (settings: [MCPServerSettings], faults: [(server: String, error: any Error)]) {
        var (settings, faults): ([MCPServerSettings], [MCPServerSettings.Fault])
        var file: String?
        switch source.place {
        case .inline(let given, let left): (settings, faults) = (given, left)
        case .file(let path):
            file = path
            do {
                (settings, faults) = try MCPServerSettings.usable(
                    in: try ServerFile.document(try BoundedFile.bytes(path)))
            } catch let error as BoundedFileError {
                throw Failure(.usage, "\(error); it should hold {\"mcpServers\": {…}}")
            } catch {
                throw Failure(.usage, "\(path): \(error)")
            }
            let names = settings.map(\.name) + faults.map(\.server)
            if let stranger = source.servers?.first(where: { name in
                !names.contains { $0.utf8.elementsEqual(name.utf8) }
            }) {
                throw Failure(.usage, "\(path) has no server \(stranger)")
            }
        }
        func isWanted(_ name: String) -> Bool {
            source.servers?.contains { $0.utf8.elementsEqual(name.utf8) } ?? true
        }
        settings = settings.filter { isWanted($0.name) }
        faults = faults.filter { isWanted($0.server) }
        if settings.isEmpty, !faults.isEmpty {
            throw Failure(
                .usage, "\(file.map { "\($0): " } ?? "")\(none(of: faults.map { ($0.server, $0.error) }))")
        }
        return (settings, faults.map { ($0.server, $0.error) })
    }
}
