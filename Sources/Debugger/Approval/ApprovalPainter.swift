import Agent
import Sessions
import Terminal

/// Draws the approval screen: state in, cells out.
struct ApprovalPainter {
    private let state: ApprovalScreen
    private var canvas: Canvas
    private var cursor: Point?

    static func paint(_ state: ApprovalScreen) -> ScreenView {
        var painter = ApprovalPainter(state: state, canvas: Canvas(state.size))
        painter.paint()
        return ScreenView(canvas: painter.canvas, cursor: painter.cursor)
    }

    private mutating func paint() {
        paintTitle()
        for (row, index) in state.list.visible.enumerated() where row < state.frame.list.height {
            guard let call = state.queue.element(index) else { continue }
            let area = state.frame.list.row(row)
            canvas.put(line(call, width: area.width), at: area.origin, maxWidth: area.width)
        }
        paintDetail()
        if let layer = state.layer, !layer.isPrompt { paint(layer) }
        paintBottom()
    }

    private mutating func paintTitle() {
        let area = state.frame.title
        guard !area.isEmpty else { return }
        canvas.fill(area, style: Theme.title)
        let running = state.queue.count { $0.isRunning }
        let count = state.queue.count - running
        let waits = count == 0 ? "nothing waits" : "\(Figure.amount(count, "call")) waiting for you"
        var line = StyledText(" approve \(state.folder) · ", Theme.title)
        line.append("\(waits)", Theme.titleState)
        if running > 0 { line.append(" · \(Figure.amount(running, "call")) running", Theme.title) }
        line.append(" · \(Figure.amount(state.runs, "run")) here", Theme.title)
        canvas.put(line.truncated(to: area.width), at: area.origin, maxWidth: area.width)
    }

    /// A line of the list: time, session, ID, tool, arguments.
    private func line(_ call: QueuedCall, width: Int) -> StyledText {
        let record = call.waiting.record
        let isSelected = call.id == state.selected
        let style = isSelected ? Theme.chosen : .plain
        var line = StyledText(isSelected ? "▸ " : "  ", Theme.key)
        line = line + clock(call).fitted(to: 18) + StyledText(call.session, style).fitted(to: 20)
        line = line + StyledText(" \(record.key.id)", Theme.heading).fitted(to: 12)
        line = line + StyledText(" \(record.call.name) ", style)
        line.append(record.argumentsLine, Theme.faint)
        return line.truncated(to: width)
    }

    /// How long a call has waited, or how long it still has.
    private func clock(_ call: QueuedCall) -> StyledText {
        if state.guards[call.journal]?.sent.contains(call.waiting.record.key) == true {
            return StyledText("on its way", Theme.faint)
        }
        guard let deadline = call.deadline else {
            let word = call.isRunning ? "runs" : "waits"
            return StyledText(
                "\(word) \(ApprovalPainter.minutes(state.now - call.waiting.time))", Theme.faint)
        }
        let left = deadline - state.now
        let words = "denied in \(ApprovalPainter.minutes(max(0, left)))"
        return StyledText(words, left < 30_000 ? Theme.attention : Theme.label)
    }

    static func minutes(_ milliseconds: Int64) -> String {
        let seconds = max(0, milliseconds / 1_000)
        return "\(seconds / 60):" + (seconds % 60 < 10 ? "0" : "") + "\(seconds % 60)"
    }

    private mutating func paintDetail() {
        guard let call = state.current else {
            var text = TextLines(width: state.frame.detail.width)
            if state.size.height > 4 { text.blank() }
            text.wrap(
                SafeText(
                    state.runs == 0
                        ? "No run awaits decisions in \(state.folder). Start one with: callgate run --headless "
                            + "--approve await --record \(state.folder)/NAME.jsonl"
                        : "No call waits. Those that come appear here by themselves."))
            for fault in state.faults { text.wrap(SafeText("✗ \(fault)"), Theme.bad) }
            paint(
                text.lines, Scroll(count: text.lines.count, page: state.frame.detail.height),
                state.frame.detail)
            return
        }
        let record = call.waiting.record
        if !state.frame.heading.isEmpty {
            let area = state.frame.heading
            canvas.horizontalLine(from: area.origin, length: area.width, style: Theme.frame)
            var heading = StyledText(" \(record.key.id)", Theme.heading)
            heading.append(" · \(record.call.name) · round \(record.key.round) · ")
            heading.append(record.statusWords, record.statusStyle)
            let rest = state.frame.argumentLines.count - state.detail.visible.upperBound
            if rest > 0 {
                heading.append(" · \(Figure.amount(rest, "line")) of arguments below", Theme.attention)
            }
            heading.append(" ")
            canvas.put(
                heading.truncated(to: max(0, area.width - 2)), at: Point(area.minX + 1, area.minY),
                maxWidth: max(0, area.width - 2))
        }
        paint(state.frame.lines, state.detail, state.frame.detail)
    }

