import JSON
import Synchronization

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
    /// A message came.
    case message([UInt8])
    /// A line for the log.
    case log(String)
    /// The conversation is over; why.
    case ended(String)
}

/// A server that was started here, spoken to in lines over its standard input and output.
final class StdioTransport: MCPTransport {
    private struct State {
        var output = LineFramer()
        var errors = LineFramer(maximumLength: ReadingLimits.logLine)
        var hasOverflown = false
        var lastWords: [String] = []
    }

    private let process: ChildProcess

    /// Starts the server.
    /// - Throws: ``ProcessError`` when it cannot be started.
    init(
        _ launch: ProcessLaunch, report: @escaping @Sendable (MCPReport) -> Void
    ) throws(ProcessError) {
        let state = Mutex(State())
        process = try ChildProcess(launch) { event in
            for report_ in StdioTransport.reports(of: event, state) { report(report_) }
        }
    }

    private static func reports(of event: ChildProcess.Report, _ state: borrowing Mutex<State>) -> [MCPReport]
    {
        state.withLock { state in
            switch event {
            case .output(let bytes):
                let messages = state.output.append(bytes).map { MCPReport.message($0) }
                guard state.output.hasOverflown, !state.hasOverflown else { return messages }
                state.hasOverflown = true
                return messages + [
                    .ended("sent a line of more than \(ReadingLimits.serverMessage) bytes, and was given up")
                ]
            case .errors(let bytes):
                let lines = state.errors.append(bytes).map { String(decoding: $0, as: UTF8.self) }
                state.lastWords = (state.lastWords + lines).suffix(3)
                return lines.map { .log($0) }
            case .ended(let end):
                let rest = String(decoding: state.errors.finish(), as: UTF8.self)
                if !rest.isEmpty { state.lastWords.append(rest) }
                let words = state.lastWords.isEmpty ? "" : ": " + state.lastWords.joined(separator: " / ")
                return [.ended("ended (\(end))\(words)")]
            }
        }
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
