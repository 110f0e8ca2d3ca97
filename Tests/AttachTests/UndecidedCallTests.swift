import Agent
import Formats
import Foundation
import JSON
import Testing

@testable import Attach

/// Answers in which a client may find a call although it is not where calls are, or comes after a fault.
@Suite("Calls that nobody decided") struct UndecidedCallTests {
    struct Answer: Sendable, CustomTestStringConvertible {
        let name: String
        let format: WireFormat
        let bytes: [UInt8]

        init(_ name: String, _ parts: String...) {
            self.init(name, bytes: Array(parts.joined().utf8))
        }

        init(_ name: String, _ format: WireFormat, _ parts: String...) {
            self.init(name, format, bytes: Array(parts.joined().utf8))
        }

        init(_ name: String, _ format: WireFormat = .chatCompletions, bytes: [UInt8]) {
            (self.name, self.format, self.bytes) = (name, format, bytes)
        }

        var testDescription: String { "\(format.title): \(name)" }
    }

    /// What a pass of an answer through the gate amounts to.
    private func pass(_ answer: Answer, cutEvery size: Int, isStreamed: Bool) throws -> (
        passed: [UInt8], gate: GatedStream
    ) {
        var gate = GatedStream(answer.format, isStreamed: isStreamed)
        var passed: [UInt8] = []
        var start = 0
        while start < answer.bytes.count {
            let end = min(answer.bytes.count, start + size)
            passed += gate.take(Array(answer.bytes[start..<end])).passed
            start = end
        }
        passed += gate.finish().passed
        guard let told = try? gate.response(numberingFrom: 1), gate.contradiction == nil else {
            return (passed, gate)
        }
        // Each call that was read is denied; what else there is leaves as it came.
        let denial = CallRewrite(name: "denied_by_reviewer", arguments: "{}")
        let changes = Dictionary(uniqueKeysWithValues: told.calls.indices.map { ($0 + 1, denial) })
        passed += (try? gate.release(changes, isOpened: false)) ?? []
        return (passed, gate)
    }

    @Test(
        "Whatever the answer is and however it is cut, no call leaves that nobody decided", arguments: answers
    )
    func nothingLeaves(answer: Answer) throws {
        for isStreamed in [true, false] {
            for size in [1, 7, 64, answer.bytes.count] {
                let (passed, _) = try pass(answer, cutEvery: size, isStreamed: isStreamed)
                let text = String(decoding: passed.filter { $0 != 0 }, as: UTF8.self)
                #expect(!text.contains("EVIL"), "cut every \(size): \(text.suffix(300))")
            }
        }
    }

    /// What servers, proxies and attackers put between the frames of a stream.
    private static let disturbances = [
        "data: {\"error\":{\"message\":\"x\"}}\n\n", "event: error\ndata: {\"message\":\"x\"}\n\n",
        "data: {bad\n\n", "{bad\n",
        "data: oops\n\n", "data: error: x\n\n", "data: [DONE]\n\n", "[DONE]\n", ": comment\n\n", "\n",
        "data:\n", "data: ",
        "event: ping\ndata: {}\n\n", "event: foo\n", "data: [\n\n", "[", "]", ",", "\u{FEFF}", "<html>\n\n",
        "{\"error\":\"x\"}\n",
        "data: {\"x\":\(deep)}\n\n",
        "data: {\"type\":\"error\",\"error\":{\"type\":\"x\",\"message\":\"y\"}}\n\n", "\u{0}", "\r", "}",
        "\"",
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"length\"}]}\n\n",
        "data: {\"done\":true}\n\n",
    ]

