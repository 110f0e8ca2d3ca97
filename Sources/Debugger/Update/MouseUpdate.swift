import Terminal

/// What the mouse does: a click gives a pane the focus and selects the row, the wheel scrolls what it is over.
extension DebuggerState {
    private static let wheelRows = 3

    mutating func handle(_ mouse: Mouse) {
        switch mouse.action {
        case .press(.left): click(mouse.point)
        case .wheelUp: turnWheel(-DebuggerState.wheelRows, over: mouse.point)
        case .wheelDown: turnWheel(DebuggerState.wheelRows, over: mouse.point)
        default: break
        }
    }

    private mutating func turnWheel(_ rows: Int, over point: Point) {
        if moveInLayer(rows: rows) { return }
        guard layers.isEmpty, let pane = frame.layout.pane(at: point) else { return }
        scroll(pane, rows: rows)
    }

    private mutating func click(_ point: Point) {
        guard layers.isEmpty, let pane = frame.layout.pane(at: point) else { return }
        messages.dismiss()
        focus.pane = pane
        guard let content = frame.layout.content(of: pane), content.contains(point) else { return }
        let row = point.y - content.minY
        switch pane {
        case .conversation: break
        case .calls:
            if let index = frame.calls.row(at: row, scroll: calls.list) {
                calls.select(listedCalls[index].key)
            }
        case .results:
            if let index = frame.results.row(at: row, scroll: results.list) {
                results.select(listedCalls[resultPositions[index]].key)
            }
        case .mask:
            if let index = frame.mask.row(at: row, scroll: mask.rows) { mask.row = index }
        }
    }
}
