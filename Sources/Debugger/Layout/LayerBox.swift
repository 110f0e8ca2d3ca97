import Terminal

/// The box over the panes in which texts, editors and questions stand.
struct LayerBox: Sendable, Hashable {
    /// The box with its frame.
    let frame: Rect
    /// What is inside of it.
    let content: Rect
    /// Rows that a fault takes below an editor's text.
    var faultHeight: Int { min(3, content.height / 2) }

    init(size: Size) {
        let (_, body) = Rect(size: size).split(top: size.height > 1 ? 1 : 0)
        let (area, _) = body.split(bottom: 1)
        let isRoomy = size.width >= 100 && size.height >= 24
        frame =
            isRoomy
            ? area.inset(horizontally: (size.width - min(size.width - 8, 132)) / 2, vertically: 1) : area
        content = frame.width >= 12 && frame.height >= 3 ? frame.inset(horizontally: 2, vertically: 1) : frame
    }

    var isFramed: Bool { content != frame }

    /// The lines of an edit that is reviewed.
    static func reviewLines(_ review: EditReview, width: Int) -> [StyledText] {
        var text = TextLines(width: width)
        text.wrap(SafeText("\(review.call.key.id) · \(review.call.call.name)"), Theme.heading)
        text.add("- as the model asked, + as it will run", Theme.label)
        text.blank()
        for line in review.difference { text.add(line) }
        text.blank()
        text.wrap(SafeText("What shall the model be told?"), Theme.heading)
        text.wrap(
            SafeText(
                "its own call unchanged; the result, after a note that a reviewer replaced the call (default)"
            ), label: StyledText("annotate", Theme.label), margin: 10)
        text.wrap(
            SafeText("its call rewritten, as if it had asked so itself"),
            label: StyledText("rewrite", Theme.label), margin: 10)
        text.wrap(
            SafeText("its own call unchanged, and the result without a word"),
            label: StyledText("silent", Theme.label), margin: 10)
        return text.lines
    }
}
