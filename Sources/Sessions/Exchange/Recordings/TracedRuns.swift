import Agent
import Formats
import JSON

/// Exports of LangSmith (runs) and Langfuse (observations): what was asked of a model and what it answered, a record each.
enum TracedRuns {
    /// Whether these are runs or observations of a model.
    static func isOne(_ documents: [JSONValue]) -> Bool { records(documents).contains { isModel($0) } }

    private static func isModel(_ record: JSONValue) -> Bool {
        let isRun = record["run_type"] == "llm" || record["run_type"] == "chat_model"
        return isRun && record["inputs"] != nil || record["type"] == "GENERATION" && record["input"] != nil
    }

    /// The records, wherever the export has them: one a line, a list, or beneath a trace.
    private static func records(_ documents: [JSONValue]) -> [JSONValue] {
        var found: [JSONValue] = []
        // What comes next stands last.
        var waiting: [JSONValue] = documents.reversed()
        while let value = waiting.popLast(), found.count < 1_000_000 {
            if let list = value.arrayValue {
                waiting += list.reversed()
                continue
            }
            found.append(value)
            for key in ["data", "observations", "child_runs", "runs"] {
                if let list = value[key]?.arrayValue { waiting += list.reversed() }
            }
        }
        return found
    }

    static func exchanges(_ documents: [JSONValue], _ losses: inout Losses) -> [RecordedExchange] {
        var found: [RecordedExchange] = []
        for record in records(documents) {
            guard isModel(record) else {
                if let kind = record["run_type"]?.stringValue ?? record["type"]?.stringValue {
                    losses.add("a record of type \(kind)")
                }
                continue
            }
            if let exchange = exchange(record) {
                found.append(exchange)
            } else {
                losses.add("a request whose messages are in no known shape")
            }
        }
        return found
    }

    private static func exchange(_ record: JSONValue) -> RecordedExchange? {
        let input = value(record["inputs"] ?? record["input"] ?? [:])
        var messages = input["messages"]?.arrayValue ?? input.arrayValue ?? []
        // A prompt that is a text, or one message.
        if messages.isEmpty,
            let text = input.stringValue ?? input["prompt"]?.stringValue ?? input["input"]?.stringValue
        {
            messages = [["role": "user", "content": .string(text)]]
        }
        if messages.isEmpty, input["role"] != nil { messages = [input] }
        // LangChain batches conversations; a run has one of them.
        if let first = messages.first?.arrayValue { messages = first }
        guard !messages.isEmpty else { return nil }
        var body = JSONObject()
        let invocation = record["extra"]?["invocation_params"] ?? [:]
        body["model"] = record["model"] ?? invocation["model"] ?? invocation["model_name"]
        if let system = input["system"], system != .null {
            messages.insert(["role": "system", "content": system], at: 0)
        }
        body["messages"] = .array(messages.map(LangChainMessage.chat))
        body["tools"] = input["tools"] ?? invocation["tools"]
        guard let endpoint = ModelEndpoint(method: "POST", path: "/v1/chat/completions") else { return nil }
        func time(_ keys: String...) -> Int64? {
            keys.lazy.compactMap { record[$0]?.stringValue.flatMap(Document.milliseconds) }.first
        }
        let begun = time("start_time", "startTime") ?? 0
        let ended = time("end_time", "endTime") ?? begun
        var exchange = RecordedExchange(
            WireRequest(endpoint, body), response: response(record).map { Array($0.text().utf8) },
            time: begun,
            milliseconds: Double(max(0, ended - begun)))
        if let error = fault(of: record) { exchange.remarks.append("that a request failed: \(error)") }
        if begun == 0 {
            exchange.remarks.append("when a request was made: its record has no time that can be read")
        }
        return exchange
    }

    /// Why a request failed, as LangSmith and Langfuse keep it.
    private static func fault(of record: JSONValue) -> String? {
        if let error = record["error"], error != .null, error != "" {
            return error.stringValue ?? error.text()
        }
        guard record["level"] == "ERROR" else { return nil }
        return record["statusMessage"]?.stringValue ?? "no reason"
    }

    /// What was asked or answered, where it may stand as JSON text.
    private static func value(_ given: JSONValue) -> JSONValue {
        guard let text = given.stringValue, let first = text.utf8.first(where: { $0 > 0x20 }),
            "{[".utf8.contains(first)
        else { return given }
        return (try? JSONParser.parse(text)) ?? given
    }

