import Agent
import JSON

/// Session files of Codex: lines with a time, a type and a payload, of which the response items are the conversation.
///
/// A compaction ends a conversation; the next begins with what the compaction left. Turns that were rolled back are a
/// branch of the conversation that went on without them.
struct CodexRollout {
    private static let types: Set<String> = [
        "session_meta", "response_item", "turn_context", "event_msg", "compacted", "world_state",
        "token_usage_record",
    ]
    /// Conversations that a compaction has ended, each followed by its branches.
    private var finished: [ImportedConversation] = []
    /// What was rolled back of the present conversation, and how many of its items it shares.
    private var branches: [(items: Int, conversation: ImportedConversation)] = []
    private var conversation = ImportedConversation()
    private var response: CodexResponse?
    private var instructions: String?
    /// Which items are prompts of a person, in order.
    private var prompts: [Int] = []
    /// When the model was last told something, and when it asked for each call.
    private var lastInput: Int64?
    private var asked: [ToolCallID: Int64] = [:]

    /// Whether these are lines of such a file.
    static func isOne(_ documents: [JSONValue]) -> Bool {
        documents.prefix(20).contains { line in
            line["payload"] != nil && line["type"]?.stringValue.map(types.contains) ?? false
        }
    }

    /// The conversations of a file: the one that was read last between two compactions, then what was taken back of it.
    /// - Parameter threads: The files of the threads that this one goes on from, by their IDs.
    static func read(
        _ documents: [Document], threads: [String: [Document]] = [:]
    ) -> [ImportedConversation] {
        var rollout = CodexRollout()
        var documents = documents[...]
        if let fork = CodexFork(documents.first?.value) {
            if let shared = fork.shared(threads) {
                for document in shared { rollout.add(document) }
                documents = documents.dropFirst()
            } else {
                let missing = "the conversation before the fork, in the file of thread \(fork.thread)"
                rollout.conversation.losses.add(missing)
            }
            let time = documents.first?.value["timestamp"]?.stringValue.flatMap(Document.milliseconds) ?? 0
            rollout.endResponse()
            rollout.conversation.add(.mark("forked from the thread \(fork.thread)"), at: time)
        }
        for document in documents { rollout.add(document) }
        rollout.endConversation()
        return rollout.finished
    }

    private mutating func add(_ document: Document) {
        let line = document.value
        let type = line["type"]?.stringValue ?? "unknown"
        guard let payload = line["payload"], CodexRollout.types.contains(type) else {
            conversation.losses.add("a line of type \(type)")
            return
        }
        let time = line["timestamp"]?.stringValue.flatMap(Document.milliseconds) ?? 0
        switch type {
        case "session_meta": addMeta(payload, at: time)
        case "turn_context":
            if let model = payload["model"]?.stringValue { conversation.model = model }
            conversation.losses.add("what a turn was allowed to do (approval and sandbox policy, folder)")
        case "event_msg": addEvent(payload, at: time)
        case "compacted": addCompaction(payload, at: time, place: document.place)
        case "world_state", "token_usage_record":
            conversation.losses.add("bookkeeping of the program (\(type))")
        default: addItem(payload, at: time, place: document.place)
        }
    }

    private mutating func addMeta(_ payload: JSONValue, at time: Int64) {
        let given = payload["base_instructions"]?["text"] ?? payload["instructions"]
        if let text = given?.stringValue, !text.isEmpty {
            instructions = text
            conversation.add(.system(text), at: time)
        }
        conversation.losses.add("the folder, the program's version and the state of git")
    }

    // MARK: Boundaries

    private mutating func endConversation() {
        endResponse()
        let main = finished.count
        finished.append(conversation)
        for branch in branches {
            var left = branch.conversation
            left.origin = .branch(of: main, items: branch.items)
            finished.append(left)
        }
        (branches, prompts) = ([], [])
    }

