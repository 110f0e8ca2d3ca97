import Agent
import Terminal

// A list of calls with the selected one below it: what the panes of calls and of results have in common.

extension CallListPane {
    /// Takes over what there is to scroll, and keeps the selected row in view.
    mutating func settle(in frame: ListFrame) {
        list.update(count: frame.rows.count, page: frame.listHeight)
        if let selected = frame.selected { list.show(selected) }
        detail.update(count: frame.detail.count, page: frame.detailHeight)
    }

    /// Selects the call some rows further.
    mutating func move(_ rows: Int, among keys: [CallKey], from current: CallKey?) {
        guard !keys.isEmpty else { return }
        let index = current.flatMap { keys.firstIndex(of: $0) } ?? keys.count - 1
        select(keys[max(0, min(keys.count - 1, index + rows))])
    }

    /// The next match in the detail of the selected call, else the next call that holds one.
    mutating func find(
        _ search: Search, _ records: [CallRecord], detail lines: LaidLines, selected: CallKey?,
        _ direction: Int, _ isFirst: Bool, _ holds: (CallRecord) -> Bool
    ) -> Bool {
        let line = isFirst ? -1 : match ?? -1
        let rest =
            direction > 0
            ? min(lines.count, line + 1)..<lines.count : 0..<max(0, min(lines.count, line))
        if !isFirst, let next = lines.first(search, in: rest, direction) {
            match = next
            detail.show(next, margin: 2)
            return true
        }
        let start = isFirst ? -1 : selected.flatMap { key in records.firstIndex { $0.key == key } } ?? -1
        guard let index = Search.next(records.count, start, direction, { holds(records[$0]) }) else {
            return false
        }
        select(records[index].key)
        match = nil
        return true
    }
}

extension ListFrame {
    /// Whether the end of the arguments is on the screen.
    func isWholeShown(_ scroll: Scroll) -> Bool { argumentLines.isEndShown(by: scroll) }

    /// Draws the list, the heading and the detail.
    func paint(_ pane: CallListPane, with brush: inout PaneBrush, in area: Rect, empty: String) {
        guard rows.count > 0 else { return brush.paint(empty, Theme.faint, in: area) }
        let (list, below) = area.split(top: listHeight)
        for (row, index) in pane.list.visible.enumerated() where row < list.height {
            let sign = StyledText(index == selected ? "▸ " : "  ", Theme.chosen)
            brush.put(sign + rows[index], at: Point(list.minX, list.minY + row), width: list.width)
            if index == selected { brush.highlight(list.row(row)) }
        }
        let (head, text) = below.split(top: hasHeading ? 1 : 0)
        if !head.isEmpty {
            brush.canvas.put(
                StyledText("── ", Theme.frame) + heading.truncated(to: max(0, head.width - 3))
                    + StyledText(" " + String(repeating: "─", count: head.width), Theme.frame),
                at: head.origin, maxWidth: head.width)
        }
        brush.paint(detail, pane.detail, in: text)
    }
}
