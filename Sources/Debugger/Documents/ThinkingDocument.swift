import Agent
import Terminal

/// What the model thought before each of its answers, in full; the conversation shows it folded.
struct ThinkingDocument: Document {
    func title(_ state: DebuggerState) -> String { "what the model thought" }

    func lines(_ state: DebuggerState, width: Int) -> LaidLines {
        var text = TextLines(width: width)
        var round = 0
        for case .assistant(let answer) in state.shown.messages {
            round += 1
            guard let thinking = answer.thinking else { continue }
            text.heading("round \(round), \(thinking.size)")
            if thinking.text.isEmpty {
                text.wrap("The provider hands none of it on in the open.", Theme.faint)
            } else if ShownText.isLong(thinking.text) {
                text.add(state.longTexts.laid(thinking.text, width: text.width, .plain))
            } else {
                text.wrap(SafeText(thinking.text))
            }
        }
        if text.laid.isEmpty { text.wrap("No answer so far came with thinking.", Theme.faint) }
        return text.laid
    }
}
