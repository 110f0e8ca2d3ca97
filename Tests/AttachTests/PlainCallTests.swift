import Formats
import Foundation
import Testing

@testable import Attach

/// Fragments that the gate reads and not every client, or the other way round: no call of such a stream passes.
@Suite("Calls that only some clients read") struct PlainCallTests {
    private func isRefused(_ format: WireFormat, _ text: String) -> Bool {
        var gate = GatedStream(format, isStreamed: true)
        _ = gate.take(Array(text.utf8))
        _ = gate.finish()
        return gate.isRefused || gate.contradiction != nil || (try? gate.response(numberingFrom: 1)) == nil
    }

    private static func json(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    private static let pieces = [#"{"command":"ls","z":"#, #"{"command":"touch X"}"#, "}"]

    private static func chunk(_ text: String, member: String = "arguments", name: String = "") -> String {
        #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,\#(name)"function":{\#(name.isEmpty ? "" : #""name":"bash","#)"\#(member)":\#(json(text))}}]}}]}"#
    }

    private static let chatEnd =
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n"
    private static let begun = "data: \(chunk("", name: #""id":"c","#))\n\n"

    @Test(
        "Chat: a fragment that stands where only the gate looks",
        arguments: [
            { "data: \(PlainCallTests.chunk($0, member: "parameters"))\n\n" },
            { "data: \(PlainCallTests.chunk($0, member: "input"))\n\n" },
            { "\(PlainCallTests.chunk($0))\n" }, { " \(PlainCallTests.chunk($0))\n" },
            { "[\(PlainCallTests.chunk($0))]\n" }, { " data: \(PlainCallTests.chunk($0))\n\n" },
            { "event: thread.x\ndata: \(PlainCallTests.chunk($0))\n\n" },
            { "\u{FEFF}data: \(PlainCallTests.chunk($0))\n\n" },
            { "data: \(PlainCallTests.chunk($0))\n" }, { "DATA: \(PlainCallTests.chunk($0))\n\n" },
        ] as [@Sendable (String) -> String])
    func chat(_ hidden: @Sendable (String) -> String) {
        let text =
            Self.begun + hidden(Self.pieces[0]) + "data: \(Self.chunk(Self.pieces[1]))\n\n"
            + hidden(Self.pieces[2]) + Self.chatEnd
        #expect(isRefused(.chatCompletions, text), "\(text)")
    }

    @Test("Chat: two choices with one index in one chunk")
    func choices() {
        let two = Self.chunk(Self.pieces[0]).dropFirst(#"{"choices":["#.utf8.count).dropLast(2)
        for index in ["\"index\":0", "\"index\":null", "\"x\":0", "\"index\":\"0\"", "\"index\":false"] {
            let other = two.replacing("{\"index\":0,\"delta\"", with: "{\(index),\"delta\"")
            let text =
                Self.begun + "data: {\"choices\":[\(two),\(other)]}\n\n"
                + "data: \(Self.chunk(Self.pieces[1]))\n\ndata: \(Self.chunk("}}"))\n\n" + Self.chatEnd
            #expect(isRefused(.chatCompletions, text), "\(index)")
        }
    }

    private static func event(_ json: String, _ name: String = "content_block_delta") -> String {
        "event: \(name)\ndata: \(json)\n\n"
    }

    private static func delta(_ text: String, type: String = #""type":"input_json_delta","#) -> String {
        #"{"type":"content_block_delta","index":0,"delta":{\#(type)"partial_json":\#(json(text))}}"#
    }

    private static func stream(_ parts: [String], input: String = "{}") -> String {
        event(
            #"{"type":"message_start","message":{"type":"message","role":"assistant","content":[]}}"#,
            "message_start")
            + event(
                #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"bash","input":\#(input)}}"#,
                "content_block_start") + parts.joined()
            + event(#"{"type":"content_block_stop","index":0}"#, "content_block_stop")
            + event(#"{"type":"message_delta","delta":{"stop_reason":"tool_use"}}"#, "message_delta")
            + event(#"{"type":"message_stop"}"#, "message_stop")
    }

    @Test(
        "Messages: a piece that stands where only the gate looks",
        arguments: [
            { "data: \(PlainCallTests.delta($0))\n\n" },
            { PlainCallTests.event(PlainCallTests.delta($0), "ping") }, { "\(PlainCallTests.delta($0))\n" },
            { "Event: content_block_delta\ndata: \(PlainCallTests.delta($0))\n\n" },
            { " event: content_block_delta\ndata: \(PlainCallTests.delta($0))\n\n" },
            { "event: content_block_delta\n data: \(PlainCallTests.delta($0))\n\n" },
            { "event: content_block_delta\nevent: ping\ndata: \(PlainCallTests.delta($0))\n\n" },
            { "event: content_block_delta\ndata: \(PlainCallTests.delta($0))\nevent: ping\n\n" },
            { PlainCallTests.event(PlainCallTests.delta($0, type: "")) },
            { PlainCallTests.event(PlainCallTests.delta($0, type: #""type":null,"#)) },
        ] as [@Sendable (String) -> String])
    func messages(_ hidden: @Sendable (String) -> String) {
        let parts = [hidden(Self.pieces[0]), Self.event(Self.delta(Self.pieces[1])), hidden(Self.pieces[2])]
        #expect(isRefused(.messages, Self.stream(parts)), "\(parts)")
    }

    @Test(
        "Messages: words on the block of a call are none of its arguments", arguments: ["text", "thinking"])
    func words(type: String) {
        let input = #"{"command":"touch X"}"#
        let delta =
            #"{"type":"content_block_delta","index":0,"delta":{"type":"\#(type)_delta","\#(type)":\#(Self.json(input))}}"#
        #expect(isRefused(.messages, Self.stream([Self.event(delta)], input: input)))
        #expect(!isRefused(.messages, Self.stream([], input: input)))
        #expect(!isRefused(.messages, Self.stream([Self.event(Self.delta(input))])))
    }

    private static func items(_ events: [String]) -> String {
        let added = { (index: Int) in
            #"{"type":"response.output_item.added","output_index":\#(index),"item":{"type":"function_call","id":"i\#(index)","call_id":"c\#(index)","name":"bash","arguments":""}}"#
        }
        let all =
            [added(0)] + events + [
                #"{"type":"response.completed","response":{"status":"completed","output":[]}}"#
            ]
        return all.map { "data: \($0)\n\n" }.joined()
    }

    private static func piece(_ text: String, _ index: Int = 0) -> String {
        #"{"type":"response.function_call_arguments.delta","output_index":\#(index),"item_id":"i\#(index)","delta":\#(json(text))}"#
    }

    private static func end(_ text: String, _ index: Int = 0) -> String {
        #"{"type":"response.output_item.done","output_index":\#(index),"item":{"type":"function_call","id":"i\#(index)","call_id":"c\#(index)","name":"bash","arguments":\#(json(text))}}"#
    }

    @Test("Responses: pieces that say less than the end, and pieces that stand apart")
    func responses() {
        let whole = #"{"command":"rm -rf ./build"}"#
        let (first, rest) = (#"{"command":"rm -rf ./"#, #"build"}"#)
        #expect(
            !isRefused(.responses, Self.items([Self.piece(first), Self.piece(rest), Self.end(whole)])))
        #expect(!isRefused(.responses, Self.items([Self.end(whole)])))
        #expect(isRefused(.responses, Self.items([Self.piece(first), Self.end(whole)])))
        for other in [
            #"{"type":"response.output_item.added","output_index":1,"item":{"type":"function_call","id":"i1","call_id":"c1","name":"bash","arguments":""}}"#,
            #"{"type":"response.output_text.delta","output_index":1,"item_id":"m","delta":"x"}"#,
        ] {
            let apart = [Self.piece(first), other, Self.piece(rest), Self.end(whole)]
            #expect(isRefused(.responses, Self.items(apart)), "\(other)")
        }
    }
}
