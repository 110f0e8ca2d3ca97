import Agent
import Terminal

/// A rule before it holds: what it would have decided, and what would be written.
struct RuleReview: Sendable {
    let report: RuleReport
    /// The calls of this session that it would decide.
    let matches: [RuleTrial.Verdict]
    /// The calls of this session.
    let calls: Int
    var scroll = Scroll()

    private static let mostShown = 12

    init(_ report: RuleReport, in timeline: Timeline) {
        self.report = report
        var policy = report.policy
        policy.rules.append(report.rule)
        var trial = RuleTrial(policy)
        var state = RunState()
        for step in 1..<timeline.log.count + 1 {
            guard let event = timeline.log[step] else { continue }
            state.apply(event)
            trial.add(event, in: state)
        }
        calls = trial.verdicts.count
        matches = trial.verdicts.filter { $0.ruling.rule == report.rule.name }
    }

    /// The rule as it is written on the command line.
    var line: String {
        let rule = report.rule
        return "\(rule.effect.rawValue) \(rule.condition?.source ?? "")"
            + (rule.reason.map { " because \($0)" } ?? "")
    }

    func lines(width: Int) -> [StyledText] {
        var text = TextLines(width: width)
        text.wrap(SafeText(report.rule.sentence), Theme.heading)
        text.heading("in this session: \(sum(matches, of: calls))")
        add(matches, place: { "step \($0.step)" }, to: &text)
        let saved = report.sessions.flatMap(\.matches)
        let all = report.sessions.reduce(0) { $0 + $1.calls }
        text.heading(
            "in \(Figure.amount(report.sessions.count, "saved session")) of \(report.folder): "
                + sum(saved, of: all))
        var left = RuleReview.mostShown
        for session in report.sessions where left > 0 && !session.matches.isEmpty {
            add(
                Array(session.matches.prefix(left)), place: { "\(session.path):\($0.step)" }, to: &text)
            left -= session.matches.count
        }
        if saved.count > RuleReview.mostShown {
            text.add("… and \(saved.count - RuleReview.mostShown) more", Theme.faint)
        }
        text.heading("what is written into \(report.file)")
        if let note = report.note { text.wrap(SafeText(note)) }
        if let objection = report.objection {
            text.wrap(SafeText("✗ \(objection)"), Theme.bad)
        } else {
            addDifference(to: &text)
        }
        return text.lines
    }

    private func sum(_ verdicts: [RuleTrial.Verdict], of calls: Int) -> String {
        let leaks = verdicts.filter(\.wouldLeak).count
        let stops = verdicts.filter(\.wouldBeStopped).count
        return "it would decide \(verdicts.count) of \(Figure.amount(calls, "call"))"
            + (leaks > 0 ? ", \(leaks) would leak" : "") + (stops > 0 ? ", \(stops) would be stopped" : "")
    }

    private func add(
        _ verdicts: [RuleTrial.Verdict], place: (RuleTrial.Verdict) -> String, to text: inout TextLines
    ) {
        for verdict in verdicts.prefix(RuleReview.mostShown) {
            let record = verdict.record
            let then =
                record.decision.map { "\($0.words) by \(record.decider?.summary ?? "nobody")" }
                ?? "not decided"
            text.wrap(
                SafeText(
                    "\(place(verdict))  \(record.key.id) \(record.call.name) \(record.call.arguments.text)"))
            let warning =
                verdict.wouldLeak
                ? "; WOULD LEAK: it would run without anybody asked"
                : verdict.wouldBeStopped ? "; it ran, and would be stopped" : ""
            text.wrap(
                SafeText("then \(then)\(warning)"), warning.isEmpty ? Theme.faint : Theme.attention, margin: 4
            )
        }
        if verdicts.count > RuleReview.mostShown {
            text.add("… and \(verdicts.count - RuleReview.mostShown) more", Theme.faint)
        }
    }

    /// The lines that come in, each with one line around it.
    private func addDifference(to text: inout TextLines) {
        let lines = LineDifference.between(report.before, report.after)
        let changed = lines.indices.filter { if case .same = lines[$0] { false } else { true } }
        var last: Int?
        for index in lines.indices where changed.contains(where: { abs($0 - index) <= 2 }) {
            if let last, index > last + 1 { text.add("…", Theme.faint) }
            text.add(lines[index])
            last = index
        }
    }
}
