import Agent
import JSON
import Terminal

/// All that is known of one call.
struct CallDocument: Document {
    let key: CallKey

    func title(_ state: DebuggerState) -> String { "call \(key.id)" }

    func prepare(_ state: inout DebuggerState, explainer: inout MaskExplainer?) {
        if let record = state.shown.call(key) { _ = state.traces.answer(record, in: state.shown) }
    }

    func lines(_ state: DebuggerState, width: Int) -> LaidLines {
        guard let record = state.shown.call(key) else {
            return [StyledText("This call has not been asked for at this step.", Theme.faint)]
        }
        let trace = state.traces.known(record)
        let pane = CallsPane(
            timeline: state.timeline, now: state.now, width: width,
            trace: Traces.Answer(
                found: trace, words: trace == nil ? "where the values came from is not known yet" : nil),
            texts: state.longTexts)
        var text = TextLines(width: width)
        text.add(pane.heading(record))
        text.blank()
        text.add(contentsOf: pane.detail(record).lines)
        text.heading("the arguments as the model wrote them, to the byte")
        text.add(whole: record.call.arguments.text, state.longTexts)
        if let tool = state.shown.header?.catalogue.first(where: {
            $0.name.utf8.elementsEqual(record.call.name.utf8)
        }) {
            text.heading("the tool, as the model was told")
            text.wrap(SafeText(tool.description))
            for line in tool.parameters.text(.pretty).split(separator: "\n") {
                text.wrapStyled(StyledText(String(line), Theme.faint), hanging: 4)
            }
        }
        return text.laid
    }
}
