import Agent
import Terminal

/// A pane in one line, for screens on which another one has the room.
enum Summaries {
    static func line(_ pane: Pane, _ state: DebuggerState, width: Int) -> StyledText {
        let name =
            StyledText(" \(pane.digit) ", Theme.key) + StyledText(pane.name, Theme.label).fitted(to: 13)
        return (name + content(pane, state, width: max(0, width - name.width))).truncated(to: width)
    }

    private static func content(_ pane: Pane, _ state: DebuggerState, width: Int) -> StyledText {
        switch pane {
        case .conversation: conversation(state.shown)
        case .calls: calls(state)
        case .mask: mask(state)
        case .results: results(state)
        }
    }

    private static func conversation(_ shown: RunState) -> StyledText {
        if shown.phase == .decoding {
            return StyledText("the model is writing, ")
                + StyledText(Figure.amount(shown.roundTokens, "token"))
        }
        var line = StyledText()
        switch shown.messages.last {
        case nil: line.append("nothing said yet", Theme.faint)
        case .assistant(let answer) where !answer.calls.isEmpty:
            line.append("assistant asks for " + answer.calls.map(\.name).joined(separator: ", "))
        case .assistant(let answer):
            line.append(
                TokenText.line(
                    ShownText.line(
                        "assistant: " + ShownText.beginning(answer.content, most: ShownText.mostLine))))
        case .system(let text):
            line.append(
                TokenText.line(
                    ShownText.line("system: " + ShownText.beginning(text, most: ShownText.mostLine))))
        case .user(let text):
            line.append(
                TokenText.line(ShownText.line("user: " + ShownText.beginning(text, most: ShownText.mostLine)))
            )
        case .tool(let result):
            line.append(
                TokenText.line(
                    ShownText.line(
                        "\(result.callID): " + ShownText.beginning(result.content, most: ShownText.mostLine)))
            )
        }
        return line
    }

    private static func calls(_ state: DebuggerState) -> StyledText {
        let calls = state.shown.calls
        guard let last = state.selectedCall else { return StyledText("none asked for yet", Theme.faint) }
        let waiting = calls.count(where: \.needsDecision)
        var line = StyledText("\(Figure.count(calls.count))")
        if waiting > 0 { line.append(", \(waiting) waiting", Theme.attention) }
        line.append(" · ")
        line.append("\(last.sign) ", last.statusStyle)
        line.append("\(last.key.id) \(last.call.name) ")
        line.append(last.statusWord, last.statusStyle)
        return line
    }

    private static func mask(_ state: DebuggerState) -> StyledText {
        guard let table = state.frame.mask.table else {
            return StyledText("no token in this round yet", Theme.faint)
        }
        var line = StyledText()
        line.append(TokenText.visible(table.token), Theme.chosen)
        if let figures = table.token.figures {
            line.append(
                " \(Figure.percent(figures.probabilityBefore)) → \(Figure.percent(figures.probabilityAfter))")
        }
        switch (table.token.allowedCount, table.vocabularySize) {
        case (1, _): line.append(" · forced")
        case (let count?, let size?):
            line.append(" · allowed \(Figure.count(count)) of \(Figure.count(size))")
        case (let count?, nil): line.append(" · allowed \(Figure.count(count))")
        default: line.append(" · no mask")
        }
        if let figures = table.token.figures, table.token.allowed != nil {
            line.append(" · rejected \(Figure.percent(figures.rejectedMass))")
        }
        return line
    }

    private static func results(_ state: DebuggerState) -> StyledText {
        guard let last = state.selectedResult else { return StyledText("none yet", Theme.faint) }
        var line = StyledText("\(Figure.count(state.shown.calls.count(where: \.hasSomethingToRead))) · ")
        line.append("\(last.sign) ", last.statusStyle)
        line.append("\(last.key.id) ")
        line.append(TokenText.line(Array((last.result?.content ?? last.statusWords).utf8.prefix(400))))
        return line
    }
}
