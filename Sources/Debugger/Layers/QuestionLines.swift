import Terminal

/// The lines of a server's question: its words, set apart from ours, and the form below them.
struct QuestionLines: Sendable {
    private(set) var lines: [StyledText]
    /// The lines that the server's words take, from the top; they must have been seen before an answer is accepted.
    let messageLines: Int
    /// Where the selected field stands.
    private(set) var selectedLines = 0..<0
    /// The cell of the cursor, while the selected field is a text.
    private(set) var cursor: Point?

    private static let margin = 4

    init(_ form: QuestionForm, width: Int) {
        var text = TextLines(width: width)
        text.wrap(SafeText("The server \(form.question.server) asks you:"), Theme.heading)
        text.blank()
        text.wrap(SafeText(form.question.message.isEmpty ? "(nothing)" : form.question.message), margin: 2)
        if let url = form.question.url {
            text.blank()
            text.wrap(SafeText("It wants you to visit this page, in a browser of your own:"), Theme.heading)
            text.wrap(SafeText(url), margin: 2)
        }
        messageLines = text.lines.count
        text.blank()
        text.wrap(SafeText(QuestionLines.whereItGoes(form)), Theme.faint)
        lines = text.lines
        if let objection = form.objection { note("✗ \(objection)", Theme.bad, width) }
        for (index, field) in form.fields.enumerated() {
            lines.append(StyledText())
            let start = lines.count
            add(field, isSelected: index == form.selected, width: width)
            if index == form.selected { selectedLines = start..<lines.count }
        }
        for fault in form.faults { note("✗ \(fault)", Theme.bad, width) }
    }

    private static func whereItGoes(_ form: QuestionForm) -> String {
        if form.question.url != nil {
            return "Nothing is opened by itself. The server learns only whether you agreed."
        }
        let what = form.fields.isEmpty ? "Your answer" : "What you enter"
        return "\(what) goes to this server, not to the model. ← → and space choose; * is required."
    }

    private mutating func add(_ field: FormField, isSelected: Bool, width: Int) {
        var text = TextLines(width: width)
        let mark = StyledText(isSelected ? "▸ " : "  ", Theme.chosen)
        var head = mark + StyledText(field.title, isSelected ? Theme.key : Theme.label)
        if field.isRequired { head.append(" *", Theme.attention) }
        if field.title != field.name { head.append("  \(field.name)", Theme.faint) }
        if let hint = field.hint { head.append("  (\(hint))", Theme.faint) }
        text.add(head)
        if let description = field.description {
            text.wrap(SafeText(description), Theme.faint, margin: QuestionLines.margin)
        }
        lines += text.lines
        let margin = min(QuestionLines.margin, max(0, width - 8))
        switch field.control {
        case .text(let entry, _):
            let (wrapped, place) = entry.layout(width: width - margin)
            if isSelected { cursor = Point(margin + place.x, lines.count + place.y) }
            for line in wrapped.lines {
                var styled = TextLines.space(margin)
                styled.append(line.text, .plain)
                lines.append(styled)
            }
            if entry.text.isEmpty, !isSelected {
                lines[lines.count - 1] = TextLines.space(margin) + StyledText("–", Theme.faint)
            }
        case .one(let choices, let chosen):
            for (index, choice) in choices.enumerated() {
                option(
                    choice.title, isOn: index == chosen, signs: ("(•)", "( )"), style: .plain, margin, width
                )
            }
        case .many(let choices, let chosen, let place):
            for (index, choice) in choices.enumerated() {
                option(
                    choice.title, isOn: chosen.contains(index), signs: ("[x]", "[ ]"),
                    style: isSelected && index == place ? Theme.key : .plain, margin, width)
            }
        }
        for fault in field.faults { note("✗ \(fault)", Theme.bad, width) }
    }

    private mutating func option(
        _ title: String, isOn: Bool, signs: (on: String, off: String), style: Style, _ margin: Int,
        _ width: Int
    ) {
        var text = TextLines(width: width)
        text.wrap(
            SafeText(title), isOn ? Theme.chosen : style,
            label: TextLines.space(margin)
                + StyledText(isOn ? signs.on : signs.off, isOn ? Theme.chosen : style),
            margin: margin + 4)
        lines += text.lines
    }

    private mutating func note(_ text: String, _ style: Style, _ width: Int) {
        var wrapped = TextLines(width: width)
        wrapped.wrap(SafeText(text), style, margin: QuestionLines.margin)
        lines += wrapped.lines
    }
}
