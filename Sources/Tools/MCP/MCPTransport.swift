import JSON

/// The way to a server: carries messages and reports what comes back, from any thread.
protocol MCPTransport: Sendable {
    /// Sends a message; failures are reported.
    func send(_ message: MCPMessage)

    /// The era is known.
    func settle(_ era: MCPEra, version: String)

    /// Ends the conversation.
    func stop()
}

/// What a transport reports.
enum MCPReport: Sendable {
    /// A line came: a message, or a piece of one.
    case message([UInt8])
    /// A message came whole.
    case whole([UInt8])
    /// A line has begun and stands still.
    case stuck([UInt8])
    /// A line for the log.
    case log(String)
    /// The conversation is over; why.
    case ended(String)
    /// The server's process has ended; how.
    case died(String)
    /// The session is gone in which that request was sent, and the server has not read it.
    case forgotten(Int)
}

/// A server that was started here, spoken to in lines over its standard input and output.
final class StdioTransport: MCPTransport {
    private let process: ChildProcess

    /// Starts the server.
    /// - Throws: ``ProcessError`` when it cannot be started.
    init(
        _ launch: ProcessLaunch, report: @escaping @Sendable (MCPReport) -> Void
    ) throws(ProcessError) {
        let output = ServerOutput(report)
        process = try ChildProcess(launch) { output.take($0) }
    }

    func send(_ message: MCPMessage) {
        process.write(Array(message.value.text().utf8) + [UInt8(ascii: "\n")])
    }

    func settle(_ era: MCPEra, version: String) {}

    func stop() {
        process.closeInput()
        process.stop()
    }
}
