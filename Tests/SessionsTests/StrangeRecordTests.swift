import Agent
import Foundation
import JSON
import Testing

@testable import Sessions

/// Records of other programs that hold more, or less, than their usual shape.
@Suite struct StrangeRecordTests {
    private func read(_ value: JSONValue) throws -> SessionImport {
        try SessionImport(Array(value.text().utf8), name: "x")
    }

    private func entry(_ second: Int, _ messages: [JSONValue], _ answer: JSONValue?) -> JSONValue {
        let body: JSONValue = ["model": "m", "messages": .array(messages)]
        let content: JSONValue =
            answer.map { answer in
                let whole: JSONValue = ["choices": [["index": 0, "message": answer]]]
                return ["text": .string(whole.text())]
            } ?? ["size": 0]
        return [
            "startedDateTime": .string("2026-01-01T10:00:0\(second).000Z"), "time": 500,
            "request": [
                "method": "POST", "url": "https://api.openai.com/v1/chat/completions",
                "postData": ["text": .string(body.text())],
            ], "response": ["status": 200, "content": content],
        ]
    }

    private func asked(_ id: String, _ argument: String) -> JSONValue {
        [
            "role": "assistant", "content": .null,
            "tool_calls": [
                [
                    "id": .string(id), "type": "function",
                    "function": ["name": "look_up", "arguments": .string(#"{"id":"\#(argument)"}"#)],
                ]
            ],
        ]
    }

    @Test("two runs of one prompt at once keep their own calls", arguments: [("a", "b"), ("a", "a")])
    func parallelRuns(first: String, second: String) throws {
        let user: JSONValue = ["role": "user", "content": "hi"]
        func result(_ id: String) -> JSONValue {
            ["role": "tool", "tool_call_id": .string(id), "content": .string("of \(id)")]
        }
        let (a, b) = (asked("A", first), asked("B", second))
        let entries: [JSONValue] = [
            entry(1, [user], a), entry(2, [user], b),
            entry(3, [user, b, result("B")], ["role": "assistant", "content": "done B"]),
            entry(4, [user, a, result("A")], ["role": "assistant", "content": "done A"]),
        ]
        let imported = try read(["log": ["entries": .array(entries)]])
        #expect(imported.sessions.count == 2)
        let told = imported.sessions.map { events -> [String] in
            let state = RunState(folding: events)
            return state.calls.map { "\($0.key.id) \($0.message?.content ?? "-")" } + [
                "\(state.messages.last?.role ?? "")"
            ]
        }
        #expect(Set(told) == [["A of A", "assistant"], ["B of B", "assistant"]], "\(told)")
    }

    @Test("a response that an archive has no text of is not recorded, and nobody's fault")
    func noText() throws {
        let imported = try read(["log": ["entries": [entry(1, [["role": "user", "content": "hi"]], nil)]]])
        #expect(imported.losses.lines.contains { $0.contains("which was not recorded") })
        #expect(!imported.losses.lines.contains { $0.contains("the server ended") })
    }

    private func run(_ inputs: JSONValue, _ outputs: JSONValue, error: JSONValue = .null) throws -> (
        state: RunState, losses: [String]
    ) {
        let imported = try read([
            [
                "id": "r", "run_type": "llm", "start_time": "2026-01-01T10:00:00.5", "inputs": inputs,
                "end_time": "2026-01-01T10:00:02", "outputs": outputs, "error": error,
            ]
        ])
        return (RunState(folding: imported.sessions[0]), imported.losses.lines)
    }

    @Test("runs of LangSmith keep the calls, instructions, costs and ends of every provider's shape")
    func langSmith() throws {
        let asked: JSONValue = ["messages": [["role": "user", "content": "hi"]], "system": "Be brief."]
        let anthropic = try run(
            asked,
            [
                "message": [
                    "role": "assistant", "stop_reason": "tool_use",
                    "content": [
                        ["type": "text", "text": "t"],
                        ["type": "tool_use", "id": "t1", "name": "look_up", "input": ["id": "a"]],
                    ], "usage": ["input_tokens": 1, "output_tokens": 2],
                ]
            ])
        #expect(anthropic.state.messages.map(\.role) == ["system", "user", "assistant"])
        #expect(anthropic.state.calls.map(\.call.name) == ["look_up"])
        #expect(anthropic.state.calls.first?.call.arguments.text == #"{"id":"a"}"#)
        let flat = try run(
            asked,
            [
                "output": [
                    "type": "ai", "content": "", "tool_calls": [["name": "f", "args": [:], "id": "c1"]],
                    "invalid_tool_calls": [["name": "g", "args": #"{"id":"#, "id": "c9"]],
                ]
            ])
        #expect(flat.state.calls.map(\.call.name) == ["f", "g"])
        #expect(flat.state.calls.last?.call.arguments.text == #"{"id":"#)
        let cut = try run(
            asked,
            ["choices": [["finish_reason": "length", "message": ["role": "assistant", "content": "cu"]]]])
        #expect(cut.state.outcome != .answered("cu") || cut.losses.isEmpty == false)
        let failed = try run(asked, .null, error: "RateLimitError 429")
        #expect(failed.losses.contains { $0.contains("RateLimitError 429") })
    }

    @Test("Langfuse's texts of JSON are read, and its errors are told")
    func langfuse() throws {
        let input: JSONValue = ["messages": [["role": "user", "content": "hi"]]]
        let imported = try read([
            [
                "type": "GENERATION", "startTime": "2026-01-01T10:00:00.000Z", "input": .string(input.text()),
                "output": .string(asked("c1", "a").text()), "level": "ERROR", "statusMessage": "boom",
            ]
        ])
        let state = RunState(folding: imported.sessions[0])
        #expect(state.messages.first == .user("hi") && state.calls.map(\.call.name) == ["look_up"])
        #expect(imported.losses.lines.contains { $0.contains("boom") })
    }

    @Test(
        "a server that answers the request 1 as the text 1 has answered it", arguments: ["\"1\"", "1.0", "1"])
    func answeredID(id: String) throws {
        func line(_ way: String, _ sequence: Int, _ raw: String) -> String {
            #"{"ts":"2026-01-01T00:00:00Z","seq":\#(sequence),"session_id":"s","direction":"\#(way)","raw":\#(raw)}"#
        }
        let text =
            line("c2s", 1, #"{"id":1,"method":"tools/call","params":{"name":"t","arguments":{}}}"#) + "\n"
            + line("s2c", 2, #"{"id":\#(id),"result":{"content":[{"type":"text","text":"ok"}]}}"#)
        let imported = try SessionImport(Array(text.utf8), name: "x")
        #expect(RunState(folding: imported.sessions[0]).calls.first?.message?.content == "ok")
    }

    @Test("a sample that ended by an error is not answered")
    func failedSample() throws {
        let imported = try read([
            "version": 2, "eval": ["model": "m"],
            "samples": [
                [
                    "messages": [["role": "user", "content": "q"], ["role": "assistant", "content": "cu"]],
                    "output": ["choices": [["stop_reason": "max_tokens"]]], "error": ["message": "boom"],
                ]
            ],
        ])
        let state = RunState(folding: imported.sessions[0])
        guard case .failed(let reason)? = state.outcome else {
            Issue.record("\(String(describing: state.outcome))")
            return
        }
        #expect(reason.contains("boom"))
        let finishes = imported.sessions[0].compactMap { event -> FinishReason? in
            if case .responseReceived(_, let response, _) = event.body { response.finishReason } else { nil }
        }
        #expect(finishes == [.length])
    }

    @Test(
        "Codex's calls at the provider are marks, a rejected command was denied, and errors keep their words")
    func codex() throws {
        let payloads: [(String, JSONValue)] = [
            (
                "response_item",
                ["type": "message", "role": "user", "content": [["type": "input_text", "text": "q"]]]
            ),
            ("response_item", ["type": "function_call", "name": "shell", "arguments": "{}", "call_id": "c"]),
            (
                "response_item",
                ["type": "function_call_output", "call_id": "c", "output": "exec command rejected by user"]
            ), ("response_item", ["type": "image_generation_call", "id": "i", "status": "completed"]),
            ("event_msg", ["type": "error", "message": "status 401"]),
            ("event_msg", ["type": "turn_aborted", "reason": "interrupted"]),
        ]
        let lines = payloads.map { type, payload -> String in
            let line: JSONValue = [
                "timestamp": "2026-01-01T10:00:00.000Z", "type": .string(type), "payload": payload,
            ]
            return line.text()
        }
        let imported = try SessionImport(Array(lines.joined(separator: "\n").utf8), name: "x")
        let calls = RunState(folding: imported.sessions[0]).calls
        #expect(calls.map(\.result) == [nil] && calls.map(\.decision) == [.deny(reason: nil)])
        #expect(
            !imported.sessions[0].contains { if case .callStarted = $0.body { true } else { false } })
        let marks = imported.sessions[0].compactMap { event -> String? in
            if case .marked(let note) = event.body { note } else { nil }
        }
        #expect(
            marks == [
                "image_generation_call ran at the provider", "error: status 401", "turn aborted: interrupted",
            ])
    }
}
