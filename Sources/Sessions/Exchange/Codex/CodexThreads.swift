import JSON

/// A rollout with the threads that it names: the one that it goes on from, and those of its subagents.
enum CodexThreads {
    /// The conversations of a file, then those of its subagents, as children of the calls that spawned them.
    static func read(
        _ documents: [Document], companions: [SessionImport.Companion]
    ) -> [ImportedConversation] {
        let threads = Dictionary(
            companions.map { ($0.agent, Document.lines(of: $0.bytes)) }, uniquingKeysWith: { $1 })
        var all = CodexRollout.read(documents, threads: threads)
        var waiting = spawned(in: documents.map(\.value))
        var met: Set<String> = []
        while !waiting.isEmpty {
            let (thread, call) = waiting.removeFirst()
            guard met.insert(thread).inserted else { continue }
            guard let lines = threads[thread] else {
                all[0].losses.add("a subagent, whose file is not there")
                continue
            }
            let first = all.count
            for (index, conversation) in CodexRollout.read(lines, threads: threads).enumerated() {
                var conversation = conversation
                switch conversation.origin {
                case .branch(let main, let items):
                    conversation.origin = .branch(of: first + main, items: items)
                case .compaction(let main): conversation.origin = .compaction(of: first + main)
                case .call, nil: if index == 0 { conversation.origin = .call(call) }
                }
                all.append(conversation)
            }
            waiting += spawned(in: lines.map(\.value))
        }
        return all
    }

    /// Threads that calls have begun: such a call answers with the ID of its agent.
    fileprivate static func spawned(in lines: [JSONValue]) -> [(thread: String, call: String)] {
        lines.compactMap { line in
            guard let payload = line["payload"], payload["type"] == "function_call_output",
                let call = payload["call_id"]?.stringValue, let output = payload["output"]?.stringValue,
                output.utf8.first == UInt8(ascii: "{"),
                let agent = (try? JSONParser.parse(output))?["agent_id"]?.stringValue
            else { return nil }
            return (agent, call)
        }
    }
}

extension SessionImport {
    /// The threads whose files a rollout of Codex needs to be whole; nothing for a file that is no rollout.
    public static func threads(ofRollout bytes: [UInt8]) -> [String] {
        guard let end = bytes.firstIndex(of: 0x0A), let first = try? JSONParser.parse(Array(bytes[..<end])),
            first["type"] == "session_meta"
        else { return [] }
        let lines = Document.lines(of: bytes).map(\.value)
        return [CodexFork(first)?.thread].compactMap { $0 } + CodexThreads.spawned(in: lines).map(\.thread)
    }
}
