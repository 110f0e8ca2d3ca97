import Formats
import JSON

/// What a record of LangSmith or Langfuse says that a model answered, in whatever shape its program has written it.
struct TracedAnswer {
    /// The format in which ``body`` is a whole response.
    private(set) var format = WireFormat.chatCompletions
    private(set) var body: JSONValue = [:]
    /// Messages that the record has before the answer itself, in its own shape.
    private(set) var earlier: [JSONValue] = []
    /// What of it is not read, or stands otherwise, in words.
    private(set) var remarks: [String] = []
    private let usage: JSONValue?
    /// Where the reason of the end may stand.
    private var details: [JSONValue?] = []

    /// Objects within objects, beyond which nothing is looked for.
    private static let deepest = 6

    /// Members that are about an answer and are none of its words.
    private static let besides: Set<String> = [
        "id", "type", "role", "name", "model", "index", "usage", "usage_metadata", "stop", "stop_reason",
        "stop_sequence", "finish_reason", "logprobs", "object", "created", "additional_kwargs",
        "response_metadata", "example", "tool_calls", "invalid_tool_calls", "refusal", "annotations", "audio",
        "function_call", "reasoning_content", "reasoning", "reasoning_details", "thinking", "status",
        "provider_specific_fields", "lc_attributes",
    ]

    /// Members that hold words, thoughts or calls.
    private static let worded = [
        "content", "text", "parts", "tool_calls", "invalid_tool_calls", "additional_kwargs", "refusal",
        "function_call", "reasoning_content", "reasoning", "reasoning_details", "thinking",
    ]

    /// Reads an answer.
    ///
    /// - Parameters:
    ///   - output: what the record has as its output.
    ///   - batch: which of several conversations asked at once it is of.
    ///   - usage: what the record says that the answer cost.
    init(_ output: JSONValue, batch: Int = 0, usage: JSONValue?) {
        self.usage = usage
        take(output, batch: batch, depth: 0)
    }

    private mutating func take(_ value: JSONValue, batch: Int, depth: Int) {
        guard depth < TracedAnswer.deepest else { return close(["content": .string(value.text())]) }
        switch value {
        case .string: close(["content": value])
        case .array(let list): take(list, batch: batch, depth: depth)
        case .object(let object): take(object, value, batch: batch, depth: depth)
        default: close(["content": .string(value.text())])
        }
    }

    private mutating func take(_ list: [JSONValue], batch: Int, depth: Int) {
        if list.contains(where: RecordedItem.isOne) {
            return close(whole: JSONObject([.init(key: "output", value: .array(list))]), in: .responses)
        }
        let areCalls = list.allSatisfy { $0["function"]?.objectValue != nil || $0["type"] == "function" }
        if areCalls, !list.isEmpty { return close(["tool_calls": .array(list)]) }
        let messages = list.filter { LangChainMessage.role(of: $0) != nil }
        if let last = messages.last, messages.count == list.count {
            earlier += list.dropLast()
            return take(last, batch: batch, depth: depth + 1)
        }
        let isContent = list.allSatisfy { $0.stringValue != nil || $0["type"]?.stringValue != nil }
        if isContent, !list.isEmpty { return close(["content": .array(list)]) }
        if list.count == 1 { return take(list[0], batch: batch, depth: depth + 1) }
        unknown(.array(list))
    }

    private mutating func take(_ object: JSONObject, _ value: JSONValue, batch: Int, depth: Int) {
        details.append(value)
        if let all = object["generations"]?.arrayValue {
            let own = all.indices.contains(batch) ? all[batch] : .null
            let generations = own.arrayValue ?? [own]
            if generations.count > 1 { remarks.append("the further answers to one request") }
            guard let first = generations.first, first != .null else { return }
            details += [first["generation_info"], first["generationInfo"]]
            return take(first["message"] ?? first["text"] ?? first, batch: batch, depth: depth + 1)
        }
        if let choices = object["choices"]?.arrayValue, let first = choices.first {
            if choices.count > 1 { remarks.append("the further answers to one request") }
            details.append(first)
            return take(first["message"] ?? first["text"] ?? first, batch: batch, depth: depth + 1)
        }
        if object["candidates"]?.arrayValue != nil { return close(whole: object, in: .gemini) }
        if object["output"]?.arrayValue?.contains(where: RecordedItem.isOne) == true {
            return close(whole: object, in: .responses)
        }
        if object["role"] == "model", object["parts"] != nil {
            let candidate: JSONValue = ["content": value, "finishReason": "STOP"]
            return close(
                whole: JSONObject([.init(key: "candidates", value: .array([candidate]))]), in: .gemini)
        }
        // A block of a content, alone.
        if object["type"]?.stringValue != nil, LangChainMessage.role(of: value) == nil,
            ["text", "tool_use", "thinking"].contains(where: { object["type"] == .string($0) })
        {
            return close(["content": .array([value])])
        }
        if isMessage(object, value) { return close(message: value) }
        for key in ["message", "messages", "output"] {
            guard let inner = object[key], inner != .null else { continue }
            return take(inner, batch: batch, depth: depth + 1)
        }
        for key in ["text", "completion", "output_text", "response", "answer"] {
            guard let text = object[key]?.stringValue, isAll(object, [key]) else { continue }
            return close(["content": .string(text)])
        }
        unknown(value)
    }

