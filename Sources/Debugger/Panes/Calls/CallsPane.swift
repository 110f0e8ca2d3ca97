import Agent
import JSON
import Masking
import Terminal

/// Every call of the session, and the selected one in full.
struct CallsPane {
    let timeline: Timeline
    let now: Int64
    let width: Int
    /// The calls that are listed; all where it is `nil`.
    var listed: [CallRecord]?
    /// Where the values of a call came from.
    let trace: Traces.Answer
    var texts = LongTexts()

    /// One line a call: sign, ID, tool, arguments, status.
    func rows(_ visible: Range<Int>) -> [StyledText] {
        let calls = listed ?? timeline.shown.calls
        let columns = ListColumns(calls.count) { calls[$0] }
        let (ids, names, words) = (columns.ids, columns.names, columns.words)
        return visible.map { row in
            let record = calls[row]
            let id = StyledText(record.key.id.text, Theme.heading)
            var line = StyledText("\(record.sign) ", record.statusStyle) + id.fitted(to: ids)
            line =
                line
                + StyledText(record.call.name).fitted(to: max(8, min(names, width - 4 - ids - words - 1)))
            let room = width - 2 - line.width - words - 1
            if room >= 12 {
                var arguments = StyledText()
                arguments.append(record.argumentsLine, Theme.faint)
                line = line + arguments.fitted(to: room) + TextLines.space(1)
            }
            return line + StyledText(record.statusWord, record.statusStyle)
        }
    }

    /// The widths of a list's columns: as narrow as the items allow, or fixed where there are many.
    struct ListColumns {
        private static let mostMeasured = 200
        let ids: Int
        let names: Int
        let words: Int

        init(_ count: Int, _ record: (Int) -> CallRecord) {
            guard count <= ListColumns.mostMeasured else {
                (ids, names, words) = (15, 25, 9)
                return
            }
            let records = (0..<count).map(record)
            ids = min(14, records.map { SafeText($0.key.id.text).width }.max() ?? 0) + 1
            names = min(24, records.map { SafeText($0.call.name).width }.max() ?? 0) + 1
            words = records.map { $0.statusWord.count }.max() ?? 0
        }
    }

    /// The heading over the detail.
    func heading(_ record: CallRecord) -> StyledText {
        let call =
            StyledText(record.key.id.text, Theme.heading)
            + StyledText(" · \(record.call.name) · round \(record.key.round) · ")
        let words = StyledText(record.statusWords, record.statusStyle)
        // A line that has no room for the sentence has the word.
        return call.width + words.width + 3 <= width
            ? call + words : call + StyledText(record.statusWord, record.statusStyle)
    }

    /// All that is known of a call, and how many of the lines its arguments take.
    func detail(_ record: CallRecord) -> (lines: LaidLines, argumentLines: LeadingLines) {
        var text = TextLines(width: width)
        var argumentLines = ArgumentLines.add(
            record.call.arguments, provenance: trace.found?.provenance ?? [], texts, to: &text)
        addLookAlikes(record, to: &text)
        DriftLines.add(record, in: timeline.shown, to: &text)
        // Whoever has not seen that a name is not what it seems to be has not seen the arguments.
        argumentLines.add(upTo: text.laid.count)
        if let words = trace.words { text.wrap(SafeText(words), Theme.faint) }
        for problem in record.problems {
            text.wrap(
                SafeText("✗ \(problem.kind.rawValue): \(problem.message)"), Theme.bad)
        }
        addNotes(record, to: &text)
        addEdit(record, to: &text)
        addSuspicions(to: &text)
        addLateKeywords(record, to: &text)
        if let ruling = record.ruling {
            text.field("rule", ruling.sentence)
        }
        if let decision = record.decision {
            let decider = record.decider.map { " by \($0.summary)" } ?? ""
            text.field("decision", decision.words + decider)
            if case .deny(let reason?) = decision { text.field("reason", reason) }
            if case .refuse(let problem) = decision { text.field("reason", problem) }
        }
        addHistory(record, to: &text)
        return (text.laid, argumentLines)
    }

    private func addLookAlikes(_ record: CallRecord, to text: inout TextLines) {
        if ShownText.isLong(record.call.arguments.text) {
            return LookAlikeLines.add(texts.lookAlikes(record.call), to: &text)
        }
        for part in [record.call.name, record.call.arguments.text] {
            let value = try? JSONParser.parse(part)
            let shown = value.map { $0.leaves.compactMap { $0.value.stringValue } } ?? [part]
            for finding in Set(shown.flatMap(LookAlikes.find)).sorted(by: { $0.word < $1.word }) {
                text.wrap(SafeText("! look-alike: \(finding.sentence)"), Theme.attention)
            }
        }
    }

