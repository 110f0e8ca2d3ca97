import Agent
import JSON

/// An MCP server whose tools a catalogue has; one that has died is started anew by the next call.
public actor MCPServer {
    private let settings: MCPServerSettings
    private let host: any MCPHost
    private var connection: MCPConnection?
    /// The definitions as they were when the run began, and the tools that the server describes otherwise since.
    private var first: [MCPToolDescription]?
    private var changed: Set<ByteString> = []
    private var opening: Task<(MCPConnection, [MCPToolDescription]), any Error>?

    /// A server that nothing has been asked of yet.
    public init(_ settings: MCPServerSettings, host: any MCPHost) {
        self.settings = settings
        self.host = host
    }

    /// Starts or reaches the server and gives its tools, each by its own name, or after `prefix`.
    /// - Throws: ``MCPError`` when the server cannot be used.
    public func tools(prefix: String = "") async throws -> [MCPTool] {
        try await open().1.map { MCPTool(server: self, description: $0, prefix: prefix) }
    }

    /// The revision that the server speaks, and its era; `nil` before it has been reached.
    public var dialect: (era: MCPEra, version: String)? {
        connection?.dialect.map { (era: $0.0, version: $0.1) }
    }

    /// The name by which the configuration knows the server.
    public nonisolated var name: String { settings.name }

    /// Ends the conversation, where there still is one, and begins a new one.
    ///
    /// Calls that run end as errors, and none is
    /// repeated.
    /// - Throws: ``MCPError`` when the server cannot be used.
    public func restart() async throws {
        close()
        _ = try await open()
    }

    /// Ends the conversation, and the server where it was started here.
    public func close() {
        connection?.close()
        connection = nil
    }

    func call(_ tool: String, _ arguments: JSONValue, headers: [String: String]) async throws -> MCPCallResult
    {
        let connection = try await connection(for: tool)
        do {
            return try await connection.call(tool, arguments, headers: headers)
        } catch is MCPSessionGone {
            // The server has not read the call, so that it is made once all the same.
        } catch let failure as ToolFailure where !connection.isOpen {
            throw ToolFailure("\(failure.description); another call starts the server again")
        }
        do {
            return try await self.connection(for: tool).call(tool, arguments, headers: headers)
        } catch is MCPSessionGone {
            throw ToolFailure(
                "server \(settings.name) does not know the session that it has just begun (HTTP 404); the call did not run"
            )
        }
    }

    /// The conversation in which a tool is called: a new one where the last has ended.
    /// - Throws: `ToolFailure` where there is none, or the server describes the tool otherwise in it.
    private func connection(for tool: String) async throws -> MCPConnection {
        var connection = connection
        if connection?.isOpen != true {
            do {
                connection = try await open().0
            } catch let error as MCPError {
                throw ToolFailure("\(error.description); the call did not run")
            }
        }
        guard let connection else {
            throw ToolFailure("server \(settings.name) is gone; the call did not run")
        }
        guard !changed.contains(ByteString(tool)) else {
            throw ToolFailure(
                "server \(settings.name) describes \(tool) otherwise since it was started again; the call did not run. "
                    + "Begin a new run to look at it")
        }
        return connection
    }

    /// Holds what the server says of its tools now against what it said first.
    private func compare(_ descriptions: [MCPToolDescription]) {
        guard let first else {
            self.first = descriptions
            return
        }
        changed = []
        for before in first {
            let now = descriptions.first { $0.name.utf8.elementsEqual(before.name.utf8) }
            guard let now, !now.isSame(as: before) else { continue }
            changed.insert(ByteString(before.name))
            host.log(
                server: settings.name,
                "describes \(before.name) otherwise than before: it is not called any more",
                .note)
        }
    }

    private func open() async throws -> (MCPConnection, [MCPToolDescription]) {
        if let opening { return try await opening.value }
        let (settings, host) = (settings, host)
        let task = Task {
            let connection = MCPConnection(name: settings.name, host: host, secrets: settings.secrets)
            return (connection, try await connection.open(settings.transport))
        }
        opening = task
        defer { opening = nil }
        let opened = try await task.value
        connection = opened.0
        compare(opened.1)
        return opened
    }
}

/// A tool of an MCP server.
public struct MCPTool: Tool {
    /// What the model is told of the tool.
    public let definition: ToolDefinition
    /// What the server says of its behaviour; shown, and never trusted.
    public let annotations: JSONValue?
    /// The server's own name of the tool.
    public let serverName: String
    private let server: MCPServer
    private let promise: ResultPromise?

    init(server: MCPServer, description: MCPToolDescription, prefix: String) {
        self.server = server
        promise = description.outputSchema.map(ResultPromise.init)
        serverName = description.name
        annotations = description.annotations
        definition = ToolDefinition(
            name: description.name.isEmpty ? "" : prefix + description.name,
            description: description.description,
            parameters: description.inputSchema)
    }

    /// Calls the tool of the server.
    /// - Throws: `ToolFailure` for an error of the server or its death, `CancellationError` when it was cancelled.
    public func run(_ call: ToolCall, arguments: JSONValue) async throws -> ToolOutput {
        let headers = MCPHeader.parameters(of: definition.parameters, arguments)
        let result = try await server.call(serverName, arguments, headers: headers)
        return ToolOutput(
            callID: call.id, content: result.content, isError: result.isError,
            problems: [result.remark].compactMap(\.self) + (promise?.problems(of: result) ?? []))
    }
}
