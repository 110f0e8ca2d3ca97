import Agent
import Terminal

/// Draws a state that is laid out: state in, cells out.
struct ScreenPainter {
    private let state: DebuggerState
    private var canvas: Canvas
    private var cursor: Point?

    /// The screen of a state, and where its cursor is.
    static func paint(_ state: DebuggerState) -> ScreenView {
        var painter = ScreenPainter(state: state, canvas: Canvas(state.size))
        painter.paint()
        return ScreenView(canvas: painter.canvas, cursor: painter.cursor)
    }

    private mutating func paint() {
        let layout = state.frame.layout
        canvas.put(
            TitleLine.line(state, width: layout.title.width), at: layout.title.origin,
            maxWidth: layout.title.width)
        for pane in Pane.allCases where pane != state.focus.pane { paint(pane) }
        paint(state.focus.pane)
        for (pane, area) in layout.summaries {
            canvas.put(Summaries.line(pane, state, width: area.width), at: area.origin, maxWidth: area.width)
        }
        if let layer = state.layers.last { paint(layer) }
        paintBottom(layout.hints)
    }

    // The panes.

    private mutating func paint(_ pane: Pane) {
        guard let area = state.frame.layout.panes[pane], let content = state.frame.layout.content(of: pane)
        else { return }
        if state.frame.layout.isFramed {
            let isFocused = pane == state.focus.pane
            canvas.frame(
                area, style: isFocused ? Theme.focusedFrame : Theme.frame,
                title: title(pane, isFocused: isFocused),
                footer: footer(pane))
        }
        switch pane {
        case .conversation:
            paint(state.frame.conversation.lines, state.conversation.scroll, in: content, pane)
        case .calls:
            paint(
                state.frame.calls, list: state.calls.list, detail: state.calls.detail, in: content, .calls,
                empty: "No call yet: the model has not asked for a tool.")
        case .results:
            paint(
                state.frame.results, list: state.results.list, detail: state.results.detail, in: content,
                .results,
                empty: "No result yet.")
        case .mask: paintMask(in: content)
        }
    }

    private func title(_ pane: Pane, isFocused: Bool) -> StyledText {
        let style = isFocused ? Theme.focusedFrame : Theme.heading
        var title = StyledText("\(isFocused ? "▸" : "")\(pane.digit) \(pane.name)", style)
        if let extra = subtitle(pane) { title.append(" · \(extra)", isFocused ? Theme.label : Theme.faint) }
        return title
    }

    private func subtitle(_ pane: Pane) -> String? {
        switch pane {
        case .conversation: return nil
        case .calls:
            let waiting = state.shown.calls.count(where: \.needsDecision)
            guard waiting > 0 else { return nil }
            return "\(waiting) waiting"
        case .mask:
            guard let table = state.frame.mask.table else { return nil }
            let source = state.timeline.isLive && state.run != .ended ? "live" : "recorded"
            return "round \(table.token.round), token \(table.token.position + 1) · \(source)"
        case .results: return nil
        }
    }

    private func footer(_ pane: Pane) -> StyledText? {
        func range(_ scroll: Scroll) -> String? {
            guard scroll.count > scroll.page, scroll.page > 0 else { return nil }
            return
                "\(Figure.count(scroll.offset + 1))-\(Figure.count(scroll.visible.upperBound)) of \(Figure.count(scroll.count))"
        }
        var parts: [String] = []
        switch pane {
        case .conversation:
            if let messages = state.frame.conversation.messagesShown(state.conversation.scroll) {
                parts.append("messages \(messages)")
            } else if let rows = range(state.conversation.scroll) {
                parts.append("lines \(rows)")
            }
        case .calls: if let rows = range(state.calls.detail) { parts.append("details \(rows)") }
        case .results: if let rows = range(state.results.detail) { parts.append("lines \(rows)") }
        case .mask:
            if state.mask.filter != .all { parts.append(state.mask.filter.rawValue) }
            if state.mask.order != .logit { parts.append("by ID") }
            if let rows = range(state.mask.rows) { parts.append("rows \(rows)") }
        }
        if let search = state.search, search.pane == pane { parts.append("search: \(search.text)") }
        return parts.isEmpty ? nil : StyledText(parts.joined(separator: " · "), Theme.faint)
    }

    /// Draws the lines that a scroll shows, matches of the search set off.
    private mutating func paint(_ lines: [StyledText], _ scroll: Scroll, in area: Rect, _ pane: Pane?) {
        for (row, index) in scroll.visible.enumerated()
        where row < area.height && lines.indices.contains(index) {
            put(lines[index], at: Point(area.minX, area.minY + row), width: area.width, pane)
        }
    }

