import Terminal

/// Every command with its keys, and what the signs mean.
struct HelpDocument: Document {
    func title(_ state: DebuggerState) -> String {
        "keys and commands · from the \(state.focus.pane.name) pane"
    }

    /// Every command with its keys; what cannot be done now says why.
    func lines(_ state: DebuggerState, width: Int) -> LaidLines {
        var text = TextLines(width: width)
        let table = state.commands
        let margin = min(18, width / 3)
        for group in Command.Group.allCases {
            let commands = table.commands.filter { $0.group == group }
            guard !commands.isEmpty else { continue }
            text.heading(group.rawValue)
            for command in commands {
                let keys = table.keys(of: command).map(\.description)
                let shown = keys.isEmpty ? ":\(command.name)" : keys.joined(separator: " ")
                let isNamed = command.isOnCommandLine && !keys.isEmpty
                text.wrap(
                    SafeText(
                        command.title
                            + (isNamed ? "  :\(command.usage)" : command.argument.map { " \($0.name)" } ?? "")
                    ),
                    label: StyledText(shown, Theme.key), margin: margin)
            }
        }
        text.heading("Signs")
        for (sign, meaning) in HelpDocument.signs {
            text.wrap(SafeText(meaning), label: StyledText(sign, Theme.key), margin: margin)
        }
        return text.laid
    }

    private static let signs = [
        ("✓ ✗", "went well; went wrong, was denied or could not run"),
        ("!", "needs your eyes: a call that waits, a value that was not seen before"),
        ("▸", "the selected row; before a call: it runs"),
        ("*", "the token that was chosen"),
        ("␣ ⏎ ⇥", "a space, a line end, a tab in a token"),
        ("‹U+202E›", "stands for a character that is invisible or would act on the terminal"),
    ]
}
