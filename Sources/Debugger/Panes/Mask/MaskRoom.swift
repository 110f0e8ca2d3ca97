import Agent
import Terminal

/// The pane of the mask: what ruled the choice of one token.
struct MaskRoom: PaneRoom {
    func settle(_ state: inout DebuggerState, explainer: inout MaskExplainer?) {
        guard let trail = state.trail else {
            state.frame.mask = MaskFrame()
            return
        }
        if state.frame.mask.table?.step != trail.step {
            state.frame.mask = MaskFrame()
            state.frame.mask.table = MaskTable(
                trail.token, step: trail.step, vocabulary: state.shown.header?.model.vocabulary)
        }
        let area = state.frame.layout.content(of: .mask) ?? Rect(size: Size(0, 0))
        if !area.isEmpty, state.frame.mask.insight == nil,
            let computed = explainer?.computedTable(for: trail)
        {
            state.frame.mask.table = computed
            state.frame.mask.filtered = nil
        }
        guard let table = state.frame.mask.table else { return }
        if state.frame.mask.filtered != state.mask.view {
            state.frame.mask.positions = table.positions(of: state.mask)
            state.frame.mask.filtered = state.mask.view
        }
        if !area.isEmpty, state.frame.mask.insight == nil {
            state.frame.mask.insight = explainer?.insight(for: trail)
        }
        layOut(table, trail, area, &state)
        selectCandidate(table, &state)
        explainVisibleRows(table, trail, &state, &explainer)
    }

    private func layOut(_ table: MaskTable, _ trail: TokenTrail, _ area: Rect, _ state: inout DebuggerState) {
        let view = MaskPaneView(
            table: table, trail: trail, insight: state.frame.mask.insight, width: area.width)
        state.frame.mask.head = area.isEmpty ? [] : view.head(height: area.height / 3)
        state.frame.mask.hasTableHead = area.height - state.frame.mask.head.count >= 3
        let page = area.height - state.frame.mask.head.count - (state.frame.mask.hasTableHead ? 1 : 0)
        let isPartial = if case .partial = table.kind { true } else { false }
        state.frame.mask.columns = MaskColumns(
            width: area.width, isPartial: isPartial, isUnknown: table.kind == .unknown)
        state.mask.rows.update(count: state.frame.mask.positions.count, page: page)
    }

    private func selectCandidate(_ table: MaskTable, _ state: inout DebuggerState) {
        let positions = state.frame.mask.positions
        if let row = state.mask.row {
            state.frame.mask.selected = positions.isEmpty ? nil : min(row, positions.count - 1)
            return
        }
        let chosen = table.chosen.flatMap { positions.firstIndex(of: Int32(clamping: $0)) }
        state.frame.mask.selected = positions.isEmpty ? nil : chosen ?? 0
        state.mask.rows.move(to: 0)
        state.mask.rows.show(state.frame.mask.selected ?? 0, margin: 2)
    }

    /// Asks why for the masked rows on the screen alone: an answer costs more than a mask.
    private func explainVisibleRows(
        _ table: MaskTable, _ trail: TokenTrail, _ state: inout DebuggerState,
        _ explainer: inout MaskExplainer?
    ) {
        guard state.frame.mask.insight != nil, state.frame.mask.columns.reason > 8 else { return }
        for row in state.mask.rows.visible {
            let candidate = table.candidate(at: Int(state.frame.mask.positions[row]))
            guard !candidate.isAllowed, let token = candidate.token else { continue }
            state.explain(token, trail, &explainer)
        }
    }

    func subtitle(_ state: DebuggerState) -> String? {
        guard let table = state.frame.mask.table else { return nil }
        let source = state.timeline.isLive && state.run != .ended ? "live" : "recorded"
        return "round \(table.token.round), token \(table.token.position + 1) · \(source)"
    }

    func foot(_ state: DebuggerState) -> [String] {
        var parts: [String] = []
        if state.mask.filter != .all { parts.append(state.mask.filter.rawValue) }
        if state.mask.order != .logit { parts.append("by ID") }
        if let rows = state.mask.rows.range { parts.append("rows \(rows)") }
        return parts
    }

    func summary(_ state: DebuggerState) -> StyledText {
        guard let table = state.frame.mask.table else {
            return StyledText(
                isWithoutTokens(state) ? "no tokens recorded" : "no token in this round yet", Theme.faint)
        }
        var line = StyledText()
        line.append(TokenText.visible(table.token), Theme.chosen)
        if let figures = table.token.figures {
            line.append(
                " \(Figure.percent(figures.probabilityBefore)) → \(Figure.percent(figures.probabilityAfter))")
        }
        switch (table.token.allowedCount, table.vocabularySize) {
        case (1, _): line.append(" · forced")
        case (let count?, let size?):
            line.append(" · allowed \(Figure.count(count)) of \(Figure.count(size))")
        case (let count?, nil): line.append(" · allowed \(Figure.count(count))")
        default: line.append(" · no mask")
        }
        if let figures = table.token.figures, table.token.allowed != nil {
            line.append(" · rejected \(Figure.percent(figures.rejectedMass))")
        }
        return line
    }

