import Agent
import Terminal

/// One line of text asked for at the bottom of the screen.
struct Prompt: Layer {
    enum Purpose: Sendable {
        case command
        case search(Pane)
        /// A text to look for in the text over the panes.
        case find
        case denial(DecidedCall, stopsRun: Bool)
        case mark
        /// Where a fork is written, and in what it is other.
        case fork(ForkOrder, String)
        /// The workflow file that a rule is written into.
        case ruleFile(RuleReview)
    }

    let purpose: Purpose
    var field: TextField
    /// How many lines back in the history of commands the text comes from.
    var historyDepth = 0
    /// What Tab goes through, as long as nothing else is typed.
    var completions: [String] = []
    /// Which of them stands in the field.
    var chosen: Int?
    /// What had been typed before Tab took over.
    var typed = ""

    init(_ purpose: Purpose, text: String = "") {
        self.purpose = purpose
        field = TextField(text)
    }

    var kind: LayerKind { .prompt }

    var openCall: CallKey? { if case .denial(let call, _) = purpose { call.key } else { nil } }

    /// What stands before the text.
    var label: String {
        switch purpose {
        case .command: ":"
        case .search(let pane): "search \(pane.name): "
        case .find: "search: "
        case .denial(let call, false): "deny \(call.key.id), reason (may be empty): "
        case .denial(let call, true): "deny \(call.key.id) and stop the run, reason (may be empty): "
        case .mark: "mark this step, note: "
        case .fork(let order, let words):
            "fork\(order.step.map { " at step \($0)" } ?? "") \(words), write to: "
        case .ruleFile: "write the rule into the workflow file: "
        }
    }

    mutating func handle(_ key: Key) -> Bool {
        guard field.handle(key) else { return false }
        (completions, chosen) = ([], nil)
        return true
    }

    mutating func paste(_ text: String) -> Bool {
        field.insert(text)
        (completions, chosen) = ([], nil)
        return true
    }

    func paint(_ state: DebuggerState, with painter: inout ScreenPainter) {
        guard case .command = purpose else { return }
        OfferList(self, state).paint(with: &painter)
    }

    func paintBottom(_ state: DebuggerState, with painter: inout ScreenPainter, in area: Rect) -> Bool {
        let label = StyledText(label, Theme.key).truncated(to: max(1, area.width - 8))
        painter.canvas.put(label, at: area.origin, maxWidth: area.width)
        let room = max(1, area.width - label.width)
        let (text, column) = field.window(width: room)
        painter.canvas.put(text, at: Point(area.minX + label.width, area.minY), maxWidth: room)
        painter.cursor = Point(min(area.maxX - 1, area.minX + label.width + column), area.minY)
        if let message = state.messages.current {
            let shown = StyledText("  \(message.text)", Theme.refusal)
            painter.canvas.put(
                shown.truncated(to: max(0, room - text.width - 1)),
                at: Point(area.minX + label.width + text.width + 1, area.minY))
        }
        return true
    }
}
