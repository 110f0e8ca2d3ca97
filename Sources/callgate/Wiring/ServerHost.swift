import Foundation
import Synchronization
import Terminal
import Tools

/// Where MCP servers' lines and questions go: to whoever shows the run, once somebody does.
final class ServerHost: MCPHost {
    /// Answers a question; `nil` where nobody can be asked.
    typealias Asking = @Sendable (Elicitation) async -> ElicitationAnswer
    /// Hears a line of a server, or one about it.
    typealias Hearing = @Sendable (_ server: String, _ line: String, _ kind: MCPLogKind) -> Void

    private struct Line {
        let server: String
        let text: String
        let kind: MCPLogKind
    }

    private struct State {
        var hear: Hearing?
        var ask: Asking?
        var log: String?
        var file: FileHandle?
        /// What was said before somebody listened.
        var early: [Line] = []
    }

    private let state = Mutex(State())
    private static let mostEarly = 5_000

    /// Hands over what was said so far and what will be; everything goes to the file at `log`, too, which is made when
    /// there is something to write.
    func attach(log: String? = nil, hear: @escaping Hearing, ask: Asking? = nil) {
        let early = state.withLock { state in
            state.hear = hear
            state.ask = ask
            state.log = log
            defer { state.early = [] }
            return state.early
        }
        for line in early { tell(line) }
    }

    /// Shows what is said about servers in lines of text; their own lines go to the file alone.
    func attach(log: String? = nil, show: @escaping @Sendable (String) -> Void, ask: Asking? = nil) {
        attach(
            log: log,
            hear: { server, line, kind in if kind != .output { show("server \(server): \(line)") } },
            ask: ask)
    }

    func answer(_ question: Elicitation) async -> ElicitationAnswer {
        if let ask = state.withLock({ $0.ask }) { return await ask(question) }
        let line = "asks \"\(question.message)\": declined, as nobody can be asked here"
        log(server: question.server, line, .note)
        return .decline
    }

    func log(server: String, _ line: String, _ kind: MCPLogKind) {
        let line = Line(server: server, text: line, kind: kind)
        let isEarly = state.withLock { state in
            guard state.hear == nil else { return false }
            if state.early.count < ServerHost.mostEarly { state.early.append(line) }
            return true
        }
        if !isEarly { tell(line) }
    }

    private func tell(_ line: Line) {
        let hear = state.withLock { state in
            if state.file == nil, let log = state.log {
                // Private, for a server may say anything; a link in its place is not followed.
                let descriptor = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
                if descriptor >= 0, fchmod(descriptor, 0o600) == 0 {
                    state.file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
                }
                // Tried once: a folder that cannot be written is said by the journal.
                state.log = nil
            }
            let text = ScreenedText.line("server \(line.server): \(line.text)") + "\n"
            // A log that cannot be written, on a disk that is full, ends nothing.
            do { try state.file?.write(contentsOf: Data(text.utf8)) } catch { state.file = nil }
            return state.hear
        }
        hear?(line.server, line.text, line.kind)
    }
}
