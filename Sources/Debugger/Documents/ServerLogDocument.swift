import Terminal

/// The standard error of MCP servers and what became of them, as it comes.
struct ServerLogDocument: Document {
    /// The server; all of them where it is `nil`.
    let server: String?

    var followsEnd: Bool { true }

    func title(_ state: DebuggerState) -> String {
        server.map { "log of server \($0)" } ?? "logs of all servers"
    }

    func lines(_ state: DebuggerState, width: Int) -> LaidLines {
        var text = TextLines(width: width)
        let board = state.servers
        guard !board.entries.isEmpty else {
            let reason =
                state.timeline.isReplay
                ? "A recorded session runs no server. What they wrote is beside the journal, in ….servers.log."
                : "This workflow has no MCP server."
            text.wrap(SafeText(reason), Theme.faint)
            return text.laid
        }
        let shown = board.lines.filter { isShown($0.server, server) }
        let dropped = board.entries.filter { isShown($0.name, server) }.reduce(0) { $0 + $1.dropped }
        if dropped > 0 {
            text.add(
                "… \(Figure.amount(dropped, "line")) before, in the file beside the journal", Theme.faint)
        }
        if shown.isEmpty { text.add("No line has been written yet.", Theme.faint) }
        let margin = server == nil ? min(18, (board.names.map { SafeText($0).width }.max() ?? 0) + 1) : 0
        for line in shown {
            text.wrap(
                SafeText((line.isNote ? "· " : "") + line.text), line.isNote ? Theme.faint : .plain,
                label: StyledText(line.server, Theme.label), margin: margin, mode: .characters)
        }
        // How they stand comes last, where the text is followed.
        text.blank()
        for entry in board.entries where isShown(entry.name, server) { add(entry, to: &text) }
        return text.laid
    }

    private func isShown(_ name: String, _ server: String?) -> Bool {
        server.map { $0.utf8.elementsEqual(name.utf8) } ?? true
    }

    private func add(_ entry: ServerBoard.Entry, to text: inout TextLines) {
        let label = StyledText(entry.name, Theme.heading)
        let margin = min(18, max(10, label.width + 1))
        guard let end = entry.end else {
            let tools = entry.tools.isEmpty ? "" : " · \(Figure.amount(entry.tools.count, "tool"))"
            text.wrap(
                SafeText("can be called\(tools) · \(Figure.amount(entry.count, "line"))"), Theme.good,
                label: label,
                margin: margin)
            return
        }
        text.wrap(SafeText("✗ \(end)"), Theme.bad, label: label, margin: margin)
        text.wrap(SafeText(":restart \(entry.name) starts it again"), Theme.attention, margin: margin)
    }
}
