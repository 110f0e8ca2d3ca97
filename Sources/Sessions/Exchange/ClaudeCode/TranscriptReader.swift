import Agent
import JSON

/// Turns one path of a transcript into the conversation that the model has read.
///
/// Lines of one response are joined by its ID, and its results follow it whole, however they were written in between.
/// Reminders that were rendered beside prompts stand where the request had them: before all words of the person since the
/// last response, or as a message of the system after them.
struct TranscriptReader {
    private struct Response {
        var id: String
        var texts: [String] = []
        var calls: [ToolCall] = []
        var thinking: [String] = []
        var finish: FinishReason?
        var usage: Usage?
        var start: Int64?
        var time: Int64?
        var results: [(result: ImportedConversation.Item, time: Int64?, lasting: Double)] = []
        var callTimes: [ToolCallID: Int64] = [:]
        var sealed = 0

        /// What was thought; nothing where no block of it came.
        var thought: Thinking? {
            let text = thinking.joined(separator: "\n")
            return text.isEmpty && sealed == 0 ? nil : Thinking(text: text, hiddenParts: sealed)
        }
    }

    private struct Prompt {
        var texts: [String]
        var time: Int64?
        var lines: [String] = []
    }

    private let requests: TranscriptRequests
    private var conversation = ImportedConversation()
    private var response: Response?
    /// What a person said since the last response, with the lines that end there: one message of the request.
    private var prompts: [Prompt] = []
    /// Reminders in the person's own message, before all of its words.
    private var besides: [String] = []
    private var reminders: [String] = []
    private var lastTime: Int64?
    private var lastPosition = -1
    /// Where, among the items, the line ended: for what leaves the conversation there.
    private(set) var ends: [String: Int] = [:]
    /// Lines whose words are not among the items yet.
    private var collected: [String] = []

    init(requests: TranscriptRequests) { self.requests = requests }

    /// The conversation of a path's lines.
    mutating func read(_ lines: [TranscriptLine]) -> ImportedConversation {
        conversation.catalogue = requests.catalogue
        if let system = requests.system ?? TranscriptReader.snapshot(in: lines) {
            conversation.add(.system(system), at: lines.first?.time ?? 0)
        }
        for line in lines {
            add(line)
            if let uuid = line.uuid { collected.append(uuid) }
        }
        endTurn()
        return conversation
    }

    /// The system prompt as older transcripts keep it.
    private static func snapshot(in lines: [TranscriptLine]) -> String? {
        let prompts = lines.lazy.compactMap { $0.value["attachment"]?["systemPrompt"]?.arrayValue }.first
        return prompts.map { $0.compactMap(\.stringValue).joined(separator: "\n") }
    }

    private mutating func add(_ line: TranscriptLine) {
        switch line.type {
        case "assistant" where line.isFailure:
            endTurn()
            conversation.add(.mark("the provider failed: \(line.text)"), at: line.time ?? 0)
            conversation.failure = line.text
        case "assistant": addResponse(line)
        case "user" where line.value["message"] != nil: addUser(line)
        case "attachment": addAttachment(line)
        case "system": addSystem(line)
        default: conversation.losses.add("a line of type \(line.type)")
        }
    }

    private mutating func addSystem(_ line: TranscriptLine) {
        switch line.value["subtype"]?.stringValue {
        case "compact_boundary":
            let before = line.value["compactMetadata"]?["preTokens"]?.intValue
            let size = before.map { " of \($0) tokens" } ?? ""
            conversation.add(
                .mark(
                    "compaction: of the conversation\(size) before, the model reads its summary and what stands here"
                ),
                at: line.time ?? 0)
        case "api_error":
            let reason =
                line.value["error"]?["message"]?.stringValue ?? line.value["error"]?.text()
                ?? line.value["content"]?.stringValue ?? "no reason is given"
            let delay = line.value["retryInMs"]?.numberValue?.decimal.intValue ?? 0
            endTurn()
            conversation.add(
                .retry(attempt: line.value["retryAttempt"]?.intValue ?? 1, reason: reason, delay: delay),
                at: line.time ?? 0)
        case let kind: conversation.losses.add("a line of type system, \(kind ?? "of no kind")")
        }
    }

    // MARK: What the model wrote

    private mutating func addResponse(_ line: TranscriptLine) {
        let id = line.responseID ?? ""
        if response?.id != id {
            endTurn()
            response = Response(id: id)
            response?.start =
                requests.time(before: line.position, after: lastPosition) ?? lastTime
        }
        conversation.failure = nil
        let message = line.value["message"] ?? [:]
        if let model = message["model"]?.stringValue { conversation.model = model }
        if let time = line.time { response?.time = time }
        if let word = message["stop_reason"]?.stringValue {
            response?.finish = AnthropicMessages.finishReason(word)
        }
        if let usage = AnthropicMessages.usage(message["usage"]) { response?.usage = usage }
        for block in line.blocks { addBlock(block, at: line.time) }
        lastPosition = line.position
    }

