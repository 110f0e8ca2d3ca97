import Agent
import Terminal

/// The pane of the results: what tools said, and what the model reads of it.
struct ResultsRoom: PaneRoom {
    func settle(_ state: inout DebuggerState, explainer: inout MaskExplainer?) {
        let before = state.frame.results
        state.frame.results = ListFrame()
        guard let area = state.frame.layout.content(of: .results), let record = state.selectedResult else {
            return
        }
        let (calls, positions) = (state.listedCalls, state.resultPositions)
        let pane = ResultsPane(
            calls: calls, positions: positions, width: area.width,
            servers: state.timeline.isLive ? state.servers : ServerBoard(), texts: state.longTexts)
        state.frame.results.rows.count = positions.count
        state.frame.results.selected = positions.firstIndex { calls[$0].key == record.key }
        state.frame.results.heading = pane.heading(record)
        // A large result costs more to lay out than to look up.
        let made = ListFrame.Made(record: record, width: area.width, ended: pane.servers.ended)
        state.frame.results.made = made
        state.frame.results.detail = before.made == made ? before.detail : pane.detail(record)
        state.frame.results.share(height: area.height)
        state.results.settle(in: state.frame.results)
        state.frame.results.rows.first = state.results.list.visible.lowerBound
        state.frame.results.rows.lines = pane.rows(state.results.list.visible)
    }

    func foot(_ state: DebuggerState) -> [String] {
        state.results.detail.range.map { ["lines \($0)"] } ?? []
    }

    func summary(_ state: DebuggerState) -> StyledText {
        guard let last = state.selectedResult else { return StyledText("none yet", Theme.faint) }
        var line = StyledText("\(Figure.count(state.shown.calls.count(where: \.hasSomethingToRead))) · ")
        line.append("\(last.sign) ", last.statusStyle)
        line.append("\(last.key.id) ")
        line.append(TokenText.line(Array((last.result?.content ?? last.statusWords).utf8.prefix(400))))
        return line
    }

    func paint(_ state: DebuggerState, with brush: inout PaneBrush, in area: Rect) {
        state.frame.results.paint(state.results, with: &brush, in: area, empty: "No result yet.")
    }

    func move(_ state: inout DebuggerState, rows: Int) {
        state.results.move(rows, among: state.resultCalls.map(\.key), from: state.selectedResult?.key)
    }

    func move(_ state: inout DebuggerState, pages: Int) { state.results.detail.move(byPages: pages) }

    func move(_ state: inout DebuggerState, toEnd: Bool) { state.results.detail.move(to: toEnd ? .max : 0) }

    func scroll(_ state: inout DebuggerState, rows: Int) { state.results.detail.move(by: rows) }

    func click(_ state: inout DebuggerState, row: Int) {
        if let index = state.frame.results.row(at: row, scroll: state.results.list) {
            state.results.select(state.resultCalls[index].key)
        }
    }

    func find(_ search: Search, _ state: inout DebuggerState, direction: Int, isFirst: Bool) -> Bool {
        state.results.find(
            search, state.resultCalls, detail: state.frame.results.detail,
            selected: state.selectedResult?.key,
            direction, isFirst
        ) { record in
            search.matches(
                "\(record.key.id) \(record.call.name) \(record.result?.content ?? "") "
                    + "\(record.pendingMessage?.content ?? "") \(record.late?.content ?? "")")
        }
    }

    func document(_ state: DebuggerState) -> (any Document)? {
        state.selectedResult.map { ResultDocument(key: $0.key) }
    }

    var nothingToOpen: String { "there is no result yet" }

    func fork(_ state: inout DebuggerState) -> Bool {
        guard let record = state.selectedResult,
            let content = record.message?.content ?? record.pendingMessage?.content
        else { return false }
        state.openEditor(.fork(.result(record.key)), text: content)
        return true
    }

    func selectedCall(_ state: DebuggerState) -> CallRecord? { state.selectedResult }
}
