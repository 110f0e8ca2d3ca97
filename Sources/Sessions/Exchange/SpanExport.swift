import Agent
import JSON

/// A session as spans of OpenTelemetry's semantic conventions for generative AI, in the JSON encoding of OTLP.
///
/// One trace: a span invoke_agent over all, in it a span chat for each request, with the conversation that it carried,
/// and a span execute_tool for each call that ran. ``GenAISpans`` reads it back.
struct SpanExport {
    private let session: SessionActions
    private let conversation: String
    private let trace: String
    private var spans: [JSONValue] = []
    private var losses: Losses
    /// Each message as JSON text: every request repeats those before it.
    private let messages: [String]
    private var repeated = 0

    /// Bytes of conversation that all requests together may carry: a long session would make a file of its square.
    static let mostRepeated = 64 << 20

    static func text(_ events: [Event], _ losses: inout Losses) -> String {
        var export = SpanExport(SessionActions(events), losses)
        let text = export.written()
        losses = export.losses
        return text
    }

    private init(_ session: SessionActions, _ losses: Losses) {
        self.session = session
        self.losses = losses
        conversation = session.state.header?.id ?? "session"
        trace = String(SpanExport.hash("\(conversation) \(session.start)").prefix(32))
        messages = session.messages.map { SpanExport.message($0).text() }
    }

    private mutating func written() -> String {
        let header = session.state.header
        let workflow = header?.workflow ?? "session"
        span(
            "agent", "invoke_agent \(workflow)", kind: 1, from: session.start, to: session.end, parent: nil,
            [
                ("gen_ai.operation.name", "invoke_agent"), ("gen_ai.agent.name", workflow),
                ("gen_ai.conversation.id", conversation), ("gen_ai.request.model", model),
                ("gen_ai.provider.name", provider),
            ].map(SpanExport.attribute))
        for (index, action) in session.actions.enumerated() {
            switch action {
            case .request(let request): add(request, name: "action \(index)")
            case .execution(let call): add(call, name: "action \(index)")
            case .decision: break
            }
        }
        noteLosses()
        let version: JSONValue = .string(EventCodec.version.description)
        let document: JSONValue = [
            "resourceSpans": [
                [
                    "resource": ["attributes": [SpanExport.attribute("service.name", "callgate")]],
                    "scopeSpans": [
                        ["scope": ["name": "callgate", "version": version], "spans": .array(spans)]
                    ],
                ]
            ]
        ]
        return document.text(.pretty) + "\n"
    }

    private var model: String { session.state.header?.model.name ?? "unknown" }
    private var provider: String { session.state.header?.model.kind ?? "unknown" }

    /// The system message that leads the conversation; several stand among the messages, where they can be told apart.
    private var instructions: String? {
        guard case .system(let text)? = session.messages.first else { return nil }
        if case .system? = session.messages.dropFirst().first { return nil }
        return text
    }

    private mutating func add(_ request: SessionActions.Request, name: String) {
        var attributes = [
            ("gen_ai.operation.name", "chat"), ("gen_ai.provider.name", provider),
            ("gen_ai.request.model", model), ("gen_ai.conversation.id", conversation),
        ].map(SpanExport.attribute)
        if let tools = session.state.header?.catalogue, !tools.isEmpty {
            let definitions = tools.map { tool -> JSONValue in
                [
                    "type": "function", "name": .string(tool.name),
                    "description": .string(tool.description), "parameters": tool.parameters,
                ]
            }
            attributes.append(
                SpanExport.attribute("gen_ai.tool.definitions", JSONValue.array(definitions).text()))
        }
        var heard = messages.prefix(request.heard)
        if let text = instructions, request.heard > 0 {
            let instructions: JSONValue = [["type": "text", "content": .string(text)]]
            attributes.append(SpanExport.attribute("gen_ai.system_instructions", instructions.text()))
            heard = heard.dropFirst()
        }
        repeated += heard.reduce(0) { $0 + $1.utf8.count }
        if repeated <= SpanExport.mostRepeated {
            let input = "[" + heard.joined(separator: ",") + "]"
            attributes.append(SpanExport.attribute("gen_ai.input.messages", input))
        } else {
            losses.add(
                "the conversation that a request carried, beyond \(SpanExport.mostRepeated >> 20) MB in all")
        }
        guard let response = request.response else {
            attributes.append(SpanExport.attribute("error.type", "unanswered"))
            span(
                name, "chat \(model)", kind: 3, from: request.start, to: request.end, parent: "agent",
                attributes, hasFailed: true)
            return
        }
        attributes += SpanExport.answer(response)
        span(
            name, "chat \(model)", kind: 3, from: request.start, to: request.end, parent: "agent", attributes)
    }

    private static func answer(_ response: ModelResponse) -> [JSONValue] {
        let reason = response.finishReason.name
        let answer: JSONValue = [
            "role": "assistant", "parts": .array(parts(response.message)),
            "finish_reason": .string(response.finishReason == .toolCalls ? "tool_call" : reason),
        ]
        var attributes = [
            attribute("gen_ai.output.messages", JSONValue.array([answer]).text()),
            [
                "key": "gen_ai.response.finish_reasons",
                "value": ["arrayValue": ["values": [["stringValue": .string(reason)]]]],
            ],
        ]
        if let usage = response.usage {
            attributes += [
                ("gen_ai.usage.input_tokens", usage.promptTokens),
                ("gen_ai.usage.output_tokens", usage.completionTokens),
            ].map { key, count in
                // 64-bit integers are text in the JSON of protocol buffers.
                ["key": .string(key), "value": ["intValue": .string(String(count))]]
            }
        }
        return attributes
    }

