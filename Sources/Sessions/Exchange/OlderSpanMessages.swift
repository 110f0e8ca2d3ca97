import JSON

/// Messages of spans as conventions before `gen_ai.input.messages` write them, in the shape of that one.
///
/// OpenLLMetry's first versions have the messages in one attribute (`gen_ai.prompt`), on the span or on an event of its own
/// (`gen_ai.content.prompt`); it has had an attribute for each field (`gen_ai.prompt.0.content`), OpenInference likewise
/// (`llm.input_messages.0.message.content`), and OpenTelemetry's own first version an event for each message
/// (`gen_ai.user.message`), which Pydantic AI writes as one attribute, `events`.
struct OlderSpanMessages {
    private let attributes: [String: JSONValue]
    private let events: [(name: String, attributes: [String: JSONValue])]

    init(_ attributes: [String: JSONValue], events: [(name: String, attributes: [String: JSONValue])]) {
        self.attributes = attributes
        self.events = events
    }

    /// The attributes that today's convention has and the span has not.
    var translated: [String: JSONValue] {
        guard attributes["gen_ai.input.messages"] == nil, attributes["gen_ai.output.messages"] == nil else {
            return [:]
        }
        var input = messages("gen_ai.prompt") + messages("llm.input_messages")
        var output = messages("gen_ai.completion") + messages("llm.output_messages")
        if input.isEmpty { input = whole("gen_ai.prompt", in: attributes, role: "user") }
        if output.isEmpty { output = whole("gen_ai.completion", in: attributes, role: "assistant") }
        for event in events + listed {
            if event.name == "gen_ai.content.prompt" {
                input += whole("gen_ai.prompt", in: event.attributes, role: "user")
                continue
            }
            if event.name == "gen_ai.content.completion" {
                output += whole("gen_ai.completion", in: event.attributes, role: "assistant")
                continue
            }
            let fields = OlderSpanMessages.fields(of: event.attributes)
            if event.name == "gen_ai.choice" {
                output.append(fields.merging(["role": "assistant"]) { own, _ in own })
            } else if event.name.hasPrefix("gen_ai."), event.name.hasSuffix(".message") {
                let role = String(event.name.dropFirst(7).dropLast(8))
                input.append(fields.merging(["role": .string(role)]) { own, _ in own })
            }
        }
        guard !input.isEmpty || !output.isEmpty else { return [:] }
        var found: [String: JSONValue] = ["gen_ai.operation.name": "chat"]
        // What is not there was not recorded, which is something else than nothing.
        if !input.isEmpty { found["gen_ai.input.messages"] = .array(input.map(OlderSpanMessages.message)) }
        if !output.isEmpty { found["gen_ai.output.messages"] = .array(output.map(OlderSpanMessages.message)) }
        found["gen_ai.request.model"] = attributes["llm.model_name"] ?? attributes["llm.request.model"]
        found["gen_ai.usage.input_tokens"] =
            attributes["gen_ai.usage.prompt_tokens"] ?? attributes["llm.token_count.prompt"]
            ?? attributes["llm.usage.prompt_tokens"]
        found["gen_ai.usage.output_tokens"] =
            attributes["gen_ai.usage.completion_tokens"] ?? attributes["llm.token_count.completion"]
            ?? attributes["llm.usage.completion_tokens"]
        let tools = definitions
        if !tools.isEmpty { found["gen_ai.tool.definitions"] = .array(tools) }
        return found
    }

    /// The messages of one attribute: a JSON list of them, one, or what somebody said.
    private func whole(
        _ key: String, in attributes: [String: JSONValue], role: JSONValue
    ) -> [[String: JSONValue]] {
        guard let value = attributes[key], value != "" else { return [] }
        let read = value.stringValue.flatMap { try? JSONParser.parse($0) } ?? value
        // A whole request, or a whole response.
        let list = (read["messages"] ?? read["choices"])?.arrayValue ?? read.arrayValue ?? [read]
        let isMessages = list.allSatisfy { $0["role"] != nil || $0["content"] != nil || $0["message"] != nil }
        guard isMessages, !list.isEmpty else {
            return [["role": role, "content": value.stringValue == nil ? .string(value.text()) : value]]
        }
        return list.map { message in
            let fields = OlderSpanMessages.fields(of: Dictionary(message.objectValue))
            return ["role": role].merging(fields) { _, told in told }
        }
    }

    /// The events that stand in one attribute, as JSON text.
    private var listed: [(name: String, attributes: [String: JSONValue])] {
        let value = attributes["events"]
        let list = value?.stringValue.flatMap { try? JSONParser.parse($0) } ?? value
        return (list?.arrayValue ?? []).compactMap { event in
            guard let name = event["event.name"]?.stringValue else { return nil }
            return (name, Dictionary(event.objectValue))
        }
    }

    /// What stands under `prefix.N.`, a set of fields for each number.
    private func numbered(_ prefix: String, in fields: [String: JSONValue]) -> [[String: JSONValue]] {
        var lists: [Int: [String: JSONValue]] = [:]
        for (key, value) in fields where key.hasPrefix(prefix + ".") {
            let rest = key.dropFirst(prefix.count + 1).split(separator: ".", maxSplits: 1)
            guard let number = rest.first.flatMap({ Int($0) }) else { continue }
            lists[number, default: [:]][rest.count > 1 ? String(rest[1]) : ""] = value
        }
        return lists.sorted { $0.key < $1.key }.map(\.value)
    }

