import Agent
import JSON
import Terminal

/// The conversation, message by message, and what the model is writing.
struct ConversationPane {
    /// Rows of a system prompt and of a tool's result before the rest is left to the panes that show it in full.
    static let mostSystemRows = 4
    static let mostResultRows = 6
    /// Bytes of a tool's result up to which its rows are counted.
    static let mostResultBytes = 16 << 10

    private let state: RunState
    private let trail: TokenTrail?
    private let margin: Int
    private var text: TextLines

    /// The lines of one message at a width.
    ///
    /// - Parameter firstCall: how many calls the messages before this one ask for.
    static func lines(of message: Message, _ state: RunState, firstCall: Int, width: Int) -> [StyledText] {
        var pane = ConversationPane(state: state, trail: nil, width: width)
        pane.add(message, firstCall: firstCall)
        return pane.text.lines
    }

    /// What follows the messages: the response that is being decoded, and how the run ended.
    ///
    /// - Parameters:
    ///   - trail: the round that is being decoded; `nil` where none is.
    ///   - isFirst: whether there is nothing before it.
    ///   - left: how many messages a filter leaves out.
    static func tail(
        _ state: RunState, trail: TokenTrail?, width: Int, isFirst: Bool, left: Int = 0
    ) -> [StyledText] {
        var pane = ConversationPane(state: state, trail: trail, width: width)
        if left > 0 {
            pane.text.wrap(
                SafeText("(\(Figure.amount(left, "message")) left out by the filter)"), Theme.faint)
        }
        for finding in state.header?.model.findings ?? [] {
            pane.add(SafeText(finding), Theme.attention, role: StyledText("! prompt", Theme.attention))
        }
        if state.phase == .decoding {
            if !isFirst { pane.text.blank() }
            pane.addDecoding()
        }
        if let outcome = state.outcome { pane.add(outcome) }
        if isFirst, pane.text.lines.isEmpty { pane.text.wrap("Nothing has been said yet.", Theme.faint) }
        return pane.text.lines
    }

    private init(state: RunState, trail: TokenTrail?, width: Int) {
        self.state = state
        self.trail = trail
        margin = width >= 40 ? 10 : 2
        text = TextLines(width: width)
    }

    private mutating func add(_ message: Message, firstCall: Int) {
        var next = firstCall
        switch message {
        case .system(let prompt):
            add(prompt, Theme.faint, role: "system", most: ConversationPane.mostSystemRows) {
                "… \($0) more lines: Enter shows the request"
            }
        case .user(let prompt): add(prompt, Theme.chosen, role: "user")
        case .assistant(let answer): add(answer, from: &next)
        case .tool(let result): add(result)
        }
    }

    private mutating func add(
        _ string: String, _ style: Style = .plain, role: String, most: Int = .max,
        rest: (Int) -> String = { "… \($0) more lines" }
    ) {
        add(
            SafeText(ShownText.beginning(string)), style, role: StyledText(role, Theme.label), most: most,
            rest: rest)
        addRest(of: string)
    }

    /// A text after its role, or below it where the pane is narrow.
    private mutating func add(
        _ shown: SafeText, _ style: Style, role: StyledText, most: Int = .max,
        rest: (Int) -> String = { "… \($0) more lines" }
    ) {
        if margin >= 10 {
            text.wrap(shown, style, label: role, margin: margin, most: most, rest: rest)
        } else {
            if role.width > 0 { text.add(role) }
            text.wrap(shown, style, margin: margin, most: most, rest: rest)
        }
    }

