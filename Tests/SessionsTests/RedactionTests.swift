import Agent
import Foundation
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

    /// Unlike a key that a server may repeat, a value may stand in a text within a text of another format.
    @Test(
        "a value is found where one encoding stands within another",
        arguments: [
            (#"say "x" now"#, "say%20%5C%22x%5C%22%20now"), ("a<b<c", "a&amp;lt;b&amp;lt;c"),
            ("a<b<c", "a%26lt%3Bb%26lt%3Bc"), ("caf\u{E9} 12", #"caf%5Cu00e9+12"#), ("Bob", "x Qm9i y"),
        ])
    func nested(value: String, spelled: String) throws {
        let events = try session(#"{"q": "v"}"#, spelled, prompt: "go")
        var redaction = try Redaction(values: [value])
        let clean = RunState(folding: try redaction.applied(to: events))
        #expect(clean.calls[0].result?.content.contains(Redaction.mark) == true, "\(clean.calls[0])")
        #expect(redaction.lines.count == 1)
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
        let letters = Array("abcXYZ019+/=\"\\ é%&<>-_.🧑")
        var left: [String] = []
        for number in 0..<500 {
            let secret = "S" + String((0..<12).map { _ in letters[next(letters.count)] }) + "E"
            let spellings = RedactionTests.spellings(of: secret, padding: number % 3)
            let given = JSONValue.array(spellings.map { .string($0) }).text()
            let arguments = #"{"a": \#(JSONValue.string(secret).text()), "b": \#(given)}"#
            // In a result that is no JSON the spellings stand as they are, and once more within JSON within JSON.
            let result =
                "token=\(secret); \(spellings.joined(separator: " , ")) \(JSONValue.string(given).text())"
            var events = try session(arguments, result, prompt: "my key is \(secret)")
            RedactionTests.plant(secret, tokensIn: &events)
            if number == 0 {
                // What is looked for was there.
                let planted = exports(events)
                #expect(spellings.allSatisfy { planted.utf8Contains($0) }, "\(spellings)")
            }
            var redaction = try Redaction(values: [secret])
            let clean = try redaction.applied(to: events)
            for format in SessionExport.Format.allCases {
                let text = SessionExport(clean, as: format).text
                let found = ([secret] + spellings).filter { spelling in
                    let quoted = JSONValue.string(spelling).text().dropFirst().dropLast()
                    return text.utf8Contains(spelling) || text.utf8Contains(String(quoted))
                }
                for spelling in found { left.append("\(number) in \(format.rawValue): \(spelling)") }
            }
            #expect(!redaction.lines.isEmpty && !redaction.lines.joined().utf8Contains(secret))
        }
        #expect(left.isEmpty, "\(left.count) are left, such as \(left.prefix(5))")
    }

    /// The ways in which a text comes back of programs and servers; none is made by what is tested.
    private static func spellings(of secret: String, padding: Int) -> [String] {
        func percent(_ isUpper: Bool, plus: Bool = false, all: Bool = false) -> String {
            secret.utf8.map { byte in
                let isPlain =
                    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                    || (0x61...0x7A).contains(byte)
                if plus, byte == 0x20 { return "+" }
                if isPlain, !all { return String(Unicode.Scalar(byte)) }
                return String(format: isUpper ? "%%%02X" : "%%%02x", Int(byte))
            }.joined()
        }
        let units = secret.utf16.map { String(format: "\\u%04x", Int($0)) }.joined()
        let ascii = secret.utf16.map { unit in
            switch unit {
            case 0x22: "\\\""
            case 0x5C: "\\\\"
            case 0x20..<0x7F: String(UnicodeScalar(UInt8(unit)))
            default: String(format: "\\u%04X", Int(unit))
            }
        }.joined()
        let user = String(repeating: "u", count: padding + 1)
        let basic = Data("\(user):\(secret)".utf8).base64EncodedString()
        let trailing = Data("\(user)\(secret):x-oauth".utf8).base64EncodedString()
        let safe = basic.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        let entities = secret.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(
            ">", with: "&gt;"
        )
        .replacing("\"", with: "&#34;")
        return [
            percent(true), percent(false), percent(true, plus: true), percent(false, all: true), units, ascii,
            ascii.replacing("/", with: "\\/"), basic, trailing, safe, Data(secret.utf8).base64EncodedString(),
            entities, secret.utf8.map { String(format: "%02x", Int($0)) }.joined(),
        ]
    }

    /// Tokens that spell the text in pieces, of a byte each.
    private static func plant(_ secret: String, tokensIn events: inout [Event]) {
        guard let place = events.firstIndex(where: { $0.body.name == "response" }) else { return }
        let tokens = secret.utf8.map { byte in
            Event(
                number: 0, time: 0,
                body: .token(
                    TokenStep(
                        round: 1, position: 0, token: Int(byte), bytes: [byte], distribution: .unknown,
                        allowed: nil, figures: nil, milliseconds: 0)))
        }
        events.insert(contentsOf: tokens, at: place)
        for index in events.indices { events[index].number = index + 1 }
    }

    /// A server may answer in any form, and a call may be cut.
    @Test(
        "what follows a key is taken out of a text that is no JSON",
        arguments: [
            #"{"email":"m1@x.ex","n":"#, "{\"email\":\"m1@x.ex\"}\n{\"email\":\"m1@x.ex\"}",
            #"Ticket found: {"email": "m1@x.ex"}"#, "{'email': 'm1@x.ex'}", "email: m1@x.ex\nname: b",
            #"[{"email":"m1@x.ex"},{"email":"m1@x.ex","x":"#, #"{"email":"m1@x.ex","note":"cut"#,
            #"{"email":NaN,"a":{"email":"m1@x.ex"}}"#, "\u{FEFF}{\"email\":\"m1@x.ex\"}",
            "// c\n{\"email\":\"m1@x.ex\",}", "<email>m1@x.ex</email>", "<a:Email>m1@x.ex</a:Email>",
            #"<email v="m1@x.ex"/>"#, #"<user email="m1@x.ex">"#, "email=m1%40x.ex&b=m1",
            "```json\n{\"email\":\"m1@x.ex\"}\n```", #"{"email":["a",{"v":"m1@x.ex"#,
            "email:\n  - m1@x.ex\n  - m1@x.ex\nb: c", "email: |\n  m1@x.ex\nb: c", "EMAIL = m1@x.ex",
            #"log {\"email\": \"m1@x.ex\", \"b\": 1"#, #"log {\"email\": \"a\\\"m1@x.ex\"}"#,
            #"x {"email": "a\"m1@x.ex"}"#, "| email | m1@x.ex |", "user%5Bemail%5D=m1%40x.ex",
            "**email**: m1@x.ex", "email='m1@x.ex' b", "x {'email': {'a': '}', 'b': 'm1@x.ex'}, 'c': 1}",
        ])
    func loose(text: String) throws {
        for pointer in [[], [try #require(JSONPointer(text: "/email"))]] {
            let events = try session(#"{"q": "v"}"#, text, prompt: "go")
            var redaction = try Redaction(keys: pointer.isEmpty ? ["email"] : [], pointers: pointer)
            let clean = RunState(folding: try redaction.applied(to: events))
            let content = try #require(clean.calls[0].result?.content)
            // A pointer leads into a readable line to what is there, and not deeper.
            #expect(!content.utf8Contains("m1@") && !content.utf8Contains("m1%40"), "\(content)")
            #expect(content.utf8Contains(Redaction.mark) && !redaction.lines.isEmpty)
            #expect(!redaction.lines.joined().utf8Contains("NOT"), "\(redaction.lines)")
        }
    }

    @Test(
        "a key of which nothing can be told to be the value is named, never passed over",
        arguments: ["email,name\nm1@x.ex,b", "his email is m1@x.ex", #"{"\u0065mail":"m1@x.ex","n":"#])
    func unread(text: String) throws {
        let events = try session(#"{"q": "v"}"#, text, prompt: "go")
        var redaction = try Redaction(keys: ["email"])
        _ = try redaction.applied(to: events)
        #expect(redaction.lines.contains { $0.hasPrefix("NOT taken out: the value of email") })
    }

    @Test(
        "each byte of a long text is looked at a bounded number of times: many minutes otherwise",
        arguments: [
            "email ", "email=a ", "email: a ", "a=email ", "email=a,;,; ", "<email ", "email=", "email:\n ",
            "\\",
            "email={\\", "'", "[", " ", "email\n", ":email", "-email:", "email=\"\\\\",
        ])
    func longTexts(piece: String) {
        for start in ["", "x email={", "x email=a", "\"email\":", "<email>"] {
            let bytes = Array((start + String(repeating: piece, count: 300_000 / piece.utf8.count)).utf8)
            let members = LooseMembers("email", in: bytes, mark: Redaction.mark)
            #expect(members.finds.allSatisfy { $0.range.upperBound <= bytes.count })
        }
    }

    @Test("words that only hold the key, and the key as a word alone, are no members")
    func noMembers() throws {
        let text = "emails: 3, my_email=4, emailed"
        let events = try session(#"{"kind": "email"}"#, text, prompt: "go")
        var redaction = try Redaction(keys: ["email"])
        let clean = RunState(folding: try redaction.applied(to: events))
        #expect(clean.calls[0].result?.content == text)
        #expect(redaction.lines.isEmpty, "\(redaction.lines)")
    }

    @Test("a value is taken out where it names a property of a tool's schema, in every form")
    func propertyNames() throws {
        let request = #"""
            {"messages": [{"role": "user", "content": "x"}], "tools": [{"type": "function", "function": {
             "name": "f", "parameters": {"type": "object", "properties": {"hunter2xyz": {"type": "string"},
             "deep": {"type": "object", "patternProperties": {"^hunter2xyz$": {}}}}, "required": ["hunter2xyz"]}}}]}
            """#
        let events = try SessionImport(Array(request.utf8), name: "x").sessions[0]
        #expect(exports(events).utf8Contains("hunter2xyz"))
        var redaction = try Redaction(values: ["hunter2xyz"])
        #expect(!exports(try redaction.applied(to: events)).utf8Contains("hunter2xyz"))
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

extension String {
    fileprivate func utf8Contains(_ other: String) -> Bool {
        Data(utf8).range(of: Data(other.utf8)) != nil
    }
}
