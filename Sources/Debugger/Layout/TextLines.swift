import Terminal

/// Lines being laid out for a width.
struct TextLines: Sendable {
    let width: Int
    private(set) var laid = LaidLines()
    /// All lines as an array: for what is known to be short.
    var lines: [StyledText] { laid.whole }

    init(width: Int) { self.width = max(1, width) }

    /// One line that is cut where it does not fit.
    mutating func add(_ line: StyledText) { laid.append(line.truncated(to: width)) }

    mutating func add(_ text: String, _ style: Style = .plain) { add(StyledText(text, style)) }

    mutating func add(contentsOf more: [StyledText]) { laid.append(contentsOf: more) }

    mutating func add(contentsOf more: LaidLines) { laid.append(contentsOf: more) }

    /// A long text, laid out where somebody looks at it.
    mutating func add(_ text: LongText) { laid.append(text) }

    /// A text cut wherever a line is full; a long one is laid out where somebody looks at it.
    mutating func add(whole text: String, _ texts: LongTexts) {
        if ShownText.isLong(text) {
            laid.append(texts.laid(text, width: width, .plain))
        } else {
            wrap(SafeText(text), mode: .characters)
        }
    }

    mutating func replace(at index: Int, with line: StyledText) { laid.replace(at: index, with: line) }

    mutating func blank() { laid.append(StyledText()) }

    /// A title over a section.
    mutating func heading(_ text: String) {
        if !laid.isEmpty { blank() }
        add(text, Theme.heading)
    }

    /// A text wrapped to the width, every line after the margin, the first one after `label` in it.
    mutating func wrap(
        _ text: SafeText, _ style: Style = .plain, label: StyledText = StyledText(), margin: Int = 0,
        mode: WrapMode = .words, most: Int = .max, rest: (Int) -> String = { "… \($0) more lines" }
    ) {
        let margin = min(margin, max(0, width - 8))
        let wrapped = text.wrapped(to: width - margin, mode: mode).lines
        let shown = wrapped.count > most ? most - 1 : wrapped.count
        for (index, line) in wrapped.prefix(max(0, shown)).enumerated() {
            var styled = index == 0 ? TextLines.fit(label, margin) : TextLines.space(margin)
            styled.append(line.text, style)
            laid.append(styled)
        }
        if shown < wrapped.count {
            laid.append(
                TextLines.space(margin)
                    + StyledText(rest(wrapped.count - shown), Theme.faint).truncated(to: width - margin))
        }
    }

    mutating func wrap(_ text: String, _ style: Style = .plain, label: String = "", margin: Int = 0) {
        wrap(SafeText(text), style, label: StyledText(label, Theme.label), margin: margin)
    }

    /// A name and its value, the value wrapped in a column of its own.
    mutating func field(_ name: String, _ value: String, _ style: Style = .plain) {
        wrap(SafeText(value), style, label: StyledText(name, Theme.label), margin: 10)
    }

    static func space(_ width: Int) -> StyledText { StyledText(String(repeating: " ", count: max(0, width))) }

    /// Text cut or padded to exactly a width, with a space at its end.
    static func fit(_ text: StyledText, _ width: Int) -> StyledText {
        guard width > 0 else { return StyledText() }
        let cut = text.truncated(to: width - 1)
        return cut + space(width - cut.width)
    }
}

extension StyledText {
    /// Text in columns: cut or padded to exactly a width.
    func fitted(to width: Int, alignment: Alignment = .left) -> StyledText {
        let cut = truncated(to: width)
        let missing = TextLines.space(width - cut.width)
        return alignment == .right ? missing + cut : cut + missing
    }

    /// What is drawn, as a plain string.
    var plain: String { runs.map(\.text.plain).joined() }
}

extension Array {
    /// The element at an index, where there is one.
    func element(_ index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
