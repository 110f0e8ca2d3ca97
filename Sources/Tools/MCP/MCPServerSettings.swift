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

    /// Settings of the given values.
    public init(name: String, transport: Transport, secrets: EnvironmentSecrets = EnvironmentSecrets()) {
        self.name = name
        self.transport = transport
        self.secrets = secrets
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
        return places.compactMap { place -> JSONObject? in
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
    fileprivate static let addresses = ["url", "httpUrl", "serverUrl"]

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
    /// variables of the environment. Servers that are disabled cannot be used, nor what a second table has otherwise.
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

private struct ServerReader {
    let name: String
    let value: JSONValue
    let environment: [String: String]
    private var secrets = EnvironmentSecrets()

    init(name: String, value: JSONValue, environment: [String: String]) {
        self.name = name
        self.value = value
        self.environment = environment
    }

    mutating func settings() throws(MCPError) -> MCPServerSettings {
        if let key = MCPServerSettings.addresses.first(where: { value[$0].map { $0 != .null } ?? false }) {
            let transport = try http(key)
            return MCPServerSettings(name: name, transport: transport, secrets: secrets)
        }
        guard let command = try text("command") else {
            throw MCPError("server \(name) needs a \"command\" or a \"url\"")
        }
        var launch = ProcessLaunch(program: command, folder: try text("cwd"))
        launch.arguments = try texts("args")
        launch.environment = EnvironmentList.usual.environment(from: environment)
            .merging(try table("env")) { $1 }
        return MCPServerSettings(name: name, transport: .stdio(launch), secrets: secrets)
    }

    private mutating func http(_ key: String) throws(MCPError) -> MCPServerSettings.Transport {
        if value["type"]?.stringValue == "sse" {
            throw MCPError(
                "server \(name) is of the type sse, which Streamable HTTP has replaced; use \"http\"")
        }
        let address = try text(key) ?? ""
        guard let url = URL(string: address), ["http", "https"].contains(url.scheme), url.host != nil else {
            throw MCPError("server \(name): \"\(key)\" is no address of the form https://host/path")
        }
        let headers = try table("headers")
        for header in headers.keys.sorted() {
            if let message = HTTPSettings.fault(inHeaderNamed: header) {
                throw MCPError("server \(name): \(message)")
            }
        }
        return .http(url: address, headers: headers)
    }

    private mutating func text(_ key: String) throws(MCPError) -> String? {
        guard let value = value[key], value != .null else { return nil }
        guard let text = value.stringValue else { throw MCPError("server \(name): \"\(key)\" is no text") }
        return try expanded(text, key)
    }

    private mutating func texts(_ key: String) throws(MCPError) -> [String] {
        guard let value = value[key], value != .null else { return [] }
        var texts: [String] = []
        for element in value.arrayValue ?? [.null] {
            // A port is a number to many who write such files.
            guard let text = element.stringValue ?? element.numberValue?.text else {
                throw MCPError("server \(name): \"\(key)\" is no list of texts")
            }
            texts.append(try expanded(text, key))
        }
        return texts
    }

    private mutating func table(_ key: String) throws(MCPError) -> [String: String] {
        var table: [String: String] = [:]
        for member in value[key]?.objectValue ?? JSONObject() {
            guard let text = member.value.stringValue else {
                throw MCPError("server \(name): \"\(key)\" holds something that is no text at \(member.key)")
            }
            table[member.key] = try expanded(text, key)
        }
        return table
    }

    private mutating func expanded(_ text: String, _ key: String) throws(MCPError) -> String {
        var result = ""
        var rest = text[...]
        while let start = rest.range(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
            result += rest[..<start.lowerBound]
            let body = rest[start.upperBound..<end]
            let parts = body.range(of: ":-").map { (body[..<$0.lowerBound], String(body[$0.upperBound...])) }
            var variable = String(parts?.0 ?? body)
            if variable.utf8.starts(with: "env:".utf8) { variable = String(variable.dropFirst(4)) }
            if variable.utf8.starts(with: "input:".utf8) {
                throw MCPError(
                    "server \(name): \"\(key)\" has ${\(variable)}, which VS Code asks for in a form; write ${NAME} and set the variable NAME"
                )
            }
            if ["workspaceFolder", "workspaceRoot", "pwd"].contains(variable), environment[variable] == nil {
                result += FileManager.default.currentDirectoryPath
                rest = rest[rest.index(after: end)...]
                continue
            }
            if variable == "userHome", environment[variable] == nil { variable = "HOME" }
            guard let value = environment[variable] ?? parts?.1 else {
                throw MCPError("server \(name): \"\(key)\" names the variable \(variable), which is not set")
            }
            if (["headers"] + MCPServerSettings.addresses).contains(key)
                || EnvironmentSecrets.isTelling(variable),
                environment[variable] != nil
            {
                secrets.insert(variable, value)
            }
            result += value
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}
