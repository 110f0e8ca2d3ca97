import Agent
import Formats
import JSON

/// Logs of Inspect AI in their JSON form: a conversation for each sample, timed by the sample's events.
struct InspectLog {
    private var conversation = ImportedConversation()
    /// What the events say of a response, by its message's ID, and of a call, by the call's ID.
    private var responses: [String: Moment] = [:]
    private var calls: [String: Moment] = [:]
    private var messageCalls: [String: Moment] = [:]
    /// When the last thing with a time happened; messages without one stand there.
    private var time: Int64 = 0

    private struct Moment {
        var end: Int64
        var milliseconds: Double
        var usage: Usage?
        var finish: FinishReason?
    }

    static func read(_ document: Document) throws(ImportError) -> [ImportedConversation] {
        let log = document.value
        guard let eval = log["eval"] else {
            throw ImportError("\(document.place)expected a log with \"eval\" and \"samples\"")
        }
        let samples = log["samples"]?.arrayValue ?? []
        guard !samples.isEmpty else {
            throw ImportError(
                "\(document.place)the log has no samples; 'inspect log dump FILE' writes one with them")
        }
        var conversations: [ImportedConversation] = []
        for (index, sample) in samples.enumerated() {
            var reader = InspectLog()
            reader.conversation.model = eval["model"]?.stringValue ?? "unknown"
            reader.read(sample, place: "\(document.place)sample \(index + 1)")
            if index == 0, log["results"].map({ $0 != .null }) ?? false {
                reader.conversation.losses.add("the results and statistics of the whole log")
            }
            conversations.append(reader.conversation)
        }
        return conversations
    }

    private mutating func read(_ sample: JSONValue, place: String) {
        for event in sample["events"]?.arrayValue ?? [] { note(event) }
        time = (responses.values.map { $0.end - Int64(bounded: $0.milliseconds) }).min() ?? 0
        for (index, message) in (sample["messages"]?.arrayValue ?? []).enumerated() {
            add(message, place: "\(place), message \(index + 1)")
        }
        end(sample)
        for (key, what) in [
            ("scores", "the scores of a sample"), ("target", "the target of a sample"),
            ("store", "the store of a sample"),
            ("attachments", "an attachment"), ("limit", "the limit that ended a sample"),
        ] {
            guard let value = sample[key], !InspectLog.isEmpty(value) else { continue }
            conversation.losses.add(what)
        }
    }

    /// Takes over how a sample ended: by an error, or as its output says where no event does.
    private mutating func end(_ sample: JSONValue) {
        if let error = sample["error"], !InspectLog.isEmpty(error) {
            conversation.failure =
                "the sample ended by an error: \(error["message"]?.stringValue ?? error.text())"
        }
        guard responses.isEmpty, let word = sample["output"]?["choices"]?[0]?["stop_reason"]?.stringValue,
            case .assistant(let content, let calls, nil, let usage, let thinking, let tokens)? =
                conversation.items.last?.item
        else { return }
        conversation.items[conversation.items.count - 1].item = .assistant(
            content: content, calls: calls, finish: InspectLog.finishReason(word), usage: usage,
            thinking: thinking, tokens: tokens)
    }

    private static func isEmpty(_ value: JSONValue) -> Bool {
        switch value {
        case .null: true
        case .string(let text): text.isEmpty
        case .array(let items): items.isEmpty
        case .object(let object): object.isEmpty
        default: false
        }
    }

    /// Takes over what an event says of times, tokens and tools.
    private mutating func note(_ event: JSONValue) {
        let kind = event["event"]?.stringValue ?? "unknown"
        let start = event["timestamp"]?.stringValue.flatMap(Document.milliseconds) ?? 0
        let end = event["completed"]?.stringValue.flatMap(Document.milliseconds)
        switch kind {
        case "model":
            for tool in event["tools"]?.arrayValue ?? [] { note(tool: tool) }
            let output = event["output"]
            let choice = output?["choices"]?.arrayValue?.first
            guard let id = choice?["message"]?["id"]?.stringValue else {
                conversation.losses.add("a request to the model without an answer")
                return
            }
            let seconds = output?["time"]?.numberValue?.doubleValue
            responses[id] = Moment(
                end: end ?? start + Int64(bounded: (seconds ?? 0) * 1_000),
                milliseconds: seconds.map { $0 * 1_000 } ?? Double((end ?? start) - start),
                usage: InspectLog.usage(output?["usage"]),
                finish: choice?["stop_reason"]?.stringValue.map(InspectLog.finishReason))
        case "tool":
            guard let id = event["id"]?.stringValue else { return }
            let moment = Moment(end: end ?? start, milliseconds: Double((end ?? start) - start))
            // IDs of calls may come again in a later round; that of the message tells which call is meant.
            if let message = event["message_id"]?.stringValue {
                messageCalls[message] = moment
            } else {
                calls[id] = moment
            }
        // The conversation is in the messages; these only frame it.
        case "sample_init", "span_begin", "span_end", "state", "step": break
        default: conversation.losses.add("an event of kind \(kind)")
        }
    }

