import Agent
import Formats
import JSON
import Testing

/// Bodies in the shapes of public reports, each with what it amounts to.
@Suite struct StrangerTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let format: WireFormat
        let body: String
        let outcome: String

        init(_ name: String, _ body: String, _ outcome: String) {
            self.init(name, .chatCompletions, body, outcome)
        }

        init(_ name: String, _ format: WireFormat, _ body: String, _ outcome: String) {
            (self.name, self.format, self.body, self.outcome) = (name, format, body, outcome)
        }

        var testDescription: String { name }
    }

    private static func chunks(_ choices: String...) -> String {
        choices.map { "data: {\"choices\":[{\"index\":0,\($0)}]}\n\n" }.joined() + "data: [DONE]\n\n"
    }

    @Test("An empty object in two pieces is told as it came")
    func pieces() throws {
        var reader = ResponseReader(.chatCompletions)
        var told = ""
        for text in ["{", "}"] {
            let name = told.isEmpty ? #""name":"f","# : ""
            let chunk =
                #"data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{\#(name)"arguments":"\#(text)"}}]}}]}"#
            for case .arguments(_, let piece) in try reader.take(Array("\(chunk)\n\n".utf8)).flatMap(\.pieces)
            {
                told += piece
            }
        }
        let end = "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\n"
        for case .arguments(_, let piece) in try reader.take(Array(end.utf8)).flatMap(\.pieces) {
            told += piece
        }
        #expect(told == "{}")
    }

    /// What came of a body, on one line.
    private func outcome(_ row: Row) -> String {
        var reader = ResponseReader(row.format)
        do {
            _ = try reader.take(Array(row.body.utf8))
            _ = try reader.finish()
            let response = try reader.response(numberingFrom: 1)
            var parts = [response.finishReason.name, response.content]
            if let thinking = response.thinking { parts.append("~\(thinking.text) \(thinking.size)") }
            parts += response.calls.map { "\($0.id):\($0.name):\($0.arguments.text)" }
            if !response.remarks.isEmpty { parts.append("!\(response.remarks.count)") }
            return parts.joined(separator: " | ")
        } catch {
            return "\(error)"
        }
    }

    static let rows = [
        Row(
            "Databricks' thinking",
            chunks(
                ##""delta":{"content":[{"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}]}]}"##,
                ##""delta":{"content":[{"type":"text","text":"hi"}]}"##,
                ##""delta":{},"finish_reason":"stop""##),
            ##"stop | hi | ~hm 2 characters"##),
        Row(
            "an empty object before the arguments",
            chunks(
                ##""delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}"##,
                ##""delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\""}}]}"##,
                ##""delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}"##,
                ##""delta":{},"finish_reason":"tool_calls""##),
            ##"tool_calls |  | a:f:{"a":1} | !1"##),
        Row(
            "an empty object alone",
            chunks(
                ##""delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}"##,
                ##""delta":{"tool_calls":[{"index":0,"function":{"arguments":""}}]}"##,
                ##""delta":{},"finish_reason":"tool_calls""##),
            ##"tool_calls |  | a:f:{}"##),
        Row(
            "another ID under one index without a name, after whole arguments",
            chunks(
                ##""delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"a\":1}"}}]}"##,
                ##""delta":{"tool_calls":[{"index":0,"id":"b","function":{"arguments":"{\"b\":1}"}}]}"##,
                ##""delta":{},"finish_reason":"tool_calls""##),
            "call 2, b, names no tool; nothing of the response is used"),
        Row(
            "a delta that is text", chunks(##""delta":"hi""##, ##""delta":"","finish_reason":"stop""##),
            "stop | hi"),
        Row(
            "a delta with text", chunks(##""delta":{"text":"hi"}"##, ##""delta":{},"finish_reason":"stop""##),
            "stop | hi"),
        Row(
            "the one choice without its list",
            ##"{"choices":{"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}}"##,
            "stop | hi"),
        Row(
            "a block reason that is none", .gemini,
            ##"{"candidates":[{"content":{"parts":[{"text":"hi"}]},"finishReason":"STOP"}],"promptFeedback":{"blockReason":"BLOCK_REASON_UNSPECIFIED"}}"##,
            "stop | hi"),
        Row(
            "two parts of one message", .responses,
            [
                ##"{"type":"response.output_text.delta","item_id":"m","output_index":0,"content_index":0,"delta":"h"}"##,
                ##"{"type":"response.output_text.done","item_id":"m","output_index":0,"content_index":0,"text":"h"}"##,
                ##"{"type":"response.output_text.delta","item_id":"m","output_index":0,"content_index":1,"delta":"i"}"##,
                ##"{"type":"response.output_text.done","item_id":"m","output_index":0,"content_index":1,"text":"i"}"##,
                ##"{"type":"response.completed","response":{"status":"completed","output":[]}}"##,
            ].map { "data: \($0)\n\n" }.joined(), "stop | hi"),
        Row(
            "text at the end of a part alone", .responses,
            [
                ##"{"type":"response.content_part.done","item_id":"m","output_index":0,"content_index":0,"part":{"type":"output_text","text":"hi"}}"##,
                ##"{"type":"response.completed","response":{"status":"completed","output":[]}}"##,
            ].map { "data: \($0)\n\n" }.joined(), "stop | hi"),
        Row(
            "thinking at the end of a part alone", .responses,
            [
                ##"{"type":"response.output_item.added","output_index":0,"item":{"type":"reasoning","id":"r"}}"##,
                ##"{"type":"response.content_part.done","item_id":"r","output_index":0,"content_index":0,"part":{"type":"reasoning_text","text":"hm"}}"##,
                ##"{"type":"response.output_text.delta","item_id":"m","output_index":1,"delta":"hi"}"##,
                ##"{"type":"response.completed","response":{"status":"completed","output":[]}}"##,
            ].map { "data: \($0)\n\n" }.joined(), "stop | hi"),
        Row(
            "whole arguments again under another ID",
            chunks(
                ##""delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"a\":1}"}}]}"##,
                ##""delta":{"tool_calls":[{"index":0,"id":"b","function":{"arguments":"{\"a\":1}"}}]}"##,
                ##""delta":{},"finish_reason":"tool_calls""##),
            ##"tool_calls |  | a:f:{"a":1} | !1"##),
        Row(
            "a provider that asks for leave", .responses,
            ##"{"object":"response","status":"completed","output":[{"type":"mcp_approval_request","id":"r","name":"n","server_label":"s","arguments":"{}"}]}"##,
            "stop |  | !1"),
        Row(
            "calls after the end", .ollama,
            ##"{"message":{"content":"hi"},"done":true}"## + "\n"
                + ##"{"message":{"tool_calls":[{"function":{"name":"f","arguments":{}}}]},"done":true}"##,
            "stop | hi | !1"),
        Row(
            "output_text alone", .responses,
            ##"{"object":"response","status":"completed","output_text":"hi","output":[]}"##,
            ##"stop | hi"##),
        Row(
            "content of a message as a text", .responses,
            ##"{"object":"response","status":"completed","output":[{"type":"message","id":"m","content":"hi"}]}"##,
            ##"stop | hi"##),
        Row(
            "content of a message as texts", .responses,
            ##"{"object":"response","status":"completed","output":[{"type":"message","id":"m","content":["h","i"]}]}"##,
            ##"stop | hi"##),
        Row(
            "thinking as a text", .responses,
            ##"{"object":"response","status":"completed","output":[{"type":"reasoning","id":"r","content":"hm"},{"type":"message","id":"m","content":[{"type":"output_text","text":"hi"}]}]}"##,
            ##"stop | hi | ~hm 2 characters"##),
        Row(
            "a summary of texts", .responses,
            ##"{"object":"response","status":"completed","output":[{"type":"reasoning","id":"r","summary":["hm"]},{"type":"message","id":"m","content":[{"type":"output_text","text":"hi"}]}]}"##,
            ##"stop | hi | ~hm 2 characters"##),
        Row(
            "blocks as texts", .messages,
            ##"{"type":"message","role":"assistant","content":["h",{"text":"i"}],"stop_reason":"end_turn"}"##,
            ##"stop | hi"##),
        Row(
            "a block of reasoning", .messages,
            ##"{"type":"message","role":"assistant","content":[{"type":"reasoning","reasoning":"hm"},{"type":"text","text":"hi"}],"stop_reason":"end_turn"}"##,
            ##"stop | hi | ~hm 2 characters"##),
        Row(
            "thinking under another name", .ollama,
            ##"{"message":{"content":"hi","reasoning_content":"hm"},"done":true,"done_reason":"stop"}"##,
            ##"stop | hi | ~hm 2 characters"##),
        Row(
            "a legacy call", .ollama,
            ##"{"message":{"content":"","function_call":{"name":"look_up","arguments":{"id":"7"}}},"done":true,"done_reason":"stop"}"##,
            ##"tool_calls |  | call_1:look_up:{"id": "7"}"##),
        Row(
            "arguments as parameters", .chatCompletions,
            ##"{"object":"chat.completion","choices":[{"index":0,"message":{"tool_calls":[{"id":"c1","function":{"name":"look_up","parameters":{"id":"7"}}}]},"finish_reason":"tool_calls"}]}"##,
            ##"tool_calls |  | c1:look_up:{"id": "7"}"##),
        Row(
            "a finish reason as a number", .gemini,
            ##"{"candidates":[{"content":{"parts":[{"text":"hi"}]},"finishReason":1}]}"##,
            ##"stop | hi"##),
        Row(
            "members in snake case", .gemini,
            ##"{"candidates":[{"content":{"parts":[{"text":"hi"}]},"finish_reason":"STOP"}],"usage_metadata":{"prompt_token_count":3,"candidates_token_count":2}}"##,
            ##"stop | hi"##),
        Row(
            "arguments at the beginning and in pieces", .messages,
            ##"data: {"type":"message_start","message":{"role":"assistant","content":[]}}"## + "\n\n"
                + ##"data: {"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t1","name":"look_up","input":{"id":"a"}}}"##
                + "\n\n"
                + ##"data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"id\":"}}"##
                + "\n\n"
                + ##"data: {"type":"content_block_delta","index":0,"delta":{"partial_json":"\"a\"}"}}"##
                + "\n\n" + ##"data: {"type":"content_block_stop","index":0}"## + "\n\n"
                + ##"data: {"type":"message_delta","delta":{"stop_reason":"tool_use"}}"## + "\n\n"
                + ##"data: {"type":"message_stop"}"## + "\n\n",
            ##"tool_calls |  | t1:look_up:{"id":"a"}"##),
        Row(
            "pieces without a type", .messages,
            ##"data: {"type":"message_start","message":{"role":"assistant","content":[]}}"## + "\n\n"
                + ##"data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"##
                + "\n\n" + ##"data: {"type":"content_block_delta","index":0,"delta":{"text":"hi"}}"## + "\n\n"
                + ##"data: {"type":"content_block_stop","index":0}"## + "\n\n"
                + ##"data: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}"## + "\n\n"
                + ##"data: {"type":"message_stop"}"## + "\n\n",
            ##"stop | hi"##),
        Row(
            "two calls of one output index", .responses,
            ##"data: {"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","id":"f1","call_id":"c1","name":"look_up","arguments":""}}"##
                + "\n\n"
                + ##"data: {"type":"response.function_call_arguments.delta","output_index":0,"item_id":"f1","delta":"{\"id\":1}"}"##
                + "\n\n"
                + ##"data: {"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","id":"f2","call_id":"c2","name":"list","arguments":""}}"##
                + "\n\n"
                + ##"data: {"type":"response.function_call_arguments.delta","output_index":0,"item_id":"f2","delta":"{\"id\":2}"}"##
                + "\n\n"
                + ##"data: {"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","id":"f1","call_id":"c1","name":"look_up","arguments":"{\"id\":1}"}}"##
                + "\n\n"
                + ##"data: {"type":"response.output_item.done","output_index":0,"item":{"type":"function_call","id":"f2","call_id":"c2","name":"list","arguments":"{\"id\":2}"}}"##
                + "\n\n"
                + ##"data: {"type":"response.completed","response":{"status":"completed","output":[{"type":"function_call","id":"f1","call_id":"c1","name":"look_up","arguments":"{\"id\":1}"},{"type":"function_call","id":"f2","call_id":"c2","name":"list","arguments":"{\"id\":2}"}]}}"##
                + "\n\n",
            ##"tool_calls |  | c1:look_up:{"id":1} | c2:list:{"id":2}"##),
        Row(
            "two calls of which one name begins the other",
            chunks(
                ##""delta":{"tool_calls":[{"index":0,"function":{"name":"pay","arguments":"{}"}}]}"##,
                ##""delta":{"tool_calls":[{"index":0,"function":{"name":"pay_all","arguments":"{}"}}]}"##,
                #""delta":{},"finish_reason":"tool_calls""#),
            "tool_calls |  | call_1:pay:{} | call_2:pay_all:{}"),
        Row(
            "two items of one call ID", .responses,
            ##"{"object":"response","status":"completed","output":[{"type":"function_call","call_id":"c1","name":"pay","arguments":"{}"},{"type":"function_call","call_id":"c1","name":"pay_all","arguments":"{}"}]}"##,
            "tool_calls |  | c1:pay:{} | c1:pay_all:{}"),
        Row(
            "an action that is null beside actions", .responses,
            ##"{"object":"response","status":"completed","output":[{"type":"computer_call","call_id":"c1","action":null,"actions":[{"type":"click"}]}]}"##,
            ##"tool_calls |  | c1:computer:[{"type": "click"}]"##),
        Row(
            "arguments of Ollama as parameters", .ollama,
            ##"{"message":{"content":"","tool_calls":[{"function":{"name":"look_up","parameters":{"id":"7"}}}]},"done":true}"##,
            ##"tool_calls |  | call_1:look_up:{"id": "7"}"##),
        Row(
            "a call that is null beside one in snake case", .gemini,
            ##"{"candidates":[{"content":{"parts":[{"functionCall":null,"function_call":{"name":"look_up","args":{"id":"7"},"partialArgs":null}}]},"finishReason":"STOP"}]}"##,
            ##"tool_calls |  | call_1:look_up:{"id": "7"}"##),
        Row(
            "a refusal of MiniMax, with status 200",
            ##"data: {"choices":[],"object":"chat.completion.chunk","base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}"##
                + "\n\n", "the server answered with an error: insufficient balance"),
        Row(
            "an answer of MiniMax that went well",
            ##"{"object":"chat.completion","choices":[{"index":0,"message":{"content":"hi"},"finish_reason":"stop"}],"base_resp":{"status_code":0,"status_msg":""}}"##,
            "stop | hi"),
        Row(
            "members that are null",
            chunks(
                ##""delta":{"tool_calls":[{"index":0,"id":"c1","type":"function","custom":null,"function":{"name":"look_up","arguments":"{\"id\":\"7\"}"}}]}"##,
                #""delta":{},"finish_reason":"tool_calls""#),
            ##"tool_calls |  | c1:look_up:{"id":"7"}"##),
        Row(
            "a function that is null beside a flat call",
            chunks(
                ##""delta":{"tool_calls":[{"index":0,"id":"c1","function":null,"name":"look_up","arguments":"{\"id\":\"7\"}"}]}"##,
                #""delta":{},"finish_reason":"tool_calls""#),
            ##"tool_calls |  | c1:look_up:{"id":"7"}"##),
        Row(
            "words and a call that is null", .gemini,
            ##"{"candidates":[{"content":{"parts":[{"text":"hi","functionCall":null}]},"finishReason":"STOP"}]}"##,
            "stop | hi"),
        Row(
            "two calls of one index without IDs",
            chunks(
                ##""delta":{"tool_calls":[{"index":0,"function":{"name":"list_a","arguments":""}}]}"##,
                ##""delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"id\":\"1\"}"}}]}"##,
                ##""delta":{"tool_calls":[{"index":0,"function":{"name":"list_b","arguments":""}}]}"##,
                ##""delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"id\":\"2\"}"}}]}"##,
                #""delta":{},"finish_reason":"tool_calls""#),
            ##"tool_calls |  | call_1:list_a:{"id":"1"} | call_2:list_b:{"id":"2"}"##),
        Row(
            "two calls of one index with empty arguments",
            chunks(
                ##""delta":{"tool_calls":[{"index":0,"id":"","function":{"name":"list_a","arguments":"{}"}}]}"##,
                ##""delta":{"tool_calls":[{"index":0,"id":"","function":{"name":"list_b","arguments":"{}"}}]}"##,
                #""delta":{},"finish_reason":"tool_calls""#),
            "tool_calls |  | call_1:list_a:{} | call_2:list_b:{}"),
        Row(
            "a whole list of calls with one index",
            ##"{"object":"chat.completion","choices":[{"index":0,"message":{"tool_calls":[{"index":0,"id":"","function":{"name":"pay","arguments":"{}"}},{"index":0,"id":"","function":{"name":"pay_all","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}"##,
            "tool_calls |  | call_1:pay:{} | call_2:pay_all:{}"),
        Row(
            "chunks that are called completions",
            "data: {\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hel\"},\"finish_reason\":\"stop\"}]}\n\n"
                + "data: {\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lo\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
            "stop | hello"),
        Row(
            "content as parts",
            chunks(
                #""delta":{"content":[{"type":"text","text":"hello"}]}"#,
                #""delta":{},"finish_reason":"stop""#),
            "stop | hello"),
        Row(
            "thinking as an object, as a part of OpenRouter's providers sends it",
            chunks(
                #""delta":{"reasoning":{"text":"hm "}}"#,
                #""delta":{"reasoning":{"content":[{"text":"so"}]}}"#,
                #""delta":{"content":"yes","reasoning":{}}"#, #""delta":{},"finish_reason":"stop""#),
            "stop | yes | ~hm so 5 characters"),
        Row(
            "thinking in a shape that nobody knows",
            chunks(#""delta":{"content":"yes","reasoning":{"x":7}}"#, #""delta":{},"finish_reason":"stop""#),
            "stop | yes | !1"),
        Row(
            "an error with status 200", #"{"error":{"message":"model is loading"}}"#,
            "the server answered with an error: model is loading"),
        Row(
            "a whole completion in place of a stream",
            #"{"object":"chat.completion","choices":[{"message":{"content":"hi","reasoning":"hm"},"finish_reason":"stop"}]}"#,
            "stop | hi | ~hm 2 characters"),
        Row(
            "a whole completion that says nothing of itself", #"{"choices":[{"message":{"content":"hi"}}]}"#,
            "stop | hi | !1"),
        Row(
            "a legacy call",
            chunks(
                #""delta":{"function_call":{"name":"f","arguments":"{\"a\""}}"#,
                #""delta":{"function_call":{"arguments":":1}"}}"#,
                #""delta":{},"finish_reason":"function_call""#),
            #"tool_calls |  | call_1:f:{"a":1}"#),
        Row(
            "a call that its limit cut",
            chunks(
                #""delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"a"}}]}"#,
                #""delta":{},"finish_reason":"length""#), "length |  | !1"),
        Row(
            "two calls of one index without IDs",
            chunks(
                #""delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{\"a\":1}"}},"#
                    + #"{"index":0,"function":{"name":"f","arguments":"{\"a\":2}"}}]},"finish_reason":"tool_calls""#
            ),
            #"tool_calls |  | call_1:f:{"a":1} | call_2:f:{"a":2}"#),
        Row(
            "arguments from the start in each fragment",
            chunks(
                #""delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"a\""}}]}"#,
                #""delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":1}"}}]},"finish_reason":"stop""#
            ),
            #"tool_calls |  | a:f:{"a":1} | !1"#),
        Row(
            "an error in a choice",
            chunks(#""delta":{},"finish_reason":"error","error":{"message":"upstream died","code":502}"#),
            "the server answered with an error: upstream died"),
        Row(
            "thinking under three names at once",
            chunks(
                #""delta":{"reasoning":"ab","reasoning_content":"ab","reasoning_details":[{"type":"reasoning.text","text":"ab"}]}"#,
                #""delta":{"content":"x"},"finish_reason":"stop""#), "stop | x | ~ab 2 characters"),
        Row(
            "numbers that JSON has not",
            chunks(
                #""delta":{"content":"x"},"logprobs":{"content":[{"token":"x","logprob":NaN}]},"finish_reason":"stop""#
            ),
            "stop | x | !1"),
        Row(
            "half of a character", chunks(#""delta":{"content":"\ud83d"},"finish_reason":"stop""#),
            "stop | \u{FFFD} | !1"),
        Row(
            "another format", .ollama, chunks(#""delta":{"content":"x"},"finish_reason":"stop""#),
            "the server answers in Chat Completions, not in Ollama; name that format for it instead: "
                + #"{"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"stop"}]}"#),
        Row(
            "encrypted reasoning", .responses,
            #"{"object":"response","status":"completed","output":[{"type":"reasoning","summary":[],"encrypted_content":"E"},"#
                + #"{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"}],"#
                + #""usage":{"input_tokens":3,"output_tokens":9,"output_tokens_details":{"reasoning_tokens":7}}}"#,
            "tool_calls |  | ~ 7 tokens, hidden by the provider | c1:f:{}"),
        Row(
            "free text and the shell", .responses,
            #"{"object":"response","status":"completed","output":[{"type":"custom_tool_call","call_id":"c1","name":"patch","#
                + #""input":"*** Begin"},{"type":"local_shell_call","call_id":"c2","action":{"command":["ls"]}}]}"#,
            #"tool_calls |  | c1:patch:{"input":"*** Begin"} | c2:local_shell:{"command": ["ls"]}"#),
        Row(
            "a computer's actions as a list", .responses,
            #"{"object":"response","status":"completed","output":[{"type":"computer_call","call_id":"c1","#
                + #""actions":[{"type":"click","x":1}]}]}"#,
            #"tool_calls |  | c1:computer:[{"type": "click", "x": 1}]"#),
        Row(
            "a call beside words in one part", .gemini,
            #"{"candidates":[{"content":{"parts":[{"text":"hi","functionCall":{"name":"f","args":{"a":1}}}]},"finishReason":"STOP"}]}"#,
            #"tool_calls | hi | call_1:f:{"a": 1}"#),
        Row(
            "a tab after the colon",
            chunks(#""delta":{"content":"x"},"finish_reason":"stop""#).replacing("data: {", with: "data:\t{"),
            "stop | x"),
        Row(
            "an error as an array", .gemini,
            "[{\n \"error\": {\"code\": 400, \"message\": \"API key not valid\", \"status\": \"INVALID_ARGUMENT\"}\n}\n]",
            "the server answered with an error: INVALID_ARGUMENT: API key not valid"),
        Row(
            "a call that the model wrote wrongly", .gemini,
            #"{"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL","finishMessage":"no such tool"}]}"#,
            "MALFORMED_FUNCTION_CALL: no such tool | "),
        Row(
            "an error in the middle", .ollama,
            "{\"message\":{\"content\":\"x\"},\"done\":false}\n{\"error\":\"out of memory\"}\n",
            "the server broke off: out of memory"),
    ]

    @Test(arguments: rows) func everyRowIsWhatItAmountsTo(row: Row) { #expect(outcome(row) == row.outcome) }
}