    private mutating func add(_ answer: AssistantMessage, from next: inout Int) {
        var role = StyledText("assistant", Theme.label)
        if let thinking = answer.thinking {
            let words =
                thinking.text.split(maxSplits: 1, whereSeparator: \.isNewline).first.map { ": \($0)" } ?? ""
            add(
                SafeText("thought \(thinking.size)\(words)"), Theme.faint, role: role, most: 2,
                rest: { _ in "… :thinking shows all" })
            role = StyledText()
        }
        if !answer.content.isEmpty || answer.calls.isEmpty {
            let shown =
                answer.content.isEmpty
                ? SafeText("(no words)") : SafeText(ShownText.beginning(answer.content))
            add(shown, answer.content.isEmpty ? Theme.faint : .plain, role: role)
            addRest(of: answer.content)
            role = StyledText()
        }
        let tools = state.header?.catalogue.map(\.name) ?? []
        if answer.calls.isEmpty, let found = WordsLikeCall.find(in: answer.content, of: tools) {
            let mark = "the model wrote a call of \(found.tool) as words, and nothing ran: \(found.why)"
            add(SafeText(mark), Theme.attention, role: StyledText("!", Theme.attention))
        }
        for call in answer.calls {
            // The session's calls stand in the order in which the messages ask for them.
            let record = state.calls.element(next)
            next += 1
            if margin < 10, role.width > 0 { text.add(role) }
            var line = margin >= 10 ? TextLines.fit(role, margin) : TextLines.space(margin)
            line.append("\(record?.sign ?? "·") ", record?.statusStyle ?? .plain)
            line.append(call.id.text, Theme.heading)
            line.append(" \(call.name) ", .plain)
            if let record { line.append(record.statusWord, record.statusStyle) }
            text.add(line)
            text.wrap(
                TokenText.line(
                    Array(
                        ShownText.beginning(call.arguments.text, most: ConversationPane.mostResultBytes).utf8)
                ),
                margin: margin + 2, mode: .characters, most: ConversationPane.mostResultRows)
            role = StyledText()
        }
        for remark in answer.remarks { add(SafeText("! \(remark)"), Theme.attention, role: StyledText()) }
    }

    private mutating func add(_ result: ToolMessage) {
        let sign = result.isError ? "✗ " : "✓ "
        var line =
            margin >= 10
            ? TextLines.fit(StyledText("tool", Theme.label), margin) : StyledText("tool ", Theme.label)
        line.append(sign, result.isError ? Theme.bad : Theme.good)
        line.append(result.callID.text, Theme.heading)
        line.append(" \(result.name)")
        text.add(line)
        let size = result.content.utf8.count
        let isLong = size > ConversationPane.mostResultBytes
        let shown =
            ShownText.beginning(result.content, most: ConversationPane.mostResultBytes)
        text.wrap(
            SafeText(shown), margin: margin + 2, mode: .characters, most: ConversationPane.mostResultRows
        ) {
            isLong
                ? "… of \(Figure.amount(size, "byte")): pane 4 shows all"
                : "… \($0) more lines: pane 4 shows all"
        }
    }

    private mutating func addRest(of string: String) {
        guard let rest = ShownText.rest(of: string) else { return }
        text.wrap(SafeText(rest), Theme.attention, margin: margin)
    }

    /// What the model has written of its response, the last token set off.
    private mutating func addDecoding() {
        let role = StyledText("assistant", Theme.label)
        guard let trail else {
            add(SafeText("… has the request and writes nothing yet"), Theme.faint, role: role)
            return
        }
        let before = SafeText(bytes: trail.written(last: ConversationPane.mostResultBytes))
        let last = TokenText.visible(trail.token)
        let start = text.lines.count
        add(before + last + SafeText("▏"), .plain, role: role)
        text.emphasise(last: last.glyphs.count + 1, from: start)
    }

    private mutating func add(_ outcome: RunOutcome) {
        text.blank()
        switch outcome {
        case .answered: add("the model answered; the run has ended", Theme.good, role: "end")
        case .limit(let limit): add("the run met its limit: \(limit)", Theme.attention, role: "end")
        case .stopped(let reason), .policy(let reason): add(reason, Theme.attention, role: "end")
        case .failed(let reason): add("failed: \(reason)", Theme.bad, role: "end")
        }
    }
}

extension TextLines {
    /// Sets the last glyphs of the text from a line on off against the rest.
    mutating func emphasise(last count: Int, from start: Int) {
        var left = count
        for index in lines.indices.reversed() where index >= start && left > 0 {
            var styled = StyledText()
            var runs = lines[index].runs
            guard let run = runs.popLast() else { continue }
            let split = max(0, run.text.glyphs.count - left)
            for other in runs { styled.append(other.text, other.style) }
            styled.append(SafeText(glyphs: run.text.glyphs[..<split]), run.style)
            styled.append(SafeText(glyphs: run.text.glyphs[split...]), Theme.chosen.adding(.underline))
            left -= run.text.glyphs.count - split
            replace(at: index, with: styled)
        }
    }
}
