import JSON
import Testing

@testable import Sessions

/// Spans of models as the exporters and backends beside OTLP's JSON write them, and messages of older conventions.
@Suite struct SpanShapeTests {
    private func attributes(_ members: [(String, String)]) -> JSONValue {
        .array(members.map { ["key": .string($0.0), "value": ["stringValue": .string($0.1)]] })
    }

    private func file(_ members: [(String, String)], events: JSONValue = []) -> String {
        let span: JSONValue = [
            "traceId": "t", "spanId": "s", "startTimeUnixNano": "1764000000000000000",
            "attributes": attributes(members), "events": events,
        ]
        let document: JSONValue = ["resourceSpans": [["scopeSpans": [["spans": [span]]]]]]
        return document.text()
    }

    private static let input = #"[{"role":"user","parts":[{"type":"text","content":"q"}]}]"#
    private static let output = #"[{"role":"assistant","parts":[{"type":"text","content":"a"}]}]"#

    @Test("OpenInference's thinking is thinking, and what is no text is named")
    func openInference() throws {
        let asked = "llm.input_messages.0.message.contents"
        let said = "llm.output_messages.0.message.contents"
        let read = try ImportedReading(
            file([
                ("llm.input_messages.0.message.role", "user"), ("\(asked).0.message_content.type", "text"),
                ("\(asked).0.message_content.text", "q"), ("\(asked).1.message_content.type", "image"),
                ("\(asked).1.message_content.image.image.url", "u"),
                ("llm.output_messages.0.message.role", "assistant"),
                ("\(said).0.message_content.type", "reasoning"), ("\(said).0.message_content.text", "h"),
                ("\(said).1.message_content.type", "text"), ("\(said).1.message_content.text", "a"),
            ]))
        #expect(read.told == ["user: q", "model: a (thought h)"] && read.loses("a part of type image"))
    }

