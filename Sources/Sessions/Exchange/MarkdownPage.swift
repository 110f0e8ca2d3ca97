import Agent
import JSON

/// A session as a page of Markdown.
enum MarkdownPage {
    static func text(_ events: [Event]) -> String {
        var lines: [String] = []
        var state = RunState()
        for event in events {
            state.apply(event)
            lines += paragraphs(of: event, in: state)
        }
        return lines.joined(separator: "\n\n") + "\n"
    }

    private static func paragraphs(of event: Event, in state: RunState) -> [String] {
        switch event.body {
        case .sessionStarted(let header):
            return [
                "# Session \(inline(header.id))",
                "Workflow \(inline(header.workflow)), model \(inline(header.model.name)), \(AuditTrail.time(event.time))",
            ] + (header.parent.map { ["Origin: \(inline($0.sentence))"] } ?? [])
        case .messageAdded(.system(let text)): return ["## System", quote(text)]
        case .messageAdded(.user(let text)): return ["## User", quote(text)]
        case .responseReceived(let round, let response, let milliseconds):
            let head =
                "## Model, round \(round) (step \(event.number), \(SessionExport.duration(milliseconds)))"
            let calls = response.calls.map { call in
                "Asks for \(inline(call.name)) as \(inline(call.id.text)):\n\n"
                    + block(call.arguments.text, "json")
            }
            return [head] + (response.content.isEmpty ? [] : [quote(response.content)]) + calls
        case .callJudged(let key, let problems, let ruling):
            return ["- \(inline(key.id.text)): \(inline(ruling.summary))"]
                + problems.map { "- \(inline(key.id.text)): problem: \(inline($0.message))" }
        case .decided(let key, let decision, let decider):
            let head = "- \(inline(key.id.text)): **\(decision.name)** by \(inline(decider.summary))"
            switch decision {
            case .approve, .deny(nil): return [head]
            case .edit(let arguments, let mode):
                return ["\(head), \(mode.rawValue)", block(arguments.text, "json")]
            case .deny(let text?), .respond(let text), .refuse(let text): return [head, quote(text)]
            }
        case .callFinished(let key, let result):
            let head =
                "### Result of \(inline(key.id.text)): \(result.ending.rawValue), \(SessionExport.duration(result.milliseconds))"
            return [head, block(result.content)]
        case .callLate(let key, let result):
            return ["### Late result of \(inline(key.id.text)), never read", block(result.content)]
        case .resultEdited(let key, let content):
            return ["### The model reads instead, for \(inline(key.id.text))", block(content)]
        case .toolMessage(let key, let content, _):
            // Most often it is the result as it was.
            guard state.call(key)?.result?.content != content, state.call(key)?.editedResult != content else {
                return []
            }
            return ["### The model reads of \(inline(key.id.text))", block(content)]
        case .marked(let note): return ["> Mark: \(inline(note))"]
        case .ruleAdded(let rule): return ["> Rule added: \(inline(rule.sentence))"]
        case .sessionResumed: return ["---", "Taken up again."]
        case .runFinished(let outcome): return ["## End: \(outcome.name)", quote(outcome.text)]
        case .messageAdded, .callStarted, .token, .requestSent, .requestRetried: return []
        }
    }

    private static func quote(_ text: String) -> String {
        PlainText.lines(text).map { "> \($0.escapedForMarkdown)" }.joined(separator: "\n")
    }

    private static func inline(_ text: String) -> String { PlainText.line(text).escapedForMarkdown }

    /// A fence longer than any run of backticks inside.
    private static func block(_ text: String, _ language: String = "") -> String {
        var (longest, run) = (0, 0)
        for byte in text.utf8 {
            run = byte == UInt8(ascii: "`") ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: max(3, longest + 1))
        return "\(fence)\(language)\n\(PlainText.lines(text).joined(separator: "\n"))\n\(fence)"
    }
}
