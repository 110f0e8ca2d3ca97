import Foundation
import Synchronization
import Tools

/// Where MCP servers' lines and questions go: to whoever shows the run, once somebody does.
final class ServerHost: MCPHost {
    /// Answers a question; `nil` where nobody can be asked.
    typealias Asking = @Sendable (Elicitation) async -> ElicitationAnswer

    private struct State {
        var show: (@Sendable (String) -> Void)?
        var ask: Asking?
        var file: FileHandle?
        /// What was said before somebody listened.
        var early: [(line: String, kind: MCPLogKind)] = []
    }

    private let state = Mutex(State())
    private static let mostEarly = 5_000

    /// Hands over what was said so far and what will be: notes are shown; everything goes to the file at `log`, which
    /// is made when there is something to write.
    func attach(log: String? = nil, show: @escaping @Sendable (String) -> Void, ask: Asking? = nil) {
        let early = state.withLock { state in
            state.show = show
            state.ask = ask
            if let log, !state.early.isEmpty, FileManager.default.createFile(atPath: log, contents: nil) {
                state.file = FileHandle(forWritingAtPath: log)
            }
            defer { state.early = [] }
            return state.early
        }
        for entry in early { tell(entry.line, entry.kind) }
    }

    func answer(_ question: Elicitation) async -> ElicitationAnswer {
        if let ask = state.withLock({ $0.ask }) { return await ask(question) }
        let line = "asks \"\(question.message)\": declined, as nobody can be asked here"
        log(server: question.server, line, .note)
        return .decline
    }

    func log(server: String, _ line: String, _ kind: MCPLogKind) {
        let text = "server \(server): \(line)"
        let isEarly = state.withLock { state in
            guard state.show == nil else { return false }
            if state.early.count < ServerHost.mostEarly { state.early.append((text, kind)) }
            return true
        }
        if !isEarly { tell(text, kind) }
    }

    private func tell(_ line: String, _ kind: MCPLogKind) {
        let show = state.withLock { state in
            state.file?.write(Data((line + "\n").utf8))
            return kind == .note ? state.show : nil
        }
        show?(line)
    }
}
