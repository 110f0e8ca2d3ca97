import Agent
import JSON
import Testing

@testable import Sessions

/// Exports without what others must not see.
@Suite struct RedactionTests {
    private func session(_ call: String, _ result: String, prompt: String) throws -> [Event] {
        let request: JSONValue = [
            "messages": [
                ["role": "user", "content": .string(prompt)],
                [
                    "role": "assistant", "content": "",
                    "tool_calls": [
                        ["id": "c1", "function": ["name": "f", "arguments": .string(call)]]
                    ],
                ],
                ["role": "tool", "tool_call_id": "c1", "content": .string(result)],
            ]
        ]
        return try SessionImport(Array(request.text().utf8), name: "x").sessions[0]
    }

    private func exports(_ events: [Event]) -> String {
        SessionExport.Format.allCases.map { SessionExport(events, as: $0).text }.joined()
    }

    @Test("keys and places within arguments and results are taken out, and the shape stays")
    func places() throws {
        let events = try session(
            #"{"user": "u", "Password": "hunter2", "deep": [{"pin": 1234}]}"#,
            #"{"card": {"number": "4111"}}"#,
            prompt: "go")
        let pointer = try #require(JSONPointer(text: "/card/number"))
        var redaction = try Redaction(keys: ["password", "pin"], pointers: [pointer])
        let clean = try redaction.applied(to: events)
        let state = RunState(folding: clean)
        #expect(
            state.calls[0].call.arguments.text
                == #"{"user": "u", "Password": "[redacted]", "deep": [{"pin": "[redacted]"}]}"#)
        #expect(state.calls[0].result?.content == #"{"card": {"number": "[redacted]"}}"#)
        let lines = redaction.lines.joined(separator: "\n")
        for what in ["the value of Password", "the value of pin", "what stands at /card/number"] {
            #expect(lines.contains(what))
        }
        #expect(exports(events).contains("hunter2") && !exports(clean).contains("hunter2"))
    }

    @Test("five hundred planted secrets are in no export, however they are spelled")
    func planted() throws {
        let seed = UInt64.random(in: 1 ... .max)
        print("redaction: seed \(seed)")
        var state = seed
        func next(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }
        let letters = Array("abcXYZ019+/=\"\\ é%&<>-_.")
        var left = 0
        for _ in 0..<500 {
            let secret = "S" + String((0..<12).map { _ in letters[next(letters.count)] }) + "E"
            let quoted = JSONValue.string(secret).text()
            let events = try session(
                #"{"a": \#(quoted), "b": "x\#(quoted.dropFirst().dropLast())y"}"#, "token=\(secret);",
                prompt: "my key is \(secret)")
            var redaction = try Redaction(values: [secret])
            let text = exports(try redaction.applied(to: events))
            if text.contains(secret) || text.contains(quoted.dropFirst().dropLast()) { left += 1 }
            #expect(!redaction.lines.isEmpty && !redaction.lines.joined().contains(secret))
        }
        #expect(left == 0)
    }

    @Test("what an expression matches is taken out; an expression that cannot be read is refused")
    func patterns() throws {
        var redaction = try Redaction(patterns: ["sk-[a-z0-9]+"])
        let events = try session("{}", "key sk-abc123 and sk-def", prompt: "p")
        let state = RunState(folding: try redaction.applied(to: events))
        #expect(state.calls[0].result?.content == "key [redacted] and [redacted]")
        #expect(throws: RedactionError.self) { try Redaction(patterns: ["("]) }
        #expect(throws: RedactionError.self) { try Redaction(values: [""]) }
    }
}
