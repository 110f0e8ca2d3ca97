import Agent
import JSON

/// A session as a log of Inspect AI in its JSON form, of one sample.
///
/// It has the messages, and an event for each request, call and decision. ``InspectLog`` reads it back.
struct InspectExport {
    private let session: SessionActions
    private var losses: Losses
    private var events: [JSONValue] = []
    /// Where each round's answer stands in the conversation.
    private var answers: [Int: Int] = [:]

    static func text(_ events: [Event], _ losses: inout Losses) -> String {
        var export = InspectExport(session: SessionActions(events), losses: losses)
        let text = export.written()
        losses = export.losses
        return text
    }

    private init(session: SessionActions, losses: Losses) {
        self.session = session
        self.losses = losses
    }

    private var model: String { session.state.header?.model.name ?? "unknown" }

    private mutating func written() -> String {
        let id = session.state.header?.id ?? "session"
        let messages = session.messages.enumerated().map { message($1, at: $0) }
        let input = session.messages.prefix { if case .assistant = $0 { false } else { true } }.count
        let tools = (session.state.header?.catalogue ?? []).map { tool($0) }
        for action in session.actions {
            switch action {
            case .request(let request): add(request, tools: tools)
            case .execution(let call): add(call)
            case .decision(let key, let decision, let decider, let time):
                add(decision, of: key, by: decider, at: time)
            }
        }
        noteLosses()
        let created: JSONValue = .string(AuditTrail.time(session.start))
        let (status, error) = ending
        let sample: KeyValuePairs<String, JSONValue?> = [
            "id": .string(id), "epoch": 1, "input": .array(Array(messages.prefix(input))),
            "target": "", "messages": .array(messages), "output": lastOutput, "scores": .null,
            "metadata": [:], "store": [:], "events": .array(events), "model_usage": [:],
            "error": error,
            // Events name the messages that they heard by their places here, and repeat none.
            "events_data": ["messages": .array(messages), "calls": []], "attachments": [:],
        ]
        let samples: JSONValue = [.record(sample)]
        let count: JSONValue = ["samples": 1, "sample_ids": [.string(id)], "shuffled": false]
        let task: JSONValue = .string(session.state.header?.workflow ?? "session")
        let document: KeyValuePairs<String, JSONValue?> = [
            "version": 2, "status": .string(status),
            "eval": [
                "eval_id": .string(id), "run_id": .string(id), "created": created, "task": task,
                "task_id": task, "task_version": 0, "dataset": count, "model": .string(model),
                "model_args": [:], "config": [:],
            ],
            "plan": ["name": "plan", "steps": [], "config": [:]],
            "stats": [
                "started_at": created, "completed_at": .string(AuditTrail.time(session.end)),
                "model_usage": [:],
            ],
            "error": error, "samples": samples,
        ]
        return JSONValue.record(document).text(.pretty) + "\n"
    }

    /// The status that comes nearest to how the run ended, and the error where it was one.
    private var ending: (String, JSONValue?) {
        switch session.state.outcome {
        case .answered, .limit, .policy: ("success", nil)
        case .stopped: ("cancelled", nil)
        case .failed(let text):
            ("error", ["message": .string(text), "traceback": "", "traceback_ansi": ""])
        case nil: ("started", nil)
        }
    }

    private var lastOutput: JSONValue {
        for action in session.actions.reversed() {
            if case .request(let request) = action, request.response != nil { return output(request) }
        }
        return ["model": .string(model), "choices": [], "completion": ""]
    }

    private func message(_ message: Message, at position: Int) -> JSONValue {
        let id: JSONValue = .string(SessionActions.messageID(position))
        switch message {
        case .system(let text), .user(let text):
            return [
                "id": id, "content": .string(text), "source": "input", "role": .string(message.role),
            ]
        case .assistant(let answer): return self.answer(answer, id: id)
        case .tool(let result):
            let name = result.name
            let error: JSONValue = ["type": "unknown", "message": .string(result.content)]
            return .record([
                "id": id, "content": .string(result.content), "role": "tool",
                "tool_call_id": .string(result.callID.text), "function": .string(name),
                "error": result.isError ? error : nil,
            ])
        }
    }

    private func answer(_ answer: AssistantMessage, id: JSONValue) -> JSONValue {
        .record([
            "id": id, "content": InspectExport.content(answer), "source": "generate", "role": "assistant",
            "tool_calls": answer.calls.isEmpty ? nil : .array(answer.calls.map(InspectExport.call)),
            "model": .string(model),
        ])
    }

