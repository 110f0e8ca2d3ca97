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
        case .openai:
            text = SessionExport.openAI(RunState(folding: events), &losses).text(.pretty) + "\n"
        case .anthropic:
            text = SessionExport.anthropic(RunState(folding: events), &losses).text(.pretty) + "\n"
        case .inspect: text = InspectExport.text(events, &losses)
        case .otel: text = SpanExport.text(events, &losses)
        case .responses: text = SessionExport.request(RunState(folding: events), in: .responses)
        case .gemini: text = SessionExport.request(RunState(folding: events), in: .gemini)
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
        let hasBlocks = events.contains { event in
            if case .responseReceived(_, let response, _) = event.body {
                response.providerBlocks != nil
            } else {
                false
            }
        }
        if hasBlocks { losses.add("blocks that only their provider reads, such as thinking") }
        return losses
    }

    /// The conversation as a request that its provider takes.
    private static func request(_ state: RunState, in format: WireFormat) -> String {
        var body = format.conversation(state.messages)
        if format != .gemini, let model = state.header?.model.name { body["model"] = .string(model) }
        let catalogue = state.header?.catalogue ?? []
        if !catalogue.isEmpty { body["tools"] = format.tools(catalogue) }
        return JSONValue.object(body).text(.pretty) + "\n"
    }

    private static func openAI(_ state: RunState, _ losses: inout Losses) -> JSONValue {
        if state.calls.contains(where: { $0.message?.isError ?? false }) {
            losses.add("that a result is an error")
        }
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
                        "input": call.arguments.asObject ?? .string(call.arguments.text),
                    ]
                }
                messages.append(["role": "assistant", "content": .array(blocks)])
            }
        }
        flush()
        noteAnthropic(state, system.count, &losses)
        let tools = state.header?.catalogue.map { tool -> JSONValue in
            [
                "name": .string(tool.name), "description": .string(tool.description),
                "input_schema": tool.parameters,
            ]
        }
        return .record([
            "model": .string(state.header?.model.name ?? "unknown"), "max_tokens": 1_024,
            "system": system.isEmpty ? nil : .string(system.joined(separator: "\n")),
            "messages": .array(messages), "tools": .array(tools ?? []),
        ])
    }
}

extension SessionExport {
    /// A stretch of time, where somebody measured it.
    static func duration(_ milliseconds: Double) -> String {
        milliseconds == 0 ? "a time not recorded" : "\(Int64(bounded: milliseconds)) ms"
    }

    /// Lists what Anthropic's messages cannot say of a conversation.
    private static func noteAnthropic(_ state: RunState, _ systems: Int, _ losses: inout Losses) {
        for call in state.calls.map(\.call) {
            guard let object = call.arguments.asObject else {
                losses.add("that arguments are no JSON object; they stand there as text")
                continue
            }
            if !object.text().utf8.elementsEqual(call.arguments.text.utf8) {
                losses.add("the arguments of calls to the byte: they are JSON values there")
            }
        }
        let leads = if case .system? = state.messages.first { true } else { false }
        if systems > 1 || (systems == 1 && !leads) {
            losses.add("where system messages stood: they are one text there")
        }
    }
}
