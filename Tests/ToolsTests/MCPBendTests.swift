import Agent
import Foundation
import JSON
import LocalServer
import Testing

@testable import Tools

/// Real servers that bend the protocol in their answer to a call: it works, or one line says what they did, long before
/// any time-out.
@Suite struct BentServerTests {
    struct Bend: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// What the server does when it is called, in bash; `$id` is the request's ID.
        let script: String
        let wanted: Wanted

        enum Wanted: Sendable {
            case content(String)
            case failure(String)
        }

        init(_ name: String, _ script: String, _ wanted: Wanted) {
            (testDescription, self.script, self.wanted) = (name, script, wanted)
        }
    }

    private static let yes =
        #"{"jsonrpc":"2.0","id":'$id',"result":{"content":[{"type":"text","text":"yes"}]}}"#

    static let bends: [Bend] = [
        Bend(
            "bytes that are no UTF-8",
            #"printf '{"jsonrpc":"2.0","id":%s,"result":{"content":[{"type":"text","text":"caf\xe9"}]}}\n' $id"#,
            .content("caf\u{FFFD}")),
        Bend(
            "NaN",
            #"echo '{"jsonrpc":"2.0","id":'$id',"result":{"content":[{"type":"text","text":"n"}],"structuredContent":{"x":NaN}}}'"#,
            .content("n\n{\"x\": null}")),
        Bend(
            "an answer that is cut at its line's end",
            #"echo '{"jsonrpc":"2.0","id":'$id',"result":{"content":[{"type":"te'"#,
            .failure("wrote a message that is no JSON, which ends before its end: {\"jsonrpc\"")),
        Bend(
            "an answer that is cut, and another message after it",
            #"echo '{"jsonrpc":"2.0","id":'$id',"resu'; echo '{"jsonrpc":"2.0","method":"notifications/message","params":{"data":"x"}}'"#,
            .failure("ends before its end")),
        Bend(
            "an answer that is cut within its line",
            #"printf '{"jsonrpc":"2.0","id":%s,"result":{"con' $id"#, .failure("ends before its end")),
        Bend("a line without an end", "printf '%s' '\(yes)'", .content("yes")),
        Bend("noise before the answer, on its line", "echo 'Loading {model} ... \(yes)'", .content("yes")),
        Bend("noise after the answer, on its line", "echo '\(yes) done'", .content("yes")),
        Bend(
            "noise before the answer, on lines of its own",
            "echo; echo 'INFO {not} a message'; echo '{\"level\":\"info\",\"id\":'$id',\"msg\":\"x\"}'; echo '\(yes)'",
            .content("yes")),
        Bend(
            "two messages on a line",
            #"echo '{"jsonrpc":"2.0","method":"notifications/progress","params":{}}'"# + "'\(yes)'",
            .content("yes")),
        Bend(
            "a message over several lines",
            #"printf '{\n "jsonrpc": "2.0",\n "id": %s,\n "result": {"content": [\n {"type": "text", "text": "yes"}\n]}\n}\n' $id"#,
            .content("yes")),
        Bend(
            "empty lines and carriage returns", "printf '\\r\\n\\n\\r\\n%s\\r\\n\\n' '\(yes)'",
            .content("yes")),
        Bend("carriage returns alone", "printf '\\r%s\\r' '\(yes)'", .content("yes")),
        Bend("a list of messages", "echo '[\(yes)]'", .content("yes")),
        Bend(
            "lines of a log that look like answers",
            "echo '{\"level\":\"warn\",\"error\":\"cache miss\"}'; "
                + "echo '{\"level\":40,\"id\":'$id',\"error\":\"limited\"}' >&2; sleep 2; echo '\(yes)'",
            .content("yes")),
        Bend("an answer twice", "echo '\(yes)'; echo '\(yes)'", .content("yes")),
        Bend("standard output that is closed", "exec 1>&-; sleep 60", .failure("closed its standard output")),
        Bend("standard input that is closed", "exec 0<&-; sleep 60", .failure("closed its standard input")),
        Bend(
            "an error without a code",
            #"echo '{"jsonrpc":"2.0","id":'$id',"error":{"message":"out of paper"}}'"#,
            .failure("server s: out of paper")),
        Bend(
            "an error whose code is a word",
            #"echo '{"jsonrpc":"2.0","id":'$id',"error":{"code":"EPAPER","message":"out of paper"}}'"#,
            .failure("server s: out of paper (EPAPER)")),
        Bend(
            "the result of the first revision",
            #"echo '{"jsonrpc":"2.0","id":'$id',"result":{"toolResult":"old"}}'"#,
            .content("old")),
        Bend(
            "a result of no known shape", #"echo '{"jsonrpc":"2.0","id":'$id',"result":{"answer":42}}'"#,
            .content("{\"answer\": 42}")),
        Bend(
            "a result that is a text", #"echo '{"jsonrpc":"2.0","id":'$id',"result":"plain"}'"#,
            .content("plain")),
        Bend(
            "an answer without an ID", #"echo '{"jsonrpc":"2.0","result":{"content":[]}}'"#,
            .failure("answered under the ID null, but was asked under")),
        Bend(
            "Python's spelling of an object", #"printf "{'jsonrpc': '2.0', 'id': %s, 'result': {}}\n" $id"#,
            .failure("wrote a message that is no JSON, line 1, column 2")),
        Bend(
            "UTF-16", #"printf '{\0"\0i\0d\0"\0:\0001\0}\0\n\0'"#,
            .failure("writes UTF-16; over stdio MCP has UTF-8")),
        Bend(
            "a question without an ID",
            #"echo '{"jsonrpc":"2.0","method":"elicitation/create","params":{"message":"sure?"}}'"#,
            .failure("asked elicitation/create without an ID")),
        Bend(
            "an answer on standard error", "echo '\(yes)' >&2",
            .failure("wrote its answer to standard error; over stdio MCP has standard output")),
        Bend(
            "an answer on standard error as well", "echo '\(yes)' >&2; sleep 0.2; echo '\(yes)'",
            .content("yes")),
        Bend(
            "an answer that repeats the method",
            #"echo '{"jsonrpc":"2.0","id":'$id',"method":"tools/call","result":{"content":"yes"}}'"#,
            .content("yes")),
        Bend(
            "a call that the server cancels",
            #"echo '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":'$id',"reason":"no time"}}'"#,
            .failure("cancelled the request by itself: no time")),
        Bend(
            "a question, and the answer to it read",
            #"echo '{"jsonrpc":"2.0","id":"q","method":"elicitation/create","params":{"message":"sure?","requestedSchema":7}}'; read -r reply; case $reply in *decline*) echo '"#
                + "\(yes)" + #"' ;; esac"#, .content("yes")),
    ]

    @Test(arguments: bends) func aBentAnswerIsReadOrNamedSoon(bend: Bend) async throws {
        let script = #"""
            while read -r line; do
                id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
                case $line in
                *server/discover*) echo '{"jsonrpc":"2.0","id":'"$id"',"error":{"code":-32601,"message":"no"}}' ;;
                *'"initialize"'*)
                    echo '{"jsonrpc":"2.0","id":'"$id"',"result":{"protocolVersion":"2025-06-18","capabilities":{}}}' ;;
                *tools/list*) echo '{"jsonrpc":"2.0","id":'"$id"',"result":{"tools":[{"name":"t"}]}}' ;;
                *tools/call*)
            """# + "\n" + bend.script + "\n;;\nesac\ndone\n"
        let launch = ProcessLaunch(
            program: "bash", arguments: ["-c", script], environment: EnvironmentList.usual.environment())
        let server = MCPServer(
            MCPServerSettings(name: "s", transport: .stdio(launch)), host: MCPRecorder())
        let tool = try #require(try await server.tools().first)
        let call = ToolCall(id: ToolCallID("1"), name: "t", arguments: ByteString("{}"))
        // Whoever waits for the tool's time-out gets other words.
        switch bend.wanted {
        case .content(let text): #expect(try await tool.run(call, arguments: [:]).content == text)
        case .failure(let words):
            let failure = await #expect(throws: ToolFailure.self) { try await tool.run(call, arguments: [:]) }
            let said = failure?.description ?? ""
            #expect(said.contains(words) && !said.contains("(0)") && !said.contains("\n"), "\(said)")
        }
        await server.close()
    }

    /// The same over HTTP, where a body is whole when it has come.
    @Test(arguments: [
        (#"{"jsonrpc":"2.0","id":ID,"result":{"content":[{"type":"text","text":"yes"}],"x":NaN}}"#, "yes"),
        (#"{"jsonrpc":"2.0","id":"ID","result":{"toolResult":"old"}}"#, "old"),
        (
            #"{"jsonrpc":"2.0","id":ID,"result":{"content":[{"ty"#,
            "!wrote a message that is no JSON, which ends"
        ),
        (#"{"jsonrpc":"2.0","id":ID,"error":{"message":"out of paper"}}"#, "!server s: out of paper"),
        ("", "!ended its answer (HTTP 200) without a result"),
        ("<html>busy</html>", "!answered with what is no message: <html>busy</html>"),
    ])
    func aBentBodyIsReadOrNamed(body: String, wanted: String) async throws {
        let web = try LocalServer { request, _ in
            guard let message = try? JSONParser.parse(request.body), let id = message["id"] else {
                return LocalServer.Reply(status: 202, "")
            }
            let reply: JSONValue? =
                switch message["method"]?.stringValue {
                case "initialize":
                    ["result": ["protocolVersion": "2025-06-18", "capabilities": [:]], "id": id]
                case "tools/list": ["result": ["tools": [["name": "t"]]], "id": id]
                case "tools/call": JSONValue?.none
                default: ["error": ["code": -32601, "message": "no"], "id": id]
                }
            return LocalServer.Reply(
                headers: ["Content-Type": "application/json"],
                reply?.text() ?? body.replacing("ID", with: id.text()))
        }
        defer { web.stop() }
        let settings = MCPServerSettings(name: "s", transport: .http(url: web.url + "/mcp", headers: [:]))
        let server = MCPServer(settings, host: MCPRecorder())
        let tool = try #require(try await server.tools().first)
        let call = ToolCall(id: ToolCallID("1"), name: "t", arguments: ByteString("{}"))
        if wanted.hasPrefix("!") {
            let failure = await #expect(throws: ToolFailure.self) { try await tool.run(call, arguments: [:]) }
            let said = failure?.description ?? ""
            #expect(said.contains(wanted.dropFirst()) && !said.contains("(-32"), "\(said)")
        } else {
            #expect(try await tool.run(call, arguments: [:]).content == wanted)
        }
        await server.close()
    }
}

@Suite struct EndlessListTests {
    @Test func aListThatNeverEndsIsToldWithItsPages() {
        var session = MCPSession(server: "s")
        var queue = session.start()
        var (reason, page) = (String?.none, 0)
        while !queue.isEmpty {
            switch queue.removeFirst() {
            case .send(let message):
                guard let id = message.id else { continue }
                page += 1
                let result =
                    page == 1
                    ? #"{"supportedVersions":["2026-07-28"]}"# : #"{"tools":[],"nextCursor":"\#(page)"}"#
                queue += session.receive(Array(#"{"jsonrpc":"2.0","id":\#(id),"result":\#(result)}"#.utf8))
            case .unusable(let told): reason = told
            default: break
            }
        }
        #expect(reason == "lists its tools without an end: 0 tools on 1000 pages, and more to come")
    }
}

/// Answers that are bent in several ways at once, made up from a seed.
@Suite struct BentAnswerTests {
    private static let count = 3_000

    private struct Talk {
        var session = MCPSession(server: "s")
        var framer = LineFramer(endsAtReturns: true)
        var queue: [MCPSession.Action] = []
        var waiting: [MCPSession.Action] = []
        var contents: [String] = []
        var failures: [String] = []
        var asked = 0

        mutating func drain() {
            while !queue.isEmpty {
                let action = queue.removeFirst()
                switch action {
                case .finished(_, let result): contents.append(result.content)
                case .failed(_, let reason): failures.append(reason)
                case .doubt, .unfinished: waiting.append(action)
                case .send(let message): asked = message.id ?? asked
                default: break
                }
            }
        }

        mutating func hear(_ bytes: [UInt8]) {
            for line in framer.append(bytes) { queue += session.receive(line) }
            drain()
        }

        /// What happens once nothing more comes.
        mutating func wait() {
            if !framer.rest.isEmpty {
                queue += session.giveUpLine(framer.finish())
                drain()
            }
            while !waiting.isEmpty {
                switch waiting.removeFirst() {
                case .doubt(let request, let said, _): queue += session.giveUp(request, said)
                case .unfinished(let lines, _): queue += session.giveUpLines(since: lines)
                default: break
                }
                drain()
            }
        }

        static func called() -> Talk {
            var talk = Talk()
            talk.queue = talk.session.start()
            talk.drain()
            talk.hear(
                Array(#"{"jsonrpc":"2.0","id":1,"result":{"supportedVersions":["2026-07-28"]}}"#.utf8) + [10])
            talk.hear(Array(#"{"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"x"}]}}"#.utf8) + [10])
            talk.queue += talk.session.call(1, name: "x", arguments: [:])
            talk.drain()
            return talk
        }
    }

    @Test func aLongLineIsAMessageOrOneLineOfTheLog() {
        var talk = Talk.called()
        for brace in ["{", "{\"a\":", "}"] {
            let line = [UInt8](String(repeating: brace, count: 500_000 + (1 << 20) / brace.utf8.count).utf8)
            let actions = talk.session.receive(line)
            #expect(actions.count == 1, "\(actions.count)")
        }
        let text = String(repeating: "x\t", count: 1 << 20)
        talk.hear(
            Array(#"{"jsonrpc":"2.0","id":\#(talk.asked),"result":{"content":"\#(text)"}}"#.utf8) + [10])
        #expect(talk.contents == [text])
    }

    @Test func everyBentAnswerIsTheResultOrASentence() throws {
        let seed = UInt64.random(in: 0..<1_000_000)
        var random = SeededNumbers(seed: seed)
        var (right, told) = (0, 0)
        for _ in 0..<BentAnswerTests.count {
            var talk = Talk.called()
            let bent = BentAnswer(id: talk.asked, &random)
            var start = 0
            while start < bent.bytes.count {
                let end = min(bent.bytes.count, start + Int.random(in: 1...80, using: &random))
                talk.hear(Array(bent.bytes[start..<end]))
                start = end
            }
            talk.wait()
            let place: Comment = "seed \(seed): \(String(decoding: bent.bytes, as: UTF8.self))"
            #expect(talk.contents.count + talk.failures.count == 1, place)
            if bent.isReadable {
                #expect(talk.contents == [bent.content], place)
                right += 1
            } else {
                #expect(talk.failures.first.map { $0.utf8.count > 20 } == true, place)
                told += 1
            }
            #expect(talk.session.calls.isEmpty, place)
        }
        print("MCP, bent answers, seed \(seed): \(right) read, \(told) named, of \(BentAnswerTests.count)")
    }
}

/// One answer to a call, and what is to come of it.
private struct BentAnswer {
    private(set) var bytes: [UInt8] = []
    private(set) var content = "right {\"x\"}"
    /// Whether the result is all there.
    private(set) var isReadable = true

    init(id: Int, _ random: inout SeededNumbers) {
        func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &random) == 0 }
        func pick(_ texts: [String]) -> String { texts.randomElement(using: &random) ?? "" }
        var shownID = "\(id)"
        if chance(4) { shownID = pick(["\"\(id)\"", "\(id).0"]) }
        if chance(10) {
            shownID = pick(["null", "77", "\"x\""])
            isReadable = false
        }
        var text = #""right {\"x\"}""#
        if chance(8) {
            (text, content) = ("\"t\tab\"", "t\tab")
        } else if chance(8) {
            (text, content) = (#""half \ud83d""#, "half \u{FFFD}")
        }
        var result = pick([
            #"{"content":[{"type":"text","text":TEXT}]}"#, #"{"content":TEXT}"#,
            #"{"content":[TEXT],"_meta":{}}"#,
            #"{"toolResult":TEXT}"#, #"{"isError":false,"content":{"type":"text","text":TEXT}}"#, "TEXT",
        ])
        if chance(8) { result = #"{"content":[{"type":"text","text":TEXT,"score":NaN}],}"# }
        result = result.replacing("TEXT", with: text)
        var message = pick([
            #"{"jsonrpc":"2.0","id":ID,"result":RESULT}"#, #"{"result":RESULT,"id":ID}"#,
            #"{"jsonrpc":"2.0","id":ID,"error":null,"result":RESULT}"#,
            "{\n  \"jsonrpc\": \"2.0\",\n  \"id\": ID,\n\n  \"result\": RESULT\n}",
        ])
        message = message.replacing("ID", with: shownID).replacing("RESULT", with: result)
        var end = pick(["\n", "\r\n", "\r", "\n\n", ""])
        if chance(8) {
            // Somewhere within, after its first letter.
            let least = message.contains("\n") ? message.utf8.count / 3 : 3
            message = String(
                decoding: Array(
                    message.utf8.prefix(Int.random(in: least..<message.utf8.count - 1, using: &random))),
                as: UTF8.self)
            isReadable = false
        } else if chance(6) {
            end = " trailing words\n"
        } else if chance(8), message.utf8.first == UInt8(ascii: "{"), !message.contains("\n") {
            message = "[\(message)]"
        }
        if chance(4) {
            bytes += Array(pick(["Starting\n", "\u{FEFF}", "\n\n", "[INFO] {\n", "{debug}\r\n", "> "]).utf8)
        }
        if chance(5) {
            bytes += Array(
                (#"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progress":1}}"#
                    + pick(["\n", ""])).utf8)
        }
        bytes += Array(message.utf8) + Array(end.utf8)
    }
}
