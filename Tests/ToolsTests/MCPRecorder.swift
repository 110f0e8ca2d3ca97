import Agent
import Synchronization

@testable import Tools

/// Remembers what a server said, and answers its questions when it is let.
final class MCPRecorder: MCPHost {
    private let lines = Mutex<[(line: String, kind: MCPLogKind)]>([])

    func answer(_ question: Elicitation) async -> ElicitationAnswer { .decline }

    func log(server: String, _ line: String, _ kind: MCPLogKind) {
        lines.withLock { $0.append((line, kind)) }
    }

    func count(_ kind: MCPLogKind) -> Int { lines.withLock { $0.filter { $0.kind == kind }.count } }

    func lines(_ kind: MCPLogKind) -> [String] {
        lines.withLock { $0.filter { $0.kind == kind }.map(\.line) }
    }
}