    @Test(
        "Prompts and completions in one attribute are read, on the span or on events of their own",
        arguments: [
            ("q", "a"), (#"[{"role":"user","content":"q"}]"#, #"[{"role":"assistant","content":"a"}]"#),
            (#"{"role":"user","content":"q"}"#, #"{"content":"a"}"#),
            (
                #"{"messages":[{"role":"user","content":"q"}]}"#,
                #"{"choices":[{"index":0,"message":{"role":"assistant","content":"a"}}]}"#
            ),
            (
                #"[{"content":[{"type":"text","text":"q"}]}]"#,
                #"[{"message":{"role":"assistant","content":"a"}}]"#
            ),
        ])
    func whole(prompt: String, completion: String) throws {
        let operation = ("gen_ai.operation.name", "chat")
        let own = file([operation, ("gen_ai.prompt", prompt), ("gen_ai.completion", completion)])
        #expect(try ImportedReading(own).told == ["user: q", "model: a"])
        let events: JSONValue = [
            ["name": "gen_ai.content.prompt", "attributes": attributes([("gen_ai.prompt", prompt)])],
            [
                "name": "gen_ai.content.completion",
                "attributes": attributes([("gen_ai.completion", completion)]),
            ],
        ]
        #expect(try ImportedReading(file([operation], events: events)).told == ["user: q", "model: a"])
        // An answer that is missing was not recorded.
        let half = try ImportedReading(file([operation, ("gen_ai.prompt", prompt)]))
        #expect(half.loses("its messages were not recorded"))
    }

    @Test("Contents that are blocks keep their calls, results and thoughts")
    func blocks() throws {
        let prompt =
            #"[{"role":"user","content":"q"},{"role":"assistant","content":[{"type":"thinking","thinking":"h"},{"type":"tool_use","id":"c","name":"f","input":{"x":1}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":[{"type":"text","text":"r"}]}]}]"#
        let read = try ImportedReading(
            file([("gen_ai.operation.name", "chat"), ("gen_ai.prompt", prompt), ("gen_ai.completion", "a")]))
        #expect(read.told == ["user: q", #"model:  f{"x":1} (thought h)"#, "result c: r", "model: a"])
    }

    private func record(_ name: String, _ body: JSONValue, span: String = "s", isNamed: Bool = true)
        -> JSONValue
    {
        var record: JSONObject = JSONObject([
            .init(key: "timeUnixNano", value: "1764000000000000000"), .init(key: "traceId", value: "t"),
            .init(key: "spanId", value: .string(span)), .init(key: "body", value: body),
        ])
        if isNamed {
            record["eventName"] = .string(name)
        } else {
            record["attributes"] = attributes([("event.name", name)])
        }
        return .object(record)
    }

    private func body(_ members: [(String, JSONValue)]) -> JSONValue {
        ["kvlistValue": ["values": .array(members.map { ["key": .string($0.0), "value": $0.1] })]]
    }

    @Test(
        "Log records are events of the spans that they name, with and without these",
        arguments: [true, false])
    func logs(isNamed: Bool) throws {
        let records = [
            record("gen_ai.user.message", body([("content", ["stringValue": "q"])]), isNamed: isNamed),
            record(
                "gen_ai.choice",
                body([
                    ("finish_reason", ["stringValue": "stop"]),
                    ("message", body([("content", ["stringValue": "a"])])),
                ]), isNamed: isNamed),
            record("http.request", body([]), isNamed: isNamed),
        ]
        let logs: JSONValue = [["scopeLogs": [["logRecords": .array(records)]]]]
        let alone: JSONValue = ["resourceLogs": logs]
        let read = try ImportedReading(alone.text())
        #expect(read.told == ["user: q", "model: a"] && read.loses("no event gen_ai"), "\(read.losses)")
        let spans = file([("gen_ai.operation.name", "chat"), ("gen_ai.request.model", "m")])
        for lines in [spans + "\n" + alone.text(), alone.text() + "\n" + spans] {
            #expect(try ImportedReading(lines).sessions == [["user: q", "model: a"]])
        }
    }

    @Test("A record of an operation's details is read as the event of a span is")
    func details() throws {
        let record: JSONValue = [
            "eventName": "gen_ai.client.inference.operation.details", "traceId": "t", "spanId": "s",
            "observedTimeUnixNano": "1764000000000000000",
            "attributes": attributes([
                ("gen_ai.operation.name", "chat"), ("gen_ai.input.messages", Self.input),
                ("gen_ai.output.messages", Self.output),
            ]),
        ]
        let document: JSONValue = ["resourceLogs": [["scopeLogs": [["logRecords": [record]]]]]]
        #expect(try ImportedReading(document.text()).told == ["user: q", "model: a"])
    }

    @Test("OTLP with the names of protocol buffers is read")
    func snakes() throws {
        let span: JSONValue = [
            "trace_id": "t", "span_id": "s", "start_time_unix_nano": "1764000000000000000",
            "attributes": [
                ["key": "gen_ai.operation.name", "value": ["string_value": "chat"]],
                ["key": "gen_ai.input.messages", "value": ["string_value": .string(Self.input)]],
                ["key": "gen_ai.output.messages", "value": ["string_value": .string(Self.output)]],
            ],
        ]
        let document: JSONValue = ["resource_spans": [["scope_spans": [["spans": [span]]]]]]
        #expect(try ImportedReading(document.text()).told == ["user: q", "model: a"])
    }

    @Test("Spans that the console exporter prints are read: one, lines, a list, or one after the other")
    func console() throws {
        func span(_ id: String, _ start: String, indent: Bool) -> String {
            let messages = JSONValue.string(Self.input).text()
            let answer = JSONValue.string(Self.output).text()
            let lines = [
                "{", #"    "name": "chat", "context": {"trace_id": "0x1", "span_id": "\#(id)"},"#,
                #"    "parent_id": null, "start_time": "\#(start)", "end_time": "2026-01-01T10:00:09.000000Z","#,
                #"    "attributes": {"gen_ai.operation.name": "chat", "gen_ai.input.messages": \#(messages), "gen_ai.output.messages": \#(answer)}"#,
                "}",
            ]
            return lines.joined(separator: indent ? "\n" : " ")
        }
        let (early, late) = ("2026-01-01T10:00:00.123456Z", "2026-01-01T10:00:01.5Z")
        #expect(try ImportedReading(span("0x1", early, indent: true)).told == ["user: q", "model: a"])
        let told = ["user: q", "model: a", "model: a"]
        let texts = [
            span("0x1", early, indent: true) + "\n" + span("0x2", late, indent: true) + "\n",
            span("0x1", early, indent: false) + "\n" + span("0x2", late, indent: false) + "\n",
            "[" + span("0x1", early, indent: true) + "," + span("0x2", late, indent: true) + "]",
        ]
        for text in texts { #expect(try ImportedReading(text).told == told, "\(text)") }
        // What is cut is refused rather than read by halves.
        #expect(throws: ImportError.self) { try ImportedReading(String(texts[0].dropLast(9))) }
    }

    @Test("Jaeger's traces are read, with their times and failures")
    func jaeger() throws {
        func tag(_ key: String, _ value: JSONValue) -> JSONValue { ["key": .string(key), "value": value] }
        let span: JSONValue = [
            "traceID": "t", "spanID": "s", "operationName": "chat", "startTime": 1_764_000_000_000_000,
            "duration": 2_000_000, "references": [["refType": "CHILD_OF", "traceID": "t", "spanID": "p"]],
            "tags": [
                tag("gen_ai.operation.name", "chat"), tag("gen_ai.input.messages", .string(Self.input)),
                tag("gen_ai.usage.input_tokens", 3),
            ],
            "logs": [
                [
                    "timestamp": 1,
                    "fields": [
                        tag("event", "gen_ai.client.inference.operation.details"),
                        tag("gen_ai.output.messages", .string(Self.output)),
                    ],
                ]
            ],
        ]
        let document: JSONValue = ["data": [["traceID": "t", "spans": [span], "processes": [:]]]]
        #expect(try ImportedReading(document.text()).told == ["user: q", "model: a"])
        let list: JSONValue = [["traceID": "t", "spans": [span]]]
        #expect(try ImportedReading(list.text()).told == ["user: q", "model: a"])
        let imported = try SessionImport(Array(document.text().utf8), name: "x")
        #expect(imported.sessions[0].last?.time == 1_764_000_002_000)
        // Times that no clock gives are no crash.
        let strange: JSONValue = [
            "data": [
                [
                    "traceID": "t",
                    "spans": [["traceID": "t", "spanID": "s", "startTime": 9_223_372_036_854_775_807]],
                ]
            ]
        ]
        #expect(throws: ImportError.self) { try ImportedReading(strange.text()) }
    }
}
