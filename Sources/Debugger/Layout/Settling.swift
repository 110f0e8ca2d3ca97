import Agent
import Terminal

/// Laying the panes out after every input, so that keys act on what is on the screen and drawing decides nothing.
extension DebuggerState {
    mutating func settle(explainer: inout MaskExplainer?) {
        frame.layout = ScreenLayout(size: size, focus: focus)
        settleMask(explainer: &explainer)
        settleConversation()
        settleCalls()
        settleResults()
        settleLayer(explainer: &explainer)
        if case .question(let form)? = layers.last {
            questions.show(form.question.number, at: now)
        } else {
            questions.show(nil, at: now)
        }
        // A prompt takes the bottom line only: what was under the decision keys stays there while it is written.
        if case .prompt? = layers.last { return }
        switch layers.last {
        case .review(let review):
            approval.show(
                review.target, toTheEnd: review.scroll.page > 0 && review.scroll.isAtEnd, at: now)
        case .rule(let review): approval.show(review.target, toTheEnd: review.hasShownReleases, at: now)
        default:
            let record =
                timeline.isLive && showsCalls ? selectedCall.flatMap { $0.needsDecision ? $0 : nil } : nil
            approval.show(
                record.map { .init($0) }, toTheEnd: frame.calls.isWholeShown(calls.detail), at: now)
        }
    }

    mutating func settleConversation() {
        guard let area = frame.layout.content(of: .conversation) else { return }
        let trail =
            shown.phase == .decoding
            ? TokenTrail(log: timeline.log, step: timeline.step, round: shown.round) : nil
        frame.conversation.layOut(
            shown, listed: listedMessages, trail: trail, size: area.size, &conversation)
    }

    private mutating func settleCalls() {
        frame.calls = ListFrame()
        guard let area = frame.layout.content(of: .calls), let record = selectedCall else { return }
        let listed = listedCalls
        let pane = CallsPane(
            timeline: timeline, now: now, width: area.width, listed: listed,
            trace: traces.answer(record, in: shown))
        frame.calls.rows.count = listed.count
        frame.calls.selected = listed.firstIndex { $0.key == record.key }
        frame.calls.heading = pane.heading(record)
        (frame.calls.detail, frame.calls.argumentLines) = pane.detail(record)
        frame.calls.share(height: area.height)
        calls.settle(in: frame.calls)
        frame.calls.rows.first = calls.list.visible.lowerBound
        frame.calls.rows.lines = pane.rows(calls.list.visible)
    }

    private mutating func settleResults() {
        frame.results = ListFrame()
        guard let area = frame.layout.content(of: .results), let record = selectedResult else { return }
        let (calls, positions) = (listedCalls, resultPositions)
        let pane = ResultsPane(
            calls: calls, positions: positions, width: area.width,
            servers: timeline.isLive ? servers : ServerBoard())
        frame.results.rows.count = positions.count
        frame.results.selected = positions.firstIndex { calls[$0].key == record.key }
        frame.results.heading = pane.heading(record)
        frame.results.detail = pane.detail(record)
        frame.results.share(height: area.height)
        results.settle(in: frame.results)
        frame.results.rows.first = results.list.visible.lowerBound
        frame.results.rows.lines = pane.rows(results.list.visible)
    }

    private mutating func settleMask(explainer: inout MaskExplainer?) {
        guard let trail = TokenTrail(log: timeline.log, step: timeline.step, round: shown.round) else {
            frame.mask = MaskFrame()
            return
        }
        if frame.mask.table?.step != trail.step {
            frame.mask = MaskFrame()
            frame.mask.table = MaskTable(
                trail.token, step: trail.step, vocabulary: shown.header?.model.vocabulary)
        }
        let area = frame.layout.content(of: .mask) ?? Rect(size: Size(0, 0))
        if !area.isEmpty, frame.mask.insight == nil, let computed = explainer?.computedTable(for: trail) {
            frame.mask.table = computed
            frame.mask.filtered = nil
        }
        guard let table = frame.mask.table else { return }
        if frame.mask.filtered != mask.view {
            frame.mask.positions = table.positions(of: mask)
            frame.mask.filtered = mask.view
        }
        if !area.isEmpty, frame.mask.insight == nil { frame.mask.insight = explainer?.insight(for: trail) }
        let view = MaskPaneView(table: table, trail: trail, insight: frame.mask.insight, width: area.width)
        frame.mask.head = area.isEmpty ? [] : view.head(height: area.height / 3)
        frame.mask.hasTableHead = area.height - frame.mask.head.count >= 3
        let page = area.height - frame.mask.head.count - (frame.mask.hasTableHead ? 1 : 0)
        let isPartial = if case .partial = table.kind { true } else { false }
        frame.mask.columns = MaskColumns(
            width: area.width, isPartial: isPartial, isUnknown: table.kind == .unknown)
        mask.rows.update(count: frame.mask.positions.count, page: page)
        selectCandidate(table)
        explainVisibleRows(table, trail, &explainer)
    }

