import Agent
import Terminal

/// All that is known of one candidate at one position, and why the mask let it through or not.
struct CandidateDocument: Document {
    /// Its place in the table; a candidate of a partial distribution may have no ID.
    let position: Int

    func title(_ state: DebuggerState) -> String { "why this token" }

    func lines(_ state: DebuggerState, width: Int) -> LaidLines {
        guard let table = state.frame.mask.table, (0..<table.count).contains(position) else {
            return [StyledText("No token was decoded at this step.", Theme.faint)]
        }
        let candidate = table.candidate(at: position)
        var text = TextLines(width: width)
        var name = StyledText("token", Theme.label).fitted(to: 10)
        name.append(candidate.text, Theme.chosen)
        if let id = candidate.token { name.append("  ID \(id)", Theme.faint) }
        text.add(name)
        text.field(
            "rank",
            "\(Figure.count(candidate.rank)) of \(table.vocabularySize.map(Figure.count) ?? "an unknown number") by raw logit"
        )
        addFigures(candidate, table, to: &text)
        text.field("verdict", verdict(candidate, table), candidate.isAllowed ? Theme.good : Theme.bad)
        addReasons(candidate, state, to: &text)
        text.heading("after this text")
        if let trail = state.trail {
            text.wrap(SafeText(bytes: trail.writtenBefore), Theme.faint, mode: .characters)
        }
        return text.laid
    }

    private func addFigures(
        _ candidate: MaskTable.Candidate, _ table: MaskTable, to text: inout TextLines
    ) {
        let isPartial = if case .partial = table.kind { true } else { false }
        if let logit = candidate.logit { text.field(isPartial ? "log p" : "logit", Figure.fixed(logit, 4)) }
        if let before = candidate.before {
            text.field("before", Figure.percent(before) + " without the mask")
        }
        if let after = candidate.after, candidate.isAllowed {
            text.field("after", Figure.percent(after) + " with the mask")
        }
    }

    private func verdict(_ candidate: MaskTable.Candidate, _ table: MaskTable) -> String {
        guard table.token.allowed != nil else { return "no mask ruled at this position" }
        if candidate.isChosen {
            if let decider = table.token.chosenBy { return "allowed, and chosen by \(decider.summary)" }
            return table.token.isForced ? "chosen: it was the only one allowed" : "allowed, and chosen"
        }
        return candidate.isAllowed ? "allowed" : "masked: it could not be chosen"
    }

    private func addReasons(
        _ candidate: MaskTable.Candidate, _ state: DebuggerState, to text: inout TextLines
    ) {
        guard let insight = state.frame.mask.insight else {
            if !candidate.isAllowed {
                text.field("why", "the session's header does not tell enough to recompute the reason")
            }
            return
        }
        text.field("expected", insight.expected)
        if !insight.cursor.isEmpty { text.field("schema", insight.cursor) }
        guard let verdict = candidate.token.flatMap({ insight.verdicts[$0] }) else { return }
        if verdict.reasons.isEmpty, !verdict.leaves.isEmpty {
            text.heading("what it leaves alive in the schema")
            for alternative in verdict.leaves { text.wrap(SafeText(alternative), margin: 2) }
        }
        guard !verdict.reasons.isEmpty else { return }
        text.heading("why it is masked, recomputed from the catalogue")
        if verdict.offset > 0 || !verdict.written.isEmpty {
            text.field("at", "byte \(verdict.offset) of the token, \"\(verdict.written)\", cannot follow")
        }
        for reason in verdict.reasons {
            text.wrap(SafeText(reason.place), Theme.heading)
            text.wrap(SafeText(reason.sentence), margin: 2)
        }
    }
}

/// Why a token may or may not come at the step's token.
struct TokenDocument: Document {
    let token: Int

    func title(_ state: DebuggerState) -> String { "why this token" }

    func prepare(_ state: inout DebuggerState, explainer: inout MaskExplainer?) {
        guard let trail = state.trail else { return }
        if state.frame.mask.insight == nil { state.frame.mask.insight = explainer?.insight(for: trail) }
        state.explain(token, trail, &explainer)
    }

    func lines(_ state: DebuggerState, width: Int) -> LaidLines {
        guard let table = state.frame.mask.table,
            let position = (0..<table.count).first(where: { table.candidate(at: $0).token == token })
        else { return [StyledText("This token is not a candidate at this step.", Theme.faint)] }
        return CandidateDocument(position: position).lines(state, width: width)
    }
}
