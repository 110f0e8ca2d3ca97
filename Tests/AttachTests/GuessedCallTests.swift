import Formats
import JSON
import Testing

@testable import Attach

/// Streams of which two clients make two different calls: whatever is decided, they are not passed on.
@Suite("Calls that clients put together otherwise") struct GuessedCallTests {
    private func isRefused(_ format: WireFormat, _ events: [String]) -> Bool {
        var gate = GatedStream(format, isStreamed: true)
        for event in events {
            // Anthropic's clients read what is named by its type alone.
            let type = (try? JSONParser.parse(event))?["type"]?.stringValue
            let name = format == .messages ? type.map { "event: \($0)\n" } ?? "" : ""
            _ = gate.take(Array("\(name)data: \(event)\n\n".utf8))
        }
        _ = gate.finish()
        return gate.isRefused || gate.contradiction != nil || (try? gate.response(numberingFrom: 1)) == nil
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            + "\""
    }

    private func chat(_ head: String, _ fragments: [(members: String, text: String)]) -> [String] {
        let chunks = fragments.enumerated().map { number, fragment in
            let name = number == 0 ? #""id":"c1","type":"function","# : ""
            let function =
                #""function":{\#(number == 0 ? #""name":"bash","# : "")"arguments":\#(quoted(fragment.text))}"#
            return
                #"{"choices":[{"index":0,"delta":{"tool_calls":[{\#(fragment.members)\#(name)\#(function)}]}}]}"#
        }
        return chunks + [#"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#]
    }

    private func messages(_ pieces: [(index: String, text: String)]) -> [String] {
        let start = { (index: Int, name: String) in
            #"{"type":"content_block_start","index":\#(index),"content_block":{"type":"tool_use","id":"t\#(index)","name":"\#(name)","input":{}}}"#
        }
        return [#"{"type":"message_start","message":{"type":"message","role":"assistant","content":[]}}"#]
            + [start(0, "bash"), start(1, "note")]
            + pieces.map { index, text in
                #"{"type":"content_block_delta",\#(index)"delta":{"type":"input_json_delta","partial_json":\#(quoted(text))}}"#
            } + [
                #"{"type":"content_block_stop","index":0}"#, #"{"type":"content_block_stop","index":1}"#,
                #"{"type":"message_delta","delta":{"stop_reason":"tool_use"}}"#, #"{"type":"message_stop"}"#,
            ]
    }

    @Test(
        "Arguments that begin anew: some read the first, others the last",
        arguments: [
            (#"{"command":"touch X""#, #"{"command":"ls"}"#),
            (#" {"command":"touch X"}"#, #"{"command":"ls"}"#),
            ("\n" + #"{"command":"touch X"}"#, #"{"command":"ls"}"#),
            (#"1{"command":"touch X"}"#, #"{"command":"ls"}"#),
            (#"{"command":"touch X","x":""#, #"{"command":"ls"}"#), ("{}", #"{"command":"ls"}"#),
            (#"{"command":"touch X"}"#, #"{"command":"ls"}"#),
        ])
    func anew(first: String, second: String) {
        #expect(isRefused(.chatCompletions, chat("", [(#""index":0,"#, first), (#""index":0,"#, second)])))
        let own = #""index":0,"#
        #expect(
            isRefused(.messages, messages([(own, first), (own, second), (#""index":1,"#, "{}")])))
        let responses =
            [
                #"{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","id":"i","call_id":"c","name":"bash","arguments":""}}"#
            ]
            + [first, second].map {
                #"{"type":"response.function_call_arguments.delta","output_index":0,"item_id":"i","delta":\#(quoted($0))}"#
            } + [
                #"{"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","id":"i","call_id":"c","name":"bash","arguments":\#(quoted(second))}}"#,
                #"{"type":"response.completed","response":{"status":"completed","output":[]}}"#,
            ]
        #expect(isRefused(.responses, responses))
    }

    @Test(
        "A fragment that does not say by its index and its ID whose it is",
        arguments: [
            (#""index":0,"#, ""), (#""index":0,"#, #""index":null,"#), ("", ""),
            (#""index":null,"#, #""index":0,"#),
            (#""index":0,"#, #""index":0,"id":"c2","#), ("", #""id":"c1","#),
        ])
    func guessed(first: String, second: String) {
        let parts = [(first, #"{"command":"rm -rf ./"#), (second, #"build"}"#)]
        #expect(isRefused(.chatCompletions, chat("", parts)), "\(first) \(second)")
    }

    @Test(
        "A piece whose block is named by no number",
        arguments: ["", #""index":null,"#, #""index":"0","#, #""index":false,"#])
    func blocks(index: String) {
        let pieces = [
            (#""index":0,"#, #"{"command":"ls"#), (#""index":1,"#, #"{"text":"x"#), (index, " ; touch X"),
            (#""index":0,"#, #""}"#), (#""index":1,"#, #""}"#),
        ]
        #expect(isRefused(.messages, messages(pieces)), "\(index)")
        #expect(!isRefused(.messages, messages(pieces.filter { $0.1 != " ; touch X" })))
    }

    @Test(
        "Arguments of Responses whose index and ID name different items",
        arguments: [(0, "j"), (1, "i")])
    func items(index: Int, id: String) {
        func item(_ number: Int, _ id: String) -> String {
            #"{"type":"response.output_item.added","output_index":\#(number),"item":{"type":"function_call","id":"\#(id)","call_id":"c\#(number)","name":"bash","arguments":""}}"#
        }
        let events = [
            item(0, "i"), item(1, "j"),
            #"{"type":"response.function_call_arguments.delta","output_index":\#(index),"item_id":"\#(id)","delta":"{}"}"#,
        ]
        #expect(
            isRefused(
                .responses,
                events + [#"{"type":"response.completed","response":{"status":"completed","output":[]}}"#]))
    }

    @Test(
        "Items and events of Responses that nobody here knows and that may be calls",
        arguments: [
            #"{"type":"response.shell_call_command.delta","output_index":0,"delta":"touch X"}"#,
            #"{"type":"response.apply_patch_call_operation_diff.done","output_index":0,"diff":"x"}"#,
            #"{"type":"response.output_item.done","output_index":0,"item":{"type":"tool_search_call","execution":"client","call_id":"c","arguments":{}}}"#,
            #"{"type":"response.output_item.done","output_index":0,"item":{"type":"bash_call","call_id":"c","name":"bash","arguments":"{}"}}"#,
            #"{"type":"response.output_item.done","output_index":0,"item":{"type":"program","call_id":"c","code":"x"}}"#,
            #"{"type":"response.output_item.done","output_index":0,"item":{"type":"custom_tool_call","call_id":"c","name":"f","input":"ls","arguments":"{}"}}"#,
            #"{"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","call_id":"c","name":"f","arguments":"{}","parsed_arguments":{"a":1}}}"#,
        ])
    func unknown(event: String) {
        let end = #"{"type":"response.completed","response":{"status":"completed","output":[]}}"#
        #expect(isRefused(.responses, [event, end]), "\(event)")
    }

    @Test(
        "What runs at the provider passes",
        arguments: [
            "web_search_call", "file_search_call", "code_interpreter_call", "image_generation_call",
            "mcp_call",
            "mcp_list_tools",
        ])
    func providers(type: String) {
        let events = [
            #"{"type":"response.output_item.added","output_index":0,"item":{"type":"\#(type)","id":"i","status":"in_progress"}}"#,
            #"{"type":"response.\#(type).completed","output_index":0,"item_id":"i"}"#,
            #"{"type":"response.output_item.done","output_index":0,"item":{"type":"\#(type)","id":"i","status":"completed"}}"#,
            #"{"type":"response.completed","response":{"status":"completed","output":[]}}"#,
        ]
        #expect(!isRefused(.responses, events))
    }
}
