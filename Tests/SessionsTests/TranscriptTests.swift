import Agent
import Foundation
import JSON
import Testing

@testable import Sessions

/// Transcripts of Claude Code: trees, compactions, subagents, and lines of newer versions.
@Suite struct TranscriptTests {
    /// Writes lines as Claude Code does: each with its own ID, its parent's and a time.
    private struct Writer {
        var lines: [String] = []
        private var second = 0

        mutating func add(
            _ id: String, after parent: String?, _ type: String, _ message: String, more: String = ""
        ) {
            second += 1
            let time = String(format: "2026-11-28T10:00:%02d.000Z", second)
            let parent = parent.map { "\"\($0)\"" } ?? "null"
            lines.append(
                #"{"uuid":"\#(id)","parentUuid":\#(parent),"sessionId":"s","type":"\#(type)","timestamp":"\#(time)","message":\#(message)\#(more)}"#
            )
        }

        mutating func user(_ id: String, after parent: String?, _ text: String, more: String = "") {
            add(id, after: parent, "user", #"{"role":"user","content":"\#(text)"}"#, more: more)
        }

        mutating func assistant(
            _ id: String, after parent: String?, response: String, _ block: String, more: String = ""
        ) {
            add(
                id, after: parent, "assistant",
                #"{"id":"\#(response)","role":"assistant","model":"m","content":[\#(block)],"usage":{"input_tokens":5,"output_tokens":7}}"#,
                more: more)
        }

        mutating func result(_ id: String, after parent: String?, of call: String, more: String = "") {
            add(
                id, after: parent, "user",
                #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"\#(call)","content":"ran \#(call)"}]}"#,
                more: more)
        }

        var bytes: [UInt8] { Array(lines.joined(separator: "\n").utf8) }
    }

    private func text(_ text: String) -> String { #"{"type":"text","text":"\#(text)"}"# }

    private func call(_ id: String, prompt: String = "p") -> String {
        #"{"type":"tool_use","id":"\#(id)","name":"Bash","input":{"prompt":"\#(prompt)"}}"#
    }

    private func states(_ bytes: [UInt8], companions: [SessionImport.Companion] = []) throws -> [RunState] {
        try SessionImport(bytes, name: "x", companions: companions).sessions.map(RunState.init(folding:))
    }

    private func words(_ state: RunState) -> [String] {
        state.messages.map { message in
            switch message {
            case .system(let text): "system: \(text)"
            case .user(let text): "user: \(text)"
            case .assistant(let answer):
                "assistant: \(answer.content)" + answer.calls.map { " [\($0.id.text)]" }.joined()
            case .tool(let result): "tool \(result.callID.text): \(result.content)"
            }
        }
    }

    @Test("a prompt that was taken back is a branch, and the conversation is what the model read last")
    func rewinds() throws {
        var file = Writer()
        file.user("u1", after: nil, "first")
        file.assistant("a1", after: "u1", response: "r1", text("one"))
        file.user("u2", after: "a1", "taken back")
        file.assistant("a2", after: "u2", response: "r2", text("two"))
        file.user("u3", after: "a1", "instead")
        file.assistant("a3", after: "u3", response: "r3", text("three"))
        let states = try states(file.bytes)
        #expect(states.count == 2)
        #expect(
            words(states[0]) == ["user: first", "assistant: one", "user: instead", "assistant: three"])
        #expect(
            words(states[1]) == ["user: first", "assistant: one", "user: taken back", "assistant: two"])
        let parent = try #require(states[1].header?.parent)
        #expect(parent.session == "x" && parent.relation == .fork)
        // Header, user, request, response.
        #expect(parent.step == 4)
    }

    @Test("a response that was tried again is a branch")
    func retries() throws {
        var file = Writer()
        file.user("u1", after: nil, "ask")
        file.assistant("a1", after: "u1", response: "r1", text("poor"))
        file.assistant("a2", after: "u1", response: "r2", text("better"))
        let states = try states(file.bytes)
        #expect(states.map { words($0).last } == ["assistant: better", "assistant: poor"])
    }

