import Agent
import Foundation
import JSON
import LocalServer
import Synchronization
import Testing
import Wire

@testable import Tools

/// Servers at an address that answer with something other than a message, or know a session no longer.
@Suite struct MCPRefusalTests {
    typealias Reply = LocalServer.Reply

    private static let json = ["Content-Type": "application/json"]

    /// A legacy server whose calls, or all requests, are answered otherwise.
    private static func server(
        all: Bool = false, _ answer: @escaping @Sendable (JSONValue) -> Reply
    ) throws -> LocalServer {
        try LocalServer { request, _ in
            guard let message = try? JSONParser.parse(request.body) else { return answer([:]) }
            guard let id = message["id"] else { return Reply(status: 202, "") }
            if all || message["method"] == "tools/call" { return answer(message) }
            let reply: JSONValue =
                switch message["method"]?.stringValue {
                case "initialize":
                    ["result": ["protocolVersion": "2025-06-18", "capabilities": [:]], "id": id]
                case "tools/list": ["result": ["tools": [["name": "t"]]], "id": id]
                default: ["error": ["code": -32601, "message": "no"], "id": id]
                }
            return Reply(headers: MCPRefusalTests.json, reply.text())
        }
    }

    private static func mcp(_ web: LocalServer) -> MCPServer {
        MCPServer(
            MCPServerSettings(name: "s", transport: .http(url: web.url + "/mcp", headers: [:])),
            host: MCPRecorder())
    }

    /// What a call of the one tool comes to.
    private static func called(_ web: LocalServer) async throws -> Result<String, ToolFailure> {
        let server = mcp(web)
        let tool = try #require(try await server.tools().first)
        let call = ToolCall(id: ToolCallID("1"), name: "t", arguments: ByteString("{}"))
        do {
            return .success(try await tool.run(call, arguments: [:]).content)
        } catch let failure as ToolFailure {
            return .failure(failure)
        }
    }

