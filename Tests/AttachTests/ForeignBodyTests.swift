import Agent
import Formats
import JSON
import Testing
import Wire

@testable import Attach

@Suite("Bodies that are no answer of a model")
struct ForeignBodyTests {
    private static let page =
        "<!doctype html>\n<html>\n<style>body { color: red }</style>\nSign in\n</html>\n"

    @Test(
        "What is neither JSON nor an event stream passes to its client as it came, and the session says in a sentence what that was",
        arguments: [
            ("text/html", ForeignBodyTests.page), ("text/plain; charset=utf-8", "upstream is being deployed"),
            ("application/json", ""), ("application/json", "null"), ("application/json", "\"later\""),
            ("", "ok"), ("text/event-stream", "Bad gateway\n"),
        ], [true, false])
    func foreign(body: (type: String, text: String), isStreamed: Bool) async throws {
        let provider = try await FreeProvider { _, _, response in
            try await response.begin(
                HTTPResponse(
                    status: 200,
                    fields: HTTPFields(
                        (body.type.isEmpty ? [] : [.init("content-type", body.type)]) + [
                            .init("content-length", String(body.text.utf8.count)), .init("x-odd", "kept"),
                        ])))
            try await response.write(Array(body.text.utf8))
            try await response.finish()
        }
        defer { provider.stop() }
        for (path, request) in [
            ("/v1/messages", messages([], stream: isStreamed)),
            (
                "/v1/chat/completions",
                [
                    "model": "m", "stream": .bool(isStreamed),
                    "messages": [["role": "user", "content": "Go."]],
                ]
            ),
        ] {
            let folder = TemporaryFolder()
            let person = TablePerson { _ in nil }
            try await withProxy(at: provider.origin, folder: folder, person: person) { origin, _ in
                let got = try await post(path, request, to: origin)
                #expect(got.status == 200)
                #expect(String(decoding: got.bytes, as: UTF8.self) == body.text)
            }
            let fold = person.fold(try #require(person.journals.first))
            guard case .failed(let words) = fold.outcome else {
                Issue.record("the session ended with \(String(describing: fold.outcome))")
                continue
            }
            let type = String(body.type.prefix { $0 != ";" })
            let wanted =
                body.text.isEmpty
                ? "the provider answered 200 with an empty body; it was passed on as it came"
                : "the provider answered 200 with \(type.isEmpty ? "a body without a content type" : type) that is "
                    + "neither JSON nor an event stream, so no answer of a model; it was passed on as it came: "
                    + JSONValue.string(String(body.text.prefix(200))).text()
            #expect(words == wanted)
        }
    }

    @Test("JSON that is no answer of the model does not pass: its client is told what came")
    func otherJSON() async throws {
        let provider = try await FreeProvider { _, _, response in
            try await response.send(status: 200, type: "application/json", text: "{\"tools\": [1]}")
        }
        defer { provider.stop() }
        let folder = TemporaryFolder()
        let person = TablePerson { _ in nil }
        try await withProxy(at: provider.origin, folder: folder, person: person) { origin, _ in
            let got = try await post("/v1/messages", messages([], stream: false), to: origin)
            #expect(got.status == 424)
            let text = String(decoding: got.bytes, as: UTF8.self)
            #expect(text.contains("JSON that is no message of Anthropic's Messages"))
        }
    }
}
