import Terminal

/// The box over the panes in which texts, editors and questions stand.
struct LayerBox: Sendable, Hashable {
    /// The box with its frame.
    let frame: Rect
    /// What is inside of it.
    let content: Rect
    /// Rows that a fault takes below an editor's text.
    var faultHeight: Int { min(3, content.height / 2) }

    /// - Parameter banner: rows below the title that stay in view.
    init(size: Size, banner: Int = 0) {
        let (_, body) = Rect(size: size).split(top: (size.height > 1 ? 1 : 0) + banner)
        let (area, _) = body.split(bottom: 1)
        let isRoomy = size.width >= 100 && size.height >= 24
        frame =
            isRoomy
            ? area.inset(horizontally: (size.width - min(size.width - 8, 132)) / 2, vertically: 1) : area
        content = frame.width >= 12 && frame.height >= 3 ? frame.inset(horizontally: 2, vertically: 1) : frame
    }

    var isFramed: Bool { content != frame }
}
