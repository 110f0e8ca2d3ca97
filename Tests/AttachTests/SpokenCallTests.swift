import Agent
import Formats
import JSON
import Testing
import Wire

@testable import Attach

@Suite("Calls that a client finds in its model's words")
struct SpokenCallTests {
    private static let words =
        "I note it.\nAction:\n{\"name\": \"note\", \"arguments\": {\"text\": \"one\"}}\nDone."

    @Test(
        "what stands between the first brace and the last is a call where Python reads it as one",
        arguments: [
            (SpokenCallTests.words, "note", "{\"text\": \"one\"}"),
            ("{\"name\": \"note\"}", "note", "{}"),
            ("{\"name\": \"note\", \"arguments\": null}", "note", "{}"),
            ("{\"name\": \"note\", \"arguments\": \"{\\\"text\\\": 1}\"}", "note", "{\"text\": 1}"),
            ("{\"name\": \"note\", \"arguments\": \"plain\"}", "note", "\"plain\""),
            // Of a key that stands twice the last counts, however it is spelled.
            (
                "{\"name\": \"look\", \"arguments\": {}, \"n\\u0061me\": \"note\", \"arguments\": {\"text\": \"x\"}}",
                "note",
                "{\"text\":\"x\"}"
            ),
            // Control characters in strings, and half a pair.
            ("{\"name\": \"note\", \"arguments\": {\"text\": \"a\nb\"}}", "note", "{\"text\":\"a b\"}"),
            (
                "{\"name\": \"note\", \"arguments\": {\"text\": \"\\ud800\"}}", "note",
                "{\"text\":\"\u{FFFD}\"}"
            ),
        ])
    func isRead(words: String, name: String, arguments: String) throws {
        let call = try #require(try SpokenCall(in: words, tools: ["note"]))
        #expect(call.name == name)
        #expect(
            try JSONParser.parse(call.arguments.text).isEquivalent(to: try JSONParser.parse(arguments)))
    }

    @Test(
        "other words hold none",
        arguments: [
            "", "no braces", "} {", "{\"a\": 1}", "{\"name\": 3}", "{name: note}", "a { b",
            "{\"x\"} or {\"y\"}",
            "[{\"name\": \"note\"}, {\"name\": \"note\"}]",
        ])
    func isNone(words: String) throws { #expect(try SpokenCall(in: words, tools: ["note"]) == nil) }

    @Test(
        "words in which only the client could find one do not pass",
        arguments: [
            "{\"name\": \"note\", \"arguments\": {\"text\": NaN}}",
            "{\"name\": \"note\", \"arguments\": -Infinity}",
            "{\"name\": \"note\", \"arguments\": "
                + String(repeating: "[", count: 700) + String(repeating: "]", count: 700) + "}",
            // A name under a key of the client's own.
            "{\"tool\": \"note\", \"args\": {}}",
        ])
    func isRefused(words: String) {
        #expect(throws: ProxyError.self) { try SpokenCall(in: words, tools: ["note"]) }
    }

    /// What the proxy's client and provider see of a first answer in words.
    private func run(
        _ decision: Decision, isStreamed: Bool, denial: DenialWay = .auto, stop: String = "Calling tools:"
    ) async throws -> (status: Int, text: String, asked: [String], calls: [CallRecord]) {
        let provider = try await FreeProvider { number, _, response in
            let answer =
                number == 0
                ? ModelResponse(content: SpokenCallTests.words, calls: [], finishReason: .stop) : done
            if isStreamed {
                return try await FreeProvider.stream(answer, id: "r\(number)", .chatCompletions, to: response)
            }
            let identity = ResponseIdentity(id: "r\(number)", model: "m", created: 1)
            let whole = ResponseWriter.whole(answer, in: .chatCompletions, identity: identity)
            try await response.send(status: 200, type: "application/json", text: whole.text())
        }
        defer { provider.stop() }
        let folder = TemporaryFolder()
        let person = TablePerson { _ in decision }
        let body: JSONValue = [
            "model": "m", "stream": .bool(isStreamed), "stop": ["Observation:", .string(stop)],
            "messages": [["role": "user", "content": "Go."]],
            "tools": [["type": "function", "function": ["name": "note", "parameters": ["type": "object"]]]],
        ]
        let got = try await withProxy(at: provider.origin, folder: folder, person: person, denial: denial) {
            origin, _ in try await post("/v1/chat/completions", body, to: origin)
        }
        let journal = try #require(person.journals.first)
        return (
            got.status, String(decoding: got.bytes, as: UTF8.self), provider.bodies,
            person.fold(journal).calls
        )
    }

    @Test("approved, the words pass as they came; the call has been asked about", arguments: [false, true])
    func approved(isStreamed: Bool) async throws {
        let seen = try await run(.approve, isStreamed: isStreamed)
        #expect(seen.text.contains("\\\"one\\\"") && seen.asked.count == 1)
        #expect(seen.calls.map(\.call.name) == ["note"])
    }

    @Test("edited, the words have the arguments that were decided", arguments: [false, true])
    func edited(isStreamed: Bool) async throws {
        let seen = try await run(
            .edit(arguments: ByteString("{\"text\": \"two\"}"), mode: .annotate), isStreamed: isStreamed)
        #expect(seen.text.contains("\\\"two\\\"") && !seen.text.contains("\\\"one\\\""))
        #expect(seen.text.contains("I note it.") && seen.text.contains("Done."))
    }

    @Test(
        "denied, the model is asked again and told why, and the client never reads the words",
        arguments: [false, true])
    func denied(isStreamed: Bool) async throws {
        let seen = try await run(.deny(reason: "never"), isStreamed: isStreamed)
        #expect(seen.text.contains("Done.") && !seen.text.contains("note"))
        #expect(seen.asked.count == 2 && seen.asked[1].contains("never"))
    }

    @Test("denied where the model is not asked again, the answer does not pass", arguments: [false, true])
    func deniedBySwap(isStreamed: Bool) async throws {
        let seen = try await run(.deny(reason: "never"), isStreamed: isStreamed, denial: .swap)
        #expect(seen.asked.count == 1 && !seen.text.contains("\\\"one\\\""))
        #expect(seen.text.contains("was not allowed to run"))
        #expect(isStreamed || seen.status == 424)
    }

    @Test("a client that runs nothing in words gets them at once")
    func otherClients() async throws {
        let seen = try await run(.deny(reason: "never"), isStreamed: true, stop: "END")
        #expect(seen.text.contains("one") && seen.calls.isEmpty)
    }
}
