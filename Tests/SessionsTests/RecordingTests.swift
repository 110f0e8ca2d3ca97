import Agent
import Foundation
import JSON
import Testing

@testable import Sessions

/// Recordings of what went between an agent and its model, by other programs.
@Suite struct RecordingTests {
    private let firstRequest =
        #"{"model":"m","messages":[{"role":"user","content":"ask"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]}"#
    private let firstResponse =
        #"{"choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\": 1}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":3,"completion_tokens":4}}"#
    private let secondRequest =
        #"{"model":"m","messages":[{"role":"user","content":"ask"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\": 1}"}}]},{"role":"tool","tool_call_id":"c1","content":"ok"}]}"#
    private let secondResponse =
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"do\"}}]}\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ne\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"

    private func expectConversation(_ imported: SessionImport) {
        #expect(imported.sessions.count == 1)
        let state = RunState(folding: imported.sessions[0])
        #expect(state.messages.map(\.role) == ["user", "assistant", "tool", "assistant"])
        #expect(state.calls.map(\.call.arguments.text) == [#"{"a": 1}"#])
        #expect(state.outcome == .answered("done"))
        #expect(state.header?.catalogue.map(\.name) == ["f"])
        #expect(state.header?.model.name == "m" && state.header?.isImported == true)
    }

    private func quoted(_ text: String) -> String { JSONValue.string(text).text() }

    @Test("an HTTP archive gives the conversation, its times, and names what asks no model")
    func archives() throws {
        func entry(_ second: Int, _ path: String, _ request: String, _ response: String) -> String {
            #"{"startedDateTime":"2026-11-28T10:00:0\#(second).000Z","time":250,"request":{"method":"POST","url":"http://127.0.0.1:1\#(path)","postData":{"text":\#(quoted(request))}},"response":{"content":{"text":\#(quoted(response))}}}"#
        }
        let entries = [
            entry(1, "/v1/chat/completions", firstRequest, firstResponse), entry(2, "/v1/models", "", "{}"),
            entry(3, "/v1/chat/completions", secondRequest, secondResponse),
        ]
        let file = #"{"log":{"version":"1.2","entries":[\#(entries.joined(separator: ","))]}}"#
        let imported = try SessionImport(Array(file.utf8), name: "x")
        #expect(imported.format == .har)
        expectConversation(imported)
        #expect(imported.losses.lines.contains("an exchange that asks no model in a format that is read"))
        #expect(imported.sessions[0].last?.time == 1_795_860_003_250)
    }

    private func net(_ bytes: [UInt8], _ type: Character) -> [UInt8] {
        Array("\(bytes.count):".utf8) + bytes + Array(String(type).utf8)
    }

    private func net(_ text: String) -> [UInt8] { net(Array(text.utf8), ",") }

    private func table(_ members: [(String, [UInt8])]) -> [UInt8] {
        net(members.flatMap { net(Array($0.0.utf8), ";") + $0.1 }, "}")
    }

    @Test("flows of mitmproxy give the same conversation; a cut file gives what stands before the cut")
    func flows() throws {
        func flow(_ second: Int, _ request: String, _ response: String) -> [UInt8] {
            table([
                (
                    "request",
                    table([
                        ("method", net("POST")), ("path", net("/v1/chat/completions")),
                        ("content", net(request)),
                        ("headers", net(net(net("content-type") + net("application/json"), "]"), "]")),
                        ("timestamp_start", net(Array("\(second).5".utf8), "^")),
                    ])
                ),
                (
                    "response",
                    table([
                        ("content", net(response)), ("timestamp_end", net(Array("\(second).75".utf8), "^")),
                        ("headers", net([], "]")),
                    ])
                ),
                ("type", net(Array("http".utf8), ";")), ("error", net([], "~")),
            ])
        }
        let bytes = flow(100, firstRequest, firstResponse) + flow(200, secondRequest, secondResponse)
        let imported = try SessionImport(bytes, name: "x")
        #expect(imported.format == .mitmproxy)
        expectConversation(imported)
        let cut = try SessionImport(Array(bytes.dropLast(9)), name: "x")
        #expect(RunState(folding: cut.sessions[0]).messages.map(\.role) == ["user", "assistant"])
        #expect(cut.losses.lines.contains { $0.hasPrefix("the end of the file") })
    }

