import Agent
import Foundation
import JSON

/// Who decided what, when and by which rule: a session's events as lines for whoever answers for it.
public struct AuditTrail: Sendable {
    private var state = RunState()

    /// A trail at the beginning of a session.
    public init() {}

    /// The lines of the next event; none for what is no one's decision.
    public mutating func lines(of event: Event) -> [String] {
        state.apply(event)
        let text = text(of: event.body)
        guard let first = text.first else { return [] }
        let head = "\(AuditTrail.time(event.time))  step \(event.number)  "
        return [head + PlainText.line(first)] + text.dropFirst().map { "    " + PlainText.line($0) }
    }

    private func text(of body: EventBody) -> [String] {
        switch body {
        case .sessionStarted(let header):
            let parent = header.parent.map { parent in
                "\(parent.sentence)\(parent.hash.map { ", hash \($0)" } ?? "")"
                    + AuditTrail.continuation(of: parent)
            }
            return ["session \(header.id): workflow \(header.workflow), model \(header.model.name)"]
                + [parent].compactMap { $0 }
        case .messageAdded(.user(let text)): return ["asked: \(text)"]
        case .callJudged(let key, let problems, let ruling):
            return ["\(name(key)) wants \(arguments(key)): \(ruling.summary)"]
                + problems.map { "problem: \($0.message)" }
        case .decided(let key, let decision, let decider):
            return decided(key, decision, decider) + asked(key, decider)
        case .callStarted(let key, let arguments): return ["\(name(key)) runs with \(arguments.text)"]
        case .callFinished(let key, let result):
            return ["\(name(key)) \(result.ending == .cancelled ? result.content : result.ending.rawValue)"]
        case .callLate(let key, let result): return ["\(name(key)) answered late: \(result.ending.rawValue)"]
        case .resultEdited(let key, let content):
            let before = state.call(key)?.result?.content
            return ["\(name(key)): its result was edited by a person"] + difference(before ?? "", content)
        case .token(let step):
            guard let decider = step.chosenBy else { return [] }
            let text = step.special ?? String(decoding: step.bytes, as: UTF8.self)
            return [
                "round \(step.round), token \(step.position + 1): \"\(text)\" (\(step.token)) chosen by \(decider.summary)"
            ]
        case .ruleAdded(let rule): return ["rule added by a person: \(rule.sentence)"]
        case .sessionResumed: return ["taken up again"]
        case .runFinished(let outcome): return ["ended: \(outcome.name)"]
        default: return []
        }
    }

    private static func continuation(of parent: SessionParent) -> String {
        let parts = [parent.seed.map { "seed \($0)" }, parent.model.map { "model \($0)" }].compactMap { $0 }
        return parts.isEmpty ? "" : ", to go on with \(parts.joined(separator: " and "))"
    }

    private func decided(_ key: CallKey, _ decision: Decision, _ decider: Decider) -> [String] {
        let head = "\(name(key)): \(decision.name) by \(decider.summary)"
        switch decision {
        case .approve, .deny(nil): return [head]
        case .deny(let reason?): return ["\(head): \(reason)"]
        case .edit(let edited, let mode):
            return ["\(head), \(mode.rawValue)"] + difference(arguments(key), edited.text)
        case .respond(let content): return [head, "+ \(content)"]
        case .refuse(let problem): return ["\(head): \(problem)"]
        }
    }

    /// Why somebody was asked, where the call waited for a person.
    private func asked(_ key: CallKey, _ decider: Decider) -> [String] {
        switch decider {
        case .person, .user, .timeout: break
        case .rule, .option, .validation: return []
        }
        guard let ruling = state.call(key)?.ruling else { return [] }
        return ["asked: \(ruling.summary)"]
    }

    /// What an edit changed: by leaves where both texts are JSON objects, whole otherwise.
    private func difference(_ before: String, _ after: String) -> [String] {
        guard let one = try? JSONParser.parse(before), let other = try? JSONParser.parse(after),
            one.objectValue != nil, other.objectValue != nil
        else { return ["- \(before)", "+ \(after)"] }
        let removed = one.leaves.filter { other[$0.pointer] != $0.value }
        let added = other.leaves.filter { one[$0.pointer] != $0.value }
        guard !removed.isEmpty || !added.isEmpty else { return ["- \(before)", "+ \(after)"] }
        return removed.map { "- \($0.pointer): \($0.value.text())" }
            + added.map { "+ \($0.pointer): \($0.value.text())" }
    }

    private func name(_ key: CallKey) -> String {
        "round \(key.round), \(key.id) (\(state.call(key)?.call.name ?? "unknown"))"
    }

    private func arguments(_ key: CallKey) -> String { state.call(key)?.call.arguments.text ?? "" }

    /// The time in UTC, RFC 3339 with milliseconds; 0 is none.
    static func time(_ milliseconds: Int64) -> String {
        if milliseconds == 0 { return "(a time not recorded)" }
        var seconds = time_t(milliseconds.quotient(by: 1_000))
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return String(
            format: "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1_900, parts.tm_mon + 1,
            parts.tm_mday,
            parts.tm_hour, parts.tm_min, parts.tm_sec, Int32(milliseconds - Int64(seconds) * 1_000))
    }
}

extension Int64 {
    /// The quotient rounded down, so that what remains is never negative.
    fileprivate func quotient(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