    @Test(
        "a body that is no message fails at once, with its status, its words and what to do",
        .timeLimit(.minutes(2)),
        arguments: [
            (404, #"{"detail":"Not Found"}"#, "HTTP 404: Not Found; see whether this is the address"),
            (403, #"{"message":"Forbidden"}"#, "HTTP 403: Forbidden; see whether the key"),
            (403, "Invalid origin", "HTTP 403: Invalid origin; see whether the key"),
            (500, "{}", "HTTP 500; the fault is the server's"),
            (500, "[]", "HTTP 500; the fault is the server's"),
            (500, "Traceback:\n database locked", "HTTP 500: Traceback: database locked; the fault"),
            (502, #""bad gateway""#, "HTTP 502: bad gateway; the fault"),
            (503, #"{"status":503,"title":"x"}"#, "HTTP 503: x; call again later"),
            (500, #"{"error":{"message":"database locked"}}"#, "HTTP 500: database locked; the fault"),
            (413, "<html><title>Too Large</title></html>", "HTTP 413: Too Large; the message is too long"),
            (422, #"{"detail":[{"msg":"Field required"}]}"#, "HTTP 422: Field required; see its log"),
            (200, #"{"status":"ok"}"#, #"what is no message: {"status": "ok"}; see whether this is the"#),
            (200, #"{"jsonrpc":"2.0","id":99,"result":{}}"#, "answered under the ID 99, but was asked under"),
            (200, #"{"jsonrpc":"2.0","method":"notifications/x"}"#, "ended its answer (HTTP 200) without"),
        ])
    func refusals(status: Int, body: String, wanted: String) async throws {
        let answer: @Sendable (JSONValue) -> Reply = { _ in
            Reply(status: status, headers: MCPRefusalTests.json, body)
        }
        let web = try MCPRefusalTests.server(answer)
        defer { web.stop() }
        guard case .failure(let failure) = try await MCPRefusalTests.called(web) else {
            Issue.record("there is a result")
            return
        }
        #expect(failure.description.contains(wanted), "\(failure)")
        #expect(!failure.description.contains("\n"))
        // So it is where the server is first reached.
        let closed = try MCPRefusalTests.server(all: true, answer)
        defer { closed.stop() }
        let error = await #expect(throws: MCPError.self) { try await MCPRefusalTests.mcp(closed).tools() }
        #expect(error?.description.hasPrefix("server s refused to initialize: the server ") == true)
    }

    @Test("headers tell when to call again, and what is wrong with a key") func headers() async throws {
        let web = try MCPRefusalTests.server { message in
            message["params"]?["arguments"] == [:]
                ? Reply(
                    status: 401,
                    headers: ["WWW-Authenticate": #"Bearer error="x", error_description="it has expired""#],
                    #"{"error":"invalid_token"}"#)
                : Reply(status: 429, "")
        }
        defer { web.stop() }
        guard case .failure(let failure) = try await MCPRefusalTests.called(web) else { return }
        #expect(
            failure.description
                == "server s: the server answered with HTTP 401: invalid_token; it has expired; it wants a key, "
                + "which the configuration gives in \"headers\"")
        let soon = HTTPRefusal(status: 429, fields: HTTPFields([.init("Retry-After", "7")]), body: [])
        #expect(soon.sentence == "the server answered with HTTP 429; call again after 7 s")
    }

    @Test("a session that is gone is begun anew, and the call made once more", .timeLimit(.minutes(2)))
    func sessions() async throws {
        let known = Mutex(1)
        let web = try LocalServer { request, _ in
            guard let message = try? JSONParser.parse(request.body), let id = message["id"] else {
                return Reply(status: 202, "")
            }
            var headers = MCPRefusalTests.json
            let session = request.headers["mcp-session-id"]
            let current = known.withLock { "s\($0)" }
            if let session, session != current {
                let error: JSONValue = ["code": -32001, "message": "Session not found"]
                return Reply(
                    status: 404, headers: headers,
                    JSONValue.object(
                        JSONObject([
                            .init(key: "jsonrpc", value: "2.0"), .init(key: "id", value: .null),
                            .init(key: "error", value: error),
                        ])
                    ).text())
            }
            let reply: JSONValue
            switch message["method"]?.stringValue {
            case "initialize":
                headers["Mcp-Session-Id"] = current
                reply = ["result": ["protocolVersion": "2025-06-18", "capabilities": [:]], "id": id]
            case "tools/list": reply = ["result": ["tools": [["name": "t"]]], "id": id]
            case "tools/call":
                reply = ["result": ["content": [["type": "text", "text": .string(current)]]], "id": id]
            default: reply = ["error": ["code": -32601, "message": "no"], "id": id]
            }
            return Reply(headers: headers, reply.text())
        }
        defer { web.stop() }
        let tool = try #require(try await MCPRefusalTests.mcp(web).tools().first)
        let call = ToolCall(id: ToolCallID("1"), name: "t", arguments: ByteString("{}"))
        #expect(try await tool.run(call, arguments: [:]).content == "s1")
        known.withLock { $0 = 2 }
        #expect(try await tool.run(call, arguments: [:]).content == "s2")
        #expect(try await tool.run(call, arguments: [:]).content == "s2")
    }

    @Test("a server that knows no session at all is not asked without an end", .timeLimit(.minutes(2)))
    func forgetful() async throws {
        let web = try LocalServer { request, _ in
            let message = (try? JSONParser.parse(request.body)) ?? [:]
            let id = message["id"] ?? .null
            var headers = MCPRefusalTests.json
            headers["Mcp-Session-Id"] = "s"
            return switch message["method"]?.stringValue {
            case "initialize":
                Reply(
                    headers: headers,
                    (["result": ["protocolVersion": "2025-06-18"], "id": id] as JSONValue).text())
            case "tools/list":
                Reply(
                    headers: headers, (["result": ["tools": [["name": "t"]]], "id": id] as JSONValue).text())
            case "notifications/initialized": Reply(status: 202, "")
            default: Reply(status: 404, "gone")
            }
        }
        defer { web.stop() }
        guard case .failure(let failure) = try await MCPRefusalTests.called(web) else { return }
        #expect(
            failure.description
                == "server s does not know the session that it has just begun (HTTP 404); the call did not run"
        )
        #expect(web.requests.filter { $0.text.contains("tools/call") }.count == 2)
    }

    @Test("a server of the transport before Streamable HTTP is named as one", .timeLimit(.minutes(2)))
    func oldServer() async throws {
        let web = try LocalServer { request, _ in
            request.method == "GET"
                ? Reply(
                    headers: ["Content-Type": "text/event-stream"], "event: endpoint\ndata: /messages\n\n")
                : Reply(status: 405, "Method Not Allowed")
        }
        defer { web.stop() }
        let error = await #expect(throws: MCPError.self) { try await MCPRefusalTests.mcp(web).tools() }
        #expect(
            error?.description.contains("speaks the transport HTTP+SSE of 2024") == true, "\(error as Any)")
    }

    @Test(
        "events are read whatever their type's name, whole without a last empty line, and unpacked",
        arguments: [
            ("text/event-stream", "event: message\ndata: ANSWER"), ("application/json", "data: ANSWER\n\n"),
            ("text/plain", "event: message\ndata: ANSWER\n"),
        ])
    func events(type: String, body: String) async throws {
        let web = try MCPRefusalTests.server { message in
            let answer: JSONValue = ["result": ["content": "yes"], "id": message["id"] ?? .null]
            return Reply(headers: ["Content-Type": type], body.replacing("ANSWER", with: answer.text()))
        }
        defer { web.stop() }
        #expect(try await MCPRefusalTests.called(web).get() == "yes")
    }

    @Test func aPackedAnswerIsUnpacked() async throws {
        let web = try MCPRefusalTests.server { message in
            let answer: JSONValue = ["result": ["content": "yes"], "id": message["id"] ?? .null]
            return Reply(
                headers: ["Content-Type": "application/json", "Content-Encoding": "gzip"],
                pieces: [MCPRefusalTests.stored(Array(answer.text().utf8))])
        }
        defer { web.stop() }
        #expect(try await MCPRefusalTests.called(web).get() == "yes")
    }

    /// The bytes as gzip in one stored block (RFC 1951, 3.2.4; RFC 1952).
    private static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var crc: UInt32 = ~0
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        func little(_ value: UInt32, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
        }
        let count = UInt32(bytes.count)
        return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1] + little(count, 2) + little(~count, 2) + bytes
            + little(~crc, 4) + little(count, 4)
    }

    @Test("an error's data and the pages it wants visited are told with it") func data() {
        func told(_ error: JSONValue) -> String { MCPFault(error).description }
        #expect(
            told(["code": -32603, "message": "Internal", "data": ["details": "disk full"]])
                == #"Internal (-32603): {"details": "disk full"}"#)
        #expect(told(["code": 1, "message": "no", "data": "two\nlines"]) == "no (1): two lines")
        #expect(told(["code": 1, "message": "no disk", "data": "disk"]) == "no disk (1)")
        for empty: JSONValue in [.null, "", [:], []] {
            #expect(told(["code": 1, "message": "no", "data": empty]) == "no (1)")
        }
        #expect(
            told(["code": 1, "message": "no", "data": .string(String(repeating: "x", count: 900))]).count
                < 220)
        #expect(
            told([
                "code": -32042, "message": "wanted",
                "data": [
                    "elicitations": [["mode": "url", "url": "https://x.example/a", "message": "sign in"]]
                ],
            ]) == "wanted (-32042): visit https://x.example/a (sign in)")
    }
}
