import Terminal

/// Draws the list of sessions, with the program's output under it.
struct SessionListPainter {
    private let desk: SessionDesk
    private var canvas: Canvas
    private var cursor: Point?

    private init(desk: SessionDesk, canvas: Canvas) {
        self.desk = desk
        self.canvas = canvas
    }

    static func paint(_ desk: SessionDesk) -> ScreenView {
        var painter = SessionListPainter(desk: desk, canvas: Canvas(desk.size))
        painter.paint()
        return ScreenView(canvas: painter.canvas, cursor: painter.cursor)
    }

    /// The rows that the list has on the screen.
    static func listHeight(_ desk: SessionDesk) -> Int {
        if desk.rows.isEmpty {
            // The lines to paste; the output, if there is any, has its room under them.
            let body = max(0, desk.size.height - 2)
            return desk.log.isEmpty ? body : body - min(desk.log.count + 1, body / 3)
        }
        let body = max(0, desk.size.height - 3)
        return desk.log.isEmpty ? body : max(min(desk.rows.count, body), body - max(0, body / 3))
    }

    /// A session's screen, whose title says what waits in others.
    static func marking(_ canvas: Canvas, calls: Int, sessions: Int) -> Canvas {
        var canvas = canvas
        let place = sessions == 1 ? "another session" : "\(sessions) other sessions"
        let text = StyledText(
            " \(Figure.amount(calls, "call")) waiting in \(place), W shows ", Theme.attention)
        let width = min(text.width, canvas.size.width / 2)
        // The step at the right end of the title stays readable.
        let x = max(0, (canvas.size.width - width) * 3 / 5)
        canvas.put(text.truncated(to: width), at: Point(x, 0), maxWidth: width)
        return canvas
    }

    private mutating func paint() {
        let (title, rest) = Rect(size: desk.size).split(top: 1)
        let (body, hints) = rest.split(bottom: 1)
        paintTitle(title)
        if case .help(let scroll) = desk.front {
            paint(SessionListPainter.help(desk), from: scroll, in: body)
        } else if desk.rows.isEmpty {
            paintInstructions(body)
        } else {
            let (area, log) = body.split(top: SessionListPainter.listHeight(desk) + 1)
            paintList(area)
            paintLog(log)
        }
        paintHints(hints)
    }

    private mutating func paintTitle(_ area: Rect) {
        guard !area.isEmpty else { return }
        canvas.fill(area, style: Theme.title)
        let calls = desk.rows.reduce(0) { $0 + $1.waiting.count }
        var line = StyledText(" attach · \(Figure.amount(desk.rows.count, "session")) · ", Theme.title)
        line.append(
            calls == 0 ? "nothing waits" : "\(Figure.amount(calls, "call")) waiting for you", Theme.titleState
        )
        canvas.put(line.truncated(to: area.width), at: area.origin, maxWidth: area.width)
    }

    /// What to do while no session has come, in lines of the screen.
    static func instructions(_ desk: SessionDesk) -> [StyledText] {
        var lines = TextLines(width: max(1, desk.size.width - 1))
        lines.wrap(SafeText("No agent has called yet. Point one at this proxy:"))
        lines.blank()
        for line in desk.instructions { lines.wrap(SafeText(line)) }
        return lines.lines
    }

    /// The keys and commands, in lines of the screen.
    static func help(_ desk: SessionDesk) -> [StyledText] {
        var lines = TextLines(width: max(1, desk.size.width - 1))
        lines.heading("The list of sessions")
        for command in DeskCommand.all {
            let name = command.name.map { "  :\($0)" } ?? ""
            lines.wrap(
                SafeText(command.title.replacing("; ", with: ": ") + name),
                label: StyledText(command.shown, Theme.key), margin: 8)
        }
        lines.blank()
        lines.wrap(
            SafeText(
                "A row in colour has calls that wait for you. In a session ? shows the keys there, q comes back to this list."
            ))
        return lines.lines
    }