    /// The words, after what was thought where something was.
    private static func content(_ answer: AssistantMessage) -> JSONValue {
        guard let thinking = answer.thinking else { return .string(answer.content) }
        var parts: [JSONValue] = []
        if !thinking.text.isEmpty {
            parts.append(["type": "reasoning", "reasoning": .string(thinking.text)])
        }
        parts += Array(
            repeating: ["type": "reasoning", "reasoning": "", "redacted": true], count: thinking.hiddenParts)
        if !answer.content.isEmpty { parts.append(["type": "text", "text": .string(answer.content)]) }
        return .array(parts)
    }

    private static func call(_ call: ToolCall) -> JSONValue {
        let object = call.arguments.asObject
        return .record([
            "id": .string(call.id.text), "function": .string(call.name), "arguments": object ?? [:],
            "parse_error": object == nil
                ? .string("the arguments are no JSON object: \(call.arguments.text)") : nil,
            "type": "function",
        ])
    }

    private func output(_ request: SessionActions.Request) -> JSONValue {
        guard let response = request.response else {
            return ["model": .string(model), "choices": [], "completion": ""]
        }
        let reason =
            switch response.finishReason {
            case .stop: "stop"
            case .toolCalls: "tool_calls"
            case .length: "max_tokens"
            case .other("content_filter"): "content_filter"
            case .other: "unknown"
            }
        let message = answer(response.message, id: .string(SessionActions.messageID(request.heard)))
        return .record([
            "model": .string(model),
            "choices": [["message": message, "stop_reason": .string(reason)]],
            "completion": .string(response.content),
            "usage": response.usage.map { usage in
                [
                    "input_tokens": .int(usage.promptTokens),
                    "output_tokens": .int(usage.completionTokens),
                    "total_tokens": .int(usage.total),
                ]
            },
            "time": .double(request.milliseconds / 1_000),
        ])
    }

    private mutating func add(_ request: SessionActions.Request, tools: [JSONValue]) {
        answers[request.round] = request.heard
        events.append(
            .record([
                "timestamp": .string(AuditTrail.time(request.start)), "working_start": 0,
                "event": "model", "model": .string(model), "input": [],
                "input_refs": [[0, .int(request.heard)]], "tools": .array(tools),
                "tool_choice": "auto", "config": [:], "output": output(request),
                "error": request.response == nil ? "no answer came" : nil,
                "completed": .string(AuditTrail.time(request.end)),
            ]))
    }

    private mutating func add(_ call: SessionActions.Execution) {
        let asked = session.state.call(call.key)
        let position = session.messages.lastIndex { message in
            if case .tool(let result) = message { asked?.message == result } else { false }
        }
        let failure: JSONValue? =
            call.result?.ending == .completed
            ? nil
            : [
                "type": call.result?.ending == .timedOut ? "timeout" : "unknown",
                "message": .string(call.result?.content ?? "the outcome is unknown"),
            ]
        events.append(
            .record([
                "timestamp": .string(AuditTrail.time(call.start)), "working_start": 0,
                "event": "tool", "type": "function", "id": .string(call.key.id.text),
                "function": .string(asked?.call.name ?? "unknown"),
                "arguments": call.arguments.asObject ?? [:],
                "result": .string(call.result?.content ?? ""), "error": failure, "events": [],
                "completed": .string(AuditTrail.time(call.end)),
                "message_id": position.map { .string(SessionActions.messageID($0)) },
            ]))
    }

    private mutating func add(_ decision: Decision, of key: CallKey, by decider: Decider, at time: Int64) {
        guard let asked = session.state.call(key)?.call else { return }
        var (word, modified): (String, JSONValue?) = ("reject", nil)
        var explanation: String?
        switch decision {
        case .approve: word = "approve"
        case .edit(let arguments, _):
            word = "modify"
            modified = InspectExport.call(ToolCall(id: asked.id, name: asked.name, arguments: arguments))
        case .deny(let reason): explanation = reason
        case .respond(let text), .refuse(let text): explanation = text
        }
        events.append(
            .record([
                "timestamp": .string(AuditTrail.time(time)), "working_start": 0, "event": "approval",
                "message": "", "call": InspectExport.call(asked),
                "approver": .string(decider.summary), "decision": .string(word), "modified": modified,
                "explanation": explanation.map { .string($0) },
            ]))
    }

