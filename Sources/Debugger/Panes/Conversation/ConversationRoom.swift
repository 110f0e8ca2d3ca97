import Agent
import Terminal

/// The pane of the conversation: messages, and what the model is writing.
struct ConversationRoom: PaneRoom {
    func settle(_ state: inout DebuggerState, explainer: inout MaskExplainer?) { settle(&state) }

    private func settle(_ state: inout DebuggerState) {
        guard let area = state.frame.layout.content(of: .conversation) else { return }
        let trail = state.shown.phase == .decoding ? state.trail : nil
        state.frame.conversation.layOut(
            state.shown, listed: state.listedMessages, trail: trail, size: area.size, &state.conversation)
    }

    func foot(_ state: DebuggerState) -> [String] {
        if let messages = state.frame.conversation.messagesShown(state.conversation.scroll) {
            return ["messages \(messages)"]
        }
        return state.conversation.scroll.range.map { ["lines \($0)"] } ?? []
    }

    func summary(_ state: DebuggerState) -> StyledText {
        let shown = state.shown
        if shown.phase == .decoding {
            return StyledText("the model is writing, ")
                + StyledText(Figure.amount(shown.roundTokens, "token"))
        }
        var line = StyledText()
        switch shown.messages.last {
        case nil: line.append("nothing said yet", Theme.faint)
        case .assistant(let answer) where !answer.calls.isEmpty:
            line.append("assistant asks for " + answer.calls.map(\.name).joined(separator: ", "))
        case .assistant(let answer): line.append(spoken("assistant", answer.content))
        case .system(let text): line.append(spoken("system", text))
        case .user(let text): line.append(spoken("user", text))
        case .tool(let result): line.append(spoken("\(result.callID)", result.content))
        }
        return line
    }

    /// Who said what, as far as one line may show it.
    private func spoken(_ who: String, _ text: String) -> SafeText {
        TokenText.line(
            ShownText.line("\(who): " + ShownText.beginning(text, most: ShownText.mostLine)))
    }

    func paint(_ state: DebuggerState, with brush: inout PaneBrush, in area: Rect) {
        brush.paint(state.frame.conversation.lines, state.conversation.scroll, in: area)
    }

    func move(_ state: inout DebuggerState, rows: Int) { scroll(&state, rows: rows) }

    func move(_ state: inout DebuggerState, pages: Int) {
        scroll(&state, rows: pages * max(1, state.conversation.scroll.page - 1))
    }

    func move(_ state: inout DebuggerState, toEnd: Bool) {
        if !toEnd, !state.frame.conversation.isWhole { state.conversation.first = 0 }
        state.conversation.scroll.move(toEnd: toEnd)
        state.conversation.followsEnd = toEnd
    }

    /// Moves in the conversation; beyond the messages that are laid out, the next ones are.
    func scroll(_ state: inout DebuggerState, rows: Int) {
        state.conversation.scroll.move(by: rows)
        state.conversation.followsEnd =
            state.conversation.scroll.isAtEnd
            && state.frame.conversation.messages.upperBound == state.frame.conversation.total
    }

    func document(_ state: DebuggerState) -> (any Document)? {
        state.shown.request == nil ? nil : RequestDocument()
    }

    var nothingToOpen: String { "no request has left yet" }

    func fork(_ state: inout DebuggerState) -> Bool {
        guard case .messageAdded(.user(let text))? = state.timeline.event?.body else { return false }
        state.openEditor(.fork(.message(step: state.timeline.step)), text: text)
        return true
    }

    func find(_ search: Search, _ state: inout DebuggerState, direction: Int, isFirst: Bool) -> Bool {
        // The pane may have come to the front by this very search.
        state.frame.layout = ScreenLayout(
            size: state.size, focus: state.focus, settings: state.settings.layout,
            banner: state.bannerLines.count)
        settle(&state)
        let isWhole = state.frame.conversation.isWhole
        let lines = state.frame.conversation.lines
        let start =
            isFirst ? -1 : min(lines.count, state.conversation.match ?? state.conversation.scroll.offset)
        let line: Int?
        if isWhole {
            line = Search.next(lines.count, start, direction) { search.matches(lines[$0].plain) }
        } else {
            // A first search, like one in a whole conversation, begins at the first message.
            let rest =
                direction > 0 ? Array(lines.indices.dropFirst(start + 1)) : (0..<max(0, start)).reversed()
            line = isFirst ? nil : rest.first { search.matches(lines[$0].plain) }
        }
        if let line {
            show(line, &state)
            return true
        }
        return !isWhole && findMessage(search, &state, direction, isFirst)
    }

    private func show(_ line: Int, _ state: inout DebuggerState) {
        state.conversation.match = line
        state.conversation.followsEnd = false
        state.conversation.scroll.show(line, margin: 3)
    }

    /// The next message outside of those laid out that holds the text; it is laid out, and its line gone to.
    private func findMessage(
        _ search: Search, _ state: inout DebuggerState, _ direction: Int, _ isFirst: Bool
    ) -> Bool {
        let (all, listed) = (state.shown.messages, state.listedMessages)
        let laidOut = state.frame.conversation.messages
        let start =
            isFirst ? listed.count - 1 : direction > 0 ? laidOut.upperBound - 1 : laidOut.lowerBound
        let needle = SearchedBytes(search.text)
        var skipped: Set<Int> = []
        while let index = Search.next(
            listed.count, start, direction,
            { index in
                !skipped.contains(index) && needle.isIn(all[listed[index]])
            })
        {
            state.conversation.first = index
            state.conversation.scroll.move(to: 0)
            state.conversation.match = 0
            state.conversation.followsEnd = false
            settle(&state)
            let (lines, begin) = (state.frame.conversation.lines, state.conversation.match ?? 0)
            if let line = (begin..<lines.count).first(where: { search.matches(lines[$0].plain) }) {
                show(line, &state)
                return true
            }
            // The message holds the text in a part of it that the pane does not show.
            skipped.insert(index)
        }
        return false
    }
}
