import Terminal

/// A text over the panes, to be read and closed.
struct OpenDocument: Layer {
    let document: any Document
    var scroll = Scroll()
    /// Whether the end is kept in view while the text grows.
    private var followsEnd: Bool
    /// What is looked for in it.
    private(set) var search: Search?
    /// The line of the match that was gone to last.
    private var match: Int?

    init(_ document: any Document) {
        self.document = document
        followsEnd = document.followsEnd
    }

    var kind: LayerKind { .document }
    var isTyping: Bool { false }
    var page: Int? { scroll.page }

    mutating func scroll(by rows: Int) -> Bool {
        scroll.move(by: rows)
        return hasScrolled()
    }

    mutating func scroll(toEnd: Bool) -> Bool {
        scroll.move(toEnd: toEnd)
        return hasScrolled()
    }

    private mutating func hasScrolled() -> Bool {
        if document.followsEnd { followsEnd = scroll.isAtEnd }
        return true
    }

    mutating func settle(_ state: inout DebuggerState, explainer: inout MaskExplainer?) {
        let content = LayerBox(size: state.size, banner: state.bannerLines.count).content
        document.prepare(&state, explainer: &explainer)
        state.frame.document = document.lines(state, width: content.width)
        scroll.update(count: state.frame.document.count, page: content.height)
        if followsEnd { scroll.move(to: .max) }
    }

    func paint(_ state: DebuggerState, with painter: inout ScreenPainter) {
        let box = LayerBox(size: state.size, banner: state.bannerLines.count)
        painter.open(
            box, title: document.title(state), scroll: scroll, note: search.map { "search: \($0.text)" })
        painter.brush.search = search
        painter.brush.paint(state.frame.document, scroll, in: box.content)
        painter.brush.search = nil
    }

    /// Goes to the first line with a text from the top of what is shown on; `false` where there is none.
    mutating func find(_ text: String, in lines: LaidLines) -> Bool {
        search = text.isEmpty ? nil : Search(pane: .conversation, text: text)
        match = nil
        guard search != nil else { return true }
        if go(1, in: lines, after: scroll.offset - 1) { return true }
        search = nil
        return false
    }

    /// Goes to the next line with the text, or the previous one, round the end.
    mutating func findOn(_ direction: Int, in lines: LaidLines) -> Bool {
        go(direction, in: lines, after: match ?? scroll.offset)
    }

    private mutating func go(_ direction: Int, in lines: LaidLines, after start: Int) -> Bool {
        guard let search, let line = lines.next(search, after: start, direction) else { return false }
        match = line
        followsEnd = false
        scroll.show(line, margin: 2)
        return true
    }
}

extension DebuggerState {
    /// Lays a text over the panes.
    mutating func open(_ document: any Document) { layers.append(OpenDocument(document)) }
}
