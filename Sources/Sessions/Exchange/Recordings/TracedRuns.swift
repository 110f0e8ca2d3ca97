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
            let exchanges = TracedRun(record).exchanges
            if exchanges.isEmpty { losses.add("a request whose messages are in no known shape") }
            found += exchanges
        }
        return found
    }
}

/// One record of a model: what was asked of it, and what it answered.
private struct TracedRun {
    private let record: JSONValue
    private let input: JSONValue
    private let output: JSONValue

    init(_ record: JSONValue) {
        self.record = record
        let input = TracedRun.value(record["inputs"] ?? record["input"] ?? [:])
        // What a function of Python was called with.
        let isCall = input["kwargs"]?.objectValue != nil && input["args"] != nil
        let asked = isCall ? input["kwargs"] ?? input : input
        self.input = ConverseMessages.anthropic(asked) ?? asked
        let output = TracedRun.value(record["outputs"] ?? record["output"] ?? .null)
        let isConverses = output["stopReason"] != nil
        self.output = isConverses ? ConverseMessages.response(output) ?? output : output
    }

    /// The exchanges: one, but where LangChain asked for several conversations at once.
    var exchanges: [RecordedExchange] {
        if let format = formatOfItsOwn, let body = input.objectValue {
            return [exchange(of: 1) { _ in (format, body) }].compactMap { $0 }
        }
        var messages = input["messages"]?.arrayValue ?? input.arrayValue ?? []
        if messages.isEmpty, let prompts = input["prompts"]?.arrayValue {
            messages = prompts.map { [["role": "user", "content": $0]] }
        }
        // A prompt that is a text, or one message.
        if messages.isEmpty,
            let text = input.stringValue ?? input["prompt"]?.stringValue ?? input["input"]?.stringValue
        {
            messages = [["role": "user", "content": .string(text)]]
        }
        if messages.isEmpty, input["role"] != nil { messages = [input] }
        messages = messages.map(LangChainMessage.untupled)
        let batches =
            messages.allSatisfy { $0.arrayValue != nil } ? messages.compactMap(\.arrayValue) : [messages]
        return batches.enumerated().compactMap { number, messages in
            guard !messages.isEmpty else { return nil }
            return exchange(number, of: batches.count) { body($0, messages) }
        }
    }

    /// The format of what was asked, where that is a whole request of one that is not like Chat Completions.
    private var formatOfItsOwn: WireFormat? {
        if input["contents"] != nil { return .gemini }
        return input["input"]?.arrayValue?.contains { RecordedItem.isOne($0) || $0["role"] != nil } == true
            ? .responses : nil
    }

    /// What was asked, in a format that has its blocks: results are blocks in Anthropic's.
    private func body(_ earlier: [JSONValue], _ asked: [JSONValue]) -> (WireFormat, JSONObject) {
        var messages = asked
        // Some programs answer with the whole conversation.
        messages += earlier.starts(with: asked) ? Array(earlier.dropFirst(asked.count)) : earlier
        var body = JSONObject()
        let system = input["system"].flatMap { $0 == .null ? Optional.none : $0 }
        let isAnthropics = messages.contains { message in
            (message["content"]?.arrayValue ?? []).contains { $0["type"] == "tool_result" }
        }
        if isAnthropics, messages.allSatisfy({ $0["role"] == "user" || $0["role"] == "assistant" }) {
            body["system"] = system
            body["messages"] = .array(messages)
            return (.messages, body)
        }
        if let system { messages.insert(["role": "system", "content": system], at: 0) }
        body["messages"] = .array(messages.map { LangChainMessage.chat($0) })
        return (.chatCompletions, body)
    }

    private func exchange(
        _ number: Int = 0, of count: Int, asking body: ([JSONValue]) -> (format: WireFormat, JSONObject)
    ) -> RecordedExchange? {
        let usage = record["usage"] ?? record["usageDetails"] ?? output["llm_output"]?["token_usage"]
        let answer =
            output == .null
            ? nil : TracedAnswer(output, batch: number, usage: count > 1 ? Optional.none : usage)
        var (format, asked) = body(answer?.earlier ?? [])
        guard let endpoint = ModelEndpoint(method: "POST", path: RequestFile.path(format)) else { return nil }
        let invocation = record["extra"]?["invocation_params"] ?? [:]
        let settings = record["modelParameters"] ?? [:]
        for (key, value) in [
            ("model", record["model"] ?? invocation["model"] ?? invocation["model_name"] ?? input["model"]),
            ("tools", input["tools"] ?? invocation["tools"] ?? settings["tools"]),
        ] where asked[key] == nil {
            asked[key] = value
        }
        let begun = time("start_time", "startTime") ?? 0
        let ended = time("end_time", "endTime") ?? begun
        let isRead = answer.map { $0.body != [:] } ?? false
        var exchange = RecordedExchange(
            RequestFile.request(asked, at: endpoint),
            response: isRead ? answer.map { Array($0.body.text().utf8) } : nil, in: answer?.format,
            time: begun, milliseconds: Double(max(0, ended - begun)))
        exchange.remarks += answer?.remarks ?? []
        if let error = fault {
            exchange.remarks.append("that a request failed: \(error)")
        } else if !isRead, answer?.remarks.isEmpty != false {
            exchange.remarks.append("the response to a request, which was not recorded")
        }
        if begun == 0 {
            exchange.remarks.append("when a request was made: its record has no time that can be read")
        }
        return exchange
    }

    private func time(_ keys: String...) -> Int64? {
        keys.lazy.compactMap { record[$0]?.stringValue.flatMap(Document.milliseconds) }.first
    }

    /// Why a request failed, as LangSmith and Langfuse keep it.
    private var fault: String? {
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
}
