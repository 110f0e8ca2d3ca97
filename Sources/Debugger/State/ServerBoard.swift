/// What is known of the run's MCP servers, and the last lines that each has written.
struct ServerBoard: Sendable {
    /// One server.
    struct Entry: Sendable, Hashable {
        let name: String
        /// The names of its tools in the catalogue.
        var tools: [String] = []
        /// Why it cannot be called any more; `nil` while it can.
        var end: String?
        /// Lines that were given up because there are too many.
        var dropped = 0
        /// How many lines it has written, dropped ones included.
        var count = 0
    }

    /// A line of a log.
    struct Line: Sendable, Hashable {
        let server: String
        let text: String
        /// Whether it is a line about the server rather than one of its own.
        let isNote: Bool
    }

    private(set) var entries: [Entry] = []
    /// The lines of all servers in the order in which they came.
    private(set) var lines: [Line] = []

    private static let mostLines = 5_000
    private static let longestLine = 4_000

    /// The servers that have ended, in the order of the configuration.
    var ended: [Entry] { entries.filter { $0.end != nil } }

    var names: [String] { entries.map(\.name) }

    func entry(_ name: String) -> Entry? { entries.first { $0.name.utf8.elementsEqual(name.utf8) } }

    /// The ended server that a tool of the catalogue belongs to.
    func endedServer(of tool: String) -> Entry? {
        ended.first { $0.tools.contains { $0.utf8.elementsEqual(tool.utf8) } }
    }

    mutating func open(_ name: String, tools: [String]) {
        change(name) { entry in
            entry.tools = tools
            entry.end = nil
        }
    }

    mutating func end(_ name: String, _ reason: String) {
        change(name) { $0.end = reason }
        append(name, reason, isNote: true)
    }

    mutating func append(_ server: String, _ text: String, isNote: Bool) {
        change(server) { $0.count += 1 }
        let shown =
            text.utf8.count > ServerBoard.longestLine ? text.prefix(ServerBoard.longestLine) + "…" : text[...]
        lines.append(Line(server: server, text: String(shown), isNote: isNote))
        guard lines.count > ServerBoard.mostLines + 500 else { return }
        for line in lines.prefix(500) { change(line.server) { $0.dropped += 1 } }
        lines.removeFirst(500)
    }

    private mutating func change(_ name: String, _ body: (inout Entry) -> Void) {
        if let index = entries.firstIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }) {
            body(&entries[index])
        } else {
            var entry = Entry(name: name)
            body(&entry)
            entries.append(entry)
        }
    }
}
