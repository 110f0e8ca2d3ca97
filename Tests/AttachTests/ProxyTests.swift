import Agent
import Formats
import Foundation
import JSON
import Sessions
import Synchronization
import Testing
import Wire

@testable import Attach

@Suite("The proxy between a client and its provider")
struct ProxyTests {
    @Test(
        "Approved, client and provider see what they would see without the proxy", arguments: [true, false])
    func approved(isStreamed: Bool) async throws {
        let provider = try await ScriptedProvider([asking(bash("a", "date")), done])
        defer { provider.stop() }
        let folder = TemporaryFolder()
        let person = TablePerson { _ in .approve }
        try await withProxy(provider, folder: folder, person: person) { origin in
            let body = messages([], stream: isStreamed)
            let through = try await post("/v1/messages?beta=true", body, to: origin)
            let second = try await ScriptedProvider([asking(bash("a", "date"))])
            defer { second.stop() }
            let direct = try await post("/v1/messages?beta=true", body, to: try second.origin)
            #expect(through.bytes == direct.bytes)
            let (request, sent) = try #require(provider.requests.withLock { $0.first })
            #expect(sent == Array(body.text().utf8))
            #expect(request.target == "/v1/messages?beta=true")
            #expect(request.fields["x-api-key"] == "sk-made-up")
            let ran = try answered(through.bytes) { ($0.arguments.text, false) }
            let last = try await post("/v1/messages", messages(ran, stream: isStreamed), to: origin)
            #expect(String(decoding: last.bytes, as: UTF8.self).contains("Done."))
        }
        let journal = try #require(person.journals.first)
        #expect(person.journals.count == 1)
        let fold = RunState(folding: try Journal(path: journal, upToDamage: false).events)
        #expect(fold.calls.map(\.status) == [.finished])
        #expect(fold.outcome == .answered("Done."))
        #expect(fold.messages.map(\.role) == ["user", "assistant", "tool", "assistant"])
        let text = try String(contentsOfFile: journal, encoding: .utf8)
        #expect(!text.contains("sk-made-up"))
    }

