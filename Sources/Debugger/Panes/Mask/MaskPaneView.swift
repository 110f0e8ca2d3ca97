import Agent
import Terminal

/// What ruled the choice of one token: the text so far, the figures, and the table of candidates.
struct MaskPaneView {
    let table: MaskTable
    let trail: TokenTrail
    let insight: MaskInsight?
    let width: Int

    /// The lines above the table, the most telling first; at most `height` of them.
    func head(height: Int) -> [StyledText] {
        var text = TextLines(width: width)
        text.add(written)
        if height > 1 { for line in figures(lines: height > 3 ? 2 : 1) { text.add(line) } }
        if height > 2, let insight {
            let more = insight.differs ? " (recomputed: the engine of today allows other tokens)" : ""
            let isHere = insight.origin == .bytes
            text.wrap(
                SafeText(insight.expected + more),
                label: StyledText(isHere ? "expected here" : "expected", Theme.label),
                margin: isHere ? 15 : 10)
            if let bytes = insight.bytes {
                text.wrap(SafeText(bytes), label: StyledText("in bytes", Theme.label), margin: 15)
            }
        }
        if height > 3, let against = masked { text.add(against) }
        if height > 3, let insight, !insight.cursor.isEmpty {
            var line = StyledText("schema    ", Theme.label)
            line.append(SafeText(insight.cursor), .plain)
            if insight.alternatives.count > 1 {
                line.append(" · \(insight.alternatives.count) alternatives alive", Theme.faint)
            }
            text.add(line)
        }
        if height > 4, let insight, insight.alternatives.count > 1 {
            for alternative in insight.alternatives.prefix(max(0, height - text.lines.count)) {
                var line = StyledText("  or      ", Theme.faint)
                line.append(SafeText(alternative), .plain)
                text.add(line)
            }
        }
        return Array(text.lines.prefix(max(0, height)))
    }

    /// The end of the text so far and the token set off from it.
    private var written: StyledText {
        let token = TokenText.visible(table.token)
        let room = max(0, width - token.width - 1)
        let most = 4 * width + 64
        let written = trail.written(last: most)
        let before = TokenText.line(written.suffix(most))
        var glyphs = before.glyphs[...]
        var used = before.width
        let isCut = used > room || written.count >= most
        while used > max(0, room - (isCut ? 1 : 0)), let first = glyphs.popFirst() { used -= first.width }
        var line = StyledText()
        if isCut { line.append("…", Theme.faint) }
        line.append(SafeText(glyphs: glyphs), Theme.faint)
        line.append(token, Theme.chosen.adding(.underline))
        return line
    }

    /// Allowed of all, rejected mass, entropy: whole figures, on as many lines as there are at most; what does not fit
    /// gives up its unit before it gives way.
    private func figures(lines most: Int) -> [StyledText] {
        var lines: [StyledText] = []
        var line = ""
        for part in sums {
            let short = part.hasSuffix(" bits") ? String(part.dropLast(5)) : part
            let fitting = [part, short].first { line.isEmpty || SafeText("\(line) · \($0)").width <= width }
            if let fitting {
                line += (line.isEmpty ? "" : " · ") + fitting
            } else {
                lines.append(StyledText(line))
                line = part
            }
        }
        lines.append(StyledText(line))
        return Array(lines.prefix(most))
    }

    private var sums: [String] {
        var parts: [String] = []
        switch (table.token.allowedCount, table.vocabularySize) {
        case (let count?, let size) where table.origin == .computedHere:
            parts.append(
                "computed here: \(Figure.count(count)) of \(size.map(Figure.count) ?? "an unknown number") allowed"
            )
        case (nil, _) where insight?.origin == .vocabulary:
            parts.append("computed here: no grammar rules this")
        case (nil, _) where insight?.origin == .bytes: parts.append("no mask given, no vocabulary known")
        case (1, _): parts.append("forced: the only token allowed")
        case (let count?, let size?): parts.append("allowed \(Figure.count(count)) of \(Figure.count(size))")
        case (let count?, nil): parts.append("allowed \(Figure.count(count))")
        case (nil, _): parts.append("no mask ruled here")
        }
        if let figures = table.token.figures {
            if table.token.allowed != nil { parts.append("rejected \(Figure.percent(figures.rejectedMass))") }
            let (before, after) = (
                Figure.fixed(figures.entropyBefore, 2), Figure.fixed(figures.entropyAfter, 2)
            )
            parts.append("entropy \(before) → \(after) bits")
        }
        switch table.kind {
        case .full: break
        case .partial where table.origin == .computedHere:
            parts.append(
                "top \(table.givenCount) given"
                    + (table.refusedCount > 0 ? ", \(table.refusedCount) refused here" : ""))
        case .partial(let size):
            let all = size.map(Figure.count) ?? "an unknown number"
            switch table.leftOut {
            case nil: parts.append("top \(table.count) of \(all) candidates given")
            case 0?: parts.append("top \(table.count) of \(all) given, nothing allowed left out")
            case let share?:
                parts.append(
                    "top \(table.count) of \(all) given, at most \(Figure.percent(share)) of the allowed left out"
                )
            }
        case .unknown: parts.append("this model gives no probabilities")
        }
        return parts
    }