    @Test(
        "Random frames out of order, twice or with anything between: no call leaves",
        arguments: WireFormat.allCases)
    func disturbed(format: WireFormat) throws {
        let seed = UInt64.random(in: .min ... .max)
        var numbers = SeededNumbers(seed: seed)
        let identity = ResponseIdentity(id: "id-1", model: "m", created: 1)
        var (refused, told) = (0, 0)
        for _ in 0..<400 {
            let call = ToolCall(id: ToolCallID("c"), name: "act", arguments: ByteString("{\"EVIL\":1}"))
            let response = ModelResponse(content: "I look.", calls: [call], finishReason: .toolCalls)
            var frames = ResponseWriter.stream(of: response, in: format, identity: identity)
            if Bool.random(using: &numbers) {
                frames.append(frames[Int.random(in: 0..<frames.count, using: &numbers)])
            }
            if Int.random(in: 0..<4, using: &numbers) == 0 { frames.shuffle(using: &numbers) }
            for _ in 0..<Int.random(in: 0...3, using: &numbers) {
                let other = Self.disturbances[Int.random(in: 0..<Self.disturbances.count, using: &numbers)]
                frames.insert(Array(other.utf8), at: Int.random(in: 0...frames.count, using: &numbers))
            }
            var bytes = frames.flatMap { $0 }
            if Int.random(in: 0..<4, using: &numbers) == 0 { bytes = bytes.map { $0 == 0x0A ? 0x0D : $0 } }
            let answer = Answer("disturbed", format, bytes: bytes)
            let size = Int.random(in: 1...(bytes.count), using: &numbers)
            let (passed, gate) = try pass(answer, cutEvery: size, isStreamed: Bool.random(using: &numbers))
            let text = String(decoding: passed, as: UTF8.self)
            #expect(!text.contains("EVIL"), "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
            if gate.isRefused { refused += 1 }
            if gate.hasPassedError { told += 1 }
        }
        print(
            "\(format.rawValue): 400 disturbed streams, \(refused) refused, \(told) with the provider's error, seed \(seed)"
        )
    }