    private mutating func put(_ line: StyledText, at point: Point, width: Int, _ pane: Pane?) {
        canvas.put(line, at: point, maxWidth: width)
        guard let search = state.search, search.pane == pane else { return }
        for columns in search.columns(in: line.runs.flatMap(\.text.glyphs)) where columns.lowerBound < width {
            let area = Rect(
                x: point.x + columns.lowerBound, y: point.y,
                width: min(columns.count, width - columns.lowerBound), height: 1)
            canvas.restyle(area) { _ in Theme.match }
        }
    }

    private mutating func paint(
        _ frame: ListFrame, list: Scroll, detail: Scroll, in area: Rect, _ pane: Pane, empty: String
    ) {
        guard frame.rows.count > 0 else {
            var text = TextLines(width: area.width)
            text.wrap(SafeText(empty), Theme.faint)
            paint(text.lines, Scroll(count: text.lines.count, page: area.height), in: area, pane)
            return
        }
        let (rows, below) = area.split(top: frame.listHeight)
        for (row, index) in list.visible.enumerated() where row < rows.height {
            put(
                selectable(frame.rows[index], isSelected: index == frame.selected),
                at: Point(rows.minX, rows.minY + row), width: rows.width, pane)
            if index == frame.selected, pane == state.focus.pane { highlight(rows.row(row)) }
        }
        let (head, text) = below.split(top: frame.hasHeading ? 1 : 0)
        if !head.isEmpty {
            canvas.put(
                StyledText("── ", Theme.frame) + frame.heading
                    + StyledText(" " + String(repeating: "─", count: head.width), Theme.frame),
                at: head.origin, maxWidth: head.width)
        }
        paint(frame.detail, detail, in: text, pane)
    }

    private func selectable(_ row: StyledText, isSelected: Bool) -> StyledText {
        StyledText(isSelected ? "▸ " : "  ", Theme.chosen) + row
    }

    /// The selected row of the focused pane.
    private mutating func highlight(_ area: Rect) {
        canvas.restyle(area) { $0.adding(.reverse) }
    }

    private mutating func paintMask(in area: Rect) {
        let frame = state.frame.mask
        guard let table = frame.table,
            let trail = TokenTrail(
                log: state.timeline.log, step: state.timeline.step, round: state.shown.round)
        else {
            var text = TextLines(width: area.width)
            text.wrap(SafeText("No token has been decoded in this round yet."), Theme.faint)
            paint(text.lines, Scroll(count: text.lines.count, page: area.height), in: area, .mask)
            return
        }
        let view = MaskPaneView(table: table, trail: trail, insight: frame.insight, width: area.width)
        var rest = area
        for line in frame.head {
            put(line, at: rest.origin, width: rest.width, .mask)
            rest = rest.split(top: 1).rest
        }
        if frame.hasTableHead {
            canvas.put(view.tableHead(frame.columns), at: rest.origin, maxWidth: rest.width)
            rest = rest.split(top: 1).rest
        }
        if frame.positions.isEmpty {
            canvas.put(
                StyledText("no candidate is \(state.mask.filter.rawValue) here", Theme.faint),
                at: rest.origin, maxWidth: rest.width)
        }
        for (row, index) in state.mask.rows.visible.enumerated() where row < rest.height {
            let candidate = table.candidate(at: Int(frame.positions[index]))
            let verdict = candidate.token.flatMap { frame.insight?.verdicts[$0] }
            put(
                view.row(candidate, frame.columns, verdict: verdict), at: Point(rest.minX, rest.minY + row),
                width: rest.width, .mask)
            if index == frame.selected {
                canvas.put(
                    "▸", at: Point(rest.minX + 1, rest.minY + row), style: Theme.chosen,
                    maxWidth: max(0, rest.width - 1))
                if state.focus.pane == .mask { highlight(rest.row(row)) }
            }
        }
    }

    // What lies over the panes.

    private mutating func paint(_ layer: Layer) {
        let box = LayerBox(size: state.size)
        switch layer {
        case .prompt(let prompt): paintCompletions(prompt)
        case .confirmation(let confirmation): paint(confirmation)
        case .document(let document):
            open(box, title: DocumentContent.title(document.topic, state), scroll: document.scroll)
            paint(state.frame.document, document.scroll, in: box.content, nil)
        case .review(let review):
            open(box, title: "review the edit", scroll: review.scroll)
            paint(state.frame.document, review.scroll, in: box.content, nil)
        case .rule(let review):
            open(box, title: "a rule, before it holds", scroll: review.scroll)
            paint(state.frame.document, review.scroll, in: box.content, nil)
        case .editor(let editor): paint(editor, in: box)
        case .question(let form): paint(form, in: box)
        }
    }

