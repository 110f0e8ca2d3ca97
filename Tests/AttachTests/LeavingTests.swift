import Agent
import Formats
import JSON
import Sessions
import Testing
import Wire

@testable import Attach

@Suite("A person leaves the proxy")
struct LeavingTests {
    @Test(
        "Calls that wait are denied, their client gets that answer, and the end is stored; a later proxy tells the model",
        arguments: [DenialWay.auto, .askAgain])
    func leaving(way: DenialWay) async throws {
        let provider = try await FreeProvider.asksForTheDate()
        defer { provider.stop() }
        let folder = TemporaryFolder()
        let person = TablePerson { _ in nil }
        let ran = try await withProxy(at: provider.origin, folder: folder, person: person, denial: way) {
            origin, proxy in
            let held = Task { try await post("/v1/messages", messages([]), to: origin).bytes }
            while person.journals.first.map({ person.fold($0).waitingCalls.isEmpty }) ?? true {
                try await Task.sleep(for: .milliseconds(5))
            }
            await proxy.leave()
            let bytes = try await held.value
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(text.contains("denied_by_reviewer") && text.contains("message_stop"))
            let ran = try answered(bytes) { _ in ("", false) }
            let later = try await post("/v1/messages", messages(ran), to: origin)
            #expect(later.status == 503)
            #expect(String(decoding: later.bytes, as: UTF8.self).contains("callgate attach has been ended"))
            return ran
        }
        #expect(provider.bodies.count == 1)
        let journal = try #require(person.journals.first)
        let fold = RunState(folding: try Journal(path: journal, upToDamage: false).events)
        #expect(fold.calls.map(\.status) == [.denied])
        #expect(fold.calls.first?.decider == .option("callgate left"))
        #expect(fold.outcome == .stopped("callgate attach was ended"))
        let later = TablePerson { _ in .approve }
        try await withProxy(at: provider.origin, folder: folder, person: later) { origin, _ in
            _ = try await post("/v1/messages", messages(ran), to: origin)
        }
        #expect(later.journals == person.journals)
        let told = provider.bodies[1]
        #expect(told.contains("callgate attach was ended while the call waited"))
        #expect(!told.contains("denied_by_reviewer"))
        let whole = RunState(folding: try Journal(path: journal, upToDamage: false).events)
        #expect(whole.outcome == .answered("Done."))
    }

    @Test("A call that whoever steps has not let pass does not run because they leave")
    func stepping() async throws {
        let provider = try await FreeProvider.asksForTheDate()
        defer { provider.stop() }
        let folder = TemporaryFolder()
        let person = TablePerson(breakpoints: [try Filter("~tool .")]) { _ in nil }
        try await withProxy(at: provider.origin, folder: folder, person: person, approval: .all) {
            origin, proxy in
            let held = Task { try await post("/v1/messages", messages([]), to: origin) }
            while person.journals.first.map({ !person.fold($0).calls.contains { $0.status == .approved } })
                ?? true
            {
                try await Task.sleep(for: .milliseconds(5))
            }
            await proxy.leave()
            let answer = try? await held.value
            #expect(answer.map { !String(decoding: $0.bytes, as: UTF8.self).contains("date") } ?? true)
        }
        let journal = try #require(person.journals.first)
        let events = try Journal(path: journal, upToDamage: false).events
        #expect(!events.contains { $0.body.name == "started" })
        #expect(RunState(folding: events).outcome == .stopped("callgate attach was ended"))
    }

    @Test(
        "What a model still writes is cut at once, however long its provider would go on",
        .timeLimit(.minutes(5)))
    func writing() async throws {
        let provider = try await FreeProvider { _, _, response in
            try await response.begin(
                HTTPResponse(status: 200, fields: HTTPFields([.init("content-type", "text/event-stream")])))
            let identity = ResponseIdentity(id: "m", model: "m", created: 1)
            let frames = ResponseWriter.stream(of: done, in: .messages, identity: identity)
            for frame in frames.prefix(3) { try await response.write(frame) }
            try await Task.sleep(for: .seconds(600))
        }
        defer { provider.stop() }
        let folder = TemporaryFolder()
        let person = TablePerson { _ in nil }
        try await withProxy(at: provider.origin, folder: folder, person: person) { origin, proxy in
            let asked = Task { try await post("/v1/messages", messages([]), to: origin) }
            while person.journals.first.map({ person.fold($0).tokens == 0 }) ?? true {
                try await Task.sleep(for: .milliseconds(5))
            }
            await proxy.leave()
            await #expect(throws: WireError.self) { try await asked.value }
        }
        let fold = person.fold(try #require(person.journals.first))
        #expect(fold.outcome == .stopped("callgate attach was ended"))
    }

    @Test("A client that does not read holds nobody up who leaves", .timeLimit(.minutes(5)))
    func unreadStream() async throws {
        let delta: JSONValue = [
            "type": "content_block_delta", "index": 0,
            "delta": ["type": "text_delta", "text": .string(String(repeating: "x", count: 1 << 16))],
        ]
        let provider = try await FreeProvider { _, _, response in
            try await response.begin(
                HTTPResponse(status: 200, fields: HTTPFields([.init("content-type", "text/event-stream")])))
            let identity = ResponseIdentity(id: "m", model: "m", created: 1)
            let frames = ResponseWriter.stream(of: done, in: .messages, identity: identity)
            for frame in frames.prefix(2) { try await response.write(frame) }
            while true {
                try await response.write(Array("event: content_block_delta\ndata: \(delta.text())\n\n".utf8))
            }
        }
        defer { provider.stop() }
        let folder = TemporaryFolder()
        let person = TablePerson { _ in nil }
        try await withProxy(at: provider.origin, folder: folder, person: person) { origin, proxy in
            let body = Array(messages([]).text().utf8)
            let asked = Task {
                let request = HTTPRequest(
                    method: "POST", target: "/v1/messages",
                    fields: HTTPFields([.init("content-type", "application/json")]))
                try await HTTPClient().send(request, body: body, to: origin) { _, _ in
                    try await Task.sleep(for: .seconds(600))
                }
            }
            // The proxy is held back once nothing more comes.
            var (tokens, before) = (0, -1)
            while tokens == 0 || tokens != before {
                before = tokens
                try await Task.sleep(for: .milliseconds(300))
                tokens = person.journals.first.map { person.fold($0).tokens } ?? 0
            }
            await proxy.leave()
            asked.cancel()
        }
        let fold = person.fold(try #require(person.journals.first))
        #expect(fold.outcome == .stopped("callgate attach was ended"))
    }
}