    /// What the model would have said without the mask, where that is something else.
    private var masked: StyledText? {
        guard let figures = table.token.figures, !table.token.allows(figures.unmaskedChoice) else {
            return nil
        }
        var line = StyledText("without the mask ", Theme.label)
        line.append(table.text(of: figures.unmaskedChoice), Theme.chosen)
        return line
    }

    /// The columns' names.
    func tableHead(_ columns: MaskColumns) -> StyledText {
        let isPartial = if case .partial = table.kind { true } else { false }
        var line = TextLines.space(MaskColumns.sign)
        line = line + MaskPaneView.cell("rank", columns.rank, .right)
        line = line + MaskPaneView.cell("token", columns.token)
        line = line + MaskPaneView.cell("ID", columns.id, .right)
        line = line + MaskPaneView.cell(isPartial ? "log p" : "logit", columns.logit, .right)
        if columns.hasBefore {
            line =
                line + MaskPaneView.cell("before", MaskColumns.percent, .right)
                + TextLines.space(columns.bar)
        }
        if columns.hasAfter {
            line =
                line + MaskPaneView.cell("after", MaskColumns.percent, .right)
                + TextLines.space(columns.bar)
        }
        return line
    }

    /// One candidate.
    func row(_ candidate: MaskTable.Candidate, _ columns: MaskColumns, verdict: TokenVerdict?) -> StyledText {
        let style =
            candidate.isChosen ? Theme.chosen : candidate.isAllowed ? Style.plain : Theme.faint
        var line = StyledText(candidate.isChosen ? "* " : "  ", Theme.chosen)
        // A token that a server did not name has no rank.
        let isRanked = table.origin == .recorded || candidate.logit != nil
        line =
            line
            + MaskPaneView.cell(
                isRanked ? Figure.count(candidate.rank) : "", columns.rank, .right, Theme.faint)
        var token = StyledText()
        token.append(candidate.text, style)
        line = line + MaskPaneView.cell(token, columns.token)
        line =
            line + MaskPaneView.cell(candidate.token.map(String.init) ?? "", columns.id, .right, Theme.faint)
        line =
            line
            + MaskPaneView.cell(
                candidate.logit.map { Figure.fixed($0, 2) } ?? "", columns.logit, .right, style)
        if columns.hasBefore {
            line = line + share(candidate.before, columns, Theme.barBefore, style)
        }
        var room = columns.note
        if columns.hasAfter, candidate.isAllowed {
            line = line + share(candidate.after, columns, Theme.barAfter, style)
        } else if columns.hasAfter {
            // No bar stands here: the reason begins where one would.
            line = line + MaskPaneView.cell("masked", MaskColumns.percent, .right, Theme.bad)
            room = columns.reason
        }
        guard room > 2 else { return line }
        return line + TextLines.space(1) + note(candidate, verdict, room: room - 1).truncated(to: room - 1)
    }

    private func note(
        _ candidate: MaskTable.Candidate, _ verdict: TokenVerdict?, room: Int
    ) -> StyledText {
        let isRefusedHere = table.origin == .computedHere && !candidate.isAllowed
        if candidate.isChosen, isRefusedHere { return StyledText("chosen, refused here", Theme.bad) }
        if candidate.isChosen {
            let isForced = table.token.isForced && table.origin == .recorded
            return StyledText(isForced ? "forced" : "chosen", Theme.good)
        }
        guard !candidate.isAllowed else {
            let isMarked = table.origin == .computedHere && candidate.logit != nil
            return isMarked ? StyledText("allowed here", Theme.good) : StyledText()
        }
        guard let verdict, !verdict.reasons.isEmpty else {
            if isRefusedHere { return StyledText("refused here", Theme.bad) }
            return table.kind == .full ? StyledText() : StyledText("masked", Theme.bad)
        }
        return StyledText(verdict.summary(width: room), Theme.bad)
    }

    /// A probability as a number and a bar.
    private func share(
        _ probability: Double?, _ columns: MaskColumns, _ barStyle: Style, _ style: Style
    ) -> StyledText {
        guard let probability else { return TextLines.space(MaskColumns.percent + columns.bar) }
        var line = MaskPaneView.cell(Figure.percent(probability), MaskColumns.percent, .right, style)
        if columns.bar > 1 {
            line = line + StyledText(bar(probability, width: columns.bar - 1), barStyle) + TextLines.space(1)
        } else {
            line = line + TextLines.space(columns.bar)
        }
        return line
    }

    private static func cell(
        _ text: String, _ width: Int, _ alignment: Alignment = .left, _ style: Style = Theme.faint
    ) -> StyledText {
        cell(StyledText(text, style), width, alignment)
    }

    /// A column with a space on the side away from its text.
    private static func cell(_ text: StyledText, _ width: Int, _ alignment: Alignment = .left) -> StyledText {
        guard width > 0 else { return StyledText() }
        return text.fitted(to: width - 1, alignment: alignment) + TextLines.space(1)
    }
}