    private mutating func open(_ box: LayerBox, title: String, scroll: Scroll? = nil) {
        canvas.fill(box.frame)
        guard box.isFramed else { return }
        let footer = scroll.flatMap { scroll in
            scroll.count > scroll.page
                ? StyledText(
                    "\(scroll.offset + 1)-\(scroll.visible.upperBound) of \(scroll.count)", Theme.faint) : nil
        }
        canvas.frame(
            box.frame, style: Theme.focusedFrame, title: StyledText(title, Theme.focusedFrame), footer: footer
        )
    }

    private mutating func paint(_ editor: TextEditor, in box: LayerBox) {
        open(box, title: editor.title, scroll: editor.scroll)
        paint(state.frame.document, editor.scroll, in: box.content, nil)
        let place = editor.field.layout(width: box.content.width).cursor
        let row = place.y - editor.scroll.offset
        if row >= 0, row < box.content.height {
            cursor = Point(box.content.minX + place.x, box.content.minY + row)
        }
        guard let fault = editor.fault else { return }
        let (_, area) = box.content.split(bottom: box.faultHeight)
        canvas.fill(area)
        var text = TextLines(width: area.width)
        text.wrap(SafeText("✗ \(fault)"), Theme.bad)
        paint(text.lines, Scroll(count: text.lines.count, page: area.height), in: area, nil)
    }

    private mutating func paint(_ form: QuestionForm, in box: LayerBox) {
        open(box, title: "a question of server \(form.question.server)", scroll: form.scroll)
        paint(state.frame.document, form.scroll, in: box.content, nil)
        guard let place = QuestionLines(form, width: box.content.width).cursor else { return }
        let row = place.y - form.scroll.offset
        if row >= 0, row < box.content.height {
            cursor = Point(box.content.minX + place.x, box.content.minY + row)
        }
    }

    private mutating func paint(_ confirmation: Confirmation) {
        let width = min(max(0, state.size.width - 4), 64)
        var text = TextLines(width: max(1, width - 4))
        text.wrap(SafeText(confirmation.question), Theme.heading)
        text.wrap(SafeText(confirmation.consequence))
        text.blank()
        text.add("y yes   n no", Theme.key)
        let height = min(text.lines.count + 2, max(0, state.size.height - 1))
        let area = Rect(
            x: (state.size.width - width) / 2, y: max(0, (state.size.height - height) / 2), width: width,
            height: height)
        canvas.fill(area)
        let content = area.width >= 8 && area.height >= 3 ? area.inset(horizontally: 2, vertically: 1) : area
        if content != area { canvas.frame(area, style: Theme.focusedFrame) }
        paint(text.lines, Scroll(count: text.lines.count, page: content.height), in: content, nil)
    }

    /// The names that Tab goes through, in the line over the prompt.
    private mutating func paintCompletions(_ prompt: Prompt) {
        guard !prompt.completions.isEmpty, state.size.height >= 3 else { return }
        var line = StyledText(" ")
        for (index, name) in prompt.completions.enumerated() {
            let isChosen = index == prompt.chosen
            line.append("\(isChosen ? "▸" : " ")\(name)", isChosen ? Theme.titleState : .plain)
            line.append(" ")
        }
        let area = Rect(x: 0, y: state.size.height - 2, width: state.size.width, height: 1)
        canvas.fill(area)
        canvas.put(line.truncated(to: area.width), at: area.origin, maxWidth: area.width)
    }

    // The bottom line.

    private mutating func paintBottom(_ area: Rect) {
        guard !area.isEmpty else { return }
        if case .prompt(let prompt)? = state.layers.last {
            let label = StyledText(prompt.label, Theme.key).truncated(to: max(1, area.width - 8))
            canvas.put(label, at: area.origin, maxWidth: area.width)
            let room = max(1, area.width - label.width)
            let (text, column) = prompt.field.window(width: room)
            canvas.put(text, at: Point(area.minX + label.width, area.minY), maxWidth: room)
            cursor = Point(min(area.maxX - 1, area.minX + label.width + column), area.minY)
            if let message = state.messages.current {
                let shown = StyledText("  \(message.text)", Theme.refusal)
                canvas.put(
                    shown.truncated(to: max(0, room - text.width - 1)),
                    at: Point(area.minX + label.width + text.width + 1, area.minY))
            }
        } else if let message = state.messages.current {
            let style = message.kind == .refusal ? Theme.refusal : Style.bold
            canvas.put(
                StyledText(" \(message.text)", style).truncated(to: area.width), at: area.origin,
                maxWidth: area.width)
        } else if state.frame.layout.title.isEmpty, state.layers.isEmpty {
            canvas.put(TitleLine.line(state, width: area.width), at: area.origin, maxWidth: area.width)
        } else {
            canvas.put(
                HintsLine.hints(state, width: area.width).truncated(to: area.width), at: area.origin,
                maxWidth: area.width)
        }
    }
}
