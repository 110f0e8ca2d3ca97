import Terminal

/// What the debugger has told the person, and what their keys did, the latest first.
struct MessagesDocument: Document {
    func title(_ state: DebuggerState) -> String { "messages" }

    func lines(_ state: DebuggerState, width: Int) -> LaidLines {
        var text = TextLines(width: width)
        for entry in state.messages.entries.reversed() {
            text.wrap(
                SafeText(entry.text), style(entry.kind),
                label: StyledText("step \(entry.step)", Theme.faint), margin: 12)
        }
        if text.laid.isEmpty { text.add("There are no messages.", Theme.faint) }
        return text.laid
    }

    private func style(_ kind: MessageLog.Entry.Kind) -> Style {
        switch kind {
        case .note: .plain
        case .refusal: Theme.attention
        case .command: Theme.faint
        }
    }
}