    private mutating func tool(_ tool: ToolDefinition) -> JSONValue {
        var hasMore = false
        let parameters = InspectSchema.parameters(tool.parameters, &hasMore)
        if hasMore { losses.add("keywords of a tool's schema that Inspect does not know") }
        return [
            "name": .string(tool.name), "description": .string(tool.description), "parameters": parameters,
        ]
    }

    private mutating func noteLosses() {
        session.noteArguments(&losses, keepsOthers: false)
        let responses = session.actions.compactMap { action -> ModelResponse? in
            if case .request(let request) = action { request.response } else { nil }
        }
        for case .other(let word) in responses.map(\.finishReason) where word != "content_filter" {
            losses.add("why a response ended, in the provider's word")
        }
        let isAsked = session.actions.contains { if case .request = $0 { true } else { false } }
        if !isAsked, session.state.header?.catalogue.isEmpty == false {
            losses.add("the tools: a log has them with a request, and there was none")
        }
        for call in session.state.calls {
            let ending = call.result?.ending ?? .completed
            if ending != .completed, ending != .failed { losses.add("how a call failed") }
            if let message = call.message, call.result != nil, message.isError != (ending != .completed) {
                losses.add("whether a result that was an error was told as one")
            }
        }
    }
}

/// The part of JSON Schema that Inspect AI's logs hold.
enum InspectSchema {
    private static let kept: Set<String> = [
        "type", "format", "description", "default", "enum", "items", "properties", "additionalProperties",
        "anyOf", "required",
    ]
    private static let types: Set<String> = [
        "string", "integer", "number", "boolean", "array", "object", "null",
    ]

    /// A tool's parameters: an object always, whose further members are allowed or not.
    static func parameters(_ schema: JSONValue, _ hasMore: inout Bool) -> JSONValue {
        let value = kept(schema, &hasMore)
        var members: [JSONObject.Member] = []
        for (key, standard) in [("type", "object"), ("properties", [:]), ("required", [])]
            as [(String, JSONValue)]
        {
            let own = value[key]
            if key == "type", own != standard { hasMore = true }
            members.append(JSONObject.Member(key: key, value: key == "type" ? standard : own ?? standard))
        }
        switch value["additionalProperties"] {
        case .bool(let allowed)?:
            members.append(JSONObject.Member(key: "additionalProperties", value: .bool(allowed)))
        case .some: hasMore = true
        case nil: break
        }
        guard case .object(let object) = value else { return .object(JSONObject(members)) }
        for key in ["format", "default", "enum", "items", "anyOf"] where object[key] != nil { hasMore = true }
        if let description = value["description"] {
            members.append(JSONObject.Member(key: "description", value: description))
            hasMore = true
        }
        return .object(JSONObject(members))
    }

    /// The schema without what Inspect does not know, at any depth.
    private static func kept(_ schema: JSONValue, _ hasMore: inout Bool) -> JSONValue {
        guard case .object(let object) = schema else {
            hasMore = true
            return [:]
        }
        var members: [JSONObject.Member] = []
        for member in object.members {
            guard let value = kept(member.key, member.value, &hasMore) else {
                hasMore = true
                continue
            }
            members.append(JSONObject.Member(key: member.key, value: value))
        }
        return .object(JSONObject(members))
    }

    private static func kept(_ key: String, _ value: JSONValue, _ hasMore: inout Bool) -> JSONValue? {
        guard kept.contains(key) else { return nil }
        switch key {
        case "type": return value.stringValue.flatMap { types.contains($0) ? value : nil }
        case "format", "description": return value.stringValue == nil ? JSONValue?.none : value
        case "enum", "required": return value.arrayValue == nil ? JSONValue?.none : value
        case "items": return kept(value, &hasMore)
        case "additionalProperties":
            if case .bool = value { return value }
            return kept(value, &hasMore)
        case "anyOf":
            guard let branches = value.arrayValue else { return nil }
            return .array(branches.map { kept($0, &hasMore) })
        case "properties":
            guard case .object(let properties) = value else { return nil }
            return .object(
                JSONObject(
                    properties.members.map { member in
                        JSONObject.Member(key: member.key, value: kept(member.value, &hasMore))
                    }))
        default: return value
        }
    }
}