    /// What the compaction left is what the model reads from there on.
    private mutating func addCompaction(
        _ payload: JSONValue, at time: Int64, place: String
    ) {
        let main = finished.count
        endConversation()
        var next = ImportedConversation()
        next.model = conversation.model
        next.origin = .compaction(of: main)
        conversation = next
        if let instructions { conversation.add(.system(instructions), at: time) }
        conversation.add(
            .mark("compaction: of the conversation before, the model reads what stands here"), at: time)
        if let history = payload["replacement_history"]?.arrayValue {
            for item in history { addItem(item, at: time, place: place) }
        } else {
            conversation.add(.user(payload["message"]?.stringValue ?? ""), at: time)
            conversation.losses.add("what a compaction kept beside its summary")
        }
        endResponse()
        lastInput = time
    }

    /// The conversation goes on before the last turns of the person; what they were is a branch.
    private mutating func rollBack(turns: Int) {
        endResponse()
        guard turns > 0, let first = prompts.suffix(turns).first else { return }
        branches = branches.map { (min($0.items, first), $0.conversation) }
        branches.append((first, conversation))
        conversation.items.removeSubrange(first...)
        conversation.losses = Losses()
        prompts.removeLast(min(turns, prompts.count))
    }

    // MARK: Events

    /// Events repeat what the items say, but for the count of tokens, prompts and what was rolled back.
    private mutating func addEvent(_ payload: JSONValue, at time: Int64) {
        let type = payload["type"]?.stringValue ?? "unknown"
        if type == "thread_rolled_back" { return rollBack(turns: payload["num_turns"]?.intValue ?? 1) }
        if type == "user_message" || payload["item"]?["type"] == "UserMessage" { notePrompt() }
        if ["error", "stream_error", "turn_aborted"].contains(type) {
            let words = payload["message"]?.stringValue ?? payload["reason"]?.stringValue ?? "no reason"
            endResponse()
            conversation.add(.mark("\(type.replacing("_", with: " ")): \(words)"), at: time)
            return
        }
        guard type == "token_count", let usage = CodexRollout.usage(payload) else {
            conversation.losses.add("an event of type \(type)")
            return
        }
        endResponse()
        noteUsage(usage)
    }

    /// What the last request cost, where the event tells it.
    private static func usage(_ payload: JSONValue) -> Usage? {
        guard let told = payload["info"]?["last_token_usage"],
            let input = told["input_tokens"]?.intValue, let output = told["output_tokens"]?.intValue
        else { return nil }
        return Usage(promptTokens: input, completionTokens: output)
    }

    /// Gives the response that came last its cost.
    private mutating func noteUsage(_ usage: Usage) {
        for index in conversation.items.indices.reversed() {
            guard
                case .assistant(let content, let calls, let finish, _, let thinking, let tokens) =
                    conversation.items[index].item
            else { continue }
            conversation.items[index].item = .assistant(
                content: content, calls: calls, finish: finish, usage: usage, thinking: thinking,
                tokens: tokens)
            return
        }
    }

    /// The message that stands last is a person's own, not the program's in the person's name.
    private mutating func notePrompt() {
        endResponse()
        if case .user? = conversation.items.last?.item { prompts.append(conversation.items.count - 1) }
    }

    // MARK: Items

    private mutating func addItem(
        _ item: JSONValue, at time: Int64, place: String
    ) {
        let type = item["type"]?.stringValue ?? "unknown"
        switch type {
        case "message": addMessage(item, at: time)
        case "reasoning": open(at: time) { $0.think(item) }
        case "function_call":
            addCall(item, arguments: item["arguments"]?.stringValue, at: time, place: place)
        case "custom_tool_call":
            // What such a tool takes is text, not JSON; it stands as the model wrote it.
            addCall(item, arguments: item["input"]?.stringValue, at: time, place: place)
        case "local_shell_call":
            addCall(
                item, name: "local_shell", arguments: item["action"]?.text(), at: time, place: place)
        case "function_call_output", "custom_tool_call_output":
            guard let id = item["call_id"]?.stringValue.map({ ToolCallID($0) }) else {
                conversation.losses.add("\(place)a \(type) without call_id")
                return
            }
            endResponse()
            let output = item["output"] ?? ""
            if CodexOutput.isRefusal(output) {
                conversation.add(.refused(id, content: text(output)), at: time)
            } else {
                conversation.add(
                    .result(id, content: text(output), isError: CodexOutput.isError(output)), at: time,
                    lasting: asked[id].map { Double(max(0, time - $0)) } ?? 0)
            }
            lastInput = time
        case "web_search_call", "image_generation_call", "code_interpreter_call", "file_search_call":
            conversation.mark(ranAtProvider: [type], at: time)
            conversation.losses.add("what a tool of the provider was given and gave (\(type))")
        default: conversation.losses.add("a response item of type \(type)")
        }
    }

