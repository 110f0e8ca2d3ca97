extension Canvas {
    /// Which neighbours a line in a cell reaches.
    struct Arms: OptionSet, Sendable {
        let rawValue: Int
        static let up = Arms(rawValue: 1)
        static let right = Arms(rawValue: 2)
        static let down = Arms(rawValue: 4)
        static let left = Arms(rawValue: 8)
    }

    /// The light box drawing characters by their arms, from U+2500.
    private static let lineTexts = [
        " ", "╵", "╶", "└", "╷", "│", "┌", "├", "╴", "┘", "─", "┴", "┐", "┤", "┬", "┼",
    ]

    /// Draws a line to the right; where it meets another line, they join.
    public mutating func horizontalLine(from point: Point, length: Int, style: Style = .plain) {
        for step in 0..<max(0, length) {
            var arms: Arms = []
            if step > 0 || length == 1 { arms.insert(.left) }
            if step < length - 1 || length == 1 { arms.insert(.right) }
            join(arms, at: Point(point.x + step, point.y), style: style)
        }
    }

    /// Draws a line downwards; where it meets another line, they join.
    public mutating func verticalLine(from point: Point, length: Int, style: Style = .plain) {
        for step in 0..<max(0, length) {
            var arms: Arms = []
            if step > 0 || length == 1 { arms.insert(.up) }
            if step < length - 1 || length == 1 { arms.insert(.down) }
            join(arms, at: Point(point.x, point.y + step), style: style)
        }
    }

    /// Draws a frame with titles in its upper and lower line; frames that share a line join.
    ///
    /// A title has a space on both sides, is truncated, and is left out where there is no room for one column.
    public mutating func frame(
        _ area: Rect, style: Style = .plain, title: StyledText? = nil, footer: StyledText? = nil
    ) {
        guard !area.isEmpty else { return }
        let (right, bottom) = (area.maxX - 1, area.maxY - 1)
        horizontalLine(from: area.origin, length: area.width, style: style)
        if area.height > 1 {
            horizontalLine(from: Point(area.minX, bottom), length: area.width, style: style)
            verticalLine(from: area.origin, length: area.height, style: style)
            if area.width > 1 {
                verticalLine(from: Point(right, area.minY), length: area.height, style: style)
            }
        }
        if let title { putTitle(title, in: area, y: area.minY, style: style) }
        if let footer, area.height > 1 { putTitle(footer, in: area, y: bottom, style: style) }
    }

    private mutating func putTitle(_ title: StyledText, in area: Rect, y: Int, style: Style) {
        let room = area.width - 4
        guard room > 0, title.width > 0 else { return }
        let shown = title.truncated(to: room)
        put(" ", at: Point(area.minX + 1, y), style: style)
        let used = put(shown, at: Point(area.minX + 2, y), maxWidth: room)
        put(" ", at: Point(area.minX + 2 + used, y), style: style)
    }

    private mutating func join(_ arms: Arms, at point: Point, style: Style) {
        let present = Canvas.lineTexts.firstIndex(of: self[point.x, point.y].text) ?? 0
        let text = Canvas.lineTexts[present | arms.rawValue]
        write(text, width: 1, style: style, x: point.x, y: point.y)
    }
}
