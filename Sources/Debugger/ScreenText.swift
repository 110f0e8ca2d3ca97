import Agent
import Sessions
import Terminal

/// The screen as plain text, for documents, bug reports and tests.
public enum ScreenText {
    /// The screen that a replay shows at a step: one line a row, without the spaces at their ends.
    ///
    /// Depends on nothing but its arguments. A step beyond the session counts as its last one.
    public static func render(_ events: [Event], at step: Int, size: Size) -> String {
        Debugger(replaying: events, at: step, size: size, commands: .standard).view().canvas.plainText
    }

    /// The screen that a replay of a file shows at a step; `nil` for a step that the session does not have.
    ///
    /// - Returns: the screen, how many steps there are, and what the person should be told of the file.
    /// - Throws: ``JournalError`` for a file that is no journal.
    public static func render(
        _ journal: IndexedJournal, at step: Int, size: Size
    ) throws(JournalError) -> (screen: String?, steps: Int, notices: [String]) {
        let (view, count, notices) = try view(journal, at: step, size: size)
        return (view?.canvas.plainText, count, notices)
    }

    /// The same with its cells.
    public static func view(
        _ journal: IndexedJournal, at step: Int, size: Size
    ) throws(JournalError) -> (view: ScreenView?, steps: Int, notices: [String]) {
        let piece = try journal.readOn(atMost: .max)
        let count = piece.events.count
        guard (1...max(1, count)).contains(step) else { return (nil, count, piece.notices) }
        let debugger = Debugger(journal, piece, at: step, size: size, commands: .standard)
        return (debugger.view(), count, piece.notices)
    }
}