    private mutating func addBlock(_ block: JSONValue, at time: Int64?) {
        switch block["type"]?.stringValue {
        case "text": response?.texts.append(block["text"]?.stringValue ?? "")
        case "thinking":
            let text = block["thinking"]?.stringValue ?? ""
            if text.isEmpty { response?.sealed += 1 } else { response?.thinking.append(text) }
        case "redacted_thinking": response?.sealed += 1
        case "tool_use":
            guard let id = block["id"]?.stringValue, let name = block["name"]?.stringValue else {
                conversation.losses.add("a call without ID or name")
                return
            }
            let call = ToolCall(
                id: ToolCallID(id), name: name, arguments: ByteString((block["input"] ?? [:]).text()))
            response?.calls.append(call)
            response?.callTimes[call.id] = time
        case "server_tool_use", "mcp_tool_use":
            let name = block["name"]?.stringValue ?? "a tool"
            conversation.mark(ranAtProvider: [name], at: time ?? 0)
        case let kind: conversation.losses.add("a block of type \(kind ?? "unknown")")
        }
    }

    // MARK: What the model read

    /// How the program begins what it writes in the place of a result where a person refused the call.
    private static let refusal = "The user doesn't want to proceed with this tool use."

    private mutating func addUser(_ line: TranscriptLine) {
        let results = line.blocks.filter { $0["type"] == "tool_result" }
        for block in results {
            let id = ToolCallID(block["tool_use_id"]?.stringValue ?? "")
            let asked = response?.callTimes[id]
            let lasting = asked.flatMap { from in line.time.map { Double($0 - from) } } ?? 0
            let content = AnthropicMessages.text(block["content"] ?? "", &conversation.losses)
            let isError = block["is_error"]?.boolValue ?? false
            let isRefused = isError && content.utf8.starts(with: TranscriptReader.refusal.utf8)
            let item: ImportedConversation.Item =
                isRefused ? .refused(id, content: content) : .result(id, content: content, isError: isError)
            if response?.calls.contains(where: { $0.id == id }) == true {
                response?.results.append((item, line.time, lasting))
            } else {
                endTurn()
                conversation.add(item, at: line.time ?? 0)
            }
        }
        var texts = line.blocks.filter { $0["type"] == "text" }.compactMap { $0["text"]?.stringValue }
        var others: [String] = []
        for block in line.blocks
        where block["type"] != "text" && block["type"] != "tool_result" {
            let type = block["type"]?.stringValue ?? "unknown"
            conversation.losses.add("a block of type \(type)")
            others.append("[\(type)]")
        }
        // A prompt that is an image alone was a prompt.
        if texts.isEmpty { texts = others }
        lastTime = line.time ?? lastTime
        lastPosition = line.position
        guard !texts.isEmpty else { return }
        // Words that follow words stand in one message of the request.
        if prompts.isEmpty { endTurn() } else { prompts[prompts.count - 1].lines += takeCollected() }
        prompts.append(Prompt(texts: texts, time: line.time))
    }

    private mutating func addAttachment(_ line: TranscriptLine) {
        let rendered = (line.value["rendered"]?.arrayValue ?? []).flatMap { message -> [String] in
            let content = message["content"] ?? ""
            if let text = content.stringValue { return [text] }
            return (content.arrayValue ?? []).compactMap { $0["text"]?.stringValue }
        }
        guard !rendered.isEmpty else {
            let kind = line.value["attachment"]?["type"]?.stringValue ?? "unknown"
            if kind != "prompt_snapshot" { conversation.losses.add("an attachment of type \(kind)") }
            return
        }
        if line.value["renderedRole"] == "system" {
            reminders += rendered.map(TranscriptReader.withoutTags)
        } else if !prompts.isEmpty {
            besides += rendered
        } else {
            endTurn()
            conversation.add(.user(rendered.joined(separator: "\n")), at: line.time ?? 0)
        }
    }

    /// A reminder of the system's own role goes without the tags that mark it within a person's message.
    private static func withoutTags(_ text: String) -> String {
        let (opening, closing) = ("<system-reminder>\n", "\n</system-reminder>")
        guard text.utf8.starts(with: opening.utf8) else { return text }
        let inner = text.dropFirst(opening.count)
        let trimmed = inner.hasSuffix("\n") ? inner.dropLast() : inner
        return String(trimmed.hasSuffix(closing) ? trimmed.dropLast(closing.count) : trimmed)
    }

    /// Puts down what has been collected: a response with its results, then a prompt, then what the system added.
    private mutating func endTurn() {
        if let response {
            self.response = nil
            let lasting = response.start.flatMap { from in response.time.map { Double($0 - from) } } ?? 0
            conversation.add(
                .assistant(
                    content: response.texts.joined(separator: "\n"), calls: response.calls,
                    finish: response.finish, usage: response.usage, thinking: response.thought),
                at: response.time ?? 0, lasting: max(0, lasting))
            for (result, time, lasting) in response.results {
                conversation.add(result, at: time ?? 0, lasting: max(0, lasting))
            }
        }
        for prompt in prompts {
            conversation.add(.user((besides + prompt.texts).joined(separator: "\n")), at: prompt.time ?? 0)
            besides = []
            for uuid in prompt.lines { ends[uuid] = conversation.items.count }
        }
        prompts = []
        if !reminders.isEmpty {
            conversation.add(.system(reminders.joined(separator: "\n\n")), at: lastTime ?? 0)
            reminders = []
        }
        for uuid in takeCollected() { ends[uuid] = conversation.items.count }
    }

    private mutating func takeCollected() -> [String] {
        defer { collected = [] }
        return collected
    }
}
