import Agent
import Terminal

/// The screen as plain text, for documents, bug reports and tests.
public enum ScreenText {
    /// The screen that a replay shows at a step: one line a row, without the spaces at their ends.
    ///
    /// Depends on nothing but its arguments. A step beyond the session counts as its last one.
    public static func render(_ events: [Event], at step: Int, size: Size) -> String {
        Debugger(replaying: events, at: step, size: size, commands: .standard).view().canvas.plainText
    }
}
