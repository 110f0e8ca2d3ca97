import Agent
import Formats
import JSON
import Testing
import Wire

@testable import Attach

@Suite("Answers with another status, or in another encoding") struct OtherStatusTests {
    private static let call =
        #"{"type":"message","role":"assistant","content":[{"type":"tool_use","id":"t","name":"Bash","input":{"EVIL":1}}],"stop_reason":"tool_use"}"#

    /// What a client gets of such an answer, and what its session says.
    private func got(
        _ status: Int, _ fields: [HTTPFields.Field], _ body: [UInt8], isStreamed: Bool = false
    ) async throws -> (status: Int, text: String, location: String?, outcome: String) {
        let provider = try await FreeProvider { _, _, response in
            try await response.begin(
                HTTPResponse(
                    status: status, fields: HTTPFields(fields + [.init("content-length", String(body.count))])
                ))
            try await response.write(body)
            try await response.finish()
        }
        defer { provider.stop() }
        let folder = TemporaryFolder()
        let person = TablePerson { _ in .deny(reason: "no") }
        let request = HTTPRequest(
            method: "POST", target: "/v1/messages",
            fields: HTTPFields([.init("content-type", "application/json")]))
        let answer = try await withProxy(at: provider.origin, folder: folder, person: person) { origin, _ in
            try await HTTPClient().send(
                request, body: Array(messages([], stream: isStreamed).text().utf8), to: origin
            ) { head, body in
                let bytes = try await body.collect(upTo: 1 << 20)
                return (head.status, String(decoding: bytes, as: UTF8.self), head.fields["location"])
            }
        }
        let fold = person.fold(try #require(person.journals.first))
        return (answer.0, answer.1, answer.2, fold.outcome.map { "\($0)" } ?? "")
    }

    @Test(
        "No redirect of a model's endpoint reaches the client: it is told where it led, and what to do",
        arguments: [300, 301, 302, 303, 304, 307, 308, 399], [true, false])
    func redirects(status: Int, isStreamed: Bool) async throws {
        let body = status == 304 ? [] : Array(OtherStatusTests.call.utf8)
        let got = try await got(
            status, [.init("location", "https://user.example:8443/v1/messages?key=secret")], body,
            isStreamed: isStreamed)
        #expect(got.status == 424 && got.location == nil)
        #expect(got.text.contains("redirects (\(status)) to https://user.example:8443,"))
        #expect(got.text.contains("--upstream https://user.example:8443"))
        #expect(!got.text.contains("secret") && !got.text.contains("EVIL"))
        #expect(got.outcome.contains("redirects (\(status))"))
    }

    @Test("Where a redirect leads is told from its address, and from nothing after it")
    func places() {
        for (address, place) in [
            ("https://a.example/x?y#z", "https://a.example"), ("HTTP://a.example?x", "http://a.example"),
            ("//a.example:81/x", "https://a.example:81"), ("/v1/messages/", nil), ("x", nil), ("", nil),
            ("ftp://a.example/", nil), ("https://me:pass@a.example/", nil), ("https://\u{202E}a/", nil),
        ] {
            #expect(Origin(ofAddress: address)?.description == place, "\(address)")
        }
    }

    @Test(
        "An error's body passes as it came, whatever it is; one that holds a call does not, and its status stays",
        arguments: [400, 429, 500, 529])
    func errors(status: Int) async throws {
        for text in [
            #"{"type":"error","error":{"type":"overloaded_error","message":"busy"}}"#, "Bad gateway", "",
            "<html>\n\n<style>a { b: c }</style>\n</html>",
        ] {
            let got = try await got(status, [.init("content-type", "text/plain")], Array(text.utf8))
            #expect(got.status == status && got.text == text)
        }
        for text in [
            OtherStatusTests.call, "event: x\ndata: \(OtherStatusTests.call)\n\n",
            "{\"error\":{\"message\":\"x\"},\"content\":[{\"type\":\"tool_use\",\"input\":{\"EVIL\":1}}]}",
        ] {
            let got = try await got(status, [.init("retry-after", "7")], Array(text.utf8))
            #expect(got.status == status && !got.text.contains("EVIL"))
            #expect(got.text.contains("a call could not be seen or held"))
        }
    }

    @Test(
        "An answer whose letters a client reads otherwise is refused",
        arguments: ["utf-16", "UTF-7", "cp037", "unicode_escape"], [true, false])
    func charsets(charset: String, isStreamed: Bool) async throws {
        let type = HTTPFields.Field("content-type", "application/json; charset=\"\(charset)\"")
        let got = try await got(200, [type], Array(OtherStatusTests.call.utf8), isStreamed: isStreamed)
        #expect(got.status == 424 && !got.text.contains("EVIL"))
        #expect(got.text.contains("character encoding"))
    }

    @Test(
        "A response that is fetched later passes where it has no call, streamed or not",
        arguments: [true, false])
    func fetched(isStreamed: Bool) async throws {
        for item in [
            #"{"type":"message","role":"assistant","content":[{"type":"output_text","text":"hi"}]}"#,
            #"{"type":"function_call","call_id":"c","name":"act","arguments":"{\"EVIL\":1}"}"#,
        ] {
            let whole = "{\"object\":\"response\",\"status\":\"completed\",\"output\":[\(item)]}"
            let event =
                "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":\(whole)}\n\n"
            let text = isStreamed ? event : whole
            let provider = try await FreeProvider { _, _, response in
                try await response.send(
                    status: 200, type: isStreamed ? "text/event-stream" : "application/json", text: text)
            }
            defer { provider.stop() }
            let folder = TemporaryFolder()
            let person = TablePerson { _ in .approve }
            let got = try await withProxy(at: provider.origin, folder: folder, person: person) { origin, _ in
                let request = HTTPRequest(
                    method: "GET", target: "/v1/responses/resp_1?stream=\(isStreamed)", fields: HTTPFields())
                return try await HTTPClient().send(request, body: [], to: origin) { head, body in
                    String(decoding: try await body.collect(upTo: 1 << 20), as: UTF8.self)
                }
            }
            if item.contains("EVIL") {
                #expect(!got.contains("EVIL") && got.contains("background mode off"))
            } else {
                #expect(got == text)
            }
        }
    }