    private mutating func addMessage(_ item: JSONValue, at time: Int64) {
        let words = text(item["content"] ?? "")
        switch item["role"]?.stringValue {
        // Words after a call that has no result yet still belong to its response.
        case "assistant": open(at: time) { $0.content.append(words) }
        case "system", "developer":
            endResponse()
            conversation.add(.system(words), at: time)
        case "user":
            endResponse()
            conversation.add(.user(words), at: time)
            lastInput = time
        case let role: conversation.losses.add("a message of role \(role ?? "unknown")")
        }
    }

    private mutating func addCall(
        _ item: JSONValue, name: String? = nil, arguments: String?, at time: Int64, place: String
    ) {
        guard let id = item["call_id"]?.stringValue ?? item["id"]?.stringValue,
            let name = name ?? item["name"]?.stringValue, let arguments
        else {
            conversation.losses.add("\(place)a call without call_id, name or arguments")
            return
        }
        let space = item["namespace"]?.stringValue.map { "\($0)." } ?? ""
        let call = ToolCall(id: ToolCallID(id), name: space + name, arguments: ByteString(arguments))
        asked[call.id] = time
        open(at: time) { $0.calls.append(call) }
    }

    /// Adds to the response that is being collected.
    private mutating func open(at time: Int64, _ change: (inout CodexResponse) -> Void) {
        var open = response ?? CodexResponse(start: lastInput)
        change(&open)
        open.time = time
        response = open
    }

    private mutating func endResponse() {
        guard let response else { return }
        self.response = nil
        conversation.add(
            .assistant(
                content: response.content.joined(separator: "\n"), calls: response.calls, finish: nil,
                usage: nil, thinking: response.thought),
            at: response.time, lasting: response.start.map { Double(max(0, response.time - $0)) } ?? 0)
    }

    /// Text, the parts of a message, or an output with its content inside.
    private mutating func text(_ value: JSONValue) -> String {
        if let text = value.stringValue { return text }
        if let content = value["content"] { return text(content) }
        var texts: [String] = []
        for part in value.arrayValue ?? [] {
            if let text = part["text"]?.stringValue {
                texts.append(text)
            } else {
                conversation.losses.add("a content part of type \(part["type"]?.stringValue ?? "unknown")")
            }
        }
        return texts.joined(separator: "\n")
    }
}

/// A response of the model, whose thinking, words and calls stand in several lines.
private struct CodexResponse {
    var content: [String] = []
    var calls: [ToolCall] = []
    /// What was thought, as far as it can be read, and how many parts cannot.
    private var thinking: [String] = []
    private var sealed = 0
    /// When the model was asked, where that is known, and when the last line came.
    let start: Int64?
    var time: Int64 = 0

    init(start: Int64?) { self.start = start }

    /// Takes an item of type `reasoning`: its summary, its own words where the provider shows them, and what is encrypted.
    mutating func think(_ item: JSONValue) {
        let parts = (item["summary"]?.arrayValue ?? []) + (item["content"]?.arrayValue ?? [])
        thinking += parts.compactMap { $0["text"]?.stringValue }.filter { !$0.isEmpty }
        if item["encrypted_content"]?.stringValue != nil { sealed += 1 }
    }

    var thought: Thinking? {
        let text = thinking.joined(separator: "\n")
        return text.isEmpty && sealed == 0 ? nil : Thinking(text: text, hiddenParts: sealed)
    }
}