    @Test("runs of LangSmith and observations of Langfuse give the same conversation")
    func traces() throws {
        let smith = [
            #"{"run_type":"llm","start_time":"2026-11-28T10:00:01Z","end_time":"2026-11-28T10:00:02Z","extra":{"invocation_params":{"model":"m","tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]}},"inputs":{"messages":[[{"lc":1,"id":["langchain","schema","messages","HumanMessage"],"kwargs":{"content":"ask"}}]]},"outputs":{"generations":[[{"message":{"lc":1,"id":["x","AIMessage"],"kwargs":{"content":"","tool_calls":[{"name":"f","args":{"a":1},"id":"c1"}]}}}]]}}"#,
            #"{"run_type":"tool","inputs":{}}"#,
            #"{"run_type":"llm","start_time":"2026-11-28T10:00:03Z","extra":{"invocation_params":{"model":"m"}},"inputs":{"messages":[[{"id":["HumanMessage"],"kwargs":{"content":"ask"}},{"id":["AIMessage"],"kwargs":{"content":"","tool_calls":[{"name":"f","args":{"a":1},"id":"c1"}]}},{"id":["ToolMessage"],"kwargs":{"content":"ok","tool_call_id":"c1"}}]]},"outputs":{"generations":[[{"message":{"id":["AIMessage"],"kwargs":{"content":"done"}}}]]}}"#,
        ]
        let imported = try SessionImport(Array(smith.joined(separator: "\n").utf8), name: "x")
        #expect(imported.format == .traces)
        let state = RunState(folding: imported.sessions[0])
        #expect(state.messages.map(\.role) == ["user", "assistant", "tool", "assistant"])
        #expect(state.outcome == .answered("done") && state.calls.map(\.call.name) == ["f"])
        #expect(imported.losses.lines.contains("a record of type tool"))
        let fuse =
            #"[{"type":"GENERATION","model":"m","startTime":"2026-11-28T10:00:01Z","input":[{"role":"user","content":"ask"}],"output":{"role":"assistant","content":"done"},"usage":{"input":1,"output":2}}]"#
        let second = try SessionImport(Array(fuse.utf8), name: "x")
        #expect(second.format == .traces)
        #expect(RunState(folding: second.sessions[0]).outcome == .answered("done"))
    }

    @Test("requests of Responses, Gemini and Ollama are told by their content and read")
    func requests() throws {
        let files: [(SessionImport.Format, String)] = [
            (
                .responses,
                #"{"model":"m","instructions":"be","input":[{"role":"user","content":"ask"},{"type":"function_call","call_id":"c1","name":"f","arguments":"{\"a\": 1}"},{"type":"function_call_output","call_id":"c1","output":"ok"}],"tools":[{"type":"function","name":"f","parameters":{"type":"object"}}]}"#
            ),
            (
                .gemini,
                #"{"systemInstruction":{"parts":[{"text":"be"}]},"contents":[{"role":"user","parts":[{"text":"ask"}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{"a":1}}}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"result":"ok"}}}]}]}"#
            ),
            (
                .ollama,
                #"{"model":"m","options":{"temperature":0},"messages":[{"role":"system","content":"be"},{"role":"user","content":"ask"},{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{"a":1}}}]},{"role":"tool","content":"ok"}]}"#
            ),
        ]
        for (format, text) in files {
            let imported = try SessionImport(Array(text.utf8), name: "x")
            #expect(imported.format == format, "\(format)")
            let state = RunState(folding: imported.sessions[0])
            #expect(state.messages.map(\.role).prefix(3) == ["system", "user", "assistant"], "\(format)")
            #expect(state.calls.map(\.call.name) == ["f"], "\(format)")
        }
    }