    private mutating func paint(_ lines: [StyledText], from scroll: Scroll, in area: Rect) {
        for (row, index) in scroll.visible.enumerated() where row < area.height && index < lines.count {
            canvas.put(
                lines[index], at: Point(area.minX + 1, area.minY + row), maxWidth: max(0, area.width - 1))
        }
    }

    private mutating func paintInstructions(_ area: Rect) {
        let (top, rest) = area.split(top: SessionListPainter.listHeight(desk))
        paint(SessionListPainter.instructions(desk), from: desk.list, in: top)
        paintLog(rest)
    }

    private mutating func paintList(_ area: Rect) {
        let head = columns("  client", "model", "state", "waits", "last")
        canvas.put(styled(head, Theme.faint).truncated(to: area.width), at: area.origin, maxWidth: area.width)
        for (row, index) in desk.list.visible.enumerated() where row + 1 < area.height {
            let session = desk.rows[index]
            let isSelected = session.journal == desk.selected
            let depth = desk.depth(of: session)
            let name =
                depth == 0 ? session.title : String(repeating: "  ", count: depth - 1) + "└ " + session.title
            let wait = session.waitingSince.map { ApprovalPainter.minutes(desk.now - $0) } ?? ""
            let last = session.last == 0 ? "" : ApprovalPainter.minutes(desk.now - session.last) + " ago"
            let texts = columns((isSelected ? "▸ " : "  ") + name, session.model, session.words, wait, last)
            let style = !session.waiting.isEmpty ? Theme.attention : isSelected ? Theme.chosen : .plain
            canvas.put(
                styled(texts, style).truncated(to: area.width), at: Point(area.minX, area.minY + 1 + row),
                maxWidth: area.width)
        }
    }

    /// The texts of a line in columns that share the width.
    private func columns(_ texts: String...) -> [StyledText] {
        let width = desk.size.width
        let fixed = [0, 0, 20, 8, 12]
        let room = max(10, width - fixed.reduce(0, +))
        let widths = [room * 3 / 5, room - room * 3 / 5, 20, 8, 12]
        return zip(texts, widths).map { StyledText($0.0).fitted(to: $0.1) }
    }

    private func styled(_ texts: [StyledText], _ style: Style) -> StyledText {
        var line = StyledText()
        for text in texts { for run in text.runs { line.append(run.text, style) } }
        return line
    }

    private mutating func paintLog(_ area: Rect) {
        guard area.height >= 2, !desk.log.isEmpty else { return }
        canvas.horizontalLine(from: area.origin, length: area.width, style: Theme.frame)
        canvas.put(
            StyledText(" output ", Theme.heading), at: Point(area.minX + 1, area.minY),
            maxWidth: max(0, area.width - 2))
        for (row, text) in desk.log.suffix(area.height - 1).enumerated() {
            let line = StyledText(text, Theme.faint).truncated(to: area.width)
            canvas.put(line, at: Point(area.minX, area.minY + 1 + row), maxWidth: area.width)
        }
    }

    private mutating func paintHints(_ area: Rect) {
        guard !area.isEmpty else { return }
        if let word = desk.word {
            canvas.put(StyledText(" \(word)", Theme.refusal).truncated(to: area.width), at: area.origin)
            return
        }
        if case .command(let field) = desk.front {
            canvas.put(StyledText(":", Theme.key), at: area.origin, maxWidth: area.width)
            let (text, column) = field.window(width: max(1, area.width - 1))
            canvas.put(text, at: Point(area.minX + 1, area.minY), maxWidth: max(0, area.width - 1))
            cursor = Point(min(area.width - 1, column + 1), area.minY)
            return
        }
        var line = StyledText(" ")
        for command in DeskCommand.all where command.isHint {
            line.append(command.shown, Theme.key)
            line.append(" \(command.title.prefix { $0 != ";" })   ")
        }
        if desk.list.maximum > 0 { line.append("j/k scroll", Theme.faint) }
        canvas.put(line.truncated(to: area.width), at: area.origin, maxWidth: area.width)
    }
}