    /// Whether the session is another program's, and the round is over without a token: none is to come.
    private func isWithoutTokens(_ state: DebuggerState) -> Bool {
        guard let header = state.shown.header, header.isImported || header.isAttached else { return false }
        return state.shown.round > 0 && state.shown.phase != .decoding
    }

    func paint(_ state: DebuggerState, with brush: inout PaneBrush, in area: Rect) {
        let frame = state.frame.mask
        guard let table = frame.table, let trail = state.trail else {
            let words =
                isWithoutTokens(state)
                ? "No token of this round was recorded."
                : "No token has been decoded in this round yet."
            return brush.paint(words, Theme.faint, in: area)
        }
        let view = MaskPaneView(table: table, trail: trail, insight: frame.insight, width: area.width)
        var rest = area
        for line in frame.head {
            brush.put(line, at: rest.origin, width: rest.width)
            rest = rest.split(top: 1).rest
        }
        if frame.hasTableHead {
            brush.canvas.put(view.tableHead(frame.columns), at: rest.origin, maxWidth: rest.width)
            rest = rest.split(top: 1).rest
        }
        if frame.positions.isEmpty, !rest.isEmpty {
            brush.canvas.put(
                StyledText("no candidate is \(state.mask.filter.rawValue) here", Theme.faint),
                at: rest.origin, maxWidth: rest.width)
        }
        for (row, index) in state.mask.rows.visible.enumerated() where row < rest.height {
            let candidate = table.candidate(at: Int(frame.positions[index]))
            let verdict = candidate.token.flatMap { frame.insight?.verdicts[$0] }
            brush.put(
                view.row(candidate, frame.columns, verdict: verdict), at: Point(rest.minX, rest.minY + row),
                width: rest.width)
            if index == frame.selected {
                brush.canvas.put(
                    "▸", at: Point(rest.minX + 1, rest.minY + row), style: Theme.chosen,
                    maxWidth: max(0, rest.width - 1))
                brush.highlight(rest.row(row))
            }
        }
    }

    func move(_ state: inout DebuggerState, rows: Int) {
        let count = state.mask.rows.count
        guard count > 0 else { return }
        let row = max(0, min(count - 1, (state.frame.mask.selected ?? 0) + rows))
        state.mask.row = row
        state.mask.rows.show(row)
    }

    func move(_ state: inout DebuggerState, pages: Int) {
        move(&state, rows: pages * max(1, state.mask.rows.page - 1))
    }

    func move(_ state: inout DebuggerState, toEnd: Bool) {
        let count = state.mask.rows.count
        move(&state, rows: toEnd ? count : -count)
    }

    func scroll(_ state: inout DebuggerState, rows: Int) {
        if state.mask.row == nil { state.mask.row = state.frame.mask.selected }
        state.mask.rows.move(by: rows)
    }

    func click(_ state: inout DebuggerState, row: Int) {
        if let index = state.frame.mask.row(at: row, scroll: state.mask.rows) { state.mask.row = index }
    }

    func find(_ search: Search, _ state: inout DebuggerState, direction: Int, isFirst: Bool) -> Bool {
        guard let table = state.frame.mask.table else { return false }
        let positions = state.frame.mask.positions
        let start = isFirst ? -1 : state.frame.mask.selected ?? -1
        let match = Search.next(positions.count, start, direction) {
            search.matches(table.candidate(at: Int(positions[$0])).text.plain)
        }
        guard let row = match else { return false }
        state.mask.row = row
        state.mask.rows.show(row, margin: 2)
        return true
    }

    func document(_ state: DebuggerState) -> (any Document)? {
        guard let table = state.frame.mask.table, let row = state.frame.mask.selected,
            let position = state.frame.mask.positions.element(row).map(Int.init)
        else { return nil }
        return table.candidate(at: position).token.map { TokenDocument(token: $0) }
            ?? CandidateDocument(position: position)
    }

    var nothingToOpen: String { "there is no candidate to explain here" }

    func fork(_ state: inout DebuggerState) -> Bool {
        guard let table = state.frame.mask.table, let row = state.frame.mask.selected,
            let position = state.frame.mask.positions.element(row).map(Int.init),
            let token = table.candidate(at: position).token, token != table.token.token
        else { return false }
        state.beginFork(choosing: token)
        return true
    }
}

extension DebuggerState {
    /// The token of the step that is looked at, with what was written before it.
    var trail: TokenTrail? {
        TokenTrail(log: timeline.log, step: timeline.step, round: shown.round)
    }

    /// Finds out why a token may or may not come, once.
    mutating func explain(_ token: Int, _ trail: TokenTrail, _ explainer: inout MaskExplainer?) {
        guard let insight = frame.mask.insight, insight.verdicts[token] == nil else { return }
        frame.mask.insight?.verdicts[token] = explainer?.verdict(on: token, after: trail)
    }
}