    private mutating func note(tool: JSONValue) {
        guard let name = tool["name"]?.stringValue,
            !conversation.catalogue.contains(where: { $0.name.utf8.elementsEqual(name.utf8) })
        else { return }
        conversation.catalogue.append(
            ToolDefinition(
                name: name, description: tool["description"]?.stringValue ?? "",
                parameters: tool["parameters"] ?? ["type": "object"]))
    }

    /// Takes a message; what is none is named and left out.
    private mutating func add(_ message: JSONValue, place: String) {
        let (content, thinking) = read(message["content"])
        switch message["role"]?.stringValue {
        case "system": conversation.add(.system(content), at: time)
        case "user": conversation.add(.user(content), at: time)
        case "assistant":
            var asked: [ToolCall] = []
            for call in message["tool_calls"]?.arrayValue ?? [] {
                guard let id = call["id"]?.stringValue, let function = call["function"]?.stringValue else {
                    conversation.losses.add("\(place): a tool call without id or function")
                    continue
                }
                if call["parse_error"]?.stringValue != nil {
                    conversation.losses.add("that the arguments of a call could not be read")
                }
                let arguments = call["arguments"] ?? [:]
                asked.append(
                    ToolCall(id: ToolCallID(id), name: function, arguments: ByteString(arguments.text())))
            }
            if !asked.isEmpty {
                conversation.losses.add("the arguments of calls to the byte: the log has them as JSON values")
            }
            let moment = message["id"]?.stringValue.flatMap { responses[$0] }
            time = moment?.end ?? time
            conversation.add(
                .assistant(
                    content: content, calls: asked, finish: moment?.finish, usage: moment?.usage,
                    thinking: thinking),
                at: time, lasting: moment?.milliseconds ?? 0)
        case "tool":
            guard let id = message["tool_call_id"]?.stringValue else {
                conversation.losses.add("\(place): a tool message without tool_call_id")
                return
            }
            let error = message["error"]?["message"]?.stringValue
            if error != nil, !content.isEmpty, content != error {
                conversation.losses.add("what a tool had put out before its error")
            }
            let moment = message["id"]?.stringValue.flatMap { messageCalls[$0] } ?? calls[id]
            time = max(time, moment?.end ?? time)
            conversation.add(
                .result(ToolCallID(id), content: error ?? content, isError: error != nil), at: time,
                lasting: moment?.milliseconds ?? 0)
        case let role:
            conversation.losses.add(
                "\(place): a message \(role.map { "of the role \($0)" } ?? "without a role")")
        }
    }

    /// The words of a content, and what was thought before them; redacted thinking is a summary, or cannot be read.
    private mutating func read(_ content: JSONValue?) -> (words: String, thinking: Thinking?) {
        if let text = content?.stringValue { return (text, nil) }
        var (texts, thoughts): ([String], [String]) = ([], [])
        var hidden = 0
        for part in content?.arrayValue ?? [] {
            let type = part["type"]?.stringValue
            if type == "text", let text = part["text"]?.stringValue {
                texts.append(text)
            } else if type == "reasoning", let text = part["reasoning"]?.stringValue {
                let isRedacted = part["redacted"]?.boolValue ?? false
                if isRedacted { hidden += 1 }
                thoughts.append(isRedacted ? part["summary"]?.stringValue ?? "" : text)
            } else {
                conversation.losses.add("a content part of type \(type ?? "unknown")")
            }
        }
        let thought = thoughts.filter { !$0.isEmpty }.joined(separator: "\n")
        return (
            texts.joined(separator: "\n"),
            thought.isEmpty && hidden == 0 ? nil : Thinking(text: thought, hiddenParts: hidden)
        )
    }

    private static func usage(_ value: JSONValue?) -> Usage? {
        guard let input = value?["input_tokens"]?.intValue, let output = value?["output_tokens"]?.intValue
        else { return nil }
        let cached = ["input_tokens_cache_read", "input_tokens_cache_write"].compactMap {
            value?[$0]?.intValue
        }
        return Usage(input: input, cached: cached, output: output)
    }

    private static func finishReason(_ word: String) -> FinishReason {
        FinishReason(ofProvider: word)
    }
}
