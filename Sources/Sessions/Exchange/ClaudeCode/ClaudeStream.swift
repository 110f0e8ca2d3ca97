import Agent
import JSON

/// What `claude -p --output-format stream-json` prints: a line for each message, as the transcript has them, but without
/// times, without the tree and mostly without the prompt.
///
/// Subagents' lines name the call that spawned them; a compaction begins a conversation anew.
struct ClaudeStream {
    private(set) var conversations: [ImportedConversation] = []
    private var losses = Losses(["when things happened, and how long they took: the stream has no times"])
    private var model: String?
    /// How the run ended, where it did not end well.
    private var failure: String?

    /// Whether these are lines of such a stream.
    static func isOne(_ documents: [JSONValue]) -> Bool {
        let lines = documents.prefix(200)
        if lines.contains(where: { $0["sessionId"] != nil || $0["parentUuid"] != nil }) { return false }
        return lines.contains { line in
            guard line["session_id"]?.stringValue != nil else { return false }
            return switch line["type"]?.stringValue {
            case "assistant", "user": line["message"] != nil
            case "system": line["subtype"] == "init"
            default: false
            }
        }
    }

    /// Whether the one document is what `--output-format json` prints: the last words, and what they cost.
    static func isResult(_ document: JSONValue) -> Bool {
        document["type"] == "result" && document["subtype"] != nil && document["session_id"] != nil
    }

    /// What can be done where there is the result alone.
    static let resultAlone =
        "this is the result that claude -p --output-format json prints, which has the last words alone; "
        + "--output-format stream-json --verbose prints the whole conversation, and callgate import claude lists transcripts"

    init(_ documents: [Document]) {
        var callers: [String?] = []
        var lines: [String?: [TranscriptLine]] = [:]
        for (position, document) in documents.enumerated() {
            let caller = document.value["parent_tool_use_id"]?.stringValue
            guard let line = line(document.value, position) else { continue }
            if lines[caller] == nil { callers.append(caller) }
            lines[caller, default: []].append(line)
        }
        // The agent's own conversation comes first, whoever spoke first.
        for caller in callers.filter({ $0 == nil }) + callers.filter({ $0 != nil }) {
            add(lines[caller] ?? [], spawned: caller)
        }
        if conversations.isEmpty { conversations.append(ImportedConversation()) }
        if case .assistant? = conversations[0].items.first?.item {
            losses.add("the prompt, which the stream has only where --replay-user-messages was given")
        }
        if let failure, let last = conversations.lastIndex(where: { !$0.isSubagents }) {
            conversations[last].failure = conversations[last].failure ?? failure
        }
        for index in conversations.indices where conversations[index].model == "unknown" {
            conversations[index].model = model ?? "unknown"
        }
        for line in losses.lines { conversations[0].losses.add(line) }
    }

    /// The line as a transcript has it; `nil` for one that is no part of a conversation.
    private mutating func line(_ value: JSONValue, _ position: Int) -> TranscriptLine? {
        switch value["type"]?.stringValue {
        case "assistant", "user": return TranscriptLine(value, position: position)
        case "system" where value["subtype"] == "init":
            model = value["model"]?.stringValue ?? model
            if let tools = value["tools"]?.arrayValue, !tools.isEmpty {
                losses.add("the schemas of the tools (\(tools.count)), of which the stream has the names")
            }
            return nil
        case "system" where value["subtype"] == "compact_boundary":
            // The stream spells it otherwise than the transcript.
            var line = value.objectValue ?? JSONObject()
            if let tokens = value["compact_metadata"]?["pre_tokens"] {
                line["compactMetadata"] = ["preTokens": tokens]
            }
            return TranscriptLine(.object(line), position: position)
        case "result":
            end(value)
            return nil
        case "stream_event":
            losses.add("pieces of messages (stream_event), which stand whole as well")
            return nil
        case let type:
            let kind = value["subtype"]?.stringValue.map { ", \($0)" } ?? ""
            losses.add("a line of type \(type ?? "unknown")\(kind)")
            return nil
        }
    }

    private mutating func end(_ result: JSONValue) {
        let cost = result["total_cost_usd"]?.numberValue.map { " (\($0.text) USD in all)" } ?? ""
        losses.add("what the session cost\(cost)")
        let denials = result["permission_denials"]?.arrayValue ?? []
        if !denials.isEmpty {
            losses.add("which calls the program's permissions denied (\(denials.count))")
        }
        let kind = result["subtype"]?.stringValue ?? ""
        guard result["is_error"] == true || kind.utf8.starts(with: "error".utf8) else { return }
        failure = result["result"]?.stringValue ?? "the run ended by \(kind)"
    }

    private mutating func add(_ lines: [TranscriptLine], spawned call: String?) {
        var part: [TranscriptLine] = []
        var origin = call.map { ImportedConversation.Origin.call($0) }
        func finish() {
            var reader = TranscriptReader(requests: TranscriptRequests())
            var conversation = reader.read(part)
            conversation.origin = origin
            conversations.append(conversation)
            part = []
        }
        for line in lines {
            if line.isCompaction, !part.isEmpty {
                finish()
                origin = .compaction(of: conversations.count - 1)
                losses.add("what a compaction left of the conversation")
            }
            part.append(line)
        }
        if !part.isEmpty { finish() }
    }
}

extension ImportedConversation {
    fileprivate var isSubagents: Bool { if case .call? = origin { true } else { false } }
}
