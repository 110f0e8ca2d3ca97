import JSON

/// A transcript of Claude Code: the conversations of the agent and of its subagents, with what was taken back.
struct ClaudeCodeTranscript {
    private(set) var conversations: [ImportedConversation] = []
    private var losses = Losses()
    /// Records of the program's own bookkeeping, of no conversation.
    private static let bookkeeping: Set<String> = [
        "api-request-blob", "queue-operation", "last-prompt", "tools-used", "atis-latch", "summary",
        "ai-title", "mode",
        "custom-title", "file-history-snapshot", "progress", "permission-mode",
    ]

    /// Reads a transcript and the files of its subagents.
    /// - Parameters:
    ///   - documents: The lines of the session's file.
    ///   - companions: The subagents' files, each with what is known of it.
    init(_ documents: [Document], companions: [TranscriptCompanion] = []) {
        let lines = placed(documents).enumerated().map { TranscriptLine($1, position: $0) }
        add(lines.filter { !$0.isSidechain }, spawned: nil)
        var agents: [String] = []
        var inside: [String: [TranscriptLine]] = [:]
        for line in lines where line.isSidechain && line.uuid != nil {
            let agent = line.agent ?? "of this file"
            if inside[agent] == nil { agents.append(agent) }
            inside[agent, default: []].append(line)
        }
        let calls = TranscriptCalls(lines + companions.flatMap(\.lines))
        for agent in agents {
            let own = inside[agent] ?? []
            add(own, spawned: calls.call(spawning: agent, prompt: own.first?.text))
        }
        for companion in companions {
            let call =
                companion.call ?? calls.call(spawning: companion.agent, prompt: companion.lines.first?.text)
            add(companion.lines, spawned: call)
        }
        if conversations.isEmpty { conversations.append(ImportedConversation()) }
        for line in losses.lines { conversations[0].losses.add(line) }
    }

    /// The lines of a file; where no message says which line it is, each follows the one before it of its session.
    private mutating func placed(_ documents: [Document]) -> [JSONValue] {
        func isMessage(_ line: JSONValue) -> Bool {
            (line["type"] == "user" || line["type"] == "assistant") && line["message"] != nil
        }
        let values = documents.map(\.value)
        guard !values.contains(where: { $0["uuid"]?.stringValue != nil && isMessage($0) }),
            values.contains(where: isMessage)
        else { return values }
        losses.add("which line each follows: they have no uuid, and stand in the order of the file")
        var last: [String: String] = [:]
        return values.enumerated().map { number, value in
            guard isMessage(value), var object = value.objectValue else { return value }
            let line = TranscriptLine(value, position: number)
            let agent = line.isSidechain ? line.agent ?? "of this file" : ""
            let key = "\(line.session ?? "") \(agent)"
            let name = "line \(number + 1)"
            object["uuid"] = .string(name)
            object["parentUuid"] = last[key].map { .string($0) }
            last[key] = name
            return .object(object)
        }
    }

    private mutating func add(_ lines: [TranscriptLine], spawned call: String?) {
        var requests = TranscriptRequests()
        for line in lines where line.uuid == nil { addRecord(line, &requests) }
        let tree = TranscriptTree(lines)
        for _ in 0..<tree.circles { losses.add("what a line follows whose parentUuid leads back to itself") }
        let first = conversations.count
        var ends: [[String: Int]] = []
        for path in tree.paths {
            var reader = TranscriptReader(requests: requests)
            var conversation = reader.read(path.lines)
            ends.append(reader.ends)
            if let branch = path.branch {
                let place = branch.after.flatMap { ends[branch.path][$0] } ?? 0
                conversation.origin = .branch(of: first + branch.path, items: place)
            } else if let compacted = path.compacted {
                conversation.origin = .compaction(of: first + compacted)
            } else if let call {
                conversation.origin = .call(call)
            }
            conversations.append(conversation)
        }
    }

    private mutating func addRecord(_ line: TranscriptLine, _ requests: inout TranscriptRequests) {
        switch line.type {
        case "api-request-shape", "api-request": requests.add(line)
        case "cost-state":
            let cost = line.value["totalCostUSD"]?.numberValue.map { " (\($0.text) USD in all)" } ?? ""
            losses.add("what the session cost\(cost)")
        case let type where ClaudeCodeTranscript.bookkeeping.contains(type):
            losses.add("bookkeeping of the program (\(type))")
        case let type: losses.add("a line of type \(type)")
        }
    }
}

/// Which call spawned which subagent.
private struct TranscriptCalls {
    private var byAgent: [String: String] = [:]
    private var byPrompt: [String: String] = [:]

    init(_ lines: [TranscriptLine]) {
        for line in lines {
            if let agent = line.value["toolUseResult"]?["agentId"]?.stringValue, let call = line.answers.first
            {
                byAgent[agent] = call
            }
            for block in line.blocks where block["type"] == "tool_use" {
                if let prompt = block["input"]?["prompt"]?.stringValue, let id = block["id"]?.stringValue {
                    byPrompt[prompt] = byPrompt[prompt] ?? id
                }
            }
        }
    }

    func call(spawning agent: String, prompt: String?) -> String? {
        byAgent[agent] ?? prompt.flatMap { byPrompt[$0] }
    }
}