    /// The answer as a whole chat completion.
    private static func response(_ record: JSONValue) -> JSONValue? {
        let output = value(record["outputs"] ?? record["output"] ?? .null)
        if output == .null { return Optional.none }
        let generation = output["generations"]?[0]?[0] ?? output["generations"]?[0]
        let message =
            generation?["message"] ?? output["choices"]?[0]?["message"] ?? output["message"] ?? output[
                "messages"]?[0]
            ?? output["output"] ?? output
        if message == .null { return nil }
        let chat: JSONValue =
            message.stringValue == nil
            ? LangChainMessage.chat(message) : ["role": "assistant", "content": message]
        let calls = chat["tool_calls"]?.arrayValue ?? []
        let details = [
            generation?["generation_info"], output["choices"]?[0], message["kwargs"]?["response_metadata"],
            message["response_metadata"], message,
        ]
        let word = details.lazy.flatMap { [$0?["finish_reason"], $0?["stop_reason"]] }
            .compactMap { $0?.stringValue }.first.map { JSONValue.string($0) }
        var whole: JSONObject = JSONObject([
            .init(
                key: "choices",
                value: [
                    [
                        "index": 0, "message": chat,
                        "finish_reason": word ?? (calls.isEmpty ? "stop" : "tool_calls"),
                    ]
                ])
        ])
        let usage =
            record["usage"] ?? record["usageDetails"] ?? output["usage"] ?? output["llm_output"]?[
                "token_usage"]
            ?? message["kwargs"]?["usage_metadata"] ?? message["usage_metadata"] ?? message["usage"]
        func count(_ keys: String...) -> JSONValue? { keys.lazy.compactMap { usage?[$0] }.first }
        if let input = count("input", "prompt_tokens", "promptTokens", "input_tokens"),
            let produced = count("output", "completion_tokens", "completionTokens", "output_tokens")
        {
            whole["usage"] = ["prompt_tokens": input, "completion_tokens": produced]
        }
        return .object(whole)
    }
}

/// A message of LangChain in the shape of Chat Completions.
enum LangChainMessage {
    private static let roles = [
        "human": "user", "ai": "assistant", "system": "system", "tool": "tool", "HumanMessage": "user",
        "AIMessage": "assistant", "AIMessageChunk": "assistant", "SystemMessage": "system",
        "ToolMessage": "tool",
        "HumanMessageChunk": "user",
    ]

    /// Members that mean the same in both: LangChain has some of them among `additional_kwargs`.
    private static let others = [
        "tool_call_id", "name", "reasoning_content", "reasoning", "reasoning_details", "thinking",
        "function_call",
        "refusal", "parts",
    ]

    static func chat(_ message: JSONValue) -> JSONValue {
        let fields = message["kwargs"] ?? message["data"] ?? message
        let name = message["id"]?.arrayValue?.last?.stringValue ?? message["type"]?.stringValue
        guard
            let role = message["role"]?.stringValue ?? name.flatMap({ roles[$0] })
                ?? fields["type"]?.stringValue
        else { return message }
        var chat = JSONObject([.init(key: "role", value: .string(roles[role] ?? role))])
        chat["content"] = fields["content"] ?? ""
        for key in others { chat[key] = fields[key] ?? fields["additional_kwargs"]?[key] }
        var calls =
            fields["tool_calls"]?.arrayValue ?? fields["additional_kwargs"]?["tool_calls"]?.arrayValue ?? []
        // Calls whose arguments are no JSON stand beside the others.
        calls += (fields["invalid_tool_calls"]?.arrayValue ?? []).filter { invalid in
            !calls.contains { $0["id"] == invalid["id"] }
        }
        // Anthropic's calls are blocks of the content.
        let blocks = fields["content"]?.arrayValue ?? []
        let uses = blocks.filter { $0["type"] == "tool_use" }
        if !uses.isEmpty {
            if calls.isEmpty { calls = uses }
            chat["content"] = .array(blocks.filter { $0["type"] != "tool_use" })
        }
        if !calls.isEmpty { chat["tool_calls"] = .array(calls.map(call)) }
        return .object(chat)
    }

    /// A call: LangChain has name and args beside the ID, providers a function with its arguments as text.
    private static func call(_ call: JSONValue) -> JSONValue {
        guard call["function"] == nil, let name = call["name"] else { return call }
        let arguments = call["args"] ?? call["input"] ?? [:]
        return [
            "id": call["id"] ?? "", "type": "function",
            "function": ["name": name, "arguments": .string(arguments.stringValue ?? arguments.text())],
        ]
    }
}
