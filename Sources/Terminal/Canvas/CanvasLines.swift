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

    /// Draws a frame with a title in its upper line; frames that share a line join.
    public mutating func frame(_ area: Rect, style: Style = .plain, title: StyledText? = nil) {
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
    }

    /// Writes a text into a row of a frame, between its corners, and gives the columns that it took.
    ///
    /// It has a space on both sides, is truncated, and is left out where there is no room for one column.
    ///
    /// - Parameters:
    ///   - alignment: at which end of the row it stands.
    ///   - used: the columns that an earlier text at the other end has taken; one column of frame stays between them.
    @discardableResult
    public mutating func putTitle(
        _ title: StyledText, in area: Rect, y: Int, alignment: Alignment = .left, after used: Int = 0,
        style: Style = .plain
    ) -> Int {
        let room = area.width - 4 - (used > 0 ? used + 1 : 0)
        guard room > 0, title.width > 0 else { return 0 }
        let shown = title.truncated(to: room)
        let x = alignment == .right ? area.maxX - 3 - shown.width : area.minX + 1
        put(" ", at: Point(x, y), style: style)
        put(shown, at: Point(x + 1, y), maxWidth: room)
        put(" ", at: Point(x + 1 + shown.width, y), style: style)
        return shown.width + 2
    }

    private mutating func join(_ arms: Arms, at point: Point, style: Style) {
        let present = Canvas.lineTexts.firstIndex(of: self[point.x, point.y].text) ?? 0
        let text = Canvas.lineTexts[present | arms.rawValue]
        write(text, width: 1, style: style, x: point.x, y: point.y)
    }
}
