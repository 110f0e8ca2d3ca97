import Agent
import JSON

/// Writes the events of OpenAI's Responses.
struct ResponsesWriter: FrameWriter {
    let identity: ResponseIdentity
    private var sequence = 0
    /// The items that are done.
    private var output: [JSONValue] = []
    /// The item that is being written.
    private var item = JSONObject()

    init(_ identity: ResponseIdentity) { self.identity = identity }

    private var index: JSONValue { .number(JSONNumber(output.count)) }

    mutating func begin() -> [UInt8] {
        let response = JSONValue.object(start(status: "in_progress"))
        return event("response.created", ["response": response])
            + event("response.in_progress", ["response": response])
    }

    mutating func write(_ step: SegmentStep) -> [UInt8] {
        switch step {
        case .begin(let segment): return begin(segment)
        case .grow(.thinking, let text):
            return event(
                "response.reasoning_summary_text.delta", place(["summary_index": 0, "delta": .string(text)]))
        case .grow(.text, let text):
            return event("response.output_text.delta", place(["content_index": 0, "delta": .string(text)]))
        case .grow(.call, let text):
            return event("response.function_call_arguments.delta", place(["delta": .string(text)]))
        case .end(let segment, let text): return end(segment, text)
        }
    }

    private mutating func begin(_ segment: Segment) -> [UInt8] {
        switch segment {
        case .thinking:
            item = JSONObject(present: [("type", "reasoning"), ("id", id("rs")), ("summary", [])])
            return added()
                + event(
                    "response.reasoning_summary_part.added",
                    place(["summary_index": 0, "part": ["type": "summary_text", "text": ""]]))
        case .text:
            item = JSONObject(present: [
                ("type", "message"), ("id", id("msg")), ("status", "in_progress"), ("role", "assistant"),
                ("content", []),
            ])
            return added()
                + event("response.content_part.added", place(["content_index": 0, "part": part("")]))
        case .call(let callID, let name):
            item = JSONObject(present: [
                ("type", "function_call"), ("id", id("fc")), ("call_id", .string(callID)),
                ("name", .string(name)), ("arguments", ""), ("status", "in_progress"),
            ])
            return added()
        }
    }

    private mutating func end(_ segment: Segment, _ text: String) -> [UInt8] {
        var bytes: [UInt8]
        switch segment {
        case .thinking:
            let part: JSONValue = ["type": "summary_text", "text": .string(text)]
            bytes = event(
                "response.reasoning_summary_text.done", place(["summary_index": 0, "text": .string(text)]))
            bytes += event("response.reasoning_summary_part.done", place(["summary_index": 0, "part": part]))
            item["summary"] = .array([part])
        case .text:
            bytes = event("response.output_text.done", place(["content_index": 0, "text": .string(text)]))
            bytes += event("response.content_part.done", place(["content_index": 0, "part": part(text)]))
            item["content"] = .array([part(text)])
            item["status"] = "completed"
        case .call(_, let name):
            bytes = event(
                "response.function_call_arguments.done",
                place(["name": .string(name), "arguments": .string(text)]))
            item["arguments"] = .string(text)
            item["status"] = "completed"
        }
        return bytes + done()
    }

    mutating func write(native blocks: JSONValue, calls: [ToolCall]) -> [[UInt8]]? {
        guard let items = blocks.arrayValue else { return nil }
        return items.map { value in
            item = value.objectValue ?? JSONObject()
            guard item["type"]?.stringValue == "message" || item["type"]?.stringValue == "function_call"
            else {
                return added() + done()
            }
            let whole = item
            var bytes: [UInt8]
            if let arguments = whole["arguments"]?.stringValue {
                item["arguments"] = ""
                bytes = added()
                bytes += event("response.function_call_arguments.delta", place(["delta": .string(arguments)]))
                bytes += event(
                    "response.function_call_arguments.done",
                    place(["name": whole["name"] ?? "", "arguments": .string(arguments)]))
            } else {
                item["content"] = []
                bytes = added()
                for (number, part) in (whole["content"]?.arrayValue ?? []).enumerated() {
                    let text = part["text"] ?? part["refusal"] ?? ""
                    let at: JSONValue = .number(JSONNumber(number))
                    bytes += event(
                        "response.content_part.added", place(["content_index": at, "part": self.part("")]))
                    bytes += event("response.output_text.delta", place(["content_index": at, "delta": text]))
                    bytes += event("response.output_text.done", place(["content_index": at, "text": text]))
                    bytes += event("response.content_part.done", place(["content_index": at, "part": part]))
                }
            }
            item = whole
            return bytes + done()
        }
    }

    mutating func end(_ response: ModelResponse) -> [UInt8] {
        let isWhole = response.finishReason == .stop || response.finishReason == .toolCalls
        return event(
            isWhole ? "response.completed" : "response.incomplete", ["response": self.response(response)])
    }

    /// The whole response with the items written so far.
    func response(_ response: ModelResponse) -> JSONValue {
        let isWhole = response.finishReason == .stop || response.finishReason == .toolCalls
        var body = start(status: isWhole ? "completed" : "incomplete")
        if !isWhole {
            let word = response.finishReason == .length ? "max_output_tokens" : response.finishReason.name
            body["incomplete_details"] = ["reason": .string(word)]
        }
        body["output"] = .array(output)
        if let usage = response.usage {
            body["usage"] = [
                "input_tokens": .number(JSONNumber(usage.promptTokens)),
                "input_tokens_details": ["cached_tokens": .number(JSONNumber(usage.cachedTokens ?? 0))],
                "output_tokens": .number(JSONNumber(usage.completionTokens)),
                "output_tokens_details": ["reasoning_tokens": .number(JSONNumber(usage.thinkingTokens ?? 0))],
                "total_tokens": .number(JSONNumber(usage.promptTokens + usage.completionTokens)),
            ]
        }
        return .object(body)
    }

    private func start(status: String) -> JSONObject {
        JSONObject(present: [
            ("id", .string(identity.id)), ("object", "response"),
            ("created_at", .number(JSONNumber(identity.created))), ("status", .string(status)),
            ("error", .null), ("incomplete_details", .null), ("instructions", .null), ("metadata", [:]),
            ("model", .string(identity.model)), ("output", []), ("parallel_tool_calls", true),
            ("tool_choice", "auto"), ("tools", []), ("usage", .null),
        ])
    }

    private func part(_ text: String) -> JSONValue {
        ["type": "output_text", "text": .string(text), "annotations": []]
    }

    private func id(_ prefix: String) -> JSONValue { .string("\(prefix)_\(identity.id)_\(output.count)") }

    private func place(_ members: JSONValue) -> JSONValue {
        var object = JSONObject()
        object["item_id"] = item["id"] ?? item["call_id"] ?? ""
        object["output_index"] = index
        object.add(members.objectValue ?? JSONObject())
        return .object(object)
    }

    private mutating func added() -> [UInt8] {
        event("response.output_item.added", ["output_index": index, "item": .object(item)])
    }

    private mutating func done() -> [UInt8] {
        defer { output.append(.object(item)) }
        return event("response.output_item.done", ["output_index": index, "item": .object(item)])
    }

    private mutating func event(_ type: String, _ members: JSONValue) -> [UInt8] {
        var object = JSONObject()
        object["type"] = .string(type)
        object["sequence_number"] = .number(JSONNumber(sequence))
        object.add(members.objectValue ?? JSONObject())
        sequence += 1
        return FrameText.event(.object(object), name: type)
    }
}