    private func isMessage(_ object: JSONObject, _ value: JSONValue) -> Bool {
        if LangChainMessage.role(of: value) != nil { return true }
        return ["content", "tool_calls"].contains { object[$0] != nil } && isAll(object, ["content"])
    }

    private func isAll(_ object: JSONObject, _ keys: Set<String>) -> Bool {
        object.keys.allSatisfy { keys.contains($0) || TracedAnswer.besides.contains($0) }
    }

    /// An answer of the program's own making: the client has read what the model wrote.
    private mutating func unknown(_ value: JSONValue) {
        if value == [:] || value == [] {
            remarks.append("what was answered: its record is empty")
            return
        }
        remarks.append("how an answer was worded: its record has a value, which stands here as JSON")
        close(["content": .string(value.text())])
    }

    private mutating func close(message: JSONValue) {
        let fields = message["kwargs"] ?? message["data"] ?? message
        details += [fields["response_metadata"], fields]
        let chat = LangChainMessage.chat(message, role: "assistant")
        guard chat["role"] == "assistant" else {
            remarks.append(
                "what was answered: its record has a message of the role \(chat["role"]?.stringValue ?? "(none)")"
            )
            return
        }
        let worded = TracedAnswer.worded.contains { key in fields[key].map { $0 != .null } == true }
        guard worded else {
            remarks.append("what was answered: its record has no words in a shape that is read")
            return
        }
        close(chat, usage: fields["usage_metadata"] ?? fields["usage"])
    }

    private mutating func close(_ message: JSONValue, usage own: JSONValue? = nil) {
        var members = message.objectValue ?? JSONObject()
        members["role"] = "assistant"
        // Anthropic's calls are blocks of the content.
        let chat = LangChainMessage.chat(.object(members), role: "assistant")
        let calls = chat["tool_calls"]?.arrayValue ?? []
        let word = details.lazy.flatMap { [$0?["finish_reason"], $0?["stop_reason"]] }
            .compactMap { $0?.stringValue }.first.map { JSONValue.string($0) }
        let choice: JSONValue = [
            "index": 0, "message": chat,
            "finish_reason": word ?? (calls.isEmpty ? "stop" : "tool_calls"),
        ]
        var whole = JSONObject([.init(key: "choices", value: .array([choice]))])
        if let (input, output) = counts(own) {
            whole["usage"] = ["prompt_tokens": input, "completion_tokens": output]
        }
        body = .object(whole)
    }

    private mutating func close(whole: JSONObject, in format: WireFormat) {
        var whole = whole
        self.format = format
        if format == .responses {
            whole["object"] = "response"
            if whole["status"] == nil { whole["status"] = "completed" }
            if whole["usage"] == nil, let (input, output) = counts(nil) {
                whole["usage"] = ["input_tokens": input, "output_tokens": output]
            }
        } else if whole["usageMetadata"] == nil, whole["usage_metadata"] == nil,
            let (input, output) = counts(nil)
        {
            whole["usageMetadata"] = ["promptTokenCount": input, "candidatesTokenCount": output]
        }
        body = .object(whole)
    }

    /// What the answer cost, under each program's names.
    private func counts(_ own: JSONValue?) -> (input: JSONValue, output: JSONValue)? {
        let sources =
            [usage]
            + details.flatMap {
                [$0?["usage"], $0?["usage_metadata"], $0?["llm_output"]?["token_usage"]]
            } + [own]
        for case let source? in sources {
            func count(_ keys: String...) -> JSONValue? {
                keys.lazy.compactMap { source[$0] }.first { $0.intValue != nil }
            }
            if let input = count("input", "prompt_tokens", "promptTokens", "input_tokens"),
                let output = count("output", "completion_tokens", "completionTokens", "output_tokens")
            {
                return (input, output)
            }
        }
        return nil
    }
}
