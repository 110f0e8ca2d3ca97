import Agent
import Foundation
import JSON

/// A session's events as readable lines, for `callgate replay --print`.
///
/// The tokens of a response are summed up in one paragraph, unless each is asked for.
public struct SessionPrinter: Sendable {
    private let showsEachToken: Bool
    private var tokens: [(number: Int, step: TokenStep)] = []
    private var started: Int64?

    /// A printer at the beginning of a session.
    public init(eachToken: Bool = false) { showsEachToken = eachToken }

    /// The lines of the next event; those of tokens come with the event that follows them.
    public mutating func lines(of event: Event) -> [String] {
        started = started ?? event.time
        if case .token(let step) = event.body {
            tokens.append((event.number, step))
            return showsEachToken ? paragraph(String(event.number), "token", [Self.line(of: step)]) : []
        }
        let time =
            event.time == 0
            ? "no time" : "+" + String(format: "%.3f s", Double(event.time - (started ?? event.time)) / 1_000)
        return finish()
            + paragraph("\(event.number)", "\(time) \(event.body.name)", Self.text(of: event.body))
    }

    /// The lines of tokens that no event has followed.
    public mutating func finish() -> [String] {
        guard let first = tokens.first, let last = tokens.last else { return [] }
        defer { tokens = [] }
        return paragraph("\(first.number)-\(last.number)", "tokens", Self.summary(of: tokens.map(\.step)))
    }

    /// An event on one line of at most `length` characters, without its number.
    public static func summary(of event: Event, length: Int = 160) -> String {
        let text = text(of: event.body).joined(separator: " ")
        let line = "\(event.body.name)\(text.isEmpty ? "" : ": ")\(text)"
        return line.count > length ? line.prefix(length - 1) + "…" : line
    }

    /// A paragraph: the events' numbers and a title with its first line, the rest below it.
    private func paragraph(_ numbers: String, _ title: String, _ text: [String]) -> [String] {
        let head = numbers + String(repeating: " ", count: max(1, 10 - numbers.count)) + title
        guard let first = text.first else { return [head] }
        return ["\(head): \(first)"] + text.dropFirst().map { String(repeating: " ", count: 12) + $0 }
    }

    private static func seconds(_ milliseconds: Double) -> String {
        milliseconds == 0 ? "a time that was not recorded" : String(format: "%.3f s", milliseconds / 1_000)
    }

    private static func text(of body: EventBody) -> [String] {
        switch body {
        case .sessionStarted(let header): self.header(header)
        case .messageAdded(let message): self.message(message)
        case .requestSent(let record): request(record)
        case .token(let step): [line(of: step)]
        case .requestRetried(let round, let attempt, let reason, let delay):
            ["round \(round), attempt \(attempt), after \(delay) ms: \(PlainText.line(reason))"]
        case .responseReceived(let round, let response, let milliseconds):
            self.response(response, round: round, milliseconds: milliseconds)
        case .callJudged(let key, let problems, let ruling):
            ["\(PlainText.line(key.description)): \(PlainText.line(ruling.summary))"]
                + problems.map { "\($0.kind.rawValue): \(PlainText.line($0.message))" }
        case .decided(let key, let decision, let decider):
            self.decision(decision, key: key, decider: decider)
        case .callStarted(let key, let arguments):
            ["\(PlainText.line(key.description)) with \(PlainText.line(arguments.text))"]
        case .callFinished(let key, let result), .callLate(let key, let result):
            [
                "\(PlainText.line(key.description)) \(result.ending.rawValue)"
                    + " after \(seconds(result.milliseconds))"
            ] + PlainText.lines(result.content)
        case .resultEdited(let key, let content):
            ["\(PlainText.line(key.description)), the model will read"] + PlainText.lines(content)
        case .toolMessage(let key, let content, let isError):
            ["\(PlainText.line(key.description))\(isError ? ", an error" : "")"] + PlainText.lines(content)
        case .marked(let note): [PlainText.line(note)]
        case .ruleAdded(let rule): [PlainText.line("rule added: \(rule.sentence)")]
        case .sessionResumed: []
        case .runFinished(let outcome): [outcome.name] + PlainText.lines(outcome.text)
        }
    }

    private static func header(_ header: SessionHeader) -> [String] {
        let model = header.model
        let size = model.vocabulary.map { ", \($0.entries.count) tokens" } ?? ""
        let sampling =
            header.sampling.temperature == 0
            ? "greedy"
            : "temperature \(header.sampling.temperature), top-p \(header.sampling.topP), "
                + "seed \(header.sampling.seed)"
        let limits = header.limits
        let policy =
            "policy \(header.policy.fallback.rawValue) by default, \(header.policy.rules.count) rules"
        let run =
            header.isAttached
            ? ["how tokens were chosen and the limits of the run: not recorded", policy]
            : header.isImported
                ? ["how tokens were chosen, the limits and the policy of the run were not recorded"]
                : [
                    "limits \(limits.rounds) rounds, \(limits.tokens) tokens, \(limits.seconds) s",
                    policy,
                ]
        return [
            "\(PlainText.line(header.id)) of workflow \(PlainText.line(header.workflow))",
            "model \(PlainText.line(model.name)) (\(PlainText.line(model.kind))\(size))"
                + (header.isImported || header.isAttached ? "" : ", \(sampling)"),
        ]
            + run + [header.parent.map { PlainText.line($0.sentence) }].compactMap { $0 }
            + header.policy.rules.map { rule in
                let conditions = rule.arguments.map { " when \($0.pointer) matches \($0.pattern.source)" }
                    .joined()
                return PlainText.line(
                    "rule \(rule.name): \(rule.effect.rawValue) \(rule.tool)\(conditions)"
                        + (rule.condition.map { " when \($0)" } ?? "")
                        + (rule.reason.map { ", because \($0)" } ?? ""))
            } + header.model.findings.map { PlainText.line("prompt: \($0)") }
            + header.catalogue.map { PlainText.line("tool \($0.name): \($0.description)") }
    }

