import Agent

@testable import Sessions

/// What tests say of an import: who said what, in order, and what is not in it.
struct ImportedReading {
    let format: SessionImport.Format
    /// For each session its words, calls, results and marks.
    let sessions: [[String]]
    let losses: [String]

    init(_ text: String) throws {
        let imported = try SessionImport(Array(text.utf8), name: "x")
        format = imported.format
        sessions = imported.sessions.map { $0.compactMap(ImportedReading.line) }
        losses = imported.losses.lines
    }

    /// The one session.
    var told: [String] { sessions.count == 1 ? sessions[0] : ["\(sessions.count) sessions"] }

    func loses(_ words: String) -> Bool { losses.contains { $0.contains(words) } }

    private static func line(_ event: Event) -> String? {
        switch event.body {
        case .messageAdded(.system(let text)): return "system: \(text)"
        case .messageAdded(.user(let text)): return "user: \(text)"
        case .toolMessage(let key, let content, let isError):
            return "\(isError ? "failed" : "result") \(key.id): \(content)"
        case .marked(let note): return "mark: \(note)"
        case .responseReceived(_, let response, _):
            let thought = response.thinking.map { " (thought \($0.text))" } ?? ""
            let calls = response.calls.map { " \($0.name)\($0.arguments.text)" }.joined()
            return "model: \(response.content)\(calls)\(thought)"
        default: return nil
        }
    }
}