    /// Writes OTLP JSON as protobuf: what an exporter over gRPC or HTTP would have sent.
    private enum Protobuf {
        static func varint(_ value: UInt64) -> [UInt8] {
            value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
        }

        static func field(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] {
            varint(number << 3 | 2) + varint(UInt64(bytes.count)) + bytes
        }

        static func fixed(_ number: UInt64, _ value: UInt64) -> [UInt8] {
            varint(number << 3 | 1) + (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }

        static func hex(_ value: JSONValue?) -> [UInt8] {
            let digits = Array((value?.stringValue ?? "").utf8)
            return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
                UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
            }
        }

        static func value(_ value: JSONValue) -> [UInt8] {
            if let text = value["stringValue"]?.stringValue { return field(1, Array(text.utf8)) }
            if let flag = value["boolValue"]?.boolValue { return varint(2 << 3) + [flag ? 1 : 0] }
            if let number = value["intValue"].flatMap({ Int64($0.stringValue ?? $0.text()) }) {
                return varint(3 << 3) + varint(UInt64(bitPattern: number))
            }
            if let number = value["doubleValue"].flatMap({ Double($0.text()) }) {
                return fixed(4, number.bitPattern)
            }
            if let list = value["arrayValue"]?["values"]?.arrayValue {
                return field(5, list.flatMap { field(1, Protobuf.value($0)) })
            }
            if let list = value["kvlistValue"]?["values"]?.arrayValue { return field(6, attributes(list, 1)) }
            return []
        }

        static func attributes(_ list: [JSONValue], _ number: UInt64) -> [UInt8] {
            list.flatMap { attribute in
                field(
                    number,
                    field(1, Array((attribute["key"]?.stringValue ?? "").utf8))
                        + field(2, value(attribute["value"] ?? [:])))
            }
        }

        static func time(_ value: JSONValue?) -> UInt64 {
            value.flatMap { UInt64($0.stringValue ?? $0.text()) } ?? 0
        }

        static func span(_ span: JSONValue) -> [UInt8] {
            var bytes = field(1, hex(span["traceId"])) + field(2, hex(span["spanId"]))
            if let parent = span["parentSpanId"], parent != "" { bytes += field(4, hex(parent)) }
            bytes += field(5, Array((span["name"]?.stringValue ?? "").utf8))
            bytes += fixed(7, time(span["startTimeUnixNano"])) + fixed(8, time(span["endTimeUnixNano"]))
            bytes += attributes(span["attributes"]?.arrayValue ?? [], 9)
            for event in span["events"]?.arrayValue ?? [] {
                bytes += field(
                    11,
                    fixed(1, time(event["timeUnixNano"]))
                        + field(2, Array((event["name"]?.stringValue ?? "").utf8))
                        + attributes(event["attributes"]?.arrayValue ?? [], 3))
            }
            return bytes
        }

        static func document(_ value: JSONValue) -> [UInt8] {
            (value["resourceSpans"]?.arrayValue ?? []).flatMap { resource in
                field(
                    1,
                    (resource["scopeSpans"]?.arrayValue ?? []).flatMap { scope in
                        field(2, (scope["spans"]?.arrayValue ?? []).flatMap { field(2, span($0)) })
                    })
            }
        }
    }

    @Test("spans in protobuf are the session that the same spans are in JSON")
    func protobuf() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/imports/otel.json")
        let json = Array(try Data(contentsOf: path))
        let encoded = Protobuf.document(try JSONParser.parse(json))
        let (first, second) = (try SessionImport(json, name: "x"), try SessionImport(encoded, name: "x"))
        #expect(second.format == .otel && second.reason.contains("protobuf"))
        #expect(first.sessions == second.sessions)
        for cut in stride(from: 1, to: encoded.count, by: 97) {
            _ = try? SessionImport(Array(encoded[..<cut]), name: "x")
        }
    }
}
