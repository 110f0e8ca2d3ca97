import Agent
import Terminal

/// Everything that is laid out for one step, one size and one state of the panes: what the painter draws and what
/// the mouse points at.
struct Frame: Sendable {
    var layout = ScreenLayout()
    var conversation = ConversationFrame()
    var calls = ListFrame()
    var results = ListFrame()
    var mask = MaskFrame()
    /// The lines of the text in front of the panes, and the columns that it has.
    var document = LaidLines()
}

/// The rows of a list, of which only those on the screen are laid out.
struct ListRows: Sendable {
    /// How many there are.
    var count = 0
    /// The first of those that are laid out.
    var first = 0
    var lines: [StyledText] = []

    subscript(row: Int) -> StyledText { lines.element(row - first) ?? StyledText() }
}

/// A list with the selected item in full below it.
struct ListFrame: Sendable {
    var rows = ListRows()
    var selected: Int?
    var detail = LaidLines()
    /// The number of leading detail lines that must have been seen before an approval.
    var argumentLines = LeadingLines()
    /// The heading between the list and the detail.
    var heading = StyledText()
    /// How many rows of the pane the list has; below the heading the detail takes the rest.
    var listHeight = 0
    var detailHeight = 0
    var hasHeading = false
    /// What ``detail`` was made for, where it is kept.
    var made: Made?

    struct Made: Sendable, Hashable {
        let record: CallRecord
        let width: Int
        let ended: [ServerBoard.Entry]
    }

    /// Shares out the rows of a pane.
    mutating func share(height: Int) {
        listHeight = min(rows.count, max(1, (height - 1) / 3), height)
        let rest = height - listHeight
        hasHeading = rest >= 3
        detailHeight = max(0, rest - (hasHeading ? 1 : 0))
    }

    /// The item at a row of the pane.
    func row(at row: Int, scroll: Scroll) -> Int? {
        guard row < listHeight, scroll.offset + row < rows.count else { return nil }
        return scroll.offset + row
    }
}

/// The head of the mask pane and its table.
struct MaskFrame: Sendable {
    var table: MaskTable?
    var insight: MaskInsight?
    /// The lines above the table.
    var head: [StyledText] = []
    /// Positions in the table, of the rows that the filter lets through.
    var positions: [Int32] = []
    /// What ``positions`` was made for.
    var filtered: MaskPane.View?
    /// The selected row among them.
    var selected: Int?
    /// The columns of the table at this width.
    var columns = MaskColumns(width: 0, isPartial: false)
    var hasTableHead = false

    /// The row of the table at a row of the pane.
    func row(at row: Int, scroll: Scroll) -> Int? {
        let index = scroll.offset + row - head.count - (hasTableHead ? 1 : 0)
        guard row >= head.count + (hasTableHead ? 1 : 0), positions.indices.contains(index) else {
            return nil
        }
        return index
    }
}
