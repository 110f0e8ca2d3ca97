import Foundation
import JSON

/// How one MCP server is reached.
public struct MCPServerSettings: Sendable, Hashable {
    /// The ways to a server.
    public enum Transport: Sendable, Hashable {
        /// A program that is started and spoken to over its standard input and output.
        case stdio(ProcessLaunch)
        /// An address, spoken to by Streamable HTTP, with headers for every request.
        case http(url: String, headers: [String: String])
    }

    /// The name by which the configuration knows it.
    public var name: String
    /// The way to it.
    public var transport: Transport
    /// What the server is given and must not come back from it: variables of headers and of the address, and those
    /// elsewhere whose names say so.
    public var secrets: EnvironmentSecrets

    /// The tools that the configuration lets a client use.
    public var tools: ToolSelection

    /// Settings of the given values.
    public init(
        name: String, transport: Transport, secrets: EnvironmentSecrets = EnvironmentSecrets(),
        tools: ToolSelection = ToolSelection()
    ) {
        self.name = name
        self.transport = transport
        self.secrets = secrets
        self.tools = tools
    }

    /// Which of a server's tools a client's configuration lets it use.
    public struct ToolSelection: Sendable, Hashable {
        /// The names that are taken; `nil` is all of them.
        public var taken: [String]?
        /// The names that are left out, though they be taken.
        public var leftOut: [String]

        /// A selection of those names.
        public init(taken: [String]? = nil, leftOut: [String] = []) {
            self.taken = taken
            self.leftOut = leftOut
        }

        /// Whether a tool of that name is used; `*` is every name, and Gemini CLI may have arguments in brackets after one.
        public func takes(_ tool: String) -> Bool {
            func names(_ entry: String) -> Bool {
                let name = entry.utf8.prefix { $0 != UInt8(ascii: "(") }
                return entry == "*" || tool.utf8.elementsEqual(entry.utf8) || tool.utf8.elementsEqual(name)
            }
            return taken?.contains(where: names) ?? true && !leftOut.contains(where: names)
        }
    }

    /// The table of servers in a client's configuration; `nil` for a document that holds none.
    public static func serverTable(in document: JSONValue) -> JSONObject? {
        let tables = tables(in: document)
        // A file that serves several clients has a table for each.
        if !tables.isEmpty {
            return tables.dropFirst().reduce(into: tables[0]) { all, table in
                for server in table where all[server.key] == nil { all[server.key] = server.value }
            }
        }
        if let list = document.arrayValue, !list.isEmpty {
            if let table = namedTable(list) { return table }
            // A file of lines may have a document on each.
            let tables = list.compactMap(serverTable)
            return tables.count == list.count ? JSONObject(tables.flatMap(\.members)) : nil
        }
        if let table = document.objectValue, !table.isEmpty, table.allSatisfy({ isServer($0.value) }) {
            return table
        }
        return nil
    }

    private static func tables(in document: JSONValue) -> [JSONObject] {
        let places = [
            document["mcpServers"], document["servers"], document["mcp"]?["servers"],
            document["mcp"]?["mcpServers"], document["context_servers"],
        ]
        // Claude Code keeps those of each folder in one file; those of this folder come before all others.
        let folder = FileManager.default.currentDirectoryPath
        let projects = document["projects"]?.objectValue?.members ?? []
        let here = projects.filter { $0.key.utf8.elementsEqual(folder.utf8) }
        let elsewhere = projects.filter { !$0.key.utf8.elementsEqual(folder.utf8) }
        return (here.map { $0.value["mcpServers"] } + places + elsewhere.map { $0.value["mcpServers"] })
            .compactMap { place -> JSONObject? in
                if let table = place?.objectValue, isTable(table) { return table }
                return place?.arrayValue.flatMap(namedTable)
            }
    }

    /// A list of servers, each with its name.
    private static func namedTable(_ list: [JSONValue]) -> JSONObject? {
        guard !list.isEmpty, list.allSatisfy({ $0["name"]?.stringValue != nil && isServer($0) }) else {
            return nil
        }
        return JSONObject(list.map { JSONObject.Member(key: $0["name"]?.stringValue ?? "", value: $0) })
    }

    /// Whether every member is an object, or one of them a server: each is a server of its name, if perhaps a broken one.
    private static func isTable(_ table: JSONObject) -> Bool {
        table.allSatisfy { $0.value.objectValue != nil } || table.contains { isServer($0.value) }
    }

    private static func isServer(_ value: JSONValue) -> Bool {
        (["command"] + addresses).contains { value[$0]?.stringValue != nil }
    }

    /// The names that clients have for a server's address.
    static let addresses = ["url", "httpUrl", "serverUrl"]

    /// Why one of the servers that are named cannot be used.
    public struct Fault: Sendable, Hashable {
        /// The server's name.
        public let server: String
        /// What is wrong with it.
        public let error: MCPError

        init(_ server: String, _ error: MCPError) {
            self.server = server
            self.error = error
        }

        init(_ server: String, _ reason: String) {
            self.init(server, MCPError("server \(server): \(reason)"))
        }
    }

    /// Reads the usual `{"mcpServers": {"name": {"command": …} or {"url": …}}}`, as clients spell it.
    ///
    /// `servers` (VS Code), `mcp.servers` (its settings) and `context_servers` (Zed) are the same table; so is a list of
    /// servers that bear their names, and a bare table. `${NAME}`, `${env:NAME}` and `${NAME:-default}` in its texts are
    /// variables of the environment, and so is a whole value `$NAME` in `env` or `headers`. Servers that are disabled
    /// cannot be used, nor what a second table has otherwise.
    /// - Throws: ``MCPError`` for a document that names no servers.
    public static func usable(
        in document: JSONValue, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(MCPError) -> (settings: [MCPServerSettings], faults: [Fault]) {
        guard let servers = serverTable(in: document) else {
            throw MCPError("there is no object \"mcpServers\" (or \"servers\") that names servers")
        }
        var settings: [MCPServerSettings] = []
        var faults: [Fault] = []
        for server in servers {
            if server.value["disabled"]?.boolValue == true || server.value["enabled"]?.boolValue == false {
                faults.append(Fault(server.key, "it is disabled"))
                continue
            }
            var reader = ServerReader(name: server.key, value: server.value, environment: environment)
            do throws(MCPError) { settings.append(try reader.settings()) } catch {
                faults.append(Fault(server.key, error))
            }
        }
        for table in tables(in: document).dropFirst() {
            for server in table where servers[server.key].map({ $0 != server.value }) ?? false {
                faults.append(Fault(server.key, "another table has it otherwise; the first counts"))
            }
        }
        return (settings, faults)
    }
}

/// Why a server cannot be used.
public struct MCPError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line: the server and what is wrong.
    public let description: String

    init(_ description: String) { self.description = description }
}
