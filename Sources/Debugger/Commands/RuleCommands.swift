import Agent
import JSON
import Terminal

/// Making a rule of a decision.
enum RuleCommands {
    static let all: [Command] = [
        Command(
            "rule", title: "make a rule of this call: first shows what it would have matched",
            group: .decide, keys: [.character("A")],
            argument: .init(name: "deny|ask|allow EXPR [because REASON]", isOptional: true)
        ) { state, argument in
            guard argument.isEmpty else { return state.tryRule(argument) }
            guard let record = state.selectedCall else {
                state.refuse("there is no call yet that a rule could be made of")
                return []
            }
            state.layers.append(Prompt(.command, text: "rule " + state.proposedRule(for: record)))
            return []
        },
        layer("adopt-rule", "write it into the workflow; it holds from here on", "write", "y") {
            $0.adoptRule(inFile: true)
        },
        layer("hold-rule", "let it hold in this run alone", "this run only", "o") {
            $0.adoptRule(inFile: false)
        },
        layer("edit-rule", "change the rule", "edit", "e") { state in
            guard let review = state.popFront(RuleReview.self) else { return [] }
            state.layers.append(Prompt(.command, text: "rule " + review.line))
            return []
        },
        layer("rule-file", "write it into another workflow file", "other file", "f") { state in
            guard let review = state.popFront(RuleReview.self) else { return [] }
            state.layers.append(Prompt(.ruleFile(review), text: review.report.file))
            return []
        },
        Command(
            "drop-rule", title: "leave it; nothing changes", hint: "leave", group: .rule,
            places: [.layer(.rule)], keys: [.escape, .character("q"), .control("c")]
        ) { state, _ in state.pop() },
    ]

    private static func layer(
        _ name: String, _ title: String, _ hint: String, _ key: Unicode.Scalar,
        _ action: @escaping @Sendable (inout DebuggerState) -> [DebuggerEffect]
    ) -> Command {
        Command(
            name, title: title, hint: hint, group: .rule, places: [.layer(.rule)], keys: [.character(key)]
        ) { state, _ in action(&state) }
    }
}

extension DebuggerState {
    /// A rule that would have decided the call as the person did, as it is written on the command line.
    func proposedRule(for record: CallRecord) -> String {
        let (effect, reason) = proposedEffect(for: record)
        var terms = ["~tool \(Filter.exactly(record.call.name))"]
        let provenance = shown.provenance(of: record)
        let unseen = provenance.filter(\.isUnseen)
        if effect == .allow {
            // What stands nowhere else, or in a result alone, was allowed as it is, with what stood beside it.
            if unseen.isEmpty, !provenance.contains(where: \.comesFromResultOnly) {
                terms += ["!~unseen", "!~taint result"]
            } else if let arguments = try? JSONParser.parse(record.call.arguments.text) {
                terms.append(Filter.argument(JSONPointer(), is: arguments.text()))
            }
        } else if !shown.suspicions(of: record).isEmpty {
            terms.append("~injected")
        } else if !unseen.isEmpty {
            terms.append("~unseen")
        } else if provenance.contains(where: \.comesFromResultOnly) {
            terms.append("~taint result")
        } else if let first = provenance.lazy.compactMap({ argument(at: $0.pointer, of: record) }).first {
            terms.append(first)
        }
        return "\(effect.rawValue) \(terms.joined(separator: " & "))"
            + (reason.map { " because \($0)" } ?? "")
    }

    private func proposedEffect(for record: CallRecord) -> (Effect, String?) {
        switch record.decision {
        case .approve: (.allow, nil)
        case .deny(let reason): (.deny, reason)
        case .refuse: (.deny, nil)
        case .edit, .respond: (.ask, nil)
        case nil: (shown.suspicions(of: record).isEmpty ? .ask : .deny, nil)
        }
    }

    /// A condition that holds for the value of that argument and no other.
    private func argument(at pointer: JSONPointer, of record: CallRecord) -> String? {
        guard let value = (try? JSONParser.parse(record.call.arguments.text))?[pointer] else { return nil }
        let text = value.stringValue ?? value.text()
        guard text.utf8.count <= 60 else { return nil }
        return Filter.argument(pointer, is: text)
    }

    /// Reads the line of a rule and asks for what it would have matched.
    fileprivate mutating func tryRule(_ line: String, file: String? = nil) -> [DebuggerEffect] {
        let words = line.split(separator: " ", maxSplits: 1)
        guard let effect = words.first.flatMap({ Effect(rawValue: String($0)) }) else {
            refuse("a rule begins with deny, ask or allow")
            return []
        }
        let rest = words.count > 1 ? String(words[1]) : ""
        let parts = rest.ranges(of: " because ").last
        let source = (parts.map { String(rest[..<$0.lowerBound]) } ?? rest).trimmingSpaces
        let reason = parts.map { String(rest[$0.upperBound...]).trimmingSpaces }
        guard !source.isEmpty, let filter = readFilter(source) else {
            if source.isEmpty { refuse("write the rule's condition: \(effect.rawValue) ~tool NAME & …") }
            return []
        }
        let rule = Rule(
            name: ruleName(effect, filter), effect: effect, tool: "*", condition: filter,
            reason: reason.flatMap { $0.isEmpty ? nil : $0 })
        say("looking for what the rule would have matched …")
        return [.tryRule(rule, file: file)]
    }

    /// A name that no rule of the session has.
    private func ruleName(_ effect: Effect, _ filter: Filter) -> String {
        let taken = Set(
            (timeline.log.last.header?.policy.rules ?? []).map(\.name)
                + timeline.log.last.addedRules.map(\.name))
        let tools = timeline.log.last.header?.catalogue.map(\.name) ?? []
        let stem = "\(effect.rawValue)-\(tools.first { filter.source.contains($0) } ?? "rule")"
        var name = stem
        var number = 2
        while taken.contains(name) {
            name = "\(stem)-\(number)"
            number += 1
        }
        return name
    }

    /// Takes what a rule would have matched, and shows it.
    mutating func take(_ report: RuleReport) {
        messages.dismiss()
        let runs = !timeline.isReplay && run != .ended
        layers.append(RuleReview(report, in: timeline, runs: runs, open: openCalls))
    }

    /// Goes on with another file for the rule.
    mutating func tryRule(_ review: RuleReview, file: String) -> [DebuggerEffect] {
        [.tryRule(review.report.rule, file: file)]
    }

    /// Lets the rule hold that is reviewed.
    fileprivate mutating func adoptRule(inFile: Bool) -> [DebuggerEffect] {
        guard let review = layers.last as? RuleReview else { return [] }
        if inFile, let objection = review.report.objection {
            refuse(objection)
            return []
        }
        if !inFile, timeline.isReplay || run == .ended {
            refuse("nothing runs here in which the rule could hold; y writes it into a workflow")
            return []
        }
        // The review comes by itself; a key in that moment was meant for something else.
        if !review.releases.isEmpty, let objection = approval.objection(toRunning: review.target, at: now) {
            refuse(objection)
            return []
        }
        layers.removeLast()
        return [
            .adoptRule(
                review.report.rule, file: inFile ? review.report.file : nil, text: review.report.after,
                deciding: review.deciding(leaving: openCalls))
        ]
    }

    /// The calls that the person is deciding in a layer below.
    private var openCalls: Set<CallKey> { Set(layers.compactMap(\.openCall)) }
}
