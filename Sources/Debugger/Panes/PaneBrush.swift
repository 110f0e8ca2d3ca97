import Terminal

/// Draws lines on the canvas, matches of the search set off.
struct PaneBrush {
    var canvas: Canvas
    /// What is searched for in the pane that is being painted.
    var search: Search?
    /// Whether the pane that is being painted has the keys.
    var isFocused = false

    /// Draws the lines that a scroll shows.
    mutating func paint<Lines: RandomAccessCollection>(_ lines: Lines, _ scroll: Scroll, in area: Rect)
    where Lines.Element == StyledText, Lines.Index == Int {
        for (row, index) in scroll.visible.enumerated()
        where row < area.height && (lines.startIndex..<lines.endIndex).contains(index) {
            put(lines[index], at: Point(area.minX, area.minY + row), width: area.width)
        }
    }

    /// Draws a text from the top of an area, wrapped.
    mutating func paint(_ text: String, _ style: Style, in area: Rect) {
        var lines = TextLines(width: area.width)
        lines.wrap(SafeText(text), style)
        paint(lines.lines, Scroll(count: lines.lines.count, page: area.height), in: area)
    }

    mutating func put(_ line: StyledText, at point: Point, width: Int) {
        canvas.put(line, at: point, maxWidth: width)
        guard let search else { return }
        for columns in search.columns(in: line.runs.flatMap(\.text.glyphs)) where columns.lowerBound < width {
            let area = Rect(
                x: point.x + columns.lowerBound, y: point.y,
                width: min(columns.count, width - columns.lowerBound), height: 1)
            canvas.restyle(area) { _ in Theme.match }
        }
    }

    /// The selected row of the focused pane.
    mutating func highlight(_ area: Rect) {
        if isFocused { canvas.restyle(area) { $0.adding(.reverse) } }
    }
}
