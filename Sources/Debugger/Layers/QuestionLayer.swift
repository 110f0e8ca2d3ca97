import Terminal

extension QuestionForm: Layer {
    var kind: LayerKind { .question }

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
        let lines = QuestionLines(self, width: content.width)
        state.frame.document = LaidLines(lines.lines)
        settle(lines, page: content.height)
    }

    func paint(_ state: DebuggerState, with painter: inout ScreenPainter) {
        let box = LayerBox(size: state.size, banner: state.bannerLines.count)
        painter.open(box, title: "a question of server \(question.server)", scroll: scroll)
        painter.brush.paint(state.frame.document, scroll, in: box.content)
        guard let place = QuestionLines(self, width: box.content.width).cursor else { return }
        painter.putCursor(place, scroll, in: box.content)
    }
}