    private mutating func paint<Lines: RandomAccessCollection>(_ lines: Lines, _ scroll: Scroll, _ area: Rect)
    where Lines.Element == StyledText, Lines.Index == Int {
        for (row, index) in scroll.visible.enumerated()
        where row < area.height && (lines.startIndex..<lines.endIndex).contains(index) {
            canvas.put(lines[index], at: Point(area.minX, area.minY + row), maxWidth: area.width)
        }
    }

    private mutating func paint(_ layer: ApprovalLayer) {
        let box = LayerBox(size: state.size)
        canvas.fill(box.frame)
        let record = layer.call.waiting.record
        if box.isFramed {
            let title =
                switch layer.kind {
                case .review: "review the edit of \(record.key.id)"
                case .response: "answer \(record.key.id) in the place of \(record.call.name)"
                case .arguments, .denial: "edit the arguments of \(record.key.id) · \(record.call.name)"
                }
            canvas.frame(box.frame, style: Theme.focusedFrame, title: StyledText(title, Theme.focusedFrame))
        }
        if case .review = layer.kind {
            paint(ApprovalDetail.review(layer, width: box.content.width), layer.scroll, box.content)
            return
        }
        let (text, place) = layer.text.layout(width: box.content.width)
        let lines = text.lines.map { line in
            var styled = StyledText()
            styled.append(line.text)
            return styled
        }
        paint(lines, layer.scroll, box.content)
        let row = place.y - layer.scroll.offset
        if row >= 0, row < box.content.height {
            cursor = Point(box.content.minX + place.x, box.content.minY + row)
        }
        guard let fault = layer.fault else { return }
        let (_, area) = box.content.split(bottom: 2)
        canvas.fill(area)
        var words = TextLines(width: area.width)
        words.wrap(SafeText("✗ \(fault)"), Theme.bad)
        paint(words.lines, Scroll(count: words.lines.count, page: area.height), area)
    }

    private mutating func paintBottom() {
        let area = state.frame.hints
        guard !area.isEmpty else { return }
        if let layer = state.layer, layer.isPrompt {
            let label = StyledText(
                "deny \(layer.call.waiting.record.key.id), reason (may be empty): ", Theme.key
            )
            .truncated(to: max(1, area.width - 8))
            canvas.put(label, at: area.origin, maxWidth: area.width)
            let (text, column) = layer.text.window(width: max(1, area.width - label.width))
            canvas.put(text, at: Point(area.minX + label.width, area.minY))
            cursor = Point(min(area.maxX - 1, area.minX + label.width + column), area.minY)
        } else if let message = state.message {
            let style = message.isRefusal ? Theme.refusal : Style.bold
            canvas.put(StyledText(" \(message.text)", style).truncated(to: area.width), at: area.origin)
        } else {
            canvas.put(hints.truncated(to: area.width), at: area.origin, maxWidth: area.width)
        }
    }

    private var hints: StyledText {
        let keys: [(String, String)] =
            switch state.layer?.kind {
            case .review:
                [
                    ("a", "annotate (default)"), ("w", "rewrite"), ("s", "silent"), ("e", "edit more"),
                    ("Esc", "leave"),
                ]
            case .arguments, .response: [("Ctrl-S", "go on"), ("Ctrl-O", "$EDITOR"), ("Esc", "leave")]
            case .denial, nil:
                state.current.map(\.isRunning).map { isRunning in
                    isRunning
                        ? [("x", "cancel"), ("j/k", "move"), ("PgDn", "scroll"), ("q", "quit")]
                        : [
                            ("a", "approve"), ("d", "deny"), ("e", "edit"), ("r", "respond"),
                            ("j/k", "move"),
                            ("PgDn", "scroll"), ("q", "quit"),
                        ]
                } ?? [("q", "quit")]
            }
        var line = StyledText(" ")
        for (key, word) in keys {
            line.append(key, Theme.key)
            line.append(" \(word)   ")
        }
        return line
    }
}
