import Agent
import Foundation
import JSON
import Testing

@testable import Sessions

/// What people save of a server's answers: streams as they came, pages of a list, results of a batch.
@Suite struct SavedStreamTests {
    private func read(_ text: String) throws -> SessionImport {
        try SessionImport(Array(text.utf8), name: "x")
    }

    private func answers(_ imported: SessionImport) -> [String] {
        imported.sessions.flatMap { events in
            events.compactMap { event -> String? in
                guard case .responseReceived(_, let response, _) = event.body else { return nil }
                return ([response.content] + response.calls.map { "\($0.name)\($0.arguments.text)" })
                    .joined(separator: " ")
            }
        }
    }

    private static let chat = [
        #"{"object":"chat.completion.chunk","choices":[]}"#,
        #"{"choices":[{"index":0,"delta":{"role":"assistant","content":"It "}}]}"#,
        #"{"choices":[{"index":0,"delta":{"content":"rains."}}]}"#,
        #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
    ]
    private static let gemini = [
        #"{"candidates":[{"content":{"parts":[{"text":"It "}]}}]}"#,
        #"{"candidates":[{"content":{"parts":[{"text":"rains."}]},"finishReason":"STOP"}]}"#,
    ]
    private static let ollama = [
        #"{"message":{"role":"assistant","content":"It "},"done":false}"#,
        #"{"message":{"role":"assistant","content":"rains."},"done":false}"#,
        #"{"message":{"role":"assistant","content":""},"done":true}"#,
    ]
    private static let messages = [
        #"{"type":"message_start","message":{"type":"message","role":"assistant","content":[]}}"#,
        #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"It rains."}}"#,
        #"{"type":"content_block_stop","index":0}"#,
        #"{"type":"message_delta","delta":{"stop_reason":"end_turn"}}"#, #"{"type":"message_stop"}"#,
    ]
    private static let responses = [
        #"{"type":"response.created","response":{"id":"r"}}"#,
        #"{"type":"response.output_text.delta","output_index":0,"item_id":"m","delta":"It rains."}"#,
        #"{"type":"response.completed","response":{"status":"completed","output":[]}}"#,
    ]

    @Test(
        "A stream that was saved is one response, as events, as lines or as a list",
        arguments: [chat, gemini, ollama, messages, responses])
    func streams(chunks: [String]) throws {
        let events = chunks.map { "data: \($0)\r\n\r\n" }.joined()
        for text in [
            events, ": kept alive\n\n" + events, "event: x\nid: 1\n" + events,
            chunks.joined(separator: "\n"), "[" + chunks.joined(separator: ",\n") + "]",
        ] {
            #expect(answers(try read(text)) == ["It rains."], "\(text)")
        }
        // What was cut is said.
        // Anthropic tells the reason of the end before the end.
        let rest = chunks.dropLast(chunks == SavedStreamTests.messages ? 2 : 1)
        let cut = try read(rest.map { "data: \($0)\n\n" }.joined())
        #expect(answers(cut) == [] && cut.losses.lines.contains { $0.contains("cut before") }, "\(cut)")
    }

    @Test func responsesThatAreWholeAreAsManyConversations() throws {
        let whole = #"{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}]}"#
        #expect(answers(try read("\(whole)\n\(whole)\n")) == ["a", "a"])
        let chat =
            #"{"object":"chat.completion","choices":[{"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}]}"#
        #expect(answers(try read(#"{"object":"list","data":[\#(chat),\#(chat)]}"#)) == ["a", "a"])
    }

    @Test func theRequestsOfABatchAndTheMessagesOfAPageAreRead() throws {
        let request = #"{"custom_id":"a","params":{"model":"m","messages":[{"role":"user","content":"q"}]}}"#
        #expect(try read(#"{"requests":[\#(request),\#(request)]}"#).sessions.count == 2)
        let page = try read(
            #"{"object":"list","data":[{"object":"chat.completion.message","role":"user","content":"q"}]}"#)
        #expect(RunState(folding: page.sessions[0]).messages.count == 1)
    }

    @Test("A request of a batch that failed is named, with the provider's words")
    func batches() throws {
        let message =
            #"{"type":"message","role":"assistant","content":[{"type":"text","text":"a"}],"stop_reason":"end_turn"}"#
        let anthropic = [
            #"{"custom_id":"1","result":{"type":"succeeded","message":\#(message)}}"#,
            #"{"custom_id":"2","result":{"type":"errored","error":{"type":"error","error":{"type":"x","message":"too long"}}}}"#,
            #"{"custom_id":"3","result":{"type":"expired"}}"#,
        ]
        let completion =
            #"{"choices":[{"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}]}"#
        let openai = [
            #"{"custom_id":"1","response":{"status_code":200,"body":\#(completion)},"error":null}"#,
            #"{"custom_id":"2","response":{"status_code":400,"body":{"error":{"message":"too long"}}}}"#,
            #"{"custom_id":"3","response":null,"error":{"code":"batch_expired","message":"expired"}}"#,
        ]
        for lines in [anthropic, openai, openai.reversed()] {
            let imported = try read(lines.joined(separator: "\n"))
            #expect(answers(imported) == ["a"])
            for word in ["too long", "expired"] {
                #expect(
                    imported.losses.lines.contains {
                        $0.contains("a request of the batch that failed: \(word)")
                    }, "\(imported.losses.lines)")
            }
        }
        let error = #expect(throws: ImportError.self) { _ = try read(openai[1] + "\n" + openai[2]) }
        #expect(error?.description.contains("no request of the batch has a response; line 1") == true)
    }

    @Test("Traces as Tempo answers for them, lists of them, and messages that Pydantic AI writes as events")
    func traces() throws {
        let events =
            #"[{"event.name":"gen_ai.user.message","role":"user","content":"q"},{"event.name":"gen_ai.assistant.message","role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"event.name":"gen_ai.tool.message","role":"tool","id":"c","content":"r"},{"event.name":"gen_ai.choice","index":0,"message":{"role":"assistant","content":"a"}}]"#
        let span: JSONValue = [
            "traceId": "t", "spanId": "s", "name": "chat", "startTimeUnixNano": "1700000000000000000",
            "attributes": [
                ["key": "gen_ai.operation.name", "value": ["stringValue": "chat"]],
                ["key": "events", "value": ["stringValue": .string(events)]],
            ],
        ]
        let resources: JSONValue = [["scopeSpans": [["spans": [span]]]]]
        let older: JSONValue = [["instrumentationLibrarySpans": [["spans": [span]]]]]
        for document: JSONValue in [
            ["resourceSpans": resources], ["batches": resources], ["batches": older],
            ["trace": ["resourceSpans": resources]], [["resourceSpans": resources], ["resourceSpans": []]],
        ] {
            let imported = try read(document.text())
            #expect(imported.format == .otel && imported.sessions.count == 1)
            let state = RunState(folding: imported.sessions[0])
            #expect(state.messages.map(\.role) == ["user", "assistant", "tool", "assistant"])
            #expect(state.calls.map(\.message?.content) == ["r"])
        }
    }
}
