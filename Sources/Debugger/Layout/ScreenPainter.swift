import Agent
import Terminal

/// Draws a state that is laid out: state in, cells out.
struct ScreenPainter {
    private let state: DebuggerState
    var brush: PaneBrush
    var cursor: Point?

    /// What is drawn on.
    var canvas: Canvas {
        get { brush.canvas }
        set { brush.canvas = newValue }
    }

    /// The screen of a state, and where its cursor is.
    static func paint(_ state: DebuggerState) -> ScreenView {
        var painter = ScreenPainter(state: state, brush: PaneBrush(canvas: Canvas(state.size)))
        painter.paint()
        state.shownPalette.apply(to: &painter.canvas)
        return ScreenView(canvas: painter.canvas, cursor: painter.cursor)
    }

    private mutating func paint() {
        let layout = state.frame.layout
        brush.canvas.put(
            TitleLine.line(state, width: layout.title.width), at: layout.title.origin,
            maxWidth: layout.title.width)
        for (row, line) in state.bannerLines.enumerated() where row < layout.banner.height {
            brush.canvas.put(
                line, at: Point(layout.banner.minX, layout.banner.minY + row), maxWidth: layout.banner.width)
        }
        paintFrames()
        for pane in Pane.allCases { paint(pane) }
        for (pane, area) in layout.summaries {
            brush.canvas.put(summary(pane, width: area.width), at: area.origin, maxWidth: area.width)
        }
        if let place = state.readLayer { state.layers[place].paint(state, with: &self) }
        if let prompt = state.layers.last, prompt.kind == .prompt { prompt.paint(state, with: &self) }
        paintBottom(layout.hints)
    }

    // The panes.

    /// Draws the frames, the focused one over the others, and then what is written in them: two panes may share a row
    /// of frame, in which the title of the lower one goes before the foot of the upper one.
    private mutating func paintFrames() {
        let layout = state.frame.layout
        let shown = Pane.allCases.filter { layout.panes[$0] != nil }
        guard layout.isFramed else {
            for pane in shown {
                guard let row = layout.titleRow(of: pane) else { continue }
                brush.canvas.put(title(pane).truncated(to: row.width), at: row.origin, maxWidth: row.width)
            }
            return
        }
        for pane in shown.filter({ $0 != state.focus.pane }) + [state.focus.pane] {
            guard let area = layout.panes[pane] else { continue }
            brush.canvas.frame(area, style: frameStyle(pane))
        }
        for pane in shown {
            guard let area = layout.panes[pane] else { continue }
            let used = brush.canvas.putTitle(title(pane), in: area, y: area.minY, style: frameStyle(pane))
            guard let above = shown.first(where: { layout.panes[$0]?.isAbove(area) == true }) else {
                continue
            }
            putFoot(above, in: area, y: area.minY, after: used)
        }
        for pane in shown {
            guard let area = layout.panes[pane],
                !shown.contains(where: { layout.panes[$0].map(area.isAbove) == true })
            else { continue }
            putFoot(pane, in: area, y: area.maxY - 1, after: 0)
        }
    }

    private mutating func putFoot(_ pane: Pane, in area: Rect, y: Int, after used: Int) {
        var parts = pane.room.foot(state)
        if let search = state.search, search.pane == pane { parts.append("search: \(search.text)") }
        guard !parts.isEmpty else { return }
        brush.canvas.putTitle(
            StyledText(parts.joined(separator: " · "), Theme.faint), in: area, y: y, alignment: .right,
            after: used, style: frameStyle(pane))
    }

    private func frameStyle(_ pane: Pane) -> Style {
        pane == state.focus.pane ? Theme.focusedFrame : Theme.frame
    }

    private mutating func paint(_ pane: Pane) {
        guard let content = state.frame.layout.content(of: pane) else { return }
        brush.search = state.search.flatMap { $0.pane == pane ? $0 : nil }
        brush.isFocused = pane == state.focus.pane
        pane.room.paint(state, with: &brush, in: content)
        brush.search = nil
    }

    private func title(_ pane: Pane) -> StyledText {
        let isFocused = pane == state.focus.pane
        let style = isFocused ? Theme.focusedFrame : Theme.heading
        var title = StyledText("\(isFocused ? "▸" : "")\(pane.digit) \(pane.name)", style)
        if let extra = pane.room.subtitle(state) {
            title.append(" · \(extra)", isFocused ? Theme.label : Theme.faint)
        }
        return title
    }

    private func summary(_ pane: Pane, width: Int) -> StyledText {
        let name =
            StyledText(" \(pane.digit) ", Theme.key) + StyledText(pane.name, Theme.label).fitted(to: 13)
        return (name + pane.room.summary(state)).truncated(to: width)
    }

    // What lies over the panes.

    /// Clears a box and draws its frame.
    mutating func open(_ box: LayerBox, title: String, scroll: Scroll? = nil, note: String? = nil) {
        brush.canvas.fill(box.frame)
        guard box.isFramed else { return }
        brush.canvas.frame(box.frame, style: Theme.focusedFrame)
        brush.canvas.putTitle(
            StyledText(title, Theme.focusedFrame), in: box.frame, y: box.frame.minY,
            style: Theme.focusedFrame)
        let parts = [note, scroll?.range.map { $0 + (scroll?.isAtEnd == true ? "" : " ↓") }]
        let foot = parts.compactMap { $0 }.joined(separator: " · ")
        guard !foot.isEmpty else { return }
        brush.canvas.putTitle(
            StyledText(foot, Theme.faint), in: box.frame, y: box.frame.maxY - 1, alignment: .right,
            style: Theme.focusedFrame)
    }

    /// Puts the cursor at a place of a text of which a part is shown.
    mutating func putCursor(_ place: Point, _ scroll: Scroll, in area: Rect) {
        let row = place.y - scroll.offset
        if row >= 0, row < area.height { cursor = Point(area.minX + place.x, area.minY + row) }
    }

    // The bottom line.

    private mutating func paintBottom(_ area: Rect) {
        guard !area.isEmpty else { return }
        if let layer = state.layers.last, layer.paintBottom(state, with: &self, in: area) { return }
        let line: StyledText
        if let message = state.messages.current {
            let style = message.kind == .refusal ? Theme.refusal : Theme.note
            line = StyledText(" \(message.text)", style)
        } else if state.frame.layout.title.isEmpty, state.layers.isEmpty {
            line = TitleLine.line(state, width: area.width)
        } else {
            line = HintsLine.hints(state, width: area.width)
        }
        brush.canvas.put(line.truncated(to: area.width), at: area.origin, maxWidth: area.width)
    }
}

extension Rect {
    /// Whether its lower frame is the upper frame of another.
    fileprivate func isAbove(_ other: Rect) -> Bool {
        maxY - 1 == other.minY && minX == other.minX && height > 1
    }
}
