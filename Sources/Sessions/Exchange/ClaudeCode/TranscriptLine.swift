import JSON

/// A line of a transcript of Claude Code.
///
/// The format has no specification; what is read is what Claude Code 2.1 writes. Lines with a `uuid` form trees by
/// `parentUuid`; the others are records beside them.
struct TranscriptLine {
    let value: JSONValue
    /// The line's position in the file, from 0: what was written later has a higher one.
    var position: Int
    let uuid: String?
    var parent: String?
    let type: String
    /// Milliseconds since 1970; `nil` where the line has no time.
    var time: Int64?

    init(_ value: JSONValue, position: Int) {
        self.value = value
        self.position = position
        uuid = value["uuid"]?.stringValue
        parent = value["parentUuid"]?.stringValue
        type = value["type"]?.stringValue ?? "unknown"
        time = value["timestamp"]?.stringValue.flatMap(Document.milliseconds)
    }

    /// The ID of the session that the line is of.
    var session: String? { value["sessionId"]?.stringValue }

    /// Whether the line is of a subagent, in a file that holds both.
    var isSidechain: Bool { value["isSidechain"]?.boolValue == true }

    /// The subagent's ID.
    var agent: String? { value["agentId"]?.stringValue }

    /// The content blocks of a message; a plain text is one block.
    var blocks: [JSONValue] {
        guard let content = value["message"]?["content"] else { return [] }
        if content.stringValue != nil { return [["type": "text", "text": content]] }
        return content.arrayValue ?? []
    }

    /// The ID of the response that the line is a part of; each block of a response stands in a line of its own.
    var responseID: String? {
        type == "assistant" ? value["message"]?["id"]?.stringValue ?? uuid : nil
    }

    /// The calls that the line asks for.
    var calls: [String] {
        type == "assistant"
            ? blocks.filter { $0["type"] == "tool_use" }.compactMap { $0["id"]?.stringValue } : []
    }

    /// The calls that the line answers.
    var answers: [String] {
        type == "user"
            ? blocks.filter { $0["type"] == "tool_result" }.compactMap { $0["tool_use_id"]?.stringValue } : []
    }

    /// Whether somebody speaks: a person, the model, or a tool.
    var isMessage: Bool { (type == "user" || type == "assistant") && value["message"] != nil }

    /// Whether the line stands for a failure of the provider and was never sent.
    var isFailure: Bool {
        value["isApiErrorMessage"]?.boolValue == true || value["message"]?["model"] == "<synthetic>"
    }

    /// Whether a compaction begins a new conversation here.
    var isCompaction: Bool { type == "system" && value["subtype"] == "compact_boundary" }

    /// The lines of the conversation before a compaction that the model goes on reading, and the line that they follow.
    ///
    /// Older versions name only the first and the last of them; what lies between is found by way of `parent`.
    func preserved(_ parent: (String) -> String?) -> (after: String, lines: [String])? {
        guard let metadata = value["compactMetadata"] else { return nil }
        if let kept = metadata["preservedMessages"], let after = kept["anchorUuid"]?.stringValue,
            let lines = (kept["allUuids"] ?? kept["uuids"])?.arrayValue
        {
            return (after, lines.compactMap(\.stringValue))
        }
        guard let segment = metadata["preservedSegment"], let after = segment["anchorUuid"]?.stringValue,
            let head = segment["headUuid"]?.stringValue, let tail = segment["tailUuid"]?.stringValue
        else { return nil }
        var lines = [tail]
        var met: Set<String> = [tail]
        while let last = lines.last, last != head, let next = parent(last), met.insert(next).inserted {
            lines.append(next)
        }
        return (after, lines.reversed())
    }

    /// The texts of a message, joined.
    var text: String { blocks.compactMap { $0["text"]?.stringValue }.joined(separator: "\n") }
}
