import Terminal

extension RuleReview: Layer {
    var kind: LayerKind { .rule }
    var page: Int? { scroll.page }

    mutating func scroll(by rows: Int) -> Bool {
        scroll.move(by: rows)
        return true
    }

    mutating func scroll(toEnd: Bool) -> Bool {
        move(toEnd: toEnd)
        return true
    }

    mutating func settle(_ state: inout DebuggerState, explainer: inout MaskExplainer?) {
        let content = LayerBox(size: state.size, banner: state.bannerLines.count).content
        state.frame.document = settle(width: content.width, page: content.height)
    }

    func paint(_ state: DebuggerState, with painter: inout ScreenPainter) {
        let box = LayerBox(size: state.size, banner: state.bannerLines.count)
        painter.open(box, title: "a rule, before it holds", scroll: scroll)
        painter.brush.paint(state.frame.document, scroll, in: box.content)
    }
}