    @Test(
        "Edit, deny, respond and approve in one response: each call gets what was decided, and the model reads the truth"
    )
    func decisions() async throws {
        let calls = [bash("a", "date"), bash("b", "rm -rf /"), bash("c", "uptime"), bash("d", "ls")]
        let provider = try await ScriptedProvider([
            ModelResponse(content: "I look.", calls: calls, finishReason: .toolCalls), done,
        ])
        defer { provider.stop() }
        let folder = TemporaryFolder()
        let person = TablePerson { record in
            switch record.key.id.text {
            case "a": .edit(arguments: ByteString("{\"command\": \"date -u\"}"), mode: .annotate)
            case "b": .deny(reason: "never")
            case "c": .respond(content: "up since monday")
            default: .approve
            }
        }
        let bodies = try await withProxy(provider, folder: folder, person: person) { origin in
            let first = try await post("/v1/messages", messages([]), to: origin)
            let ran = try answered(first.bytes) { ("ran \($0.arguments.text)", false) }
            #expect(!String(decoding: first.bytes, as: UTF8.self).contains("rm -rf"))
            _ = try await post("/v1/messages", messages(ran), to: origin)
            // A later request carries the same history in the same bytes.
            _ = try await post(
                "/v1/messages",
                messages(
                    ran + [["role": "assistant", "content": "Done."], ["role": "user", "content": "More."]]),
                to: origin)
            return provider.requests.withLock { $0.map { String(decoding: $0.body, as: UTF8.self) } }
        }
        let second = try JSONParser.parse(bodies[1])
        let asked = try #require(second["messages"]?[1]?["content"]?.arrayValue)
        #expect(asked.dropFirst().map { $0["name"]?.stringValue } == ["Bash", "Bash", "Bash", "Bash"])
        #expect(
            asked.dropFirst().map { $0["input"]?["command"]?.stringValue } == [
                "date", "rm -rf /", "uptime", "ls",
            ])
        let told = try #require(
            second["messages"]?[2]?["content"]?.arrayValue?.map { $0["content"]?.stringValue ?? "" })
        #expect(told[0].hasPrefix("Note: a reviewer replaced this call"))
        #expect(told[0].hasSuffix("ran {\"command\": \"date -u\"}"))
        #expect(told[1] == "Error: a reviewer rejected this call. It did not run. Reason: never")
        #expect(told[2] == "up since monday")
        #expect(told[3] == "ran {\"command\": \"ls\"}")
        let errors = second["messages"]?[2]?["content"]?.arrayValue?.map { $0["is_error"]?.boolValue }
        #expect(errors == [false, true, false, false])
        let start = bodies[1].dropLast(2)
        #expect(bodies[2].hasPrefix(start.prefix(start.count - 1)))
        let fold = person.fold(try #require(person.journals.first))
        #expect(fold.calls.map(\.status) == [.finished, .denied, .answered, .finished])
        #expect(fold.calls.map { $0.message?.content } == told)
    }

    @Test(
        "A client that would go on in HTTP/2 is answered in HTTP/1.1, and one that asks for a WebSocket is sent away",
        arguments: [("h2c", 200), ("websocket", 426)])
    func upgrades(protocolName: String, status: Int) async throws {
        let provider = try await ScriptedProvider([done])
        defer { provider.stop() }
        let folder = TemporaryFolder()
        let person = TablePerson { _ in .approve }
        let fields: [HTTPFields.Field] = [
            .init("Connection", "Upgrade, HTTP2-Settings"), .init("Upgrade", protocolName),
            .init("HTTP2-Settings", "AAEAAEAAAAIAAAAA"),
        ]
        let answer = try await withProxy(provider, folder: folder, person: person) { origin in
            try await post("/v1/messages", messages([], stream: true), to: origin, fields: fields)
        }
        #expect(answer.status == status)
        let sent = provider.requests.withLock { $0.map(\.request) }
        #expect(sent.allSatisfy { $0.fields["upgrade"] == nil && $0.fields["http2-settings"] == nil })
    }

    @Test("A proxy that is started again restores what an earlier one has changed")
    func restart() async throws {
        let provider = try await ScriptedProvider([asking(bash("a", "rm")), done])
        defer { provider.stop() }
        let folder = TemporaryFolder()
        let person = TablePerson { _ in .deny(reason: "no") }
        let ran = try await withProxy(provider, folder: folder, person: person) { origin in
            try answered(try await post("/v1/messages", messages([]), to: origin).bytes) { _ in ("", false) }
        }
        let later = TablePerson { _ in .approve }
        let body = try await withProxy(provider, folder: folder, person: later) { origin in
            _ = try await post("/v1/messages", messages(ran), to: origin)
            return provider.requests.withLock { String(decoding: $0[1].body, as: UTF8.self) }
        }
        #expect(body.contains("\"command\": \"rm\""))
        #expect(body.contains("a reviewer rejected this call"))
        #expect(!body.contains("denied_by_reviewer"))
    }

    @Test("What is sent again while its calls are held is joined to the hold: the provider is asked once")
    func joined() async throws {
        let provider = try await ScriptedProvider([asking(bash("a", "date"))])
        defer { provider.stop() }
        let folder = TemporaryFolder()
        let person = TablePerson { _ in nil }
        try await withProxy(provider, folder: folder, person: person) { origin in
            let first = Task { try await post("/v1/messages", messages([]), to: origin).bytes }
            while person.journals.first.map({ person.fold($0).waitingCalls.isEmpty }) ?? true {
                try await Task.sleep(for: .milliseconds(5))
            }
            first.cancel()
            _ = await first.result
            let hasJoined = Mutex(false)
            let again = Task {
                let request = HTTPRequest(
                    method: "POST", target: "/v1/messages",
                    fields: HTTPFields([
                        .init("content-type", "application/json"), .init("x-api-key", "sk-made-up"),
                    ]))
                let text = Array(messages([]).text().utf8)
                return try await HTTPClient().send(request, body: text, to: origin) { _, body in
                    // The words before the calls come at once.
                    let begun = try await body.next() ?? []
                    hasJoined.withLock { $0 = true }
                    return begun + (try await body.collect(upTo: 1 << 24))
                }
            }
            while !hasJoined.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
            let journal = try #require(person.journals.first)
            let record = try #require(person.fold(journal).waitingCalls.first)
            person.state.withLock { $0.sessions[journal] }?.control.send(
                .decide(
                    BoundDecision(key: record.key, call: record.call, decision: .approve, decider: .person)))
            let bytes = try await again.value
            #expect(String(decoding: bytes, as: UTF8.self).contains("message_stop"))
            #expect(provider.requests.withLock { $0.count } == 1)
            #expect(person.journals.count == 1)
        }
    }

    @Test("A client that goes on with another request has given up its held calls: they never run")
    func givenUp() async throws {
        let provider = try await ScriptedProvider([asking(bash("a", "date")), done])
        defer { provider.stop() }
        let folder = TemporaryFolder()
        let person = TablePerson { _ in nil }
        try await withProxy(provider, folder: folder, person: person) { origin in
            let fields = [HTTPFields.Field("x-callgate-session", "one")]
            let first = Task {
                try await post("/v1/messages", messages([]), to: origin, fields: fields).bytes
            }
            while person.journals.first.map({ person.fold($0).waitingCalls.isEmpty }) ?? true {
                try await Task.sleep(for: .milliseconds(5))
            }
            first.cancel()
            _ = await first.result
            let next = messages([
                ["role": "assistant", "content": "I look."], ["role": "user", "content": "Resume."],
            ])
            _ = try await post("/v1/messages", next, to: origin, fields: fields)
        }
        let journal = try #require(person.journals.first)
        #expect(person.journals.count == 1)
        let fold = RunState(folding: try Journal(path: journal, upToDamage: false).events)
        #expect(fold.calls.map(\.status) == [.denied])
        #expect(fold.calls.first?.decider == .option("client left"))
    }

    @Test("Whatever address a server takes for that of a model is held, and what is not read offers no tools")
    func addresses() async throws {
        let held = [
            "/v1/Messages", "/messages", "/v1%2Fmessages", "/v1/messages;x=1", "/V1/MESSAGES",
            "/v1/messages/",
            "//v1//messages", "/v1/x/../messages", "/v1/./messages",
        ]
        let provider = try await ScriptedProvider(held.map { _ in asking(bash("a", "date")) } + [done])
        defer { provider.stop() }
        let folder = TemporaryFolder()
        try await withProxy(provider, folder: folder, person: TablePerson { _ in nil }, holdLimit: 1) {
            origin in
            for path in held {
                let answer = try await post(path, messages([]), to: origin)
                #expect(
                    String(decoding: answer.bytes, as: UTF8.self).contains("denied_by_reviewer"), "\(path)")
            }
            let asked = provider.requests.withLock { $0.count }
            let tools: JSONValue = [["name": "f"]]
            let wrapping: [JSONValue] = [
                ["tools": tools], ["toolConfig": ["tools": tools]], ["request": ["tools": tools]],
                ["functions": tools],
            ]
            for body in wrapping {
                for path in ["/model/x/invoke", "/model/x/converse", "/v1beta/interactions", "/v2/chat"] {
                    let answer = try await post(path, body, to: origin)
                    let text = String(decoding: answer.bytes, as: UTF8.self)
                    #expect(
                        answer.status == 400 && text.contains("does not read what \(path) answers"), "\(text)"
                    )
                }
            }
            let run = try await post("/v1/threads/T/runs", ["assistant_id": "a"], to: origin)
            #expect(run.status == 400)
            let odd = try await post("/model/x/invoke", bytes: "{\"x\": NaN, \"tools\": [1]}", to: origin)
            #expect(odd.status == 400)
            let wrapped: JSONValue = ["input": [:], "parameters": ["tools": tools]]
            #expect(try await post("/api/v1/services/x/generation", wrapped, to: origin).status == 400)
            #expect(provider.requests.withLock { $0.count } == asked)
            for path in ["/v1/messages/count_tokens", "/v1/assistants", "/v1beta/models/m:countTokens"] {
                #expect(try await post(path, ["tools": tools], to: origin).status == 200, "\(path)")
            }
        }
    }

    @Test("A time without a decision ends in a denial")
    func holdLimit() async throws {
        let provider = try await ScriptedProvider([asking(bash("a", "date"))])
        defer { provider.stop() }
        let folder = TemporaryFolder()
        let person = TablePerson { _ in nil }
        try await withProxy(provider, folder: folder, person: person, holdLimit: 1) { origin in
            let text = String(
                decoding: try await post("/v1/messages", messages([]), to: origin).bytes, as: UTF8.self)
            #expect(text.contains("denied_by_reviewer"))
        }
    }

    @Test("What asks no model passes both ways; pages and other names of this machine are turned away")
    func passing() async throws {
        let provider = try await ScriptedProvider([done])
        defer { provider.stop() }
        let folder = TemporaryFolder()
        try await withProxy(provider, folder: folder, person: TablePerson { _ in nil }) { origin in
            let counted = try await post("/v1/messages/count_tokens", ["odd": [1, 2]], to: origin)
            #expect(counted.bytes == Array("{\"passed\":true}".utf8))
            let page = try await post(
                "/v1/messages", messages([]), to: origin, fields: [.init("origin", "https://evil.example")])
            #expect(page.status == 403)
            #expect(provider.requests.withLock { $0.count } == 1)
        }
        let gate = ProxyGuard(host: "127.0.0.1", port: 1, token: nil)
        for host in ["evil.example", "127.0.0.1.evil.example", "", "127.evil", "0.0.0.0", "localhost.evil"] {
            #expect(
                gate.objection(
                    to: HTTPRequest(method: "GET", target: "/", fields: HTTPFields([.init("host", host)])))
                    != nil)
        }
        for host in ["127.0.0.1:1", "localhost:8787", "[::1]:2", "127.9.9.9"] {
            #expect(
                gate.objection(
                    to: HTTPRequest(method: "GET", target: "/", fields: HTTPFields([.init("host", host)])))
                    == nil)
        }
    }

    @Test("A provider that breaks off leaves its client with a broken response and no call")
    func brokenProvider() async throws {
        let server = try await HTTPServer(host: "127.0.0.1", port: 0)
        let frames = ResponseWriter.stream(
            of: asking(bash("a", "date")), in: .messages,
            identity: ResponseIdentity(id: "x", model: "m", created: 1))
        let serving = Task {
            try await server.run { _, _, response in
                try await response.begin(
                    HTTPResponse(
                        status: 200, fields: HTTPFields([.init("content-type", "text/event-stream")])))
                for frame in frames.dropLast() { try await response.write(frame) }
            }
        }
        defer { serving.cancel() }
        let folder = TemporaryFolder()
        let person = TablePerson { _ in .approve }
        let proxy = try await Proxy(
            ProxySettings(upstream: try Origin("http://127.0.0.1:\(server.port)"), folder: folder.path),
            watcher: person)
        let proxying = Task { try await proxy.run() }
        defer { proxying.cancel() }
        let error = await #expect(throws: WireError.self) {
            try await post("/v1/messages", messages([]), to: try Origin("http://127.0.0.1:\(proxy.port)"))
        }
        #expect(error?.kind == .cut)
        let fold = person.fold(try #require(person.journals.first))
        #expect(fold.calls.isEmpty)
    }
}
