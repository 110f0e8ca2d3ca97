import Agent
import JSON
import Terminal

/// A rule before it holds: what it would have decided, and what would be written.
struct RuleReview: Sendable {
    let report: RuleReport
    /// The calls of this session that it would decide.
    let matches: [RuleTrial.Verdict]
    /// The calls of this session.
    let calls: Int
    /// The calls that wait now and that it decides as soon as it holds.
    let releases: [Release]
    /// The leading lines that name them; they must have been on the screen before the rule may hold.
    private var releaseLines = LeadingLines()
    private(set) var hasShownReleases = false
    var scroll = Scroll()
    private let texts = LongTexts()

    /// A waiting call that the rule decides without asking.
    struct Release: Sendable {
        let record: CallRecord
        let ruling: Ruling
    }

    private static let mostShown = 12

    /// - Parameter open: the calls that the person is deciding at this moment; the rule leaves them alone.
    init(_ report: RuleReport, in timeline: Timeline, runs: Bool, open: Set<CallKey>) {
        self.report = report
        var policy = report.policy
        policy.rules.append(report.rule)
        var trial = RuleTrial(policy)
        var fold = RunState()
        for step in 1..<timeline.log.count + 1 {
            guard let event = timeline.log[step] else { continue }
            fold.apply(event)
            trial.add(event, in: fold)
        }
        calls = trial.verdicts.count
        matches = trial.verdicts.filter { $0.ruling.rule == report.rule.name }
        let state = timeline.log.last
        releases =
            runs
            ? state.waitingCalls.compactMap { record in
                guard !open.contains(record.key), let ruling = policy.settlement(of: record, in: state),
                    ruling.rule == report.rule.name
                else { return nil }
                return Release(record: record, ruling: ruling)
            } : []
    }

    /// What holds when it is adopted.
    var target: ApprovalGuard.Target {
        .rule(
            ByteString(report.rule.sentence),
            deciding: releases.map { ByteString("\($0.record.key) \($0.record.call.arguments.text)") })
    }

    /// What the gate is told of the calls that were shown.
    func deciding(leaving open: Set<CallKey>) -> [CallKey: ToolCall] {
        var calls: [CallKey: ToolCall] = [:]
        for release in releases where !open.contains(release.record.key) {
            calls[release.record.key] = release.record.call
        }
        return calls
    }

    /// Lays the lines out, and notes when the last of the calls that it decides at once has been on the screen.
    mutating func settle(width: Int, page: Int) -> LaidLines {
        releaseLines = LeadingLines()
        if !releases.isEmpty { releaseLines.add(upTo: releasing(width: width).count) }
        let lines = lines(width: width)
        scroll.update(count: lines.count, page: page)
        if releases.isEmpty || releaseLines.isEndShown(by: scroll) { hasShownReleases = true }
        return lines
    }

    /// Moves to the beginning, or to the end: to that of the calls that it decides at once first.
    mutating func move(toEnd: Bool) { scroll.move(to: toEnd ? releaseLines.end(from: scroll) : 0) }

    /// Every call that it decides at once, whole: the list is what the person confirms.
    private func releasing(width: Int) -> LaidLines {
        var text = TextLines(width: width)
        text.wrap(SafeText(report.rule.sentence), Theme.heading)
        guard !releases.isEmpty else { return text.laid }
        text.heading("waiting now: it decides \(Figure.amount(releases.count, "call")) as soon as it holds")
        for release in releases {
            let record = release.record
            let fate = release.ruling.effect == .allow ? "RUNS AT ONCE" : "is denied at once"
            let arguments = record.call.arguments.text
            let isLong = ShownText.isLong(arguments)
            text.wrap(
                SafeText(
                    "\(fate)  \(record.key.id) \(record.call.name)" + (isLong ? "" : " \(arguments)")),
                release.ruling.effect == .allow ? Theme.attention : .plain)
            if isLong { text.add(whole: arguments, texts) }
            LookAlikeLines.add(
                isLong ? texts.lookAlikes(record.call) : LookAlikeLines.warnings(record.call), to: &text)
        }
        return text.laid
    }

    /// The rule as it is written on the command line.
    var line: String {
        let rule = report.rule
        return "\(rule.effect.rawValue) \(rule.condition?.source ?? "")"
            + (rule.reason.map { " because \($0)" } ?? "")
    }

    func lines(width: Int) -> LaidLines {
        var text = TextLines(width: width)
        text.add(contentsOf: releasing(width: width))
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
        return text.laid
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
            let arguments = ShownText.beginning(record.call.arguments.text, most: ShownText.mostLine)
            text.wrap(
                SafeText("\(place(verdict))  \(record.key.id) \(record.call.name) \(arguments)"))
            let warning =
                verdict.wouldLeak
                ? "; WOULD LEAK: it would run without anybody asked"
                : verdict.wouldBeStopped
                    ? "; it ran, and would be stopped"
                    : verdict.refusal.map { "; refused all the same: \($0)" } ?? ""
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
