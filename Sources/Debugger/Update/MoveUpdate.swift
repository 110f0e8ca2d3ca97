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
        if changeLayer({ $0.scroll(toEnd: toEnd) }) { return }
        focus.pane.room.move(&self, toEnd: toEnd)
    }

    mutating func moveInLayer(rows: Int) -> Bool { changeLayer { $0.scroll(by: rows) } }

    private mutating func changeLayer(_ change: (inout any Layer) -> Bool) -> Bool {
        guard var layer = layers.last, change(&layer) else { return false }
        replaceFront(layer)
        return true
    }
}