    /// What of the tool's definition could not be used as it was given.
    private func addNotes(_ record: CallRecord, to text: inout TextLines) {
        for note in timeline.shown.header?.catalogueNotes ?? []
        where note.kind != .setAside && note.tool.utf8.elementsEqual(record.call.name.utf8) {
            text.wrap(
                SafeText("lint: \(note.sentence)"), note.kind == .ignored ? Theme.attention : Theme.faint)
        }
    }

    private func addEdit(_ record: CallRecord, to text: inout TextLines) {
        let ran: ByteString
        if case .edit(let arguments, _)? = record.decision {
            ran = arguments
        } else if let arguments = record.ranArguments, arguments != record.call.arguments {
            ran = arguments
        } else {
            return
        }
        text.add("the edit: - as asked, + as it runs", Theme.label)
        if ShownText.isLong(record.call.arguments.text) || ShownText.isLong(ran.text) {
            text.add("too long to be compared here", Theme.faint)
            return
        }
        for line in LineDifference.between(prettyJSON(record.call.arguments), prettyJSON(ran)) {
            text.add(line)
        }
    }

    private func addSuspicions(to text: inout TextLines) {
        for passage in trace.found?.suspicions ?? [] {
            text.wrap(
                SafeText(
                    "! may follow text in the result of \(passage.call.id) that \(passage.reason): \(passage.text)"
                ),
                Theme.attention)
        }
    }

    /// What the mask can hold the model to only where a value ends.
    private func addLateKeywords(_ record: CallRecord, to text: inout TextLines) {
        let name = record.call.name.utf8
        guard
            let tool = timeline.shown.header?.catalogue.first(where: { $0.name.utf8.elementsEqual(name) })
        else { return }
        let places = LateKeywords.pointers(in: tool.parameters)
        guard !places.isEmpty else { return }
        let shown = places.prefix(3).map(\.description).joined(separator: ", ")
        let more = places.count > 3 ? " and \(places.count - 3) more" : ""
        text.wrap(
            SafeText("lint: \(shown)\(more): a violation is seen only where the value ends"), Theme.attention)
    }

    /// The steps at which the call moved on, up to the one that is looked at.
    private func addHistory(_ record: CallRecord, to text: inout TextLines) {
        let steps = timeline.log.index.ofCall[record.key] ?? []
        var label = "steps"
        for step in steps where step <= timeline.step {
            guard let event = timeline.log.outline(step), let words = CallsPane.words(event.body) else {
                continue
            }
            let moment =
                event.time == 0 ? "no time" : Figure.moment(milliseconds: event.time - timeline.log.start)
            text.wrap(
                SafeText("\(step)  \(moment)  \(words)"), label: StyledText(label, Theme.label), margin: 10)
            label = ""
        }
        guard timeline.isLive, record.status == .waiting || record.status == .running,
            let last = steps.last.flatMap({ timeline.log.outline($0) }), now > last.time
        else { return }
        if record.status == .waiting, let seconds = timeline.shown.header?.policy.approvalTimeout,
            case let left = last.time + Int64(seconds) * 1_000 - now, left > 0
        {
            text.wrap(
                SafeText("denied in \(ApprovalPainter.minutes(left)) unless you decide"), Theme.attention,
                margin: 10)
        }
        // Whole seconds, so that the line does not flicker.
        guard now - last.time >= 1_000 else { return }
        text.wrap(
            SafeText("for \(Figure.duration(milliseconds: Double((now - last.time) / 1_000 * 1_000)))"),
            Theme.faint,
            margin: 10)
    }

    private static func words(_ body: EventBody) -> String? {
        switch body {
        case .callJudged(_, let problems, let ruling):
            (problems.isEmpty ? "valid" : Figure.amount(problems.count, "problem"))
                + ", rules say \(ruling.effect.rawValue)"
        case .decided(_, let decision, let decider): "\(decision.words) by \(decider.summary)"
        case .callStarted: "began to run"
        case .callFinished(_, let result):
            "\(result.ending.words) after \(Figure.recorded(milliseconds: result.milliseconds))"
        case .callLate(_, let result): "late output, \(Figure.amount(result.content.utf8.count, "byte"))"
        case .resultEdited: "result edited by a person"
        case .toolMessage: "the model reads the result"
        default: nil
        }
    }
}

extension Ruling {
    /// The ruling in words: what, by which rule, why.
    var sentence: String {
        guard let rule else {
            return "\(effect.rawValue): no rule matches, so the policy's default holds"
                + (reason.map { "; \($0)" } ?? "")
        }
        return "\(effect.rawValue) by rule \(rule)" + (reason.map { ": \($0)" } ?? "")
    }
}

extension TextLines {
    /// A line of a comparison, marked in text and in colour.
    mutating func add(_ line: LineDifference) {
        switch line {
        case .same(let text): wrapStyled(StyledText("  \(text)", Theme.faint), hanging: 4)
        case .removed(let text): wrapStyled(StyledText("- \(text)", Theme.removed), hanging: 4)
        case .added(let text): wrapStyled(StyledText("+ \(text)", Theme.added), hanging: 4)
        }
    }
}