    @Test("All fields that name an encoding count, as clients read them")
    func codings() throws {
        func fields(_ values: String...) -> HTTPFields {
            HTTPFields(values.map { .init("content-encoding", $0) })
        }
        for none in [fields(), fields("identity"), fields("Identity", " ")] {
            #expect(try !ResponseDecoding(none).isDecoding)
        }
        for one in [fields("gzip"), fields("identity", "gzip"), fields("identity, GZIP"), fields("deflate")] {
            #expect(try ResponseDecoding(one).isDecoding)
        }
        for unread in [fields("gzip", "gzip"), fields("identity", "br"), fields("gzip, deflate")] {
            #expect(throws: ProxyError.self) { try ResponseDecoding(unread) }
        }
    }

    @Test(
        "A stream that is refused ends with one error that its client understands, and the session says why")
    func refusal() async throws {
        let start =
            "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"role\":\"assistant\",\"content\":[]}}\n\n"
        let bytes = Array((start + "event: ping\ndata: {bad\n\ndata: \(OtherStatusTests.call)\n\n").utf8)
        let got = try await got(
            200, [.init("content-type", "text/event-stream")], bytes, isStreamed: true)
        #expect(got.status == 200 && got.text.hasPrefix(start) && !got.text.contains("EVIL"))
        let rest = got.text.dropFirst(start.count)
        #expect(
            rest.hasPrefix("event: error\ndata: {\"type\": \"error\"")
                || rest.hasPrefix("event: error\ndata: {\"type\":\"error\""))
        #expect(rest.contains("callgate: the response holds what is no JSON"))
        #expect(got.outcome.contains("what is no JSON"))
    }
}
