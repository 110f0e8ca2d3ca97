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
        pane.room.scroll(&self, rows: rows)
    }

    private mutating func click(_ point: Point) {
        guard layers.isEmpty, let pane = frame.layout.pane(at: point) else { return }
        messages.dismiss()
        focus.pane = pane
        guard let content = frame.layout.content(of: pane), content.contains(point) else { return }
        pane.room.click(&self, row: point.y - content.minY)
    }
}
