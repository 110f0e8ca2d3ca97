import Agent
import Terminal

/// All breakpoints, and where they match so far.
struct BreakpointDocument: Document {
    func title(_ state: DebuggerState) -> String { "breakpoints" }

    func lines(_ state: DebuggerState, width: Int) -> LaidLines {
        var text = TextLines(width: width)
        for point in state.breakpoints.all {
            let steps = point.matches.steps
            text.wrap(
                SafeText("\(point.matches.filter)"), point.isEnabled ? .plain : Theme.faint,
                label: StyledText("\(point.number)\(point.isEnabled ? "" : " off")", Theme.key), margin: 8)
            let shown = steps.prefix(12).map(Figure.count).joined(separator: " ")
            let more = steps.count > 12 ? " …" : ""
            text.wrap(
                SafeText(steps.isEmpty ? "matches nothing yet" : "matches step \(shown)\(more)"), Theme.faint,
                margin: 8)
        }
        if text.laid.isEmpty {
            text.wrap(SafeText("There is no breakpoint. b proposes one for what is selected."), Theme.faint)
        }
        text.heading("how to")
        text.field("b", "a breakpoint for what is selected; :break EXPR for any other")
        text.field("c C", "run on, or go back, until one matches")
        text.field(":delete", "N or all; :toggle N switches one off and on")
        text.field(":find", "EXPR goes to the next step that matches; ctrl-n and ctrl-p go on")
        text.heading("expressions, joined by & | ! and parentheses")
        for (term, meaning) in BreakpointDocument.terms { text.field(term, meaning) }
        return text.laid
    }

    private static let terms = [
        ("~tool RE", "an event of a call of such a tool"),
        ("~arg P=RE", "a call with such an argument, for example ~arg id=T-1"),
        ("~id RE", "a call with such an ID"), ("~role RE", "a message of such a role"),
        ("~res RE", "a result with such a text"), ("~err", "a failure"),
        ("~status S", "a call that stands so, for example waiting"),
        ("~taint S", "an argument that stands in a result alone"),
        ("~unseen", "an argument that stands nowhere before"),
        ("~p<0.2", "a token that was that improbable"),
        ("~rejected>.5", "a token at which the mask took away so much"),
        ("~forced", "the only token allowed"),
        ("~rule RE", "a call that such a rule ruled"), ("~round N", "an event of that round"),
        ("~time>2s", "a response or a call that took so long"), ("word", "an event with such a text"),
    ]
}
