import Agent
import Formats
import JSON
import Sessions
import Synchronization
import Testing
import Wire

@testable import Attach

/// A request of Messages in a thread that the provider keeps.
private func threaded(_ thread: JSONValue, _ new: [JSONValue], isWhole: Bool) -> JSONValue {
    var body = JSONObject()
    body["model"] = "m"
    body["max_tokens"] = 100
    body["stream"] = true
    body["thread"] = thread
    if isWhole { body["tools"] = [bashTool] }
    body["messages"] = .array(new)
    return .object(body)
}

private func going(on previous: String, _ new: [JSONValue]) -> JSONValue {
    threaded(["type": "continue", "previous_message_id": .string(previous)], new, isWhole: false)
}

private let go: JSONValue = ["role": "user", "content": "Go."]

@Suite("Conversations that their provider keeps")
struct ThreadTests {
    @Test(
        "A request that goes on in a thread of Messages stays in its session: its catalogue holds, and the model reads the reviewer's words"
    )
    func thread() async throws {
        let odd = ToolCall(id: ToolCallID("b"), name: "Bash", arguments: ByteString("{\"cmd\": 1}"))
        let turns = [asking(bash("a", "rm -rf /")), asking(odd), done]
        let provider = try await FreeProvider { number, _, response in
            try await FreeProvider.stream(turns[number], id: "msg_\(number)", to: response)
        }
        defer { provider.stop() }
        let folder = TemporaryFolder()
        let person = TablePerson { _ in .deny(reason: "never") }
        try await withProxy(at: provider.origin, folder: folder, person: person) { origin, _ in
            let first = try await post(
                "/v1/messages", threaded(["type": "create"], [go], isWhole: true), to: origin)
            let ran = try answered(first.bytes) { _ in ("", false) }
            let second = try await post("/v1/messages", going(on: "msg_0", [ran[1]]), to: origin)
            let again = try answered(second.bytes) { _ in ("", false) }
            let text = String(decoding: second.bytes, as: UTF8.self)
            #expect(text.contains("denied_by_reviewer") && !text.contains("\"cmd\""))
            _ = try await post("/v1/messages", going(on: "msg_1", [again[1]]), to: origin)
        }
        let journal = try #require(person.journals.first)
        #expect(person.journals.count == 1)
        let fold = person.fold(journal)
        #expect(fold.calls.map(\.status) == [.denied, .denied])
        #expect(fold.calls.map { $0.problems.isEmpty } == [true, false])
        #expect(fold.outcome == .answered("Done."))
        for body in provider.bodies.dropFirst() {
            let read = try JSONParser.parse(body)
            #expect(read["tools"] == nil)
            let result = read["messages"]?[0]?["content"]?[0]
            #expect(
                result?["content"] == "Error: a reviewer rejected this call. It did not run. Reason: never")
            #expect(result?["is_error"] == true)
        }
    }

    @Test("A proxy that is started again goes on with a thread, with the tools that it began with")
    func restart() async throws {
        let odd = ToolCall(id: ToolCallID("b"), name: "Bash", arguments: ByteString("{\"cmd\": 1}"))
        let turns = [asking(bash("a", "rm -rf /")), asking(odd)]
        let provider = try await FreeProvider { number, _, response in
            try await FreeProvider.stream(turns[number], id: "msg_\(number)", to: response)
        }
        defer { provider.stop() }
        let folder = TemporaryFolder()
        let person = TablePerson { _ in .deny(reason: "never") }
        let ran = try await withProxy(at: provider.origin, folder: folder, person: person) { origin, _ in
            let first = try await post(
                "/v1/messages", threaded(["type": "create"], [go], isWhole: true), to: origin)
            return try answered(first.bytes) { _ in ("", false) }
        }
        let later = TablePerson { _ in .deny(reason: "no") }
        try await withProxy(at: provider.origin, folder: folder, person: later) { origin, _ in
            _ = try await post("/v1/messages", going(on: "msg_0", [ran[1]]), to: origin)
        }
        #expect(later.journals == person.journals)
        #expect(provider.bodies[1].contains("Reason: never"))
        let events = try Journal(path: try #require(later.journals.first), upToDamage: false).events
        #expect(RunState(folding: events).calls.last?.problems.isEmpty == false)
    }

    @Test("A client whose thread was lost sends all of it: the same session, and the model reads the truth")
    func lostThread() async throws {
        let lost: JSONValue = [
            "type": "error",
            "error": [
                "type": "not_found_error", "message": "no such thread",
                "details": ["error_code": "thread_not_found"],
            ],
        ]
        let provider = try await FreeProvider { number, _, response in
            switch number {
            case 0: try await FreeProvider.stream(asking(bash("a", "rm -rf /")), id: "msg_0", to: response)
            case 1: try await response.send(status: 404, type: "application/json", text: lost.text())
            default: try await FreeProvider.stream(done, id: "msg_2", to: response)
            }
        }
        defer { provider.stop() }
        let folder = TemporaryFolder()
        let person = TablePerson { _ in .deny(reason: "never") }
        try await withProxy(at: provider.origin, folder: folder, person: person) { origin, _ in
            let first = try await post(
                "/v1/messages", threaded(["type": "create"], [go], isWhole: true), to: origin)
            let ran = try answered(first.bytes) { _ in ("", false) }
            let second = try await post("/v1/messages", going(on: "msg_0", [ran[1]]), to: origin)
            #expect(second.status == 404)
            let third = try await post(
                "/v1/messages", threaded(["type": "create"], [go] + ran, isWhole: true), to: origin)
            #expect(third.status == 200)
        }
        #expect(person.journals.count == 1)
        let read = try JSONParser.parse(provider.bodies[2])
        #expect(read["messages"]?[1]?["content"]?[1]?["name"] == "Bash")
        #expect(read["messages"]?[1]?["content"]?[1]?["input"]?["command"] == "rm -rf /")
        #expect(read["messages"]?[2]?["content"]?[0]?["content"]?.stringValue?.contains("never") == true)
        let fold = person.fold(try #require(person.journals.first))
        #expect(fold.messages.map(\.role) == ["user", "assistant", "tool", "assistant"])
    }

    @Test("A thread that began without the proxy says so, and its calls are held all the same")
    func unknownThread() async throws {
        let provider = try await FreeProvider.asksForTheDate()
        defer { provider.stop() }
        let folder = TemporaryFolder()
        let person = TablePerson { _ in .deny(reason: nil) }
        try await withProxy(at: provider.origin, folder: folder, person: person) { origin, _ in
            let fields = [HTTPFields.Field("x-callgate-session", "one")]
            let first = try await post("/v1/messages", going(on: "msg_9", [go]), to: origin, fields: fields)
            #expect(String(decoding: first.bytes, as: UTF8.self).contains("denied_by_reviewer"))
            let ran = try answered(first.bytes) { _ in ("", false) }
            _ = try await post("/v1/messages", going(on: "msg_0", [ran[1]]), to: origin, fields: fields)
        }
        let journal = try #require(person.journals.first)
        #expect(person.journals.count == 1)
        let marks = person.state.withLock { $0.events[journal] ?? [] }.compactMap { event in
            if case .marked(let note) = event.body { note } else { nil }
        }
        #expect(
            marks == [
                "it goes on from msg_9, which its provider keeps: what was said before is not known here"
            ])
        #expect(person.fold(journal).calls.map(\.status) == [.denied])
    }

    @Test("What a client asks again after its provider's error stays in its session")
    func askedAgainAfterError() async throws {
        let provider = try await FreeProvider { number, _, response in
            switch number {
            case 0: try await FreeProvider.stream(asking(bash("a", "rm -rf /")), id: "msg_0", to: response)
            case 1: try await response.send(status: 529, type: "application/json", text: "{}")
            default: try await FreeProvider.stream(done, id: "msg_2", to: response)
            }
        }
        defer { provider.stop() }
        let folder = TemporaryFolder()
        let person = TablePerson { _ in .deny(reason: "never") }
        try await withProxy(at: provider.origin, folder: folder, person: person) { origin, _ in
            let first = try await post("/v1/messages", messages([]), to: origin)
            let ran = try answered(first.bytes) { _ in ("", false) }
            #expect(try await post("/v1/messages", messages(ran), to: origin).status == 529)
            #expect(try await post("/v1/messages", messages(ran), to: origin).status == 200)
        }
        #expect(person.journals.count == 1)
        let bodies = provider.bodies
        try #require(bodies.count == 3)
        #expect(bodies[1] == bodies[2])
        #expect(bodies[2].contains("Reason: never"))
        #expect(person.fold(try #require(person.journals.first)).outcome == .answered("Done."))
    }
}
