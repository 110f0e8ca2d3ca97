import Terminal

/// Which part of the screen each pane and line has.
struct ScreenLayout: Sendable, Hashable {
    private(set) var title = Rect(size: Size(0, 0))
    private(set) var hints = Rect(size: Size(0, 0))
    /// The rows of a guided session below the title.
    private(set) var banner = Rect(size: Size(0, 0))
    /// Panes that are shown in full, with their frames where they have one.
    private(set) var panes: [Pane: Rect] = [:]
    /// Panes that are shown as one line.
    private(set) var summaries: [Pane: Rect] = [:]
    /// Whether panes have frames; on the smallest screens there is no room for them.
    private(set) var isFramed = false

    /// Columns that a frame's title takes in full: the longest name, with its mark, its digit and the corners.
    static let framedWidth = 20

    init() {}

    init(size: Size, focus: Focus, settings: LayoutSettings = LayoutSettings(), banner rows: Int = 0) {
        let screen = Rect(size: size)
        (title, _) = screen.split(top: size.height > 1 ? 1 : 0)
        let (below, bottom) = screen.split(top: title.height).rest.split(bottom: 1)
        let body: Rect
        (banner, body) = below.split(top: rows)
        hints = bottom
        isFramed = body.height >= 3 && body.width >= ScreenLayout.framedWidth
        if focus.isZoomed {
            panes = [focus.pane: body]
        } else if size.width >= settings.grid.width, size.height >= settings.grid.height,
            body.width >= 2 * ScreenLayout.framedWidth, body.height >= 8
        {
            panes = ScreenLayout.grid(body, settings)
        } else {
            let (main, lines) = body.split(bottom: body.height >= 7 ? 3 : 0)
            panes = [focus.pane: main]
            let others = Pane.allCases.filter { $0 != focus.pane }
            for (index, pane) in others.enumerated() where index < lines.height {
                summaries[pane] = lines.row(index)
            }
        }
    }

    /// Two rows of two panes whose frames share their lines.
    private static func grid(_ body: Rect, _ settings: LayoutSettings) -> [Pane: Rect] {
        let least = ScreenLayout.framedWidth
        let x = max(least, min(body.width - least, body.width * settings.columns / 100))
        let y = max(3, min(body.height - 4, body.height * settings.rows / 100))
        let left = (body.minX, x + 1)
        let right = (body.minX + x, body.width - x)
        let top = (body.minY, y + 1)
        let bottom = (body.minY + y, body.height - y)
        func rect(_ columns: (Int, Int), _ rows: (Int, Int)) -> Rect {
            Rect(x: columns.0, y: rows.0, width: columns.1, height: rows.1)
        }
        return [
            .conversation: rect(left, top), .calls: rect(right, top), .mask: rect(left, bottom),
            .results: rect(right, bottom),
        ]
    }

    /// Where a pane that is shown in full draws; `nil` for one that is not.
    func content(of pane: Pane) -> Rect? {
        panes[pane].map { isFramed ? $0.inset() : $0.split(top: titleRow(of: pane) == nil ? 0 : 1).rest }
    }

    /// Where a pane without a frame has its title; `nil` where there is a frame, or no row to spare.
    func titleRow(of pane: Pane) -> Rect? {
        guard !isFramed, let area = panes[pane], area.height >= 2 else { return nil }
        return area.row(0)
    }

    /// The pane at a cell, in full or as a line.
    func pane(at point: Point) -> Pane? {
        panes.first { $0.value.contains(point) }?.key ?? summaries.first { $0.value.contains(point) }?.key
    }

    /// The pane beside another; where panes are not side by side, the one before or after.
    func neighbour(of pane: Pane, right: Bool) -> Pane {
        guard panes.count == Pane.allCases.count else { return pane.moved(by: right ? 1 : -1) }
        switch (pane, right) {
        case (.conversation, true): return .calls
        case (.mask, true): return .results
        case (.calls, false): return .conversation
        case (.results, false): return .mask
        default: return pane
        }
    }
}
