import Agent
import JSON
import Tools

/// MCP servers that a workflow takes tools from.
public struct MCPSource: Sendable, Hashable {
    /// Where the servers are described.
    public enum Place: Sendable, Hashable {
        /// A file of the usual `{"mcpServers": {…}}`.
        case file(String)
        /// In the workflow itself.
        case inline([MCPServerSettings], faults: [MCPServerSettings.Fault])
    }

    /// Where the servers are described.
    public var place: Place
    /// The servers that are used; `nil` is all of them.
    public var servers: [String]?
    /// The tools that are taken, where `*` stands for any characters; `nil` is all of them.
    public var tools: [String]?
    /// Whether a tool is named by its server and itself, as `server_tool`.
    public var prefix: Bool

    /// A source of the given parts.
    public init(place: Place, servers: [String]? = nil, tools: [String]? = nil, prefix: Bool = false) {
        self.place = place
        self.servers = servers
        self.tools = tools
        self.prefix = prefix
    }

    /// Whether a server's tool of that name is taken.
    public func takes(_ tool: String) -> Bool { tools?.contains { Policy.glob($0, matches: tool) } ?? true }
}

extension ToolSourceReader {
    func servers(_ tool: JSONValue, at place: JSONPointer) throws(WorkflowError) -> MCPSource {
        func names(_ key: String) -> [String]? { tool[key]?.arrayValue?.compactMap(\.stringValue) }
        var source = MCPSource(
            place: .file(""), servers: names("servers"), tools: names("tools"),
            prefix: tool["prefix"]?.boolValue ?? false)
        if let file = tool["mcp"]?.stringValue {
            source.place = .file(path(file))
            return source
        }
        let settings: [MCPServerSettings]
        let faults: [MCPServerSettings.Fault]
        do throws(MCPError) {
            // A client's whole file may be pasted here, its outer object and all.
            let given = tool["mcp"] ?? [:]
            let pasted = given.objectValue?.count == 1 ? given["mcpServers"] ?? given["servers"] : nil
            let isPasted = pasted?.objectValue != nil && pasted?["command"] == nil && pasted?["url"] == nil
            (settings, faults) = try MCPServerSettings.usable(in: isPasted ? given : ["mcpServers": given])
            if settings.isEmpty, let fault = faults.first { throw fault.error }
        } catch {
            throw fault(at: place.appending("mcp"), error.description)
        }
        for (index, name) in (source.servers ?? []).enumerated()
        where !(settings.map(\.name) + faults.map(\.server)).contains(where: {
            ByteString($0) == ByteString(name)
        }) {
            throw fault(
                at: place.appending("servers").appending(index), "there is no server \(name) under mcp")
        }
        source.place = .inline(settings, faults: faults)
        return source
    }
}
