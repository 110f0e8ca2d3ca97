/// Which of many rows a pane shows.
///
/// Every change keeps the rows within what there is, so that a pane that shrinks or a list that grows needs no
/// care elsewhere.
public struct Scroll: Sendable, Hashable {
    /// The first row shown.
    public private(set) var offset: Int
    /// How many rows there are.
    public private(set) var count: Int
    /// How many fit.
    public private(set) var page: Int

    /// Rows, a page, and the first row shown.
    public init(count: Int = 0, page: Int = 0, offset: Int = 0) {
        self.count = max(0, count)
        self.page = max(0, page)
        self.offset = 0
        move(to: offset)
    }

    /// The greatest first row.
    public var maximum: Int { max(0, count - page) }
    /// The rows shown.
    public var visible: Range<Int> { offset..<min(count, offset + page) }
    /// Whether the last row is shown.
    public var isAtEnd: Bool { offset >= maximum }

    /// Takes over how many rows there are and how many fit.
    public mutating func update(count: Int, page: Int) {
        self = Scroll(count: count, page: page, offset: offset)
    }

    /// Shows the rows from the given one on.
    public mutating func move(to offset: Int) { self.offset = max(0, min(offset, maximum)) }

    /// Moves by rows, down where positive.
    public mutating func move(by rows: Int) { move(to: offset + rows) }

    /// Shows the first rows or the last ones.
    public mutating func move(toEnd: Bool) { move(to: toEnd ? maximum : 0) }

    /// Moves by pages, leaving one row in view for orientation.
    public mutating func move(byPages pages: Int) { move(by: pages * max(1, page - 1)) }

    /// Moves as little as is needed to show a row, with as many rows around it as asked where there is room.
    public mutating func show(_ row: Int, margin: Int = 0) {
        let margin = max(0, min(margin, (page - 1) / 2))
        if row - margin < offset { move(to: row - margin) }
        if row + margin >= offset + page { move(to: row + margin - page + 1) }
    }

    /// The rows of a scroll bar of the given height that its thumb covers, nil where everything is shown.
    public func thumb(height: Int) -> Range<Int>? {
        guard count > page, height > 0, page > 0 else { return nil }
        let length = max(1, height * page / count)
        let start = maximum == 0 ? 0 : (height - length) * offset / maximum
        return start..<start + length
    }
}