    private mutating func selectCandidate(_ table: MaskTable) {
        if let row = mask.row {
            frame.mask.selected =
                frame.mask.positions.isEmpty ? nil : min(row, frame.mask.positions.count - 1)
            return
        }
        let chosen = table.chosen.flatMap { frame.mask.positions.firstIndex(of: Int32(clamping: $0)) }
        frame.mask.selected = frame.mask.positions.isEmpty ? nil : chosen ?? 0
        mask.rows.move(to: 0)
        mask.rows.show(frame.mask.selected ?? 0, margin: 2)
    }

    /// Asks why for the masked rows on the screen alone: an answer costs more than a mask.
    private mutating func explainVisibleRows(
        _ table: MaskTable, _ trail: TokenTrail, _ explainer: inout MaskExplainer?
    ) {
        guard frame.mask.insight != nil, frame.mask.columns.note > 12 else { return }
        for row in mask.rows.visible {
            let candidate = table.candidate(at: Int(frame.mask.positions[row]))
            guard !candidate.isAllowed, let token = candidate.token else { continue }
            explain(token, trail, &explainer)
        }
    }

    private mutating func explain(_ token: Int, _ trail: TokenTrail, _ explainer: inout MaskExplainer?) {
        guard let insight = frame.mask.insight, insight.verdicts[token] == nil else { return }
        frame.mask.insight?.verdicts[token] = explainer?.verdict(on: token, after: trail)
    }

    private mutating func settleLayer(explainer: inout MaskExplainer?) {
        let box = LayerBox(size: size)
        switch layers.last {
        case .document(var document):
            if case .call(let key) = document.topic, let record = shown.call(key) {
                _ = traces.answer(record, in: shown)
            }
            if case .token(let token) = document.topic,
                let trail = TokenTrail(log: timeline.log, step: timeline.step, round: shown.round)
            {
                if frame.mask.insight == nil { frame.mask.insight = explainer?.insight(for: trail) }
                explain(token, trail, &explainer)
            }
            frame.document = DocumentContent.lines(document.topic, self, width: box.content.width)
            document.scroll.update(count: frame.document.count, page: box.content.height)
            if document.followsEnd { document.scroll.move(to: .max) }
            layers[layers.count - 1] = .document(document)
        case .question(var form):
            let lines = QuestionLines(form, width: box.content.width)
            frame.document = lines.lines
            form.settle(lines, page: box.content.height)
            layers[layers.count - 1] = .question(form)
        case .review(var review):
            frame.document = LayerBox.reviewLines(review, width: box.content.width)
            review.scroll.update(count: frame.document.count, page: box.content.height)
            layers[layers.count - 1] = .review(review)
        case .rule(var review):
            frame.document = review.settle(width: box.content.width, page: box.content.height)
            layers[layers.count - 1] = .rule(review)
        case .editor(var editor):
            let (text, cursor) = editor.field.layout(width: box.content.width)
            frame.document = text.lines.map { line in
                var styled = StyledText()
                styled.append(line.text)
                return styled
            }
            let page = box.content.height - (editor.fault == nil ? 0 : box.faultHeight)
            editor.scroll.update(count: text.lines.count, page: max(1, page))
            editor.scroll.show(cursor.y)
            layers[layers.count - 1] = .editor(editor)
        default: frame.document = []
        }
    }
}

extension CallListPane {
    /// Takes over what there is to scroll, and keeps the selected row in view.
    fileprivate mutating func settle(in frame: ListFrame) {
        list.update(count: frame.rows.count, page: frame.listHeight)
        if let selected = frame.selected { list.show(selected) }
        detail.update(count: frame.detail.count, page: frame.detailHeight)
    }
}

extension ListFrame {
    /// Whether the last line of the arguments is on the screen.
    func isWholeShown(_ scroll: Scroll) -> Bool {
        detailHeight > 0 && (argumentLines == 0 || scroll.visible.upperBound >= argumentLines)
    }
}
