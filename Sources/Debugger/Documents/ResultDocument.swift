import Agent
import JSON
import Terminal

/// The result of one call, whole.
struct ResultDocument: Document {
    let key: CallKey

    func title(_ state: DebuggerState) -> String { "result of \(key.id)" }

    func lines(_ state: DebuggerState, width: Int) -> LaidLines {
        guard let record = state.shown.call(key) else {
            return [StyledText("This call has not been asked for at this step.", Theme.faint)]
        }
        let pane = ResultsPane(
            calls: [], positions: [], width: width, servers: state.servers, texts: state.longTexts)
        var text = TextLines(width: width)
        text.add(pane.heading(record))
        text.blank()
        text.add(contentsOf: pane.detail(record, raw: true))
        guard let result = record.result else { return text.laid }
        if ShownText.isLong(result.content) {
            if let pretty = state.longTexts.pretty(ByteString(result.content)) {
                text.heading("the same as JSON")
                text.add(state.longTexts.laid(pretty, width: text.width, .json))
            }
        } else if let value = try? JSONParser.parse(result.content), !value.leaves.isEmpty {
            text.heading("the same as JSON, one value a line")
            JSONLines(folds: false).add(value, to: &text)
        }
        return text.laid
    }
}
