import Agent
import Sessions
import Terminal

/// This session beside another one: where they parted, and in what.
struct ComparedSession: Sendable {
    /// The other session's file.
    let path: String
    let comparison: SessionComparison

    init(_ events: [Event], with path: String, _ others: [Event]) {
        self.path = path
        comparison = SessionComparison(SessionOutline(of: events), SessionOutline(of: others))
    }
}

/// The differences in two columns, this session on the left.
struct ComparisonDocument: Document {
    func title(_ state: DebuggerState) -> String { "two sessions" }

    func lines(_ state: DebuggerState, width: Int) -> LaidLines {
        var text = TextLines(width: width)
        guard let compared = state.compared else {
            text.add("There is nothing to compare with yet; = asks for a journal.", Theme.faint)
            return text.laid
        }
        let differences = compared.comparison.differences
        let column = max(1, (width - 3) / 2)
        text.add(
            pair(StyledText("this session", Theme.heading), StyledText(compared.path, Theme.heading), column))
        guard !differences.isEmpty else {
            text.blank()
            text.add("They do not differ; names and times do not count.", Theme.good)
            return text.laid
        }
        if let first = compared.comparison.firstDivergence {
            text.heading("where they part")
            add(first, column, to: &text)
        }
        text.heading(Figure.amount(differences.count, "difference"))
        for difference in differences { add(difference, column, to: &text) }
        return text.laid
    }

    private func add(_ difference: SessionDifference, _ column: Int, to text: inout TextLines) {
        text.wrap(SafeText("\(difference.kind.rawValue) · \(difference.place)"), Theme.attention)
        let left = side(difference.left, Theme.removed, column)
        let right = side(difference.right, Theme.added, column)
        for row in 0..<max(left.count, right.count) {
            text.add(pair(left.element(row) ?? StyledText(), right.element(row) ?? StyledText(), column))
        }
    }

    private func side(_ side: SessionDifference.Side, _ style: Style, _ width: Int) -> [StyledText] {
        var lines = TextLines(width: width)
        let step = side.step.map { "step \(Figure.count($0))" } ?? ""
        lines.add(step, Theme.faint)
        if let content = side.text {
            lines.wrap(SafeText(content), style, mode: .characters)
        } else {
            lines.add("nothing", Theme.faint)
        }
        return lines.lines
    }

    private func pair(_ left: StyledText, _ right: StyledText, _ column: Int) -> StyledText {
        left.fitted(to: column) + StyledText(" │ ", Theme.faint) + right.truncated(to: column)
    }
}
