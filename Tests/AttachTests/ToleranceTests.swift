import Agent
import Formats
import JSON
import Testing
import Wire

@testable import Attach

@Suite("Clients that cannot be told of a denial by a call in its place")
struct ToleranceTests {
    private static let afc = "google-genai-sdk/3.6.1+afc gl-python/3.11.7"

    @Test(
        "Google's SDK is known by its version and by its word for calling functions itself",
        arguments: [
            (ToleranceTests.afc, ClientIdentity.Tolerance.nothing),
            ("google-genai-sdk/3.6.1+mcp_used/1.0+afc gl-python/3.11.7", .nothing),
            ("google-genai-sdk/3.6.1 gl-python/3.11.7", .unknownTools),
            ("google-genai-sdk/2.0.0 gl-python/3.11.7", .nothing),
            ("google-genai-sdk/1.9 gl-node/v22", .nothing), ("google-genai-sdk/", .nothing),
            ("Agents/Python 0.24.0", .refusedArguments), ("OpenAI/Python 3.57.0", .unknownTools),
        ])
    func tolerance(agent: String, tolerance: ClientIdentity.Tolerance) {
        #expect(ClientIdentity(HTTPFields([.init("user-agent", agent)])).tolerance == tolerance)
    }

    @Test(
        "A denial of a function that Google's SDK calls by itself never reaches it: the model is asked again")
    func google() async throws {
        let denied = ToolCall(id: ToolCallID("x"), name: "note", arguments: ByteString("{\"text\": \"one\"}"))
        let provider = try await FreeProvider { number, body, response in
            let answer =
                number == 0
                ? ModelResponse(content: "", calls: [denied], finishReason: .toolCalls) : done
            let identity = ResponseIdentity(id: "r\(number)", model: "m", created: 1)
            let whole = ResponseWriter.whole(answer, in: .gemini, identity: identity)
            try await response.send(status: 200, type: "application/json", text: whole.text())
        }
        defer { provider.stop() }
        let folder = TemporaryFolder()
        let person = TablePerson { _ in .deny(reason: "never") }
        let body: JSONValue = [
            "contents": [["role": "user", "parts": [["text": "Go."]]]],
            "tools": [
                [
                    "functionDeclarations": [
                        [
                            "name": "note",
                            "parameters": [
                                "type": "OBJECT", "properties": ["text": ["type": "STRING"]],
                                "required": ["text"],
                            ],
                        ]
                    ]
                ]
            ],
        ]
        try await withProxy(at: provider.origin, folder: folder, person: person) { origin, _ in
            let got = try await post(
                "/v1beta/models/m:generateContent", body, to: origin,
                fields: [.init("user-agent", ToleranceTests.afc)])
            let text = String(decoding: got.bytes, as: UTF8.self)
            #expect(text.contains("Done.") && !text.contains("functionCall"))
        }
        let asked = provider.bodies
        #expect(asked.count == 2)
        #expect(asked[1].contains("a reviewer rejected this call"))
    }
}