    private mutating func add(_ call: SessionActions.Execution, name: String) {
        let tool = session.state.call(call.key)?.call.name ?? "unknown"
        var attributes = [
            ("gen_ai.operation.name", "execute_tool"), ("gen_ai.tool.name", tool),
            ("gen_ai.tool.type", "function"), ("gen_ai.tool.call.id", call.key.id.text),
            ("gen_ai.conversation.id", conversation), ("gen_ai.tool.call.arguments", call.arguments.text),
        ].map(SpanExport.attribute)
        let hasFailed = call.result?.ending != .completed
        if let result = call.result {
            attributes.append(SpanExport.attribute("gen_ai.tool.call.result", result.content))
        }
        if hasFailed {
            let type = call.result?.ending.rawValue ?? "outcome unknown"
            attributes.append(SpanExport.attribute("error.type", type))
        }
        span(
            name, "execute_tool \(tool)", kind: 1, from: call.start, to: call.end, parent: "agent",
            attributes, hasFailed: hasFailed)
    }

    private mutating func span(
        _ id: String, _ name: String, kind: Int, from start: Int64, to end: Int64, parent: String?,
        _ attributes: [JSONValue], hasFailed: Bool = false
    ) {
        var members: [(String, JSONValue)] = [
            ("traceId", .string(trace)), ("spanId", .string(spanID(id))),
        ]
        if let parent { members.append(("parentSpanId", .string(spanID(parent)))) }
        members += [
            ("name", .string(name)), ("kind", .int(kind)),
            ("startTimeUnixNano", .string(SpanExport.nanoseconds(start))),
            ("endTimeUnixNano", .string(SpanExport.nanoseconds(end))), ("attributes", .array(attributes)),
            ("status", hasFailed ? ["code": 2] : [:]),
        ]
        spans.append(.object(JSONObject(members.map { JSONObject.Member(key: $0.0, value: $0.1) })))
    }

    private mutating func noteLosses() {
        session.noteArguments(&losses, keepsOthers: true)
        for case .assistant(let answer) in session.messages where answer.thinking?.hiddenParts ?? 0 > 0 {
            losses.add("parts of thinking that the provider hides")
        }
        var ran: [CallKey: SessionActions.Execution] = [:]
        var (carried, answered) = (0, 0)
        for action in session.actions {
            switch action {
            case .request(let request):
                carried = request.heard
                answered = request.response == nil ? carried : carried + 1
                let milliseconds = Double(request.end) - Double(request.start)
                if request.response != nil, abs(request.milliseconds - milliseconds) > 1 {
                    losses.add("how long a request took by the model's own clock")
                }
            case .execution(let call): ran[call.key] = call
            case .decision: break
            }
        }
        for call in session.state.calls {
            let result = ran[call.key]?.result
            guard let message = call.message else {
                if result != nil { losses.add("that a result had not reached the model") }
                continue
            }
            if message.isError != (result.map { $0.ending != .completed } ?? false) {
                losses.add("whether the model was told that a result is an error")
            }
        }
        for message in session.messages.dropFirst(answered) {
            if case .tool(let result) = message,
                let call = session.state.calls.last(where: { $0.message == result }),
                let spoken = ran[call.key]?.result?.content, spoken.utf8.elementsEqual(result.content.utf8)
            {
                continue
            }
            losses.add("a message that came after the last request")
        }
    }

    private static func message(_ message: Message) -> JSONValue {
        let parts: [JSONValue] =
            switch message {
            case .system(let text), .user(let text): [["type": "text", "content": .string(text)]]
            case .assistant(let answer): SpanExport.parts(answer)
            case .tool(let result):
                [
                    [
                        "type": "tool_call_response", "id": .string(result.callID.text),
                        "response": .string(result.content),
                    ]
                ]
            }
        return ["role": .string(message.role), "parts": .array(parts)]
    }

    private static func parts(_ answer: AssistantMessage) -> [JSONValue] {
        let texts = [("reasoning", answer.thinking?.text ?? ""), ("text", answer.content)]
        let words = texts.filter { !$0.1.isEmpty }.map { type, text -> JSONValue in
            ["type": .string(type), "content": .string(text)]
        }
        return words
            + answer.calls.map { call in
                [
                    "type": "tool_call", "id": .string(call.id.text), "name": .string(call.name),
                    "arguments": call.arguments.asObject ?? .string(call.arguments.text),
                ]
            }
    }

    private static func attribute(_ key: String, _ text: String) -> JSONValue {
        ["key": .string(key), "value": ["stringValue": .string(text)]]
    }

    /// The same session gives the same IDs.
    private func spanID(_ name: String) -> String { String(SpanExport.hash("\(trace) \(name)").prefix(16)) }

    private static func hash(_ text: String) -> String {
        var hash = SHA256()
        hash.update(text.utf8)
        return hash.hex()
    }

    /// Nanoseconds of a time in milliseconds, as text; times outside of what the format can say are moved to its ends.
    private static func nanoseconds(_ milliseconds: Int64) -> String {
        String(max(0, min(milliseconds, Int64.max / 1_000_000)) * 1_000_000)
    }
}
