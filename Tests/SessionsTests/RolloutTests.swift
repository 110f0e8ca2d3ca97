import Agent
import Foundation
import JSON
import Testing

@testable import Sessions

/// Rollouts of Codex as 0.163 writes them: thinking, exit codes, compactions, turns that were rolled back.
@Suite struct RolloutTests {
    /// Writes lines as Codex does, a second apart.
    private struct Writer {
        var lines = [
            #"{"timestamp":"2026-11-29T07:00:00Z","type":"session_meta","payload":{"id":"t","base_instructions":{"text":"Be brief."}}}"#
        ]

        mutating func add(_ type: String, _ payload: String) {
            let time = String(format: "2026-11-29T07:00:%02dZ", lines.count)
            lines.append(#"{"timestamp":"\#(time)","type":"\#(type)","payload":\#(payload)}"#)
        }

        mutating func item(_ payload: String) { add("response_item", payload) }

        mutating func message(_ role: String, _ text: String) {
            let kind = role == "assistant" ? "output_text" : "input_text"
            item(#"{"type":"message","role":"\#(role)","content":[{"type":"\#(kind)","text":"\#(text)"}]}"#)
        }

        /// A person's words, which an event repeats.
        mutating func prompt(_ text: String) {
            message("user", text)
            add("event_msg", #"{"type":"item_completed","item":{"type":"UserMessage"}}"#)
        }

        mutating func call(_ id: String) {
            item(
                #"{"type":"function_call","name":"exec_command","arguments":"{\"cmd\":\"x\"}","call_id":"\#(id)"}"#
            )
        }

        mutating func output(_ id: String, _ text: String) {
            item(#"{"type":"function_call_output","call_id":"\#(id)","output":"\#(text)"}"#)
        }

        var bytes: [UInt8] { Array(lines.joined(separator: "\n").utf8) }
    }

    private func words(_ state: RunState) -> [String] {
        state.messages.map { message in
            switch message {
            case .system(let text): "system: \(text)"
            case .user(let text): "user: \(text)"
            case .assistant(let answer): "assistant: \(answer.content)"
            case .tool(let result): "tool: \(result.content)"
            }
        }
    }

    private func states(_ file: Writer) throws -> [RunState] {
        try SessionImport(file.bytes, name: "x").sessions.map(RunState.init(folding:))
    }

    @Test("reasoning is the thinking of the response that it stands before, sealed parts are counted")
    func reasoning() throws {
        var file = Writer()
        file.prompt("look")
        file.item(
            #"{"type":"reasoning","summary":[{"type":"summary_text","text":"First"}],"content":null,"encrypted_content":"c2Vh"}"#
        )
        file.call("c1")
        file.output("c1", "one")
        file.item(#"{"type":"reasoning","summary":[],"encrypted_content":"c2Vh"}"#)
        file.message("assistant", "Done.")
        let imported = try SessionImport(file.bytes, name: "x")
        let thinking = imported.sessions[0].compactMap { event -> Thinking? in
            if case .responseReceived(_, let response, _) = event.body { response.thinking } else { nil }
        }
        #expect(thinking == [Thinking(text: "First", hiddenParts: 1), Thinking(text: "", hiddenParts: 1)])
        #expect(!imported.losses.lines.contains { $0.contains("reasoning") })
    }

    @Test("durations are what lies between the times of the lines")
    func durations() throws {
        var file = Writer()
        file.prompt("look")
        file.call("c1")
        file.output("c1", "one")
        let lasting = try SessionImport(file.bytes, name: "x").sessions[0].compactMap { event -> Double? in
            switch event.body {
            case .responseReceived(_, _, let milliseconds): milliseconds
            case .callFinished(_, let result): result.milliseconds
            default: nil
            }
        }
        #expect(lasting == [2_000, 1_000])
    }

    @Test(
        "the exit code above a shell's output tells a failed call; what the program printed does not",
        arguments: [
            (#"Chunk ID: 1\nWall time: 0.1 seconds\nProcess exited with code 3\nOutput:\nbad"#, true),
            (
                #"Chunk ID: 1\nProcess exited with code 0\nOutput:\nProcess exited with code 3\nOutput:\n"#,
                false
            ),
            (#"Exit code: 1\nWall time: 0.1 seconds\nOutput:\nbad"#, true),
            (#"Exit code: 1"#, false), ("plain words", false),
            (#"{\"output\":\"x\",\"metadata\":{\"exit_code\":2}}"#, true),
        ])
    func exitCodes(output: String, isError: Bool) throws {
        var file = Writer()
        file.prompt("look")
        file.call("c1")
        file.output("c1", output)
        #expect(try states(file)[0].calls.map { $0.result?.ending } == [isError ? .failed : .completed])
    }

    @Test("a compaction ends a conversation; the next begins with what it left")
    func compaction() throws {
        var file = Writer()
        file.prompt("long")
        file.message("assistant", "talk")
        file.add(
            "compacted",
            #"{"message":"summary","replacement_history":[{"type":"message","role":"user","content":[{"type":"input_text","text":"long"}]},{"type":"message","role":"user","content":[{"type":"input_text","text":"summary"}]}]}"#
        )
        file.prompt("next")
        file.message("assistant", "on")
        let states = try states(file)
        #expect(
            states.map(words) == [
                ["system: Be brief.", "user: long", "assistant: talk"],
                ["system: Be brief.", "user: long", "user: summary", "user: next", "assistant: on"],
            ])
        let parent = try #require(states[1].header?.parent)
        #expect(parent.relation == .compaction && parent.session == "x")
    }

    @Test(
        "a compaction that does not say what it left is read by its summary, and the rest is said to be missing"
    )
    func oldCompaction() throws {
        var file = Writer()
        file.prompt("long")
        file.add("compacted", #"{"message":"summary"}"#)
        let imported = try SessionImport(file.bytes, name: "x")
        #expect(words(RunState(folding: imported.sessions[1])) == ["system: Be brief.", "user: summary"])
        #expect(imported.losses.lines.contains("what a compaction kept beside its summary"))
    }

    @Test("turns that were rolled back are branches of the conversation that went on without them")
    func rollBack() throws {
        var file = Writer()
        file.message("user", "<environment_context>here</environment_context>")
        for (prompt, answer) in [("first", "one"), ("second", "two"), ("third", "three")] {
            file.prompt(prompt)
            file.message("assistant", answer)
        }
        file.add("event_msg", #"{"type":"thread_rolled_back","num_turns":1}"#)
        file.prompt("third again")
        file.message("assistant", "four")
        file.add("event_msg", #"{"type":"thread_rolled_back","num_turns":2}"#)
        file.prompt("second again")
        file.message("assistant", "five")
        let states = try states(file)
        let start = ["system: Be brief.", "user: <environment_context>here</environment_context>"]
        let first = start + ["user: first", "assistant: one"]
        #expect(
            states.map(words) == [
                first + ["user: second again", "assistant: five"],
                first + ["user: second", "assistant: two", "user: third", "assistant: three"],
                first + ["user: second", "assistant: two", "user: third again", "assistant: four"],
            ])
        #expect(states.dropFirst().allSatisfy { $0.header?.parent?.session == "x" })
    }

    @Test("a roll back of more turns than there were leaves what stood before them")
    func rollBackOfAll() throws {
        var file = Writer()
        file.prompt("first")
        file.add("event_msg", #"{"type":"thread_rolled_back","num_turns":9}"#)
        file.prompt("again")
        #expect(
            try states(file).map(words) == [
                ["system: Be brief.", "user: again"], ["system: Be brief.", "user: first"],
            ])
    }

    @Test("a fork begins with what it shares with the thread that it goes on from")
    func fork() throws {
        func item(_ ordinal: Int, _ role: String, _ text: String) -> String {
            #"{"timestamp":"2026-11-29T07:00:0\#(ordinal)Z","ordinal":\#(ordinal),"type":"response_item","payload":{"type":"message","role":"\#(role)","content":[{"type":"input_text","text":"\#(text)"}]}}"#
        }
        func meta(_ id: String, _ more: String) -> String {
            #"{"timestamp":"2026-11-29T07:00:00Z","ordinal":0,"type":"session_meta","payload":{"id":"\#(id)","base_instructions":{"text":"Be brief."}\#(more)}}"#
        }
        func fork(of id: String, at end: Int) -> String {
            #","forked_from_id":"\#(id)","forked_from_ordinal_exclusive":\#(end)"#
        }
        func file(_ lines: [String]) -> [UInt8] { Array(lines.joined(separator: "\n").utf8) }
        let first = file([
            meta("a", ""), item(1, "user", "one"), item(2, "assistant", "two"), item(3, "user", "three"),
        ])
        let second = file([
            meta("b", fork(of: "a", at: 3)), item(3, "user", "four"), item(4, "assistant", "five"),
        ])
        let third = file([meta("c", fork(of: "b", at: 4)), item(4, "user", "six")])
        let companions = [("a", first), ("b", second)].map {
            SessionImport.Companion(agent: $0.0, bytes: $0.1, description: nil)
        }
        let whole = try SessionImport(third, name: "x", companions: companions)
        #expect(
            whole.sessions.map { words(RunState(folding: $0)) } == [
                ["system: Be brief.", "user: one", "assistant: two", "user: four", "user: six"]
            ])
        let alone = try SessionImport(third, name: "x", companions: [companions[1]])
        #expect(words(RunState(folding: alone.sessions[0])) == ["system: Be brief.", "user: six"])
        #expect(alone.losses.lines.contains { $0.hasPrefix("the conversation before the fork") })
    }

    @Test("subagents are children of the calls that spawned them, and theirs of theirs")
    func subagents() throws {
        var main = Writer()
        main.prompt("look")
        main.call("c1")
        main.output("c1", #"{\"agent_id\":\"b\",\"nickname\":\"Ada\"}"#)
        main.call("c2")
        main.output("c2", #"{\"agent_id\":\"gone\"}"#)
        var child = Writer()
        child.prompt("inside")
        child.call("d1")
        child.output("d1", #"{\"agent_id\":\"c\"}"#)
        child.add("compacted", #"{"message":"summary"}"#)
        var grandchild = Writer()
        grandchild.prompt("deeper")
        let companions = [("b", child), ("c", grandchild)].map {
            SessionImport.Companion(agent: $0.0, bytes: $0.1.bytes, description: nil)
        }
        #expect(SessionImport.threads(ofRollout: main.bytes) == ["b", "gone"])
        let imported = try SessionImport(main.bytes, name: "x", companions: companions)
        let states = imported.sessions.map(RunState.init(folding:))
        #expect(
            states.map { words($0)[1] } == ["user: look", "user: inside", "user: summary", "user: deeper"])
        #expect(
            states.map { $0.header?.parent?.sentence } == [
                nil, "spawned by call c1 of x at step 5",
                "goes on from x-2 after a compaction at step \(imported.sessions[1].count)",
                "spawned by call d1 of x-2 at step 5",
            ])
        #expect(imported.losses.lines.contains("a subagent, whose file is not there"))
    }
}
