import Agent
import Sessions
import Terminal

/// What panes show, as plain text without frames, one after the other: for a screen reader, and for scripts.
public enum PaneText {
    /// A pane by its name.
    public enum Name: String, Sendable, CaseIterable {
        case conversation
        case calls
        case mask
        case results
    }

    /// Rows of a pane that are given at most; the mask's table of a large vocabulary is longer.
    private static let mostRows = 1_000

    /// What the panes show at a step of a recorded session; `nil` for a step that the session does not have.
    ///
    /// - Parameters:
    ///   - panes: those that are wanted; all where none is named.
    ///   - width: the columns that lines are wrapped to.
    /// - Returns: the text, how many steps there are, and what the person should be told of the file.
    /// - Throws: ``JournalError`` for a file that is no journal.
    public static func render(
        _ journal: IndexedJournal, at step: Int, panes: [Name], width: Int
    ) throws(JournalError) -> (text: String?, steps: Int, notices: [String]) {
        let piece = try journal.readOn(atMost: .max)
        let count = piece.events.count
        guard (1...max(1, count)).contains(step) else { return (nil, count, piece.notices) }
        let wanted = Pane.allCases.filter { pane in
            panes.isEmpty || panes.contains { $0.rawValue == pane.name }
        }
        var debugger = Debugger(
            journal, piece, at: step, size: Size(width + 2, mostRows), commands: .standard)
        var parts = [debugger.view().canvas.lines.first ?? ""]
        for pane in wanted {
            debugger.zoom(pane)
            let state = debugger.state
            let title = [pane.name, pane.room.subtitle(state)].compactMap { $0 }.joined(separator: " · ")
            let area = state.frame.layout.content(of: pane) ?? Rect(size: Size(0, 0))
            var lines = debugger.view().canvas.cropped(to: area).lines
            while lines.last == "" { lines.removeLast() }
            parts.append("\(pane.digit) \(title)\n\n" + lines.joined(separator: "\n"))
        }
        return (parts.map { $0 + "\n" }.joined(separator: "\n"), count, piece.notices)
    }
}