    private static let calls =
        #"[{"index":0,"id":"c1","type":"function","function":{"name":"act","arguments":"{\"EVIL\":1}"}}]"#
    private static func chunk(_ delta: String, _ end: String = "null", index: String = "0") -> String {
        "data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":\(index),\"delta\":\(delta),\"finish_reason\":\(end)}]}\n\n"
    }
    private static let hi = chunk(#"{"role":"assistant","content":"hi"}"#)
    private static let call = chunk("{\"tool_calls\":\(calls)}")
    private static let end = chunk("{}", "\"tool_calls\"") + "data: [DONE]\n\n"
    private static let stop = chunk("{}", "\"stop\"") + "data: [DONE]\n\n"
    private static let deep = String(repeating: "[", count: 600) + String(repeating: "]", count: 600)
    private static let whole =
        "{\"id\":\"x\",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"tool_calls\":\(calls)},\"finish_reason\":\"tool_calls\"}]}"
    private static func event(_ name: String, _ rest: String) -> String {
        "event: \(name)\ndata: {\"type\":\"\(name)\"\(rest.isEmpty ? "" : ",")\(rest)}\n\n"
    }
    private static let messageStart = event(
        "message_start",
        #""message":{"id":"m","type":"message","role":"assistant","content":[],"model":"m","usage":{"input_tokens":1,"output_tokens":1}}"#
    )
    private static let toolUse =
        event(
            "content_block_start",
            #""index":0,"content_block":{"type":"tool_use","id":"t","name":"act","input":{}}"#)
        + event(
            "content_block_delta",
            #""index":0,"delta":{"type":"input_json_delta","partial_json":"{\"EVIL\":1}"}"#)
        + event("content_block_stop", #""index":0"#)
    private static let messageEnd =
        event("message_delta", #""delta":{"stop_reason":"tool_use"}"#) + event("message_stop", "")
    private static let item =
        #"{"type":"function_call","id":"i","call_id":"c","name":"act","arguments":"{\"EVIL\":1}","status":"completed"}"#
    private static let responseEnd = event(
        "response.completed",
        "\"response\":{\"id\":\"r\",\"object\":\"response\",\"status\":\"completed\",\"output\":[\(item)]}")
    private static func gemini(_ part: String, index: String = "0") -> String {
        "{\"candidates\":[{\"index\":\(index),\"content\":{\"role\":\"model\",\"parts\":[\(part)]},\"finishReason\":\"STOP\"}]}"
    }
    private static let geminiCall = #"{"functionCall":{"name":"act","args":{"EVIL":1}}}"#
    private static let ollamaCall =
        #"{"model":"m","message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"act","arguments":{"EVIL":1}}}]},"done":true,"done_reason":"stop"}"#

    static let answers: [Answer] = [chat, wholes, wide, others].flatMap { $0 }

    private static let chat: [Answer] = [
        Answer("a call", hi, call, end),
        Answer("events in the midst of lines", ",", hi, ",", call, "}", end),
        Answer(
            "a call after the provider's error", hi, "data: {\"error\":{\"message\":\"x\"}}\n\n", call, end
        ),
        Answer(
            "a call after an error event", hi, "event: error\ndata: {\"message\":\"x\"}\n\n", call, end),
        Answer("a call after an error in words", hi, "data: error: out of memory\n\n", call, end),
        Answer("a call after what is no JSON", hi, "data: {bad\n\n", call, end),
        Answer("a call after words", "data: oops\n\n", call, end),
        Answer(
            "a call after a byte that is no UTF-8",
            bytes: notUTF8),
        Answer(
            "a fragment of nothing, then a call",
            hi, chunk(#"{"tool_calls":[{"function":{"arguments":""}}]}"#), call, end),
        Answer("calls that are an object, then a call", hi, chunk(#"{"tool_calls":{"x":1}}"#), call, end),
        Answer("calls that are a text", hi, chunk(#"{"tool_calls":"{\"EVIL\":1}"}"#), end),
        Answer("calls in a list in a list", hi, chunk("{\"tool_calls\":[\(calls)]}"), end),
        Answer(
            "an unknown member nested too deep",
            hi, "data: {\"z\":\(deep),\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":\(calls)}}]}\n\n",
            end),
        Answer(
            "another choice", hi, chunk("{\"tool_calls\":\(calls)}", "\"tool_calls\"", index: "1"), stop),
        Answer(
            "another choice beside a call", hi, call, chunk("{\"tool_calls\":\(calls)}", index: "1"), end),
        Answer(
            "an index beyond all",
            hi, call.with("[{\"index\":0,\"id\"", with: "[{\"index\":1e308,\"id\""), end),
        Answer("a tab after the colon", (hi + call + end).with("data: {", with: "data:\t{")),
        Answer("no space after the colon", (hi + call + end).with("data: {", with: "data:{")),
        Answer("a call after the mark of the end", hi, stop, call, end),
        Answer(
            "a call after the mark, beside another", hi, call.with("EVIL", with: "GOOD"), end, call),
        Answer("lines that end with CR alone", bytes: returns([hi, call, end])),
        Answer(
            "CR alone, after an error",
            bytes: returns([hi, "data: {\"error\":\"x\"}\n\n", call, end])),
        Answer("a byte order mark", "\u{FEFF}", call, end),
        Answer(
            "data over several lines", hi, call.with(",\"delta\"", with: ",\ndata: \"delta\""), end),
        Answer(
            "a line of its own JSON within data over several",
            hi, "data: {\"x\":\n", call.with("\n\n", with: "\n"), "data: }\n\n", stop),
        Answer("an event within a comment, for who cuts at U+2028", hi, ": x\u{2028}", call, stop),
        Answer("an event within a name, for who cuts at a form feed", hi, "event: x\u{0C}", call, stop),
        Answer("a line that is no field", hi, "data ", call, stop),
        Answer("calls twice, empty first", hi, chunk("{\"tool_calls\":[],\"tool_calls\":\(calls)}"), stop),
        Answer(
            "a call under a key twice",
            hi, call.with("\"name\":\"act\"", with: "\"name\":\"look\",\"name\":\"EVIL\""), end),
        Answer(
            "a delta twice",
            hi, call.with("\"delta\":", with: "\"delta\":{\"content\":\"x\"},\"delta\":"), stop),
        Answer("capitals, as Go reads them", hi, chunk("{\"Tool_Calls\":\(calls)}"), stop),
        Answer("capitals that only Go folds", hi, chunk("{\"tool_call\u{017F}\":\(calls)}"), stop),
        Answer("escaped letters", hi, chunk("{\"\\u0074ool_calls\":\(calls)}"), end),
        Answer(
            "a message that repeats the call",
            hi, call,
            "data: {\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"tool_calls\":\(calls)},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n"
        ),
        Answer(
            "a message that tells another call",
            hi, call.with("EVIL", with: "GOOD"),
            "data: {\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"tool_calls\":\(calls)},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n"
        ),
        Answer(
            "a call after the reason of the end, cut", hi, chunk("{}", "\"stop\""), String(call.dropLast(4))
        ),
        Answer(
            "a call and a custom one in one",
            hi,
            chunk(
                #"{"tool_calls":[{"index":0,"id":"a","function":{"name":"look","arguments":"{}"},"custom":{"name":"act","input":"EVIL"}}]}"#
            ), end),
        Answer(
            "another name later",
            hi, chunk(#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"look","arguments":"{}"}}]}"#),
            chunk(#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"EVIL"}}]}"#), end),
        Answer("a call that a limit ended", hi, call, chunk("{}", "\"length\"")),
        Answer("a call that a filter ended", hi, call, chunk("{}", "\"content_filter\"")),
        Answer(
            "half a call that a limit ended", hi, call.with(":1}", with: ":"), chunk("{}", "\"length\"")),
        Answer("a page, then an event", "<html>{\n\n", call, end),
    ]

    private static var notUTF8: [UInt8] {
        let broken: [UInt8] = Array("data: {\"choices\":[],\"x\":\"".utf8) + [0xFF] + Array("\"}\n\n".utf8)
        return Array(hi.utf8) + broken + Array(call.utf8) + Array(end.utf8)
    }

    private static func returns(_ parts: [String]) -> [UInt8] {
        parts.joined().utf8.map { $0 == 0x0A ? 0x0D : $0 }
    }

    private static func units(_ text: String, _ size: Int, isBig: Bool, hasMark: Bool) -> [UInt8] {
        (hasMark ? "\u{FEFF}" + text : text).unicodeScalars.flatMap { scalar in
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: scalar.value >> (8 * UInt32($0))) }
            return isBig ? bytes.reversed() : bytes
        }
    }

    private static let wholes: [Answer] =
        [
            Answer("whole", whole),
            Answer(
                "whole, with an error beside",
                whole.with("\"id\":\"x\"", with: "\"error\":{\"message\":\"x\"}")),
            Answer(
                "whole, with a member nested too deep", whole.with("\"id\":\"x\"", with: "\"z\":\(deep)")
            ),
            Answer(
                "whole, another choice",
                whole.with("{\"index\":0,\"message\"", with: "{\"index\":1,\"message\"")),
            Answer(
                "whole, a negative choice",
                whole.with("{\"index\":0,\"message\"", with: "{\"index\":-1,\"message\"")),
            Answer("whole, after an error", "{\"error\":\"x\"}\n", whole),
        ]

    private static let wide: [Answer] = [2, 4].flatMap { size in
        [true, false].map { isBig in
            Answer("whole, \(size) bytes a letter", bytes: units(whole, size, isBig: isBig, hasMark: false))
        }
            + [true, false].map { isBig in
                Answer(
                    "whole, \(size) bytes a letter, with a mark",
                    bytes: units(whole, size, isBig: isBig, hasMark: true))
            }
    }

    private static let others: [Answer] = [
        Answer("a call", .messages, messageStart, toolUse, messageEnd),
        Answer(
            "a call that a limit ended", .messages, messageStart, toolUse,
            messageEnd.with("\"stop_reason\":\"tool_use\"", with: "\"stop_reason\":\"max_tokens\"")),
        Answer(
            "a call in an incomplete response", .responses,
            responseEnd.with(
                "\"status\":\"completed\",\"output\"", with: "\"status\":\"incomplete\",\"output\"")),
        Answer("a call that a filter ended", .gemini, gemini(geminiCall).with("STOP", with: "SAFETY")),
        Answer(
            "a call that a limit ended", .ollama,
            ollamaCall.with("\"done_reason\":\"stop\"", with: "\"done_reason\":\"length\""), "\n"),
        Answer(
            "a ping that is no JSON", .messages,
            messageStart, "event: ping\ndata: {bad\n\n", toolUse, messageEnd),
        Answer(
            "what is no JSON without a name", .messages,
            messageStart, "data: {bad\n\n", toolUse, messageEnd),
        Answer(
            "a ping that is an error", .messages,
            messageStart,
            "event: ping\ndata: {\"type\":\"error\",\"error\":{\"type\":\"x\",\"message\":\"y\"}}\n\n",
            toolUse, messageEnd),
        Answer(
            "another event that is an error", .messages,
            messageStart, "event: foo\ndata: {\"error\":{\"message\":\"y\"}}\n\n", toolUse, messageEnd),
        Answer(
            "another event nested too deep", .messages,
            messageStart, "event: foo\ndata: \(deep)\n\n", toolUse, messageEnd),
        Answer(
            "a block's beginning that says its type by its event alone", .messages,
            messageStart, toolUse.with("\"type\":\"content_block_start\",", with: ""), messageEnd),
        Answer(
            "arguments that say their type by their event alone", .messages,
            messageStart, toolUse.with("\"type\":\"content_block_delta\",", with: ""), messageEnd),
        Answer(
            "blocks numbered otherwise than they follow each other", .messages,
            messageStart,
            event(
                "content_block_start",
                #""index":1,"content_block":{"type":"server_tool_use","id":"s","name":"web_search","input":{}}"#
            ), toolUse.with("\"index\":0,\"delta\"", with: "\"index\":1,\"delta\""),
            event("content_block_stop", #""index":1"#), messageEnd),
        Answer(
            "a type that stands twice", .messages,
            messageStart,
            toolUse.with(
                "{\"type\":\"tool_use\"", with: "{\"type\":\"text\",\"type\":\"tool_use\""), messageEnd),
        Answer(
            "whole, nested too deep", .messages,
            "{\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"act\",\"input\":{\"EVIL\":1,\"x\":\(deep)}}],\"stop_reason\":\"tool_use\"}"
        ),
        Answer("a call in the end alone", .responses, responseEnd),
        Answer(
            "a call where the response begins", .responses,
            event(
                "response.created",
                "\"response\":{\"object\":\"response\",\"status\":\"in_progress\",\"output\":[\(item)]}"),
            event(
                "response.completed",
                #""response":{"object":"response","status":"completed","output":[]}"#)),
        Answer(
            "a call after the end", .responses,
            event(
                "response.completed", #""response":{"object":"response","status":"completed","output":[]}"#),
            event("response.output_item.done", "\"output_index\":0,\"item\":\(item)")),
        Answer(
            "a call that its end tells otherwise", .responses,
            event(
                "response.output_item.done",
                "\"output_index\":0,\"item\":\(item.with("EVIL", with: "GOOD"))"), responseEnd),
        Answer(
            "whole, with an error beside", .responses,
            "{\"object\":\"response\",\"status\":\"failed\",\"error\":{\"message\":\"x\"},\"output\":[\(item)]}"
        ),
        Answer(
            "nested too deep", .gemini,
            "data: ", gemini(geminiCall.with("\"EVIL\":1", with: "\"EVIL\":1,\"x\":\(deep)")), "\r\n\r\n"),
        Answer(
            "whole, nested too deep", .gemini,
            gemini(geminiCall.with("\"EVIL\":1", with: "\"EVIL\":1,\"x\":\(deep)"))),
        Answer(
            "a call beside words in one part", .gemini,
            gemini(#"{"text":"hi","functionCall":{"name":"act","args":{"EVIL":1}}}"#)),
        Answer(
            "a call under both names", .gemini,
            gemini(
                #"{"functionCall":{"name":"look","args":{}},"function_call":{"name":"act","args":{"EVIL":1}}}"#
            )),
        Answer("another candidate", .gemini, gemini(geminiCall, index: "1")),
        Answer(
            "an error beside a call", .gemini,
            gemini(geminiCall).with(
                "{\"candidates\"", with: "{\"error\":{\"message\":\"x\"},\"candidates\"")),
        Answer(
            "a call after an error", .gemini, "[{\"error\":{\"message\":\"x\"}},\n", gemini(geminiCall), "]"
        ),
        Answer(
            "nested too deep", .ollama,
            ollamaCall.with("\"EVIL\":1", with: "\"EVIL\":1,\"x\":\(deep)"), "\n"),
        Answer(
            "an error beside a call", .ollama,
            ollamaCall.with("{\"model\":\"m\"", with: "{\"error\":\"x\""), "\n"),
        Answer("a call and an error on one line", .ollama, ollamaCall, "{\"error\":\"x\"}\n"),
        Answer("an error and a call on one line", .ollama, "{\"error\":\"x\"}", ollamaCall, "\n"),
        Answer(
            "lines that end with CR and LF", .ollama,
            "{\"message\":{\"content\":\"hi\"},\"done\":false}\r\n", ollamaCall, "\r\n"),
        Answer(
            "a call after the end", .ollama,
            "{\"message\":{\"content\":\"hi\"},\"done\":true}\n", ollamaCall, "\n"),
        Answer("capitals", .ollama, ollamaCall.with("tool_calls", with: "ToolCalls"), "\n"),
    ]

    @Test(
        "A provider's error without a call passes to the byte, and so do its last words",
        arguments: [
            Answer(
                "an error", "data: {\"error\":{\"message\":\"slow down\",\"code\":429}}\n\ndata: [DONE]\n\n"),
            Answer("an error after words", hi, "data: {\"error\":\"x\"}\n\n"),
            Answer("an error event in words", "event: error\ndata: out of memory\n\n"),
            Answer("an error body", "{\n  \"error\": {\"message\": \"x\", \"type\": \"y\"}\n}\n\n"),
            Answer(
                "an error event", .messages,
                messageStart,
                "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}\n\n"
            ),
            Answer(
                "an error whose event does not end", .messages,
                "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"x\",\"message\":\"busy\"}}\n"),
            Answer(
                "an error, and what became of the response", .responses,
                event("error", #""error":{"message":"x"}"#),
                event(
                    "response.failed",
                    #""response":{"object":"response","status":"failed","error":{"message":"x"},"output":[]}"#
                )),
            Answer(
                "an error in an array", .gemini,
                "[{\n \"error\": {\"code\": 400, \"message\": \"no\"}\n}\n]\n"),
            Answer(
                "an error in the middle", .ollama,
                "{\"message\":{\"content\":\"x\"},\"done\":false}\n{\"error\":\"out of memory\"}\n"),
        ])
    func errors(answer: Answer) throws {
        for size in [1, 7, answer.bytes.count] {
            let (passed, gate) = try pass(answer, cutEvery: size, isStreamed: true)
            #expect(String(decoding: passed, as: UTF8.self) == String(decoding: answer.bytes, as: UTF8.self))
            #expect(gate.hasPassedError && !gate.isRefused)
        }
    }

    @Test(
        "What only speaks of calls passes at once, to the byte",
        arguments: [
            Answer(
                "words",
                chunk(#"{"content":"{\"tool_calls\": [{\"name\": \"x\", \"arguments\": \"{}\"}]}"}"#), stop),
            Answer("a token", chunk(#"{"content":"tool_calls"}"#), stop),
            Answer(
                "none of them",
                chunk(#"{"content":"x","tool_calls":[],"function_call":null}"#),
                chunk(#"{"tool_calls":null}"#), stop),
            Answer("a comment", ": OPENROUTER PROCESSING\n\n", hi, ": ping\r\n\r\n", stop),
            Answer(
                "the provider's own tool", .messages,
                messageStart,
                event(
                    "content_block_start",
                    #""index":0,"content_block":{"type":"server_tool_use","id":"s","name":"web_search","input":{}}"#
                ),
                event(
                    "content_block_delta",
                    #""index":0,"delta":{"type":"input_json_delta","partial_json":"{\"query\":1}"}"#),
                event("content_block_stop", #""index":0"#),
                event("message_delta", #""delta":{"stop_reason":"end_turn"}"#), event("message_stop", "")),
            Answer(
                "the tools of the request again", .responses,
                event(
                    "response.created",
                    #""response":{"object":"response","status":"in_progress","output":[],"tools":[{"type":"function","name":"f","parameters":{"properties":{"tool_calls":{"type":"array"},"type":{"type":"string"}}}}]}"#
                ),
                event(
                    "response.completed",
                    #""response":{"object":"response","status":"completed","output":[]}"#)),
            Answer(
                "a page with blank lines",
                "<html>\n\n<style>\nbody { color: red }\n</style>\n\nSign in: {here}\n"),
        ])
    func words(answer: Answer) throws {
        for size in [1, 7, answer.bytes.count] {
            let (passed, gate) = try pass(answer, cutEvery: size, isStreamed: true)
            #expect(String(decoding: passed, as: UTF8.self) == String(decoding: answer.bytes, as: UTF8.self))
            #expect(!gate.isRefused)
        }
    }
}

extension String {
    /// The text with each occurrence of another replaced.
    fileprivate func with(_ part: String, with other: String) -> String {
        replacingOccurrences(of: part, with: other)
    }
}
