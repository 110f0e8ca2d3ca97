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

    /// Reads the usual `{"mcpServers": {"name": {"command": …} or {"url": …}}}`.
    ///
    /// Servers that are `disabled` are left out. `${NAME}` and `${NAME:-default}` in its texts are variables of the
    /// environment.
    /// - Throws: ``MCPError`` with the server and the key.
    public static func servers(
        in document: JSONValue, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(MCPError) -> [MCPServerSettings] {
        guard let servers = document["mcpServers"]?.objectValue else {
            throw MCPError("there is no object \"mcpServers\"")
        }
        var settings: [MCPServerSettings] = []
        for server in servers where server.value["disabled"]?.boolValue != true {
            var reader = ServerReader(name: server.key, value: server.value, environment: environment)
            settings.append(try reader.settings())
        }
        return settings
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
        if value["url"] != nil {
            let transport = try http()
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

    private mutating func http() throws(MCPError) -> MCPServerSettings.Transport {
        if value["type"]?.stringValue == "sse" {
            throw MCPError(
                "server \(name) is of the type sse, which Streamable HTTP has replaced; use \"http\"")
        }
        let address = try text("url") ?? ""
        guard let url = URL(string: address), ["http", "https"].contains(url.scheme), url.host != nil else {
            throw MCPError("server \(name): \"url\" is no address of the form https://host/path")
        }
        return .http(url: address, headers: try table("headers"))
    }

    private mutating func text(_ key: String) throws(MCPError) -> String? {
        guard let value = value[key] else { return nil }
        guard let text = value.stringValue else { throw MCPError("server \(name): \"\(key)\" is no text") }
        return try expanded(text, key)
    }

    private mutating func texts(_ key: String) throws(MCPError) -> [String] {
        guard let value = value[key] else { return [] }
        var texts: [String] = []
        for element in value.arrayValue ?? [.null] {
            guard let text = element.stringValue else {
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
            let variable = String(parts?.0 ?? body)
            guard let value = environment[variable] ?? parts?.1 else {
                throw MCPError("server \(name): \"\(key)\" names the variable \(variable), which is not set")
            }
            if key == "headers" || key == "url" || EnvironmentSecrets.isTelling(variable),
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
