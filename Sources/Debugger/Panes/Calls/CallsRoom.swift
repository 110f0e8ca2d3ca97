import Agent
import Terminal

/// The pane of the calls: all of them, and the selected one in full.
struct CallsRoom: PaneRoom {
    func settle(_ state: inout DebuggerState, explainer: inout MaskExplainer?) {
        state.frame.calls = ListFrame()
        guard let area = state.frame.layout.content(of: .calls), let record = state.selectedCall else {
            return
        }
        let listed = state.listedCalls
        let pane = CallsPane(
            timeline: state.timeline, now: state.now, width: area.width, listed: listed,
            trace: state.traces.answer(record, in: state.shown), texts: state.longTexts)
        state.frame.calls.rows.count = listed.count
        state.frame.calls.selected = listed.firstIndex { $0.key == record.key }
        state.frame.calls.heading = pane.heading(record)
        (state.frame.calls.detail, state.frame.calls.argumentLines) = pane.detail(record)
        state.frame.calls.share(height: area.height)
        state.calls.settle(in: state.frame.calls)
        state.frame.calls.rows.first = state.calls.list.visible.lowerBound
        state.frame.calls.rows.lines = pane.rows(state.calls.list.visible)
    }

    func subtitle(_ state: DebuggerState) -> String? {
        let waiting = state.shown.calls.count(where: \.needsDecision)
        return waiting > 0 ? "\(waiting) waiting" : nil
    }

    func foot(_ state: DebuggerState) -> [String] {
        state.calls.detail.range.map { ["details \($0)"] } ?? []
    }

    func summary(_ state: DebuggerState) -> StyledText {
        let calls = state.shown.calls
        guard let last = state.selectedCall else { return StyledText("none asked for yet", Theme.faint) }
        let waiting = calls.count(where: \.needsDecision)
        var line = StyledText("\(Figure.count(calls.count))")
        if waiting > 0 { line.append(", \(waiting) waiting", Theme.attention) }
        line.append(" · ")
        line.append("\(last.sign) ", last.statusStyle)
        line.append("\(last.key.id) \(last.call.name) ")
        line.append(last.statusWord, last.statusStyle)
        return line
    }

    func paint(_ state: DebuggerState, with brush: inout PaneBrush, in area: Rect) {
        state.frame.calls.paint(
            state.calls, with: &brush, in: area, empty: "No call yet: the model has not asked for a tool.")
    }

    func move(_ state: inout DebuggerState, rows: Int) {
        state.calls.move(rows, among: state.listedCalls.map(\.key), from: state.selectedCall?.key)
    }

    func move(_ state: inout DebuggerState, pages: Int) { state.calls.detail.move(byPages: pages) }

    func move(_ state: inout DebuggerState, toEnd: Bool) {
        let detail = state.calls.detail
        state.calls.detail.move(to: toEnd ? state.frame.calls.argumentLines.end(from: detail) : 0)
    }

    func scroll(_ state: inout DebuggerState, rows: Int) { state.calls.detail.move(by: rows) }

    func click(_ state: inout DebuggerState, row: Int) {
        if let index = state.frame.calls.row(at: row, scroll: state.calls.list) {
            state.calls.select(state.listedCalls[index].key)
        }
    }

    func find(_ search: Search, _ state: inout DebuggerState, direction: Int, isFirst: Bool) -> Bool {
        state.calls.find(
            search, state.listedCalls, detail: state.frame.calls.detail, selected: state.selectedCall?.key,
            direction, isFirst
        ) { record in
            search.matches(
                "\(record.key.id) \(record.call.name) \(record.call.arguments.text) \(record.statusWords)")
        }
    }

    func document(_ state: DebuggerState) -> (any Document)? {
        state.selectedCall.map { CallDocument(key: $0.key) }
    }

    var nothingToOpen: String { "there is no call yet" }

    func fork(_ state: inout DebuggerState) -> Bool {
        guard let record = state.selectedCall else { return false }
        state.openEditor(
            .fork(.arguments(record.key, record.call)), text: prettyJSON(record.startingArguments))
        return true
    }

    func selectedCall(_ state: DebuggerState) -> CallRecord? { state.selectedCall }
}
