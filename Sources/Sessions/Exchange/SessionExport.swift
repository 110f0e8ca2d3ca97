import Agent
import JSON

/// A session written in another form.
public struct SessionExport: Sendable {
    /// The forms.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// A page of text, to be read or put into an issue.
        case markdown
        /// A page for a browser, in one file, with the tokens and what the mask did to each.
        case html
        /// A request of OpenAI's Chat Completions: `messages` and `tools`.
        case openai
        /// A request of Anthropic's Messages API.
        case anthropic
    }

    /// The text.
    public let text: String
    /// What the form cannot say, of what the session has.
    public let losses: Losses

    /// Writes a session.
    public init(_ events: [Event], as format: Format) {
        let state = RunState(folding: events)
        var losses = Losses()
        let names = Set(events.map(\.body.name))
        func lose(_ what: String, _ events: [String]) {
            if !names.isDisjoint(with: events) { losses.add(what) }
        }
        switch format {
        case .markdown:
            lose("each token with its probability and its mask", ["token"])
            lose("the exact text of each request", ["request"])
        case .html:
            lose("the exact text of each request, and of each token all but its best candidates", ["request"])
        case .openai, .anthropic:
            lose("each token with its probability and its mask", ["token"])
            lose("who decided each call, and by which rule", ["decision", "judged"])
            lose("the arguments that ran, where they were edited; the model's own stand there", ["decision"])
            lose("what a tool answered, where a person changed it", ["result-edited"])
            lose("times, retries, marks and how the run ended", ["request", "end"])
            if format == .openai, state.calls.contains(where: { $0.message?.isError ?? false }) {
                losses.add("that a result is an error")
            }
        }
        self.losses = losses
        text =
            switch format {
            case .markdown: MarkdownPage.text(events)
            case .html: HTMLPage.text(events)
            case .openai: SessionExport.openAI(state).text(.pretty) + "\n"
            case .anthropic: SessionExport.anthropic(state).text(.pretty) + "\n"
            }
    }

    private static func openAI(_ state: RunState) -> JSONValue {
        let messages = state.messages.map { message -> JSONValue in
            switch message {
            case .system(let text), .user(let text):
                return ["role": .string(message.role), "content": .string(text)]
            case .tool(let result):
                return [
                    "role": "tool", "tool_call_id": .string(result.callID.text),
                    "content": .string(result.content),
                ]
            case .assistant(let answer):
                let content: JSONValue = answer.content.isEmpty ? .null : .string(answer.content)
                guard !answer.calls.isEmpty else { return ["role": "assistant", "content": content] }
                let calls = answer.calls.map { call -> JSONValue in
                    [
                        "id": .string(call.id.text), "type": "function",
                        "function": ["name": .string(call.name), "arguments": .string(call.arguments.text)],
                    ]
                }
                return ["role": "assistant", "content": content, "tool_calls": .array(calls)]
            }
        }
        return [
            "model": .string(state.header?.model.name ?? "unknown"), "messages": .array(messages),
            "tools": .array(state.header?.catalogue.map(\.functionJSON) ?? []),
        ]
    }

    private static func anthropic(_ state: RunState) -> JSONValue {
        var messages: [JSONValue] = []
        var system: [String] = []
        var results: [JSONValue] = []
        func flush() {
            if !results.isEmpty { messages.append(["role": "user", "content": .array(results)]) }
            results = []
        }
        for message in state.messages {
            switch message {
            case .system(let text): system.append(text)
            case .user(let text):
                flush()
                messages.append(["role": "user", "content": .string(text)])
            case .tool(let result):
                results.append([
                    "type": "tool_result", "tool_use_id": .string(result.callID.text),
                    "content": .string(result.content), "is_error": .bool(result.isError),
                ])
            case .assistant(let answer):
                flush()
                var blocks: [JSONValue] = []
                if !answer.content.isEmpty {
                    blocks.append(["type": "text", "text": .string(answer.content)])
                }
                blocks += answer.calls.map { call in
                    [
                        "type": "tool_use", "id": .string(call.id.text), "name": .string(call.name),
                        "input": (try? JSONParser.parse(call.arguments.text)) ?? .string(call.arguments.text),
                    ]
                }
                messages.append(["role": "assistant", "content": .array(blocks)])
            }
        }
        flush()
        let tools = state.header?.catalogue.map { tool -> JSONValue in
            [
                "name": .string(tool.name), "description": .string(tool.description),
                "input_schema": tool.parameters,
            ]
        }
        return [
            "model": .string(state.header?.model.name ?? "unknown"), "max_tokens": 1_024,
            "system": .string(system.joined(separator: "\n")), "messages": .array(messages),
            "tools": .array(tools ?? []),
        ]
    }
}

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
            ]
        case .messageAdded(.system(let text)): return ["## System", quote(text)]
        case .messageAdded(.user(let text)): return ["## User", quote(text)]
        case .responseReceived(let round, let response, let milliseconds):
            let head = "## Model, round \(round) (step \(event.number), \(Int(milliseconds)) ms)"
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
                "### Result of \(inline(key.id.text)): \(result.ending.rawValue), \(Int(result.milliseconds)) ms"
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
        PlainText.lines(text).map { "> \(escaped($0))" }.joined(separator: "\n")
    }

    private static func inline(_ text: String) -> String { escaped(PlainText.line(text)) }

    /// Text that Markdown would not take for a mark of its own, nor for HTML.
    private static func escaped(_ text: String) -> String {
        text.map { "\\`*_[]<>#|".contains($0) ? "\\\($0)" : String($0) }.joined()
    }

    /// A fence longer than any run of backticks inside.
    private static func block(_ text: String, _ language: String = "") -> String {
        var (longest, run) = (0, 0)
        for character in text {
            run = character == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: max(3, longest + 1))
        return "\(fence)\(language)\n\(PlainText.lines(text).joined(separator: "\n"))\n\(fence)"
    }
}
