import Agent
import JSON
import Terminal

/// The result of one call, whole.
struct ResultDocument: Document {
    let key: CallKey

    func title(_ state: DebuggerState) -> String { "result of \(key.id)" }

    func lines(_ state: DebuggerState, width: Int) -> [StyledText] {
        guard let record = state.shown.call(key) else {
            return [StyledText("This call has not been asked for at this step.", Theme.faint)]
        }
        let pane = ResultsPane(calls: [], positions: [], width: width, servers: state.servers)
        var text = TextLines(width: width)
        text.add(pane.heading(record))
        text.blank()
        text.add(contentsOf: pane.detail(record, raw: true))
        if let result = record.result, let value = try? JSONParser.parse(result.content),
            !value.leaves.isEmpty
        {
            text.heading("the same as JSON, one value a line")
            JSONLines(folds: false).add(value, to: &text)
        }
        return text.lines
    }
}
