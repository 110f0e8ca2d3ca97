import JSON
import Testing

@testable import Sessions

/// Requests and responses that a file has in a shape around the provider's own.
@Suite struct RecordedShapeTests {
    private static let chat =
        #"{"choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}]}"#

    @Test("A log keeps what was asked among its own members")
    func ownMembers() throws {
        let messages = #""messages":[{"role":"user","content":"q"}]"#
        let lite = try ImportedReading(
            #"{"id":"x","call_type":"acompletion","model":"m",\#(messages),"response":\#(Self.chat)}"#)
        #expect(lite.told == ["user: q", "model: a"])
        let joined = try ImportedReading("{\(messages),\(Self.chat.dropFirst().dropLast())}")
        #expect(joined.told == ["user: q", "model: a"])
        let anthropic =
            #"{"type":"message","role":"assistant","content":[{"type":"text","text":"a"}],"stop_reason":"end_turn"}"#
        #expect(
            try ImportedReading("{\(messages),\"response\":\(anthropic)}").told == ["user: q", "model: a"])
        // A response alone asks nothing.
        #expect(try ImportedReading(Self.chat).told == ["model: a"])
    }

    @Test("What the reading of a response remarks is among the losses")
    func remarks() throws {
        let two =
            #"{"choices":[{"index":0,"message":{"content":"a"},"finish_reason":"stop"},{"index":1,"message":{"content":"b"},"finish_reason":"stop"}]}"#
        let read = try ImportedReading(
            #"{"request":{"messages":[{"role":"user","content":"q"}]},"response":\#(two)}"#)
        #expect(read.told == ["user: q", "model: a"] && read.loses("more than one choice"))
    }

    @Test("Gemini behind a Google login has its question wrapped as its answer is")
    func codeAssist() throws {
        let asked =
            #"{"model":"g","project":"p","request":{"contents":[{"role":"user","parts":[{"text":"q"}]}]}}"#
        let answer =
            #"{"response":{"candidates":[{"content":{"role":"model","parts":[{"text":"a"}]},"finishReason":"STOP"}]}}"#
        let entry: JSONValue = [
            "startedDateTime": "2026-01-01T10:00:00.000Z", "time": 5,
            "request": [
                "method": "POST", "url": "https://x/v1internal:streamGenerateContent?alt=sse",
                "postData": ["text": .string(asked)],
            ], "response": ["content": ["text": .string("data: \(answer)\n\n")]],
        ]
        let archive: JSONValue = ["log": ["entries": [entry]]]
        #expect(try ImportedReading(archive.text()).told == ["user: q", "model: a"])
        #expect(try ImportedReading(asked).told == ["user: q"])
        #expect(
            try ImportedReading(#"{"request":\#(asked),"response":\#(answer)}"#).told == [
                "user: q", "model: a",
            ])
        let imported = try SessionImport(Array(archive.text().utf8), name: "x")
        guard case .sessionStarted(let header)? = imported.sessions.first?.first?.body else {
            Issue.record("no header")
            return
        }
        #expect(header.model.name == "g")
    }

    @Test(
        "What a request names by an ID alone is said to be elsewhere",
        arguments: [
            (
                #"{"model":"m","input":[{"role":"user","content":"q"}],"previous_response_id":"r"}"#,
                "ID of a response"
            ),
            (#"{"model":"m","input":"q","conversation":"c"}"#, "ID of a conversation"),
            (#"{"model":"m","input":"q","conversation":{"id":"c"}}"#, "ID of a conversation"),
            (
                #"{"model":"m","input":"q","prompt":{"id":"p","variables":{}}}"#,
                "the prompt that a request names"
            ),
            (#"{"contents":[{"role":"user","parts":[{"text":"q"}]}],"cachedContent":"c"}"#, "ID of a cache"),
            (
                #"{"contents":[{"role":"user","parts":[{"text":"q"}]}],"config":{"cachedContent":"c"}}"#,
                "ID of a cache"
            ),
        ])
    func elsewhere(request: String, words: String) throws {
        let read = try ImportedReading(request)
        #expect(read.told == ["user: q"] && read.loses(words), "\(read.losses)")
        #expect(try !ImportedReading(#"{"model":"m","input":"q"}"#).loses("alone"))
    }

    @Test("Items of Responses that neither say nor run anything are called what they are")
    func items() throws {
        let items = [
            #"{"type":"message","role":"user","content":"q"}"#, #"{"type":"item_reference","id":"rs_1"}"#,
            #"{"type":"mcp_approval_request","id":"a","name":"n","arguments":"{}","server_label":"s"}"#,
            #"{"type":"mcp_approval_response","approval_request_id":"a","approve":false}"#,
            #"{"type":"compaction","encrypted_content":"E"}"#,
            #"{"type":"mcp_call","name":"n","arguments":"{}"}"#,
        ]
        let marks = [
            "mark: what stood here is named by its ID alone: rs_1",
            "mark: the provider asked whether n of s may run",
            "mark: the client answered that the provider's tool may not run",
            "mark: compaction: what was said before stands here encrypted, for the provider alone",
        ]
        // Without a word beside them they are no answer.
        let read = try ImportedReading(
            #"{"model":"m","input":[\#(items.dropLast().joined(separator: ","))]}"#)
        #expect(read.told == ["user: q"] + marks, "\(read.told)")
        #expect(read.loses("item_reference, compaction"))
        let ran = try ImportedReading(#"{"model":"m","input":[\#(items.joined(separator: ","))]}"#)
        #expect(ran.told == ["user: q", "mark: n ran at the provider"] + marks + ["model: "])
        // In a response, whole or streamed.
        let output = #"{"object":"response","status":"completed","output":[\#(items[2])]}"#
        let stream =
            "data: {\"type\":\"response.output_item.done\",\"output_index\":0,\"item\":\(items[2])}\n\n"
            + "data: {\"type\":\"response.completed\",\"response\":\(output)}\n\n"
        for response in [output, stream] {
            #expect(try ImportedReading(response).told == [marks[1], "model: "], "\(response)")
        }
    }
}