    private func messages(_ prefix: String) -> [[String: JSONValue]] {
        numbered(prefix, in: attributes).map { fields in
            var message: [String: JSONValue] = [:]
            for (key, value) in fields { message[OlderSpanMessages.plain(key)] = value }
            let calls = numbered("tool_calls", in: message)
            if !calls.isEmpty {
                message["tool_calls"] = .array(calls.map { .object(JSONObject(sorted: $0)) })
            }
            let parts = numbered("contents", in: message).map { part in
                let fields = part.map { (OlderSpanMessages.plain($0.key), $0.value) }
                return JSONValue.object(
                    JSONObject(sorted: Dictionary(fields, uniquingKeysWith: { first, _ in first })))
            }
            if message["content"] == nil, !parts.isEmpty { message["content"] = .array(parts) }
            return message
        }
    }

    /// The key without the names that OpenInference puts between.
    private static func plain(_ key: String) -> String {
        key.replacing("tool_call.function.", with: "").replacing("tool_call.", with: "").replacing(
            "message_content.", with: ""
        )
        .replacing("message.", with: "").replacing("function.", with: "")
    }

    private var definitions: [JSONValue] {
        let plain = numbered("llm.request.functions", in: attributes).map { fields -> JSONValue in
            var tool = fields
            if let text = fields["parameters"]?.stringValue, let schema = try? JSONParser.parse(text) {
                tool["parameters"] = schema
            }
            return .object(JSONObject(sorted: tool))
        }
        let schemas = numbered("llm.tools", in: attributes).compactMap { fields -> JSONValue? in
            let text = fields["tool.json_schema"]?.stringValue ?? ""
            return (try? JSONParser.parse(text)).map { $0["function"] ?? $0 }
        }
        return plain + schemas
    }

    /// The fields of an event; some programs write them as one JSON text.
    private static func fields(of attributes: [String: JSONValue]) -> [String: JSONValue] {
        var fields = attributes
        for key in ["gen_ai.event.content", "event_body", "body", "message"] {
            guard let value = attributes[key] else { continue }
            let inner = value.stringValue.flatMap { try? JSONParser.parse($0) } ?? value
            for member in inner["message"]?.objectValue ?? inner.objectValue ?? JSONObject() {
                fields[member.key] = member.value
            }
            // A choice has why it ended beside its message.
            if let word = inner["finish_reason"] { fields["finish_reason"] = word }
        }
        if let text = fields["tool_calls"]?.stringValue, let calls = try? JSONParser.parse(text) {
            fields["tool_calls"] = calls
        }
        return fields
    }

    /// A part of a content in today's shape; of what is no text, its type.
    private static func part(_ part: JSONValue) -> JSONValue {
        if let text = part.stringValue { return ["type": "text", "content": .string(text)] }
        switch part["type"]?.stringValue {
        case "reasoning", "thinking":
            let thought = part["text"] ?? part["thinking"] ?? part["reasoning"] ?? part["content"]
            return ["type": "reasoning", "content": thought ?? ""]
        case "tool_use":
            return [
                "type": "tool_call", "id": part["id"] ?? .null, "name": part["name"] ?? .null,
                "arguments": part["input"] ?? [:],
            ]
        case "tool_result":
            let words = part["content"]?.arrayValue?.compactMap { $0["text"]?.stringValue }
            return [
                "type": "tool_call_response", "id": part["tool_use_id"] ?? .null,
                "response": words.map { .string($0.joined(separator: "\n")) } ?? part["content"] ?? "",
            ]
        default: return part["text"].map { ["type": "text", "content": $0] } ?? part
        }
    }

    private static func message(_ fields: [String: JSONValue]) -> JSONValue {
        let role = fields["role"] ?? "assistant"
        var parts: [JSONValue] = []
        let id = fields["tool_call_id"] ?? (role == "tool" ? fields["id"] : nil)
        if role == "tool", let id {
            parts.append([
                "type": "tool_call_response", "id": id, "response": fields["content"] ?? "",
            ])
        } else if let text = fields["content"]?.stringValue {
            // Contents with several parts stand there as JSON text.
            let list = (try? JSONParser.parse(text))?.arrayValue ?? []
            let isParts = list.allSatisfy { $0["type"]?.stringValue != nil || $0["text"]?.stringValue != nil }
            if isParts, !list.isEmpty {
                parts += list.map(part)
            } else if !text.isEmpty {
                parts.append(["type": "text", "content": .string(text)])
            }
        } else {
            parts += (fields["content"]?.arrayValue ?? []).map(part)
        }
        // Some programs tell a call twice, among the parts and beside them.
        let calls = fields["tool_calls"]?.arrayValue ?? []
        if !calls.isEmpty { parts.removeAll { $0["type"] == "tool_call" } }
        for call in calls {
            let function = call["function"] ?? call
            parts.append([
                "type": "tool_call", "id": call["id"] ?? .null, "name": function["name"] ?? .null,
                "arguments": function["arguments"] ?? [:],
            ])
        }
        var message: JSONObject = JSONObject([
            .init(key: "role", value: role), .init(key: "parts", value: .array(parts)),
        ])
        message["finish_reason"] = fields["finish_reason"]
        return .object(message)
    }
}

extension [String: JSONValue] {
    /// The members of an object; of a key that is given twice, the first.
    fileprivate init(_ object: JSONObject?) {
        self.init(
            (object?.members ?? []).map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}

extension JSONObject {
    /// An object of a dictionary's members, in the order of their keys.
    fileprivate init(sorted members: [String: JSONValue]) {
        self.init(members.sorted { $0.key < $1.key }.map { Member(key: $0.key, value: $0.value) })
    }
}
