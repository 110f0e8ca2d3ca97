import Agent
import Foundation
import JSON
import LocalServer
import Testing

@testable import Tools

private func field(_ name: String, _ value: String) throws -> HTTPSettings.Field {
    HTTPSettings.Field(name: name, value: try ArgumentTemplate(value, variables: true))
}

private func request(_ settings: HTTPSettings, _ arguments: String) throws -> CallRequest {
    let call = ToolCall(id: ToolCallID("call_1"), name: "t", arguments: ByteString(arguments))
    return try HTTPRequestBuilder(
        settings: settings, call: call, arguments: try JSONParser.parse(arguments), environment: environment
    ).request()
}

/// The environment of every tool here; the process's own is not changed, which other tests read meanwhile.
private let environment = ["CALLGATE_HTTP_KEY": "k3y-value"]

private func address(_ url: String, _ arguments: String) -> String {
    do {
        return try request(HTTPSettings(url: try ArgumentTemplate(url)), arguments).address.description
    } catch {
        return "\(error)"
    }
}

private let definition = ToolDefinition(name: "t", description: "", parameters: [:])

@Suite struct HTTPRequestTests {
    @Test(
        "an argument of the path is one segment, or a part of one, whatever is in it",
        arguments: [
            (#""a""#, "http://h/x/a/y"), (#""a/b?c#d&e=f""#, "http://h/x/a%2Fb%3Fc%23d%26e%3Df/y"),
            (#""é%41 ""#, "http://h/x/%C3%A9%2541%20/y"), (#""@evil:80\\""#, "http://h/x/%40evil%3A80%5C/y"),
            (#""a\r\nX: y""#, "http://h/x/a%0D%0AX%3A%20y/y"), ("1.50", "http://h/x/1.50/y"),
            ("true", "http://h/x/true/y"),
        ])
    func path(value: String, url: String) {
        #expect(address("http://h/x/{v}/y", "{\"v\": \(value)}") == url)
    }

    @Test("a segment that would lead to another place is refused", arguments: [#""..""#, #"".""#, #""""#])
    func dots(value: String) {
        #expect(address("http://h/x/{v}/y", "{\"v\": \(value)}").contains("no request was made"))
        #expect(address("http://h/x/{v}", "{\"v\": \(value)}").contains("no request was made"))
        #expect(address("http://h/x/a{v}", "{\"v\": \(value)}").hasPrefix("http://h/x/a"))
    }

    @Test("two arguments cannot make a .. together, and an absent one makes no request")
    func together() {
        #expect(address("http://h/{a}{b}/y", #"{"a": ".", "b": "."}"#).contains("no request was made"))
        #expect(address("http://h/{a}", "{}") == "the address needs /a, which is absent; no request was made")
        #expect(address("http://h/{a}", #"{"a": null}"#).contains("absent"))
    }

    @Test("a random text comes back from the address as it was", arguments: 0..<100)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededNumbers(seed: seed)
        var text = "x"
        for _ in 0..<Int.random(in: 0...12, using: &generator) {
            let scalars: [UInt32] = [0x00, 0x7F, 0x2F, 0x25, 0x2E, 0x26, 0x3D, 0x3F, 0x23, 0xE9, 0x1F600]
            let scalar = scalars[Int.random(in: 0..<scalars.count, using: &generator)]
            text.unicodeScalars.append(try #require(Unicode.Scalar(scalar)))
        }
        let settings = HTTPSettings(
            url: try ArgumentTemplate("http://h/p/{v}"),
            query: [try field("q", "{v}"), try field("r", "<{v}>")])
        let arguments: JSONValue = ["v": .string(text)]
        let url = try request(settings, arguments.text()).address
        let parts = url.description.split(separator: "?", maxSplits: 1)
        let segments = parts[0].split(separator: "/").map { $0.removingPercentEncoding }
        #expect(segments == ["http:", "h", "p", text], "seed \(seed)")
        let query = parts[1].split(separator: "&").map {
            $0.split(separator: "=").map { $0.removingPercentEncoding }
        }
        #expect(query == [["q", text], ["r", "<\(text)>"]], "seed \(seed)")
    }

    @Test(
        "what an address may be",
        arguments: [
            ("http://h/{a}", nil), ("https://h:8/x?y={a}", nil), ("http://h", nil),
            ("http://{a}/x", "host"), ("http://h{a}/x", "host"), ("http://h:{a}/", "host"),
            ("ftp://h/", "begins with"),
            ("{a}", "begins with"), ("http:///x", "names no host"), ("http://u:p@h/", "header"),
            ("http://h/#x", "fragment"),
        ] as [(String, String?)])
    func addresses(url: String, fault: String?) throws {
        let found = HTTPSettings.fault(in: try ArgumentTemplate(url))
        #expect(fault.map { found?.contains($0) == true } ?? (found == nil), "\(found ?? "no fault")")
    }

    @Test("query and form: absent arguments leave their fields out, arrays repeat them")
    func fields() throws {
        var settings = HTTPSettings(method: "POST", url: try ArgumentTemplate("http://h/?k=v"))
        settings.query = [try field("a", "{a}"), try field("b", "{b}"), try field("c d", "{list}")]
        settings.body = .form([try field("x", "{a} & {a}"), try field("y", "{b}")])
        let made = try request(settings, #"{"a": "é&", "list": [1, "p=q"]}"#)
        #expect(made.address.description == "http://h/?k=v&a=%C3%A9%26&c%20d=1&c%20d=p%3Dq")
        #expect(made.body == Array("x=%C3%A9%26%20%26%20%C3%A9%26".utf8))
        #expect(made.fields["Content-Type"] == "application/x-www-form-urlencoded")
    }

    @Test("a header cannot be ended, and variables come from the environment")
    func headers() throws {
        var settings = HTTPSettings(url: try ArgumentTemplate("http://h/"))
        settings.headers = [
            try field("Authorization", "Bearer ${CALLGATE_HTTP_KEY}"), try field("X-A", "{a}"),
        ]
        let made = try request(settings, #"{"a": "${CALLGATE_HTTP_KEY}"}"#)
        #expect(made.fields["Authorization"] == "Bearer k3y-value")
        #expect(made.fields["X-A"] == "${CALLGATE_HTTP_KEY}")
        #expect(throws: ToolFailure.self) { try request(settings, #"{"a": "x\r\nY: z"}"#) }
        settings.headers = [try field("A", "${CALLGATE_TEST_ABSENT}")]
        #expect(
            throws: ToolFailure("the environment has no variable CALLGATE_TEST_ABSENT; no request was made")
        ) {
            try request(settings, "{}")
        }
    }

    @Test("JSON bodies: the approved bytes, one argument, or a template that no value can leave")
    func bodies() throws {
        func body(_ body: HTTPSettings.Body, _ arguments: String) throws -> String? {
            let settings = HTTPSettings(method: "POST", url: try ArgumentTemplate("http://h/"), body: body)
            let body = try request(settings, arguments).body
            return body.isEmpty ? nil : String(decoding: body, as: UTF8.self)
        }
        #expect(try body(.arguments, #"{"a" : 1.0}"#) == #"{"a" : 1.0}"#)
        #expect(try body(.argument(JSONPointer(["a"])), #"{"a": [1.0]}"#) == "[1.0]")
        #expect(try body(.argument(JSONPointer(["b"])), #"{"a": [1.0]}"#) == nil)
        let template = try JSONTemplate(["n": "{n}", "s": "<{s}>", "gone": "{x}", "l": ["{x}", 1, "{{}}"]]) {
            _ in
        }
        #expect(
            try body(.json(template), #"{"n": {"k": 1e2}, "s": "\", \"admin\": true"}"#)
                == #"{"n":{"k":1e2},"s":"<\", \"admin\": true>","l":[1,"{}"]}"#)
    }
}

@Suite struct HTTPToolTests {
    private func run(_ settings: HTTPSettings, _ arguments: String = "{}") async throws -> ToolOutput {
        let tool = HTTPTool(definition: definition, settings: settings, environment: environment)
        let call = ToolCall(id: ToolCallID("call_1"), name: "t", arguments: ByteString(arguments))
        return try await tool.run(call, arguments: try JSONParser.parse(arguments))
    }

    @Test("a request is made as it was built, and its answer is the result")
    func answer() async throws {
        let server = try LoopbackServer { request in LoopbackServer.answer("200 OK", "got \(request)") }
        let settings = HTTPSettings(
            method: "POST", url: try ArgumentTemplate("http://127.0.0.1:\(server.port)/a/{v}"),
            headers: [try field("X-Test", "{v}")], body: .arguments)
        let output = try await run(settings, #"{"v": "1 2"}"#)
        #expect(!output.isError && output.callID == ToolCallID("call_1"))
        #expect(output.content.hasPrefix("got POST /a/1%202 HTTP/1.1"), "\(output.content)")
        #expect(output.content.lowercased().contains("x-test: 1 2"))
        #expect(output.content.hasSuffix(#"{"v": "1 2"}"#))
    }

    @Test(
        "a status that isn't 2xx is an error with the body; long answers are cut; keys that come back are not shown"
    )
    func errors() async throws {
        let server = try LoopbackServer { request in
            request.hasPrefix("GET /long")
                ? LoopbackServer.answer("200 OK", "0123456789")
                : LoopbackServer.answer("404 Not Found", "no such thing for k3y-value")
        }
        let base = "http://127.0.0.1:\(server.port)"
        let missing = try await run(
            HTTPSettings(
                url: try ArgumentTemplate("\(base)/x"), query: [try field("key", "${CALLGATE_HTTP_KEY}")]))
        #expect(missing.isError && missing.content == "HTTP 404\nno such thing for [CALLGATE_HTTP_KEY]")
        let long = try await run(HTTPSettings(url: try ArgumentTemplate("\(base)/long"), outputBytes: 4))
        #expect(long.content == "0123\n[cut: 4 of 10 bytes are shown]")
    }

    @Test(
        "a redirect to another server, or of a request that writes, is not followed; within the server it is")
    func redirects() async throws {
        let other = try LoopbackServer { _ in LoopbackServer.answer("200 OK", "stolen") }
        let server = try LoopbackServer { request in
            if request.contains(" /there") { return LoopbackServer.answer("200 OK", "there") }
            let place = request.contains(" /away") ? "http://127.0.0.1:\(other.port)/" : "/there"
            return LoopbackServer.answer("302 Found", "", "Location: \(place)\r\n")
        }
        let base = "http://127.0.0.1:\(server.port)"
        #expect(try await run(HTTPSettings(url: try ArgumentTemplate("\(base)/here"))).content == "there")
        let away = try await run(HTTPSettings(url: try ArgumentTemplate("\(base)/away")))
        #expect(
            away.isError && away.content.hasPrefix("HTTP 302, which leads to http://127.0.0.1:\(other.port)/")
        )
        let post = try await run(HTTPSettings(method: "POST", url: try ArgumentTemplate("\(base)/here")))
        #expect(post.isError && post.content.hasPrefix("HTTP 302"))
    }

    @Test("a server that is not there is a clear failure")
    func unreachable() async throws {
        let port = try LoopbackServer { _ in "" }.port
        await #expect {
            try await run(HTTPSettings(url: try ArgumentTemplate("http://127.0.0.1:\(port)/")))
        } throws: { "\($0)".hasPrefix("127.0.0.1 gave no answer: ") }
    }
}

/// A server on this machine that answers each connection's one request.
private final class LoopbackServer: Sendable {
    let port: Int
    private let listener: ListeningSocket

    init(_ respond: @escaping @Sendable (String) -> String) throws {
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(file, $0, size) == 0 && listen(file, 8) == 0 && getsockname(file, $0, &size) == 0
            }
        }
        try #require(bound)
        let listener = ListeningSocket(file)
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread {
            while true {
                let connection = accept(file, nil, nil)
                guard connection >= 0 else { return listener.close() }
                let request = LoopbackServer.read(connection)
                let answer = Array(respond(request).utf8)
                _ = send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
                close(connection)
            }
        }
    }

    deinit { listener.stop() }

    static func answer(_ status: String, _ body: String, _ headers: String = "") -> String {
        "HTTP/1.1 \(status)\r\nContent-Type: text/plain\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n"
            + headers + "\r\n" + body
    }

    private static func read(_ connection: Int32) -> String {
        var text = ""
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(connection, &bytes, bytes.count, 0)
            guard count > 0 else { return text }
            text += String(decoding: bytes[..<count], as: UTF8.self)
            guard let end = text.range(of: "\r\n\r\n") else { continue }
            let length = text.lowercased().range(of: "content-length: ").map { range in
                Int(text.lowercased()[range.upperBound...].prefix { $0.isNumber }) ?? 0
            }
            if text[end.upperBound...].utf8.count >= length ?? 0 { return text }
        }
    }
}
