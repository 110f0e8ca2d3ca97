import Agent
import JSON
import Terminal

/// An edited call, shown as a difference before it is sent.
struct EditReview: Layer {
    let call: DecidedCall
    /// The arguments that will run.
    let arguments: ByteString
    /// The text as the person wrote it, to go on with.
    let draft: String
    let difference: [LineDifference]
    private var scroll = Scroll()

    init(call: DecidedCall, arguments: ByteString, draft: String, difference: [LineDifference]) {
        self.call = call
        self.arguments = arguments
        self.draft = draft
        self.difference = difference
    }

    var kind: LayerKind { .review }
    var openCall: CallKey? { call.key }
    var page: Int? { scroll.page }
    /// What is about to run.
    var target: ApprovalGuard.Target { .init(call.key, call.call, edited: arguments) }
    /// Whether the end of the difference is on the screen.
    var isEndShown: Bool { scroll.page > 0 && scroll.isAtEnd }

    mutating func scroll(by rows: Int) -> Bool {
        scroll.move(by: rows)
        return true
    }

    mutating func scroll(toEnd: Bool) -> Bool {
        scroll.move(toEnd: toEnd)
        return true
    }

    mutating func settle(_ state: inout DebuggerState, explainer: inout MaskExplainer?) {
        let content = LayerBox(size: state.size, banner: state.bannerLines.count).content
        state.frame.document = LaidLines(lines(width: content.width))
        scroll.update(count: state.frame.document.count, page: content.height)
    }

    func paint(_ state: DebuggerState, with painter: inout ScreenPainter) {
        let box = LayerBox(size: state.size, banner: state.bannerLines.count)
        painter.open(box, title: "review the edit", scroll: scroll)
        painter.brush.paint(state.frame.document, scroll, in: box.content)
    }

    private func lines(width: Int) -> [StyledText] {
        var text = TextLines(width: width)
        text.wrap(SafeText("\(call.key.id) · \(call.call.name)"), Theme.heading)
        text.add("- as the model asked, + as it will run", Theme.label)
        text.blank()
        for line in difference { text.add(line) }
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