    @Test("parallel calls whose results hang on different lines are one response, no branch")
    func parallelCalls() throws {
        var file = Writer()
        file.user("u1", after: nil, "ask")
        file.assistant("a1", after: "u1", response: "r1", text("look"))
        file.assistant("a2", after: "a1", response: "r1", call("c1"))
        file.result("t1", after: "a2", of: "c1")
        file.assistant("a3", after: "a2", response: "r1", call("c2"))
        file.result("t2", after: "a3", of: "c2")
        file.assistant("a4", after: "t2", response: "r2", text("done"))
        let states = try states(file.bytes)
        #expect(states.count == 1)
        #expect(
            words(states[0]) == [
                "user: ask", "assistant: look [c1] [c2]", "tool c1: ran c1", "tool c2: ran c2",
                "assistant: done",
            ])
        #expect(states[0].calls.first?.result?.milliseconds == 1_000)
    }

    @Test("a compaction ends a conversation; what follows goes on from it with the summary alone")
    func compaction() throws {
        var file = Writer()
        file.user("u1", after: nil, "long")
        file.assistant("a1", after: "u1", response: "r1", text("talk"))
        file.lines.append(
            #"{"uuid":"c","parentUuid":null,"logicalParentUuid":"a1","type":"system","subtype":"compact_boundary","timestamp":"2026-11-28T10:01:00Z","compactMetadata":{"trigger":"auto","preTokens":900}}"#
        )
        file.user("u2", after: "c", "summary", more: #","isCompactSummary":true"#)
        file.assistant("a2", after: "u2", response: "r2", text("on"))
        let states = try states(file.bytes)
        #expect(
            states.map(words) == [["user: long", "assistant: talk"], ["user: summary", "assistant: on"]])
        let parent = try #require(states[1].header?.parent)
        #expect(parent.relation == .compaction && parent.session == "x" && parent.step == 5)
    }

    @Test(
        "what a compaction left as it was stands after its summary",
        arguments: [
            #""preservedMessages":{"anchorUuid":"u2","uuids":["a1","r"],"allUuids":["a1","r"]}"#,
            #""preservedSegment":{"anchorUuid":"u2","headUuid":"a1","tailUuid":"r"}"#,
        ])
    func preservedMessages(metadata: String) throws {
        var file = Writer()
        file.user("u1", after: nil, "long")
        file.assistant("a1", after: "u1", response: "r1", call("c1"))
        file.result("r", after: "a1", of: "c1")
        file.lines.append(
            #"{"uuid":"c","parentUuid":null,"type":"system","subtype":"compact_boundary","timestamp":"2026-11-28T10:00:30Z","compactMetadata":{\#(metadata)}}"#
        )
        file.user("u2", after: "c", "summary", more: #","isCompactSummary":true"#)
        file.user("u3", after: "u2", "next")
        file.assistant("a2", after: "u3", response: "r2", text("on"))
        let imported = try SessionImport(file.bytes, name: "x")
        let states = imported.sessions.map(RunState.init(folding:))
        #expect(
            states.map(words) == [
                ["user: long", "assistant:  [c1]", "tool c1: ran c1"],
                [
                    "user: summary", "assistant:  [c1]", "tool c1: ran c1", "user: next", "assistant: on",
                ],
            ])
        // They were said before; in the session that goes on they are there from its beginning.
        let before = imported.sessions[1].prefix { if case .toolMessage = $0.body { false } else { true } }
        #expect(Set(before.map(\.time)).count == 2, "the boundary's time, and that of the summary")
    }

    @Test("reminders stand before all that the person said since the last response")
    func remindersBeforeAllWords() throws {
        var file = Writer()
        file.user("u1", after: nil, "a command was run")
        file.user("u2", after: "u1", "what now")
        file.lines.append(
            #"{"uuid":"t","parentUuid":"u2","type":"attachment","renderedRole":"user","rendered":[{"content":"remember"}],"attachment":{"type":"x"}}"#
        )
        file.lines.append(
            #"{"uuid":"t2","parentUuid":"t","type":"attachment","renderedRole":"system","rendered":[{"content":"the date"}],"attachment":{"type":"date"}}"#
        )
        file.assistant("a1", after: "t2", response: "r1", text("on"))
        file.user("u3", after: "u1", "taken back")
        file.assistant("a2", after: "u3", response: "r2", text("off"))
        let states = try states(file.bytes)
        let asked = [
            "user: remember\na command was run", "user: what now", "system: the date", "assistant: on",
        ]
        #expect(states.map(words).contains(asked))
        #expect(
            states.count == 2 && states[1].header?.parent?.step == 2,
            "the branch leaves after the first words")
    }

    @Test("subagents are children of the call that spawned them, within the file or beside it")
    func subagents() throws {
        var file = Writer()
        file.user("u1", after: nil, "ask")
        file.assistant("a1", after: "u1", response: "r1", call("c1", prompt: "find"))
        file.user("s1", after: nil, "find", more: #","isSidechain":true"#)
        file.assistant("s2", after: "s1", response: "r9", text("found"), more: #","isSidechain":true"#)
        file.result("t1", after: "a1", of: "c1")
        var beside = Writer()
        beside.user("b1", after: nil, "other", more: #","isSidechain":true,"agentId":"q""#)
        beside.assistant("b2", after: "b1", response: "r8", text("seen"), more: #","isSidechain":true"#)
        let companion = SessionImport.Companion(
            agent: "q", bytes: beside.bytes, description: Array(#"{"toolUseId":"c1"}"#.utf8))
        let states = try states(file.bytes, companions: [companion])
        #expect(states.count == 3)
        #expect(words(states[1]) == ["user: find", "assistant: found"])
        #expect(words(states[2]) == ["user: other", "assistant: seen"])
        for state in states.dropFirst() {
            #expect(state.header?.parent?.relation == .call && state.header?.parent?.call?.text == "c1")
        }
    }

    @Test("a subagent of a subagent finds its call, in whatever order their files come")
    func nestedSubagents() throws {
        var file = Writer()
        file.user("u1", after: nil, "ask")
        file.assistant("a1", after: "u1", response: "r1", call("c1"))
        var first = Writer()
        first.user("b1", after: nil, "x")
        first.assistant("b2", after: "b1", response: "r2", call("c2"))
        var second = Writer()
        second.user("d1", after: nil, "y")
        let companions = [("p", second, "c2"), ("q", first, "c1")].map { agent, writer, call in
            SessionImport.Companion(
                agent: agent, bytes: writer.bytes, description: Array(#"{"toolUseId":"\#(call)"}"#.utf8))
        }
        let states = try states(file.bytes, companions: companions)
        #expect(states.compactMap { $0.header?.parent?.session } == ["x-3", "x"])
    }

    @Test(
        "reminders stand where the request had them, and requests give the system prompt, the tools and the times"
    )
    func records() throws {
        var file = Writer()
        file.lines.append(
            #"{"type":"api-request-shape","shapeHash":"h","shape":{"system":[{"type":"text","text":"Be good."}],"tools":[{"name":"Bash","description":"runs","input_schema":{"type":"object"}}]}}"#
        )
        file.user("u1", after: nil, "ask")
        file.add(
            "x1", after: "u1", "attachment", "null",
            more:
                #","attachment":{"type":"date"},"rendered":[{"content":"<system-reminder>\ntoday\n</system-reminder>"}],"renderedRole":"system""#
        )
        file.add(
            "x2", after: "x1", "attachment", "null",
            more: #","attachment":{"type":"note"},"rendered":[{"content":"beside"}],"renderedRole":"user""#)
        file.lines.append(
            #"{"type":"api-request","id":"q","shapeHash":"h","timestamp":"2026-11-28T10:00:03.500Z"}"#)
        file.assistant("a1", after: "x2", response: "r1", text("yes"))
        file.lines.append(#"{"type":"cost-state","totalCostUSD":0.25}"#)
        let imported = try SessionImport(file.bytes, name: "x")
        let state = RunState(folding: imported.sessions[0])
        #expect(
            words(state) == ["system: Be good.", "user: beside\nask", "system: today", "assistant: yes"])
        #expect(state.header?.catalogue.map(\.name) == ["Bash"])
        let lasting = imported.sessions[0].compactMap { event -> Double? in
            if case .responseReceived(_, _, let milliseconds) = event.body { milliseconds } else { nil }
        }
        #expect(lasting == [500])
        #expect(imported.losses.lines.contains("what the session cost (0.25 USD in all)"))
    }

    @Test("failures of the provider are retries and marks, and the end says so")
    func failures() throws {
        var file = Writer()
        file.user("u1", after: nil, "ask")
        file.add(
            "e1", after: "u1", "system", "null",
            more:
                #","subtype":"api_error","error":{"message":"overloaded"},"retryAttempt":2,"retryInMs":500"#)
        file.assistant(
            "a1", after: "e1", response: "r1", text("API Error: 529"), more: #","isApiErrorMessage":true"#)
        let imported = try SessionImport(file.bytes, name: "x")
        let state = RunState(folding: imported.sessions[0])
        #expect(words(state) == ["user: ask"])
        #expect(state.outcome == .failed("API Error: 529"))
        #expect(
            imported.sessions[0].contains { event in
                if case .requestRetried(_, 2, "overloaded", 500) = event.body { true } else { false }
            })
    }

    @Test("a broken line is named and left out; the rest is read")
    func brokenLines() throws {
        var file = Writer()
        file.user("u1", after: nil, "ask")
        file.lines.append(#"{"uuid":"half","#)
        file.assistant("a1", after: "u1", response: "r1", text("yes"))
        let imported = try SessionImport(file.bytes, name: "x")
        #expect(words(RunState(folding: imported.sessions[0])) == ["user: ask", "assistant: yes"])
        #expect(imported.losses.lines.contains { $0.hasPrefix("line 2, which is no JSON") })
    }

    @Test("what was not recorded is not claimed")
    func unrecorded() throws {
        let messages = #"{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}"#
        let imported = try SessionImport(Array(messages.utf8), name: "x")
        var printer = SessionPrinter()
        let lines = imported.sessions[0].flatMap { printer.lines(of: $0) } + printer.finish()
        let text = lines.joined(separator: "\n")
        #expect(!text.contains("greedy") && !text.contains("limits 8") && !text.contains("0.000 s"))
        #expect(text.contains("were not recorded") && text.contains("no time"))
        #expect(imported.reason == "it has messages with roles")
    }

    @Test("lines that stand before the line that they follow are read as if they stood after it")
    func linesInAnotherOrder() throws {
        var file = Writer()
        file.user("u1", after: nil, "ask")
        file.assistant("a1", after: "u1", response: "r1", call("c1"))
        file.result("t1", after: "a1", of: "c1")
        file.assistant("a2", after: "t1", response: "r2", text("done"))
        let inOrder = try states(file.bytes).map(words)
        #expect(inOrder == [["user: ask", "assistant:  [c1]", "tool c1: ran c1", "assistant: done"]])
        for _ in 0..<20 {
            file.lines.shuffle()
            #expect(try states(file.bytes).map(words) == inOrder, "\(file.lines.joined(separator: "\n"))")
        }
    }

    @Test("lines whose parents lead in a circle are read, and the circle is named", arguments: 1...4)
    func circles(length: Int) throws {
        var file = Writer()
        file.user("u1", after: nil, "ask")
        for index in 0..<length {
            file.user("c\(index)", after: "c\((index + 1) % length)", "round \(index)")
        }
        file.user("u2", after: "c0", "beyond")
        let imported = try SessionImport(file.bytes, name: "x")
        let said = imported.sessions.flatMap { words(RunState(folding: $0)) }.joined(separator: " ")
        for index in 0..<length { #expect(said.contains("round \(index)"), "\(said)") }
        #expect(said.contains("ask") && said.contains("beyond"))
        #expect(imported.losses.lines.contains { $0.contains("parentUuid leads back to itself") })
    }

    @Test("every line of a tree stands in some path, whatever its shape")
    func randomTrees() throws {
        let seed = UInt64.random(in: 1 ... .max)
        print("transcript trees: seed \(seed)")
        var state = seed
        func next(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }
        for _ in 0..<300 {
            var file = Writer()
            file.user("n0", after: nil, "w0")
            let count = 2 + next(12)
            for index in 1..<count {
                let parent = "n\(next(index))"
                if next(2) == 0 {
                    file.user("n\(index)", after: parent, "w\(index)")
                } else {
                    file.assistant("n\(index)", after: parent, response: "r\(index)", text("w\(index)"))
                }
            }
            let all = Set(
                try states(file.bytes).flatMap(words).flatMap { $0.split(separator: " ").map(String.init) })
            for index in 0..<count {
                #expect(
                    all.contains("w\(index)") || all.contains { $0.hasSuffix("w\(index)") },
                    "w\(index) of \(file.lines.joined(separator: "\n"))")
            }
        }
    }
}
