import JSON
import Testing

@testable import Tools

private typealias Action = MCPSession.Action

/// A session with what it has sent, driven by JSON.
private struct Talk {
    var session = MCPSession(server: "s")
    var actions: [MCPSession.Action] = []

    mutating func take(_ new: [MCPSession.Action]) { actions += new }

    mutating func hear(_ text: String) { take(session.receive(Array(text.utf8))) }

    /// Answers the last request that was sent.
    mutating func answer(_ result: String) { hear(#"{"jsonrpc":"2.0","id":\#(lastID),"result":\#(result)}"#) }

    mutating func fault(_ code: Int, _ data: String = "null") {
        hear(#"{"jsonrpc":"2.0","id":\#(lastID),"error":{"code":\#(code),"message":"no","data":\#(data)}}"#)
    }

    var sent: [MCPMessage] { actions.compactMap { if case .send(let message) = $0 { message } else { nil } } }
    var methods: [String] { sent.compactMap(\.method) }
    var last: JSONValue { sent.last?.value ?? .null }
    var lastID: Int { sent.last { $0.id != nil }?.id ?? 0 }

    static func modern(_ tools: String = "[]") -> Talk {
        var talk = Talk()
        talk.take(talk.session.start())
        talk.answer(#"{"supportedVersions":["2026-07-28"],"capabilities":{},"resultType":"complete"}"#)
        talk.answer(#"{"tools":\#(tools)}"#)
        return talk
    }

    static func legacy() -> Talk {
        var talk = Talk()
        talk.take(talk.session.start())
        talk.fault(-32601)
        talk.answer(
            #"{"protocolVersion":"2025-06-18","capabilities":{},"serverInfo":{"name":"x","version":"1"}}"#)
        talk.answer(#"{"tools":[]}"#)
        return talk
    }
}

private let arguments: JSONValue = ["a": 1]

@Suite struct MCPEraTests {
    @Test("a result's error under another spelling is one, and a part of JSON is told as it came")
    func bentResults() throws {
        let value = try JSONParser.parse(
            #"{"is_error": true, "content": [{"type": "json", "json": {"a": 1}}, {"type": "odd", "x": 2}]}"#)
        let result = MCPCallResult(value)
        #expect(result.isError)
        #expect(result.content == "{\"a\": 1}\n{\"type\": \"odd\", \"x\": 2}")
    }

    @Test(
        "a server that answers the probe with a version that we speak is modern: no handshake, and each request bears its context"
    )
    func modern() throws {
        let talk = Talk.modern(
            #"[{"name":"t","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":true}}]"#)
        #expect(talk.methods == ["server/discover", "tools/list"])
        for message in talk.sent {
            let meta = try #require(message.value["params"]?["_meta"])
            #expect(meta["io.modelcontextprotocol/protocolVersion"] == "2026-07-28")
            #expect(meta["io.modelcontextprotocol/clientCapabilities"]?["elicitation"] != nil)
            #expect(meta["io.modelcontextprotocol/clientInfo"]?["name"] == "callgate")
            #expect(message.headers["MCP-Protocol-Version"] == "2026-07-28")
            #expect(message.headers["Mcp-Method"] == message.method)
        }
        #expect(talk.session.era == .modern)
    }

    @Test("a server that doesn't know the probe is initialized, and speaks the version that it names")
    func legacy() throws {
        let talk = Talk.legacy()
        #expect(talk.methods == ["server/discover", "initialize", "notifications/initialized", "tools/list"])
        let initialize = talk.sent[1]
        #expect(initialize.value["params"]?["protocolVersion"] == "2025-11-25")
        #expect(initialize.value["params"]?["_meta"] == nil && initialize.headers.isEmpty)
        #expect(talk.last["params"]?["_meta"] == nil)
        #expect(talk.sent[3].headers == ["MCP-Protocol-Version": "2025-06-18"])
        #expect(talk.session.era == .legacy && talk.session.version == "2025-06-18")
    }

    @Test(
        "what a probe's answer means",
        arguments: [
            (#""error":{"code":-32601,"message":"m"}"#, "initialize"),
            (#""error":{"code":-32602,"message":"m"}"#, "initialize"),
            (#""error":{"code":-32000,"message":"m"}"#, "initialize"),
            (#""result":{}"#, "initialize"),
            (#""result":{"supportedVersions":["2025-11-25"]}"#, "initialize"),
            (#""result":{"supportedVersions":"2026-07-28"}"#, "initialize"),
            (#""error":{"code":-32022,"message":"m","data":{"supported":["2025-06-18"]}}"#, "initialize"),
            (#""error":{"code":-32022,"message":"m"}"#, "initialize"),
            (
                #""error":{"code":-32022,"message":"m","data":{"supported":["2026-07-28"]}}"#,
                "server/discover"
            ),
            (#""error":{"code":-32022,"message":"m","data":{"supported":["2031-01-01"]}}"#, "closed"),
            (#""error":{"code":-32021,"message":"m"}"#, "closed"),
            (#""error":{"code":-32020,"message":"m"}"#, "closed"),
            (#""result":{"supportedVersions":["2031-01-01","2026-07-28"]}"#, "tools/list"),
        ])
    func probe(answer: String, next: String) {
        var talk = Talk()
        talk.take(talk.session.start())
        talk.hear(#"{"jsonrpc":"2.0","id":1,\#(answer)}"#)
        if case .closed = talk.session.phase {
            #expect(next == "closed")
        } else {
            #expect(talk.methods.dropFirst() == [next])
        }
    }

    @Test("a server that leaves the probe unanswered is initialized; an answer that comes late still counts")
    func late() {
        var talk = Talk()
        talk.take(talk.session.start())
        talk.take(talk.session.probeTimedOut())
        #expect(talk.methods.last == "initialize")
        talk.hear(#"{"jsonrpc":"2.0","id":1,"result":{"supportedVersions":["2026-07-28"]}}"#)
        #expect(talk.session.era == .modern && talk.methods.last == "tools/list")
        talk.hear(#"{"jsonrpc":"2.0","id":2,"error":{"code":-32022,"message":"m"}}"#)
        #expect(talk.session.phase == .ready)
        talk.take(talk.session.probeTimedOut())
        #expect(talk.session.phase == .ready)
    }

    @Test("a version that we don't speak, and a refused handshake, are clear ends")
    func refused() {
        var talk = Talk()
        talk.take(talk.session.start())
        talk.fault(-32601)
        talk.answer(#"{"protocolVersion":"1999-01-01"}"#)
        #expect(
            talk.actions.last
                == .unusable(
                    "answered initialize with the version \"1999-01-01\", which callgate doesn't speak"))
        talk = Talk()
        talk.take(talk.session.start())
        talk.fault(-32601)
        talk.fault(-32603)
        #expect(talk.actions.last == .unusable("refused to initialize: no (-32603)"))
    }
}

@Suite struct MCPCatalogueTests {
    @Test("tools are listed page by page")
    func pages() {
        var talk = Talk()
        talk.take(talk.session.start())
        talk.answer(#"{"supportedVersions":["2026-07-28"]}"#)
        talk.answer(#"{"tools":[{"name":"a","inputSchema":{}}],"nextCursor":"c1"}"#)
        #expect(talk.last["params"]?["cursor"] == "c1")
        talk.answer(#"{"tools":[{"name":"b","description":"B","inputSchema":{}}]}"#)
        guard case .tools(let tools)? = talk.actions.last else {
            Issue.record("no tools")
            return
        }
        #expect(tools.map(\.name) == ["a", "b"] && tools[1].description == "B")
    }

    @Test("a cursor that comes twice, and no list where the tools belong, are clear ends")
    func broken() {
        var talk = Talk()
        talk.take(talk.session.start())
        talk.answer(#"{"supportedVersions":["2026-07-28"]}"#)
        talk.answer(#"{"tools":[],"nextCursor":"c"}"#)
        talk.answer(#"{"tools":[],"nextCursor":"c"}"#)
        #expect(talk.actions.last == .unusable("lists its tools without an end: the cursor c came twice"))
        talk = .modern(#"{"x":{}}"#)
        #expect(
            talk.actions.last
                == .unusable(#"answered tools/list without a list of tools: {"tools":{"x":{}}}"#))
    }

    @Test("a tool without a name is listed without one, and does not stop the others")
    func nameless() {
        let talk = Talk.modern(#"[{"nam":"x"},7,{"name":"y"}]"#)
        guard case .tools(let tools)? = talk.actions.last else {
            Issue.record("no tools")
            return
        }
        #expect(tools.map(\.name) == ["", "", "y"])
    }
}

/// Servers that bend the protocol: they work, or one line says at once what they did.
@Suite struct MCPBendTests {
    private func called() -> Talk {
        var talk = Talk.modern(#"[{"name":"x"}]"#)
        talk.take(talk.session.call(1, name: "x", arguments: arguments))
        return talk
    }

    private func failure(_ talk: Talk) -> String? {
        for case .failed(_, let reason) in talk.actions { return reason }
        return nil
    }

    private func content(_ talk: Talk) -> String? {
        for case .finished(_, let result) in talk.actions { return result.content }
        return nil
    }

    @Test("an ID comes back as a number, however it is written")
    func identifiers() {
        for (before, after) in [("\"", "\""), ("", ".0"), ("", "e0")] {
            var talk = called()
            let id = before + String(talk.lastID) + after
            talk.hear(#"{"jsonrpc":"2.0","id":\#(id),"result":{"content":[{"type":"text","text":"yes"}]}}"#)
            #expect(content(talk) == "yes", "\(id)")
        }
    }

    @Test("an answer under an ID that nobody was given gives the one call that waits up soon, and says why")
    func strangeIdentifiers() {
        for id in ["null", "999", #""abc""#, "-1"] {
            var talk = called()
            let asked = talk.lastID
            talk.hear(#"{"jsonrpc":"2.0","id":\#(id),"result":{"content":[]}}"#)
            #expect(failure(talk) == nil)
            for case .doubt(let request, let said, _) in talk.actions {
                talk.take(talk.session.giveUp(request, said))
            }
            #expect(
                failure(talk)?.contains("answered under the ID \(id), but was asked under \(asked)") == true)
        }
    }

    @Test("where the right answer follows one under a wrong ID, it counts")
    func rightAfterWrong() {
        var talk = called()
        talk.hear(#"{"id":999,"result":{"content":[]}}"#)
        talk.hear(#"{"id":\#(talk.lastID),"result":{"content":"right"}}"#)
        for case .doubt(let request, let said, _) in talk.actions {
            talk.take(talk.session.giveUp(request, said))
        }
        #expect(content(talk) == "right" && failure(talk) == nil)
    }

    @Test("a late or second answer is noted and changes nothing")
    func lateAnswers() {
        var talk = called()
        let id = talk.lastID
        talk.hear(#"{"jsonrpc":"2.0","id":\#(id),"result":{"content":[{"type":"text","text":"1"}]}}"#)
        talk.hear(#"{"jsonrpc":"2.0","id":\#(id),"result":{"content":[{"type":"text","text":"2"}]}}"#)
        #expect(content(talk) == "1")
        talk.take(talk.session.call(2, name: "x", arguments: arguments))
        talk.hear(#"{"jsonrpc":"2.0","id":\#(id),"result":{"content":[{"type":"text","text":"3"}]}}"#)
        #expect(failure(talk) == nil)
    }

    @Test(
        "results that bend the shape are read for what they are",
        arguments: [
            (#"{"result":{"content":"plain"},"error":null}"#, "plain"),
            (#"{"result":{"content":{"type":"text","text":"one"}}}"#, "one"),
            (#"{"result":{"content":["a","b"]}}"#, "a\nb"),
            (#"{"result":{"content":[{"type":"text","text":3}]}}"#, "3"),
        ])
    func shapes(_ members: String, _ wanted: String) {
        var talk = called()
        talk.hear(#"{"id":\#(talk.lastID),"# + members.dropFirst())
        #expect(content(talk) == wanted)
    }

    @Test("an error that is a word is read as one")
    func wordErrors() {
        var talk = called()
        talk.hear(#"{"id":\#(talk.lastID),"error":"out of paper"}"#)
        #expect(failure(talk)?.contains("out of paper") == true)
    }

    @Test("noise between messages is logged, a byte order mark and lines that go on are read")
    func noise() {
        var talk = called()
        let id = talk.lastID
        talk.hear("Server started on stdio")
        talk.hear("\u{FEFF}{")
        talk.hear(#"  "jsonrpc": "2.0", "id": \#(id),"#)
        talk.hear(#"  "result": {"content": [{"type": "text", "text": "spread"}]}"#)
        talk.hear("}")
        #expect(content(talk) == "spread")
        #expect(talk.actions.contains(.log("not a message: Server started on stdio")))
    }

    @Test("LSP's framing is named at once")
    func framing() {
        var talk = Talk()
        talk.take(talk.session.start())
        talk.hear("Content-Length: 120")
        guard
            case .unusable(let reason)? = talk.actions.last(where: {
                if case .unusable = $0 { true } else { false }
            })
        else {
            Issue.record("it goes on")
            return
        }
        #expect(reason.contains("Content-Length"))
    }

    @Test("an empty cursor ends the list")
    func emptyCursor() {
        var talk = Talk()
        talk.take(talk.session.start())
        talk.answer(#"{"supportedVersions":["2026-07-28"]}"#)
        talk.answer(#"{"tools":[{"name":"a"}],"nextCursor":""}"#)
        guard case .tools(let tools)? = talk.actions.last else {
            Issue.record("no end")
            return
        }
        #expect(tools.count == 1)
    }

    @Test("structured content is held against the output schema, and a violation is a mark")
    func promises() {
        let promise = ResultPromise([
            "type": "object", "properties": ["n": ["type": "integer"]], "required": ["n"],
        ])
        func problems(_ text: String) -> [String] {
            promise.problems(of: MCPCallResult((try? JSONParser.parse(text)) ?? .null))
        }
        #expect(problems(#"{"content":[],"structuredContent":{"n":1}}"#).isEmpty)
        #expect(problems(#"{"content":[],"structuredContent":{"n":"1"}}"#).first?.contains("at /n") == true)
        #expect(problems(#"{"content":[],"structuredContent":{}}"#).first?.contains("at the root") == true)
        #expect(problems(#"{"content":[]}"#).first?.contains("gave none") == true)
        #expect(problems(#"{"content":[],"isError":true}"#).isEmpty)
    }
}

@Suite struct MCPCallTests {
    @Test("a call and its result, by its own number, whatever the order of answers")
    func results() {
        var talk = Talk.modern()
        talk.take(talk.session.call(10, name: "x", arguments: arguments))
        let first = talk.lastID
        talk.take(talk.session.call(11, name: "y", arguments: arguments))
        #expect(talk.last["params"]?["name"] == "y" && talk.last["params"]?["arguments"] == arguments)
        #expect(talk.sent.last?.headers["Mcp-Name"] == "y")
        talk.answer(#"{"content":[{"type":"text","text":"two"}],"isError":true}"#)
        #expect(talk.actions.last == .finished(call: 11, MCPCallResult(content: "two", isError: true)))
        talk.hear(#"{"jsonrpc":"2.0","id":\#(first),"result":{"content":[{"type":"text","text":"one"}]}}"#)
        #expect(talk.actions.last == .finished(call: 10, MCPCallResult(content: "one", isError: false)))
    }

    @Test("an answer that comes twice, or to nothing, ends no call")
    func strangers() {
        var talk = Talk.modern()
        talk.take(talk.session.call(1, name: "x", arguments: [:]))
        let id = talk.lastID
        for other in ["99", "\"x\(id)\"", "null", "-1", "1.5"] {
            talk.hear(#"{"jsonrpc":"2.0","id":\#(other),"result":{"content":[]}}"#)
        }
        talk.hear("not json")
        talk.hear("7")
        #expect(!talk.actions.contains { if case .finished = $0 { true } else { false } })
        talk.hear(#"{"jsonrpc":"2.0","id":\#(id),"result":{"content":[]}}"#)
        talk.hear(#"{"jsonrpc":"2.0","id":\#(id),"result":{"content":[]}}"#)
        #expect(talk.actions.filter { if case .finished = $0 { true } else { false } }.count == 1)
    }

    @Test(
        "content of every kind becomes text, and structured content is not said twice",
        arguments: [
            (#"{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}"#, "a\nb"),
            (
                #"{"content":[{"type":"image","data":"AAAA","mimeType":"image/png"}]}"#,
                "[image image/png, 4 characters of base64]"
            ),
            (#"{"content":[{"type":"resource","resource":{"uri":"u","text":"t"}}]}"#, "t"),
            (#"{"content":[{"type":"resource_link","uri":"u","name":"n"}]}"#, "[link u n]"),
            (#"{"structuredContent":{"a":1}}"#, #"{"a": 1}"#),
            (
                #"{"content":[{"type":"text","text":"{\"a\":1.0}"}],"structuredContent":{"a":1}}"#,
                #"{"a":1.0}"#
            ),
            (#"{"content":[{"type":"text","text":"x"}],"structuredContent":{"result":"x"}}"#, "x"),
            (#"{"content":[{"type":"text","text":"see"}],"structuredContent":{"a":1}}"#, "see\n{\"a\": 1}"),
        ])
    func content(result: String, text: String) throws {
        #expect(MCPCallResult(try JSONParser.parse(result)).content == text)
    }

    @Test("an error of the server is the call's, and an unknown kind of result is none")
    func errors() {
        var talk = Talk.modern()
        talk.take(talk.session.call(1, name: "x", arguments: [:]))
        talk.fault(-32602)
        #expect(talk.actions.last == .failed(call: 1, "server s: no (-32602)"))
        talk.take(talk.session.call(2, name: "x", arguments: [:]))
        talk.answer(#"{"resultType":"surprise"}"#)
        #expect(
            talk.actions.last
                == .failed(call: 2, "server s answered with a result of the unknown type surprise"))
    }

    @Test("a cancelled call is named to the server, and what it still answers is nobody's")
    func cancel() {
        var talk = Talk.modern()
        talk.take(talk.session.call(1, name: "x", arguments: [:]))
        let id = talk.lastID
        talk.take(talk.session.cancel(1))
        #expect(talk.methods.last == "notifications/cancelled")
        #expect(talk.last["params"]?["requestId"]?.intValue == id && talk.sent.last?.cancels == id)
        talk.hear(#"{"jsonrpc":"2.0","id":\#(id),"result":{"content":[]}}"#)
        #expect(!talk.actions.contains { if case .finished = $0 { true } else { false } })
        #expect(talk.session.cancel(1).isEmpty)
    }

    @Test("the server's end fails every call with its reason, once")
    func death() {
        var talk = Talk.legacy()
        talk.take(talk.session.call(1, name: "x", arguments: [:]))
        talk.take(talk.session.call(2, name: "x", arguments: [:]))
        let end = talk.session.close("ended (exit code 1)")
        #expect(
            end == [
                .unusable("ended (exit code 1)"),
                .failed(call: 1, "server s ended (exit code 1); whether the call took effect is unknown"),
                .failed(call: 2, "server s ended (exit code 1); whether the call took effect is unknown"),
            ])
        #expect(talk.session.close("again").isEmpty)
        #expect(
            talk.session.call(3, name: "x", arguments: [:]) == [
                .failed(call: 3, "server s ended (exit code 1)")
            ])
    }
}

@Suite struct MCPQuestionTests {
    private static let question =
        #"{"method":"elicitation/create","params":{"message":"sure?","requestedSchema":{"type":"object"}}}"#

    @Test("a modern server's inputs are answered by a retry under a new ID, with its state to the byte")
    func modern() {
        var talk = Talk.modern()
        talk.take(talk.session.call(1, name: "x", arguments: arguments))
        let first = talk.lastID
        let inputs =
            #"{"resultType":"input_required","inputRequests":{"q1":\#(MCPQuestionTests.question),"q2":\#(MCPQuestionTests.question)},"requestState":"é\u0001"}"#
        talk.answer(inputs)
        let asked = talk.actions.compactMap { if case .ask(let question, _) = $0 { question } else { nil } }
        #expect(asked == [.input(call: 1, key: "q1"), .input(call: 1, key: "q2")])
        talk.take(talk.session.answer(asked[1], .accept(["sure": true])))
        #expect(talk.lastID == first)
        talk.take(talk.session.answer(asked[0], .decline))
        talk.take(talk.session.answer(asked[0], .accept([:])))
        #expect(talk.lastID == first + 1)
        let params = talk.last["params"]
        #expect(params?["inputResponses"]?["q1"] == ["action": "decline"])
        #expect(params?["inputResponses"]?["q2"] == ["action": "accept", "content": ["sure": true]])
        #expect(params?["requestState"] == "é\u{1}" && params?["arguments"] == arguments)
        talk.answer(#"{"content":[]}"#)
        #expect(talk.actions.last == .finished(call: 1, MCPCallResult(content: "", isError: false)))
    }

    @Test("a state alone is sent back after a moment; a server that goes on asking is given up")
    func endless() {
        var talk = Talk.modern()
        talk.take(talk.session.call(1, name: "x", arguments: [:]))
        for round in 1...10 {
            talk.answer(#"{"resultType":"input_required","requestState":"s\#(round)"}"#)
            guard case .wait(call: 1, let milliseconds)? = talk.actions.last else {
                Issue.record("round \(round): \(String(describing: talk.actions.last))")
                return
            }
            #expect((50...250).contains(milliseconds))
            talk.take(talk.session.resume(1))
            #expect(talk.last["params"]?["requestState"] == .string("s\(round)"))
        }
        talk.answer(#"{"resultType":"input_required","requestState":"s"}"#)
        #expect(
            talk.actions.last == .failed(call: 1, "server s asked for more input 10 times and did not answer")
        )
    }

    @Test("what we don't give is refused: sampling and roots")
    func refused() {
        var talk = Talk.modern()
        talk.take(talk.session.call(1, name: "x", arguments: [:]))
        talk.answer(
            #"{"resultType":"input_required","inputRequests":{"q":{"method":"sampling/createMessage","params":{}}}}"#
        )
        #expect(
            talk.actions.last
                == .failed(
                    call: 1,
                    "server s wants sampling/createMessage of its client, which callgate doesn't give"))
        var legacy = Talk.legacy()
        legacy.hear(#"{"jsonrpc":"2.0","id":"r1","method":"roots/list"}"#)
        #expect(legacy.last["error"]?["code"]?.intValue == -32601 && legacy.last["id"] == "r1")
        legacy.hear(#"{"jsonrpc":"2.0","id":0,"method":"ping"}"#)
        #expect(legacy.last == ["jsonrpc": "2.0", "id": 0, "result": [:]])
    }

    @Test("a legacy server's question is answered under its own ID, once, unless it is withdrawn")
    func legacy() {
        var talk = Talk.legacy()
        talk.hear(
            #"{"jsonrpc":"2.0","id":"e","method":"elicitation/create","params":{"message":"m","requestedSchema":{}}}"#
        )
        guard case .ask(let question, let elicitation)? = talk.actions.last else {
            Issue.record("not asked")
            return
        }
        #expect(elicitation.message == "m" && elicitation.server == "s")
        talk.take(talk.session.answer(question, .accept(["a": 1])))
        #expect(
            talk.last == ["jsonrpc": "2.0", "id": "e", "result": ["action": "accept", "content": ["a": 1]]])
        #expect(talk.session.answer(question, .decline).isEmpty)
        talk.hear(#"{"jsonrpc":"2.0","id":5,"method":"elicitation/create","params":{"message":"m"}}"#)
        talk.hear(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":5}}"#)
        #expect(talk.actions.last == .withdraw(.request(5)))
        #expect(talk.session.answer(.request(5), .decline).isEmpty)
    }

    @Test("a server's late cancel of its own question gives no call of ours up that has the same ID")
    func sameIDs() {
        var talk = Talk.legacy()
        talk.take(talk.session.call(1, name: "x", arguments: [:]))
        let id = talk.lastID
        talk.hear(#"{"jsonrpc":"2.0","id":\#(id),"method":"elicitation/create","params":{"message":"m"}}"#)
        talk.take(talk.session.answer(.request(.number(JSONNumber(id))), .decline))
        talk.hear(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(id)}}"#)
        #expect(!talk.actions.contains { if case .doubt = $0 { true } else { false } })
        talk.answer(#"{"content":[]}"#)
        #expect(talk.actions.contains { if case .finished = $0 { true } else { false } })
    }
}

@Suite struct MCPFramingTests {
    @Test("lines come out whole, wherever the bytes are cut", arguments: 0..<200)
    func lines(seed: UInt64) {
        let text = Array("{\"a\":\"é\"}\n\r\n\n{}\r\nlast".utf8)
        var generator = SeededNumbers(seed: seed)
        var framer = LineFramer()
        var lines: [[UInt8]] = []
        var start = 0
        while start < text.count {
            let end = min(text.count, start + Int.random(in: 1...5, using: &generator))
            lines += framer.append(Array(text[start..<end]))
            start = end
        }
        #expect(lines.map { String(decoding: $0, as: UTF8.self) } == ["{\"a\":\"é\"}", "{}"], "seed \(seed)")
        #expect(framer.finish() == Array("last".utf8))
    }

    @Test("events come out whole, wherever the bytes are cut", arguments: 0..<200)
    func events(seed: UInt64) {
        let text = Array(
            "\u{FEFF}: comment\r\nevent: message\rdata: {\"a\":\ndata:1}\n\nid: 7\r\n\r\ndata\n\ndata: é\r\r\ndata: cut"
                .utf8)
        var generator = SeededNumbers(seed: seed)
        var parser = EventStreamParser()
        var events: [[UInt8]] = []
        var start = 0
        while start < text.count {
            let end = min(text.count, start + Int.random(in: 1...5, using: &generator))
            events += parser.append(Array(text[start..<end]))
            start = end
        }
        #expect(
            events.map { String(decoding: $0, as: UTF8.self) } == ["{\"a\":\n1}", "", "é"], "seed \(seed)")
    }

    @Test(
        "no prefix and no damage of a recorded conversation crashes, hangs, or ends a call twice",
        arguments: 0..<300)
    func damage(seed: UInt64) {
        let conversation = Array(
            #"""
            {"jsonrpc":"2.0","id":1,"result":{"supportedVersions":["2026-07-28"]}}
            {"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"a","inputSchema":{}}],"nextCursor":"n"}}
            {"jsonrpc":"2.0","id":3,"result":{"tools":[{"name":"b","inputSchema":{}}]}}
            {"jsonrpc":"2.0","id":4,"result":{"resultType":"input_required","inputRequests":{"k":{"method":"elicitation/create","params":{}}}}}
            {"jsonrpc":"2.0","id":5,"result":{"content":[{"type":"text","text":"x"}]}}

            """#.utf8)
        var generator = SeededNumbers(seed: seed)
        var bytes = conversation
        for _ in 0..<Int.random(in: 0...4, using: &generator) {
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
                in: 0x20...0x7E, using: &generator)
        }
        bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &generator)))
        var framer = LineFramer()
        var session = MCPSession(server: "s")
        var queue = session.start()
        var ends = 0
        var isCalled = false
        for line in framer.append(bytes) {
            queue += session.receive(line)
            while !queue.isEmpty {
                switch queue.removeFirst() {
                case .tools where !isCalled:
                    isCalled = true
                    queue += session.call(1, name: "a", arguments: [:])
                case .ask(let question, _): queue += session.answer(question, .decline)
                case .finished, .failed: ends += 1
                default: break
                }
            }
        }
        for case .failed in session.close("over") { ends += 1 }
        #expect(session.calls.isEmpty && session.pending.isEmpty && session.questions.isEmpty, "seed \(seed)")
        #expect(ends == (isCalled ? 1 : 0), "seed \(seed)")
    }
}

/// Numbers that a seed determines (splitmix64).
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
