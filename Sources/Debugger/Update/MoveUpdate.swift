import Terminal

/// Moving within panes and texts.
extension DebuggerState {
    mutating func move(rows: Int) {
        if moveInLayer(rows: rows) { return }
        focus.pane.room.move(&self, rows: rows)
    }

    mutating func move(pages: Int) {
        if let page = layers.last?.page {
            _ = moveInLayer(rows: pages * max(1, page - 1))
        } else {
            focus.pane.room.move(&self, pages: pages)
        }
    }

    mutating func move(toEnd: Bool) {
        let rows = toEnd ? Scroll.farthest : -Scroll.farthest
        if !moveInLayer(rows: rows) { focus.pane.room.move(&self, toEnd: toEnd) }
    }

    mutating func moveInLayer(rows: Int) -> Bool {
        guard var layer = layers.last, layer.scroll(by: rows) else { return false }
        replaceFront(layer)
        return true
    }
}
