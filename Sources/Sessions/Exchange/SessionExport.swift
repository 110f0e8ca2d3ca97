import Agent
import Formats
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
        /// A log of Inspect AI as JSON, of one sample.
        case inspect
        /// Spans of OpenTelemetry's conventions for generative AI, as OTLP JSON.
        case otel
        /// A request of OpenAI's Responses.
        case responses
        /// A request of Gemini's `generateContent`.
        case gemini
    }

    /// The text.
    public let text: String
    /// What the form cannot say, of what the session has.
    public let losses: Losses

    /// Writes a session.
    public init(_ events: [Event], as format: Format) {
        var losses = SessionExport.losses(of: events, as: format)
        switch format {
        case .markdown: text = MarkdownPage.text(events)
        case .html: text = HTMLPage.text(events)
        case .openai: text = SessionExport.request(RunState(folding: events), in: .chatCompletions, &losses)
        case .anthropic:
            text = SessionExport.anthropic(RunState(folding: events), &losses).text(.pretty) + "\n"
        case .inspect: text = InspectExport.text(events, &losses)
        case .otel: text = SpanExport.text(events, &losses)
        case .responses: text = SessionExport.request(RunState(folding: events), in: .responses, &losses)
        case .gemini: text = SessionExport.request(RunState(folding: events), in: .gemini, &losses)
        }
        self.losses = losses
    }

    /// What a form says of no session, as far as this one has it.
    private static func losses(of events: [Event], as format: Format) -> Losses {
        var losses = Losses()
        let names = Set(events.map(\.body.name))
        func lose(_ what: String, _ events: [String]) {
            if !names.isDisjoint(with: events) { losses.add(what) }
        }
        switch format {
        case .markdown:
            lose("each token with its probability and its mask", ["token"])
            lose("the exact text of each request", ["request"])
            return losses
        case .html:
            lose("the exact text of each request, and of each token all but its best candidates", ["request"])
            return losses
        case .openai, .anthropic, .responses, .gemini:
            lose("each token with its probability and its mask", ["token"])
            lose("who decided each call, and by which rule", ["decision", "judged"])
            lose("the arguments that ran, where they were edited; the model's own stand there", ["decision"])
            lose("what a tool answered, where a person changed it", ["result-edited"])
            lose("times, retries, marks and how the run ended", ["request", "end"])
            lose("why each response ended, and its tokens", ["response"])
        case .inspect:
            lose("each token with its probability and its mask", ["token"])
            lose("the exact text of each request", ["request"])
            lose("the problems found with a call, and what the policy said", ["judged"])
            lose("retries, marks and added rules", ["retry", "mark"])
            lose("results that came too late", ["late"])
            lose("how the run ended, beyond its status", ["end"])
            lose("when messages that are no answers were said", ["message"])
        case .otel:
            lose("each token with its probability and its mask", ["token"])
            lose("the exact text of each request", ["request"])
            lose("who decided each call, and by which rule", ["decision", "judged"])
            lose("retries, marks and added rules", ["retry", "mark"])
            lose("results that came too late", ["late"])
            lose("how the run ended", ["end"])
            lose("when messages that are no answers were said", ["message"])
        }
        let hasOrigin = events.contains { event in
            if case .sessionStarted(let header) = event.body { header.parent != nil } else { false }
        }
        if hasOrigin { losses.add("which session, and which call of it, it came from") }
        let hasBlocks = events.contains { event in
            if case .responseReceived(_, let response, _) = event.body {
                response.providerBlocks.map { $0.format != format.wire?.rawValue } ?? false
            } else {
                false
            }
        }
        if hasBlocks { losses.add("blocks that only their provider reads, such as signatures of thinking") }
        return losses
    }

    /// The conversation as a request that its provider takes.
    private static func request(
        _ state: RunState, in format: WireFormat, _ losses: inout Losses
    ) -> String {
        RequestLosses.note(state, in: format, &losses)
        var body = format.conversation(state.messages)
        if format != .gemini, let model = state.header?.model.name { body["model"] = .string(model) }
        let catalogue = state.header?.catalogue ?? []
        if !catalogue.isEmpty { body["tools"] = format.tools(catalogue) }
        return JSONValue.object(body).text(.pretty) + "\n"
    }

    private static func anthropic(_ state: RunState, _ losses: inout Losses) -> JSONValue {
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
                if !text.isBlank { messages.append(["role": "user", "content": .string(text)]) }
            case .tool(let result):
                results.append([
                    "type": "tool_result", "tool_use_id": .string(result.callID.text),
                    "content": .string(result.content), "is_error": .bool(result.isError),
                ])
            case .assistant:
                flush()
                let written = WireFormat.messages.conversation([message])["messages"]?.arrayValue?.first?[
                    "content"]
                let blocks = (written?.arrayValue ?? []).filter { block in
                    block["type"] != "text" || block["text"]?.stringValue?.isBlank == false
                }
                if !blocks.isEmpty { messages.append(["role": "assistant", "content": .array(blocks)]) }
            }
        }
        flush()
        RequestLosses.note(state, in: .messages, &losses)
        let tools = state.header?.catalogue.map { tool -> JSONValue in
            [
                "name": .string(tool.name), "description": .string(tool.description),
                "input_schema": tool.parameters,
            ]
        }
        return .record([
            "model": .string(state.header?.model.name ?? "unknown"), "max_tokens": 1_024,
            "system": system.isEmpty ? nil : .string(system.joined(separator: "\n")),
            "messages": .array(messages), "tools": tools.flatMap { $0.isEmpty ? Optional.none : .array($0) },
        ])
    }
}

extension SessionExport {
    /// A stretch of time, where somebody measured it.
    static func duration(_ milliseconds: Double) -> String {
        milliseconds == 0 ? "a time not recorded" : "\(Int64(bounded: milliseconds)) ms"
    }
}