    private static func message(_ message: Message) -> [String] {
        switch message {
        case .system(let text), .user(let text): [message.role] + PlainText.lines(text)
        case .assistant(let answer):
            [message.role] + lines(of: answer)
        case .tool(let result):
            ["\(message.role), call \(PlainText.line(result.callID.text))"] + PlainText.lines(result.content)
        }
    }

    private static func request(_ record: RequestRecord) -> [String] {
        var parts = ["round \(record.round)"]
        if let tokens = record.promptTokens { parts.append("\(tokens) tokens") }
        if let cached = record.cachedTokens { parts.append("\(cached) of them cached") }
        parts.append("\(record.text.utf8.count) bytes")
        let costs = record.toolTokens.map { "\(PlainText.line($0.name)) \($0.tokens)" }
        return [parts.joined(separator: ", ")]
            + (costs.isEmpty ? [] : ["tokens of the tools: " + costs.joined(separator: ", ")])
    }

    private static func response(
        _ response: ModelResponse, round: Int, milliseconds: Double
    ) -> [String] {
        let usage = response.usage.map { ", \($0.promptTokens) + \($0.completionTokens) tokens" } ?? ""
        let head =
            "round \(round), \(PlainText.line(response.finishReason.name)), \(seconds(milliseconds))\(usage)"
        return [head] + lines(of: response.message)
    }

    /// Thinking, words, calls, and what was odd about them.
    private static func lines(of answer: AssistantMessage) -> [String] {
        var lines: [String] = []
        if let thinking = answer.thinking {
            lines.append("thought: \(thinking.size)")
            if !thinking.text.isEmpty { lines += PlainText.lines(thinking.text).map { "~ \($0)" } }
        }
        if !answer.content.isEmpty { lines += PlainText.lines(answer.content) }
        return lines + answer.calls.map(line(of:)) + answer.remarks.map { "remark: \(PlainText.line($0))" }
    }

    private static func line(of call: ToolCall) -> String {
        PlainText.line("call \(call.id): \(call.name) \(call.arguments.text)")
    }

    private static func decision(_ decision: Decision, key: CallKey, decider: Decider) -> [String] {
        let head = PlainText.line("\(key): \(decision.name), by \(decider.summary)")
        switch decision {
        case .approve, .deny(nil): return [head]
        case .edit(let arguments, let mode):
            return ["\(head), \(mode.rawValue)", "runs with " + PlainText.line(arguments.text)]
        case .deny(let reason?): return [head, "reason: " + PlainText.line(reason)]
        case .respond(let content): return [head] + PlainText.lines(content)
        case .refuse(let problem): return [head, PlainText.line(problem)]
        }
    }
}

// Tokens.
extension SessionPrinter {
    private static func line(of step: TokenStep) -> String {
        var parts = [quoted(step)]
        if let figures = step.figures {
            parts.append("p \(percent(figures.probabilityBefore)) → \(percent(figures.probabilityAfter))")
            parts.append("rejected \(percent(figures.rejectedMass))")
        }
        if let count = step.allowedCount { parts.append("\(count) allowed") }
        if case .partial(let candidates, let size) = step.distribution {
            parts.append("top \(candidates.count) of \(size.map(String.init) ?? "an unknown number")")
        }
        return parts.joined(separator: ", ")
    }

    /// The whole text, then what stood out: speed, forced tokens, the least sure choice, the most that the mask took.
    private static func summary(of steps: [TokenStep]) -> [String] {
        let milliseconds = steps.reduce(0) { $0 + $1.milliseconds }
        let speed =
            milliseconds > 0
            ? String(format: " (%.1f a second)", Double(steps.count) / milliseconds * 1_000) : ""
        let forced = steps.filter(\.isForced).count
        var lines = ["\(steps.count) in \(seconds(milliseconds))\(speed), \(forced) forced by the mask"]
        lines += PlainText.lines(String(decoding: steps.flatMap(\.bytes), as: UTF8.self)).map { "| \($0)" }
        let rated = steps.compactMap { step in step.figures.map { (step, $0) } }
        if let (step, figures) = rated.min(by: { $0.1.probabilityBefore < $1.1.probabilityBefore }) {
            lines.append(
                "least likely before the mask: \(quoted(step)) at \(step.position), "
                    + percent(figures.probabilityBefore))
        }
        if let (step, figures) = rated.max(by: { $0.1.rejectedMass < $1.1.rejectedMass }),
            figures.rejectedMass > 0
        {
            lines.append(
                "most taken by the mask: \(percent(figures.rejectedMass)) before \(quoted(step)) "
                    + "at \(step.position)")
        }
        return lines
    }

    private static func quoted(_ step: TokenStep) -> String {
        if let special = step.special { return PlainText.line(special) }
        return "\"\(PlainText.line(String(decoding: step.bytes, as: UTF8.self)))\""
    }

    static func percent(_ probability: Double) -> String {
        String(format: "%.2f %%", probability * 100)
    }
}
