import Agent
import Formats
import Foundation
import JSON
import Synchronization

@testable import Models

/// Streams in the shapes that the providers document, with the response that each amounts to.
struct RecordedStream: Sendable, CustomStringConvertible {
    let description: String
    let format: WireFormat
    let bytes: [UInt8]
    let response: ModelResponse

    func reader() -> ResponseReader { ResponseReader(format) }

    static let all = [
        openAIWords, openAICalls, openAILogProbabilities, anthropicWords, anthropicCalls, anthropicThinking,
        ollamaWords, ollamaCalls,
    ]
}

func call(_ id: String, _ name: String, _ arguments: String) -> ToolCall {
    ToolCall(id: ToolCallID(id), name: name, arguments: ByteString(arguments))
}

/// An event stream of JSON texts.
func events(_ data: [String], end: String = "\n\n") -> [UInt8] {
    Array(data.map { "data: \($0)\(end)" }.joined().utf8)
}

/// An Anthropic stream: every event named, and named once more in its data.
func namedEvents(_ data: [String]) -> [UInt8] {
    let texts = data.map { text -> String in
        let name = (try? JSONParser.parse(text))?["type"]?.stringValue ?? "?"
        return "event: \(name)\ndata: \(text)\n\n"
    }
    return Array(texts.joined().utf8)
}

func chunk(_ delta: String, finish: String? = nil, more: String = "") -> String {
    let reason = finish.map { "\"\($0)\"" } ?? "null"
    return
        #"{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":\#(delta),"finish_reason":\#(reason)\#(more)}]}"#
}

extension RecordedStream {
    static let openAIWords = RecordedStream(
        description: "OpenAI, words", format: .chatCompletions,
        bytes: events([
            chunk(#"{"role":"assistant","content":""}"#), chunk(#"{"content":"Gr\u00fc\u00dfe, "}"#),
            chunk(#"{"content":"Ma\ud83d\ude00ya 🎫"}"#), chunk("{}", finish: "stop"),
            #"{"id":"c1","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":12,"completion_tokens":5,"total_tokens":17}}"#,
            "[DONE]",
        ]),
        response: ModelResponse(
            content: "Grüße, Ma😀ya 🎫", calls: [], finishReason: .stop,
            usage: Usage(promptTokens: 12, completionTokens: 5)))

    /// Two calls whose arguments take turns, and a usage chunk without choices.
    static let openAICalls = RecordedStream(
        description: "OpenAI, parallel calls", format: .chatCompletions,
        bytes: events([
            chunk(#"{"role":"assistant","content":null}"#),
            chunk(
                #"{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"get_ticket","arguments":""}}]}"#
            ),
            chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":"{\"id\": \"T-"}}]}"#),
            chunk(
                #"{"tool_calls":[{"index":1,"id":"call_b","type":"function","function":{"name":"get_comments","arguments":"{\"ticket"}}]}"#
            ),
            chunk(
                #"{"tool_calls":[{"index":0,"function":{"arguments":"1042\"}"}},{"index":1,"function":{"arguments":"\":1}"}}]}"#
            ),
            chunk("{}", finish: "tool_calls"),
            #"{"choices":[],"usage":{"prompt_tokens":80,"completion_tokens":33}}"#, "[DONE]",
        ]),
        response: ModelResponse(
            content: "",
            calls: [
                call("call_a", "get_ticket", #"{"id": "T-1042"}"#),
                call("call_b", "get_comments", #"{"ticket":1}"#),
            ],
            finishReason: .toolCalls, usage: Usage(promptTokens: 80, completionTokens: 33)))

    static let openAILogProbabilities = RecordedStream(
        description: "OpenAI, log-probabilities", format: .chatCompletions,
        bytes: events([
            chunk(
                #"{"content":"Hé"}"#,
                more:
                    #","logprobs":{"content":[{"token":"H","logprob":-0.1,"bytes":[72],"top_logprobs":[{"token":"H","logprob":-0.1,"bytes":[72]},{"token":"h","logprob":-2.5,"bytes":[104]}]},{"token":"é","logprob":-0.5,"bytes":[195,169],"top_logprobs":[]}]}"#
            ), chunk("{}", finish: "stop"), "[DONE]",
        ]),
        response: ModelResponse(content: "Hé", calls: [], finishReason: .stop))

    static let anthropicWords = RecordedStream(
        description: "Anthropic, words", format: .messages,
        bytes: namedEvents([
            #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"model":"m","stop_reason":null,"usage":{"input_tokens":9,"cache_read_input_tokens":3,"output_tokens":1}}}"#,
            #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
            #"{"type":"ping"}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Nothing"}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" to do 🎫"}}"#,
            #"{"type":"content_block_stop","index":0}"#,
            #"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":6}}"#,
            #"{"type":"message_stop"}"#,
        ]),
        response: ModelResponse(
            content: "Nothing to do 🎫", calls: [], finishReason: .stop,
            usage: Usage(promptTokens: 12, completionTokens: 6, cachedTokens: 3)))

    static let anthropicCalls = RecordedStream(
        description: "Anthropic, calls", format: .messages,
        bytes: namedEvents([
            #"{"type":"message_start","message":{"usage":{"input_tokens":40,"output_tokens":1}}}"#,
            #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"I look."}}"#,
            #"{"type":"content_block_stop","index":0}"#,
            #"{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_1","name":"get_ticket","input":{}}}"#,
            #"{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":""}}"#,
            #"{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"id\": \"T"}}"#,
            #"{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"-1042\"}"}}"#,
            #"{"type":"content_block_stop","index":1}"#,
            #"{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_2","name":"list_all","input":{}}}"#,
            #"{"type":"content_block_stop","index":2}"#,
            #"{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":30}}"#,
            #"{"type":"message_stop"}"#,
        ]),
        response: ModelResponse(
            content: "I look.",
            calls: [call("toolu_1", "get_ticket", #"{"id": "T-1042"}"#), call("toolu_2", "list_all", "{}")],
            finishReason: .toolCalls, usage: Usage(promptTokens: 40, completionTokens: 30)))

    static let anthropicThinking = RecordedStream(
        description: "Anthropic, thinking", format: .messages,
        bytes: namedEvents([
            #"{"type":"message_start","message":{"usage":{"input_tokens":7,"output_tokens":1}}}"#,
            #"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Which one? "}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"T-1042."}}"#,
            #"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2lnbg=="}}"#,
            #"{"type":"content_block_stop","index":0}"#,
            #"{"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"eA=="}}"#,
            #"{"type":"content_block_stop","index":1}"#,
            #"{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_9","name":"get_ticket","input":{}}}"#,
            #"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"id\":\"T-1042\"}"}}"#,
            #"{"type":"content_block_stop","index":2}"#,
            #"{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":50}}"#,
            #"{"type":"message_stop"}"#,
        ]),
        response: ModelResponse(
            content: "", calls: [call("toolu_9", "get_ticket", #"{"id":"T-1042"}"#)],
            finishReason: .toolCalls,
            usage: Usage(promptTokens: 7, completionTokens: 50),
            thinking: Thinking(text: "Which one? T-1042.", hiddenParts: 1),
            providerBlocks: ProviderBlocks(
                format: "messages",
                blocks: [
                    ["type": "thinking", "thinking": "Which one? T-1042.", "signature": "c2lnbg=="],
                    ["type": "redacted_thinking", "data": "eA=="],
                    ["type": "tool_use", "id": "toolu_9", "name": "get_ticket", "input": ["id": "T-1042"]],
                ])))

    static let ollamaWords = RecordedStream(
        description: "Ollama, words", format: .ollama,
        bytes: Array(
            """
            {"model":"q","created_at":"x","message":{"role":"assistant","content":"All "},"done":false,"logprobs":[{"token":"All ","logprob":-0.2,"bytes":[65,108,108,32],"top_logprobs":[{"token":"All ","logprob":-0.2,"bytes":[65,108,108,32]},{"token":"No","logprob":-1.8,"bytes":[78,111]}]}]}
            {"model":"q","created_at":"x","message":{"role":"assistant","content":"done 🎫"},"done":false}
            {"model":"q","created_at":"x","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":21,"eval_count":4}

            """.utf8),
        response: ModelResponse(
            content: "All done 🎫", calls: [], finishReason: .stop,
            usage: Usage(promptTokens: 21, completionTokens: 4)))

    static let ollamaCalls = RecordedStream(
        description: "Ollama, calls", format: .ollama,
        bytes: Array(
            """
            {"message":{"role":"assistant","content":"","thinking":"hm"},"done":false}
            {"message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"get_ticket","arguments":{"id":"T-1042","n":1.50}}},{"id":"call_3","function":{"index":1,"name":"list_all","arguments":{}}}]},"done":false}
            {"message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":30,"eval_count":9}

            """.utf8),
        response: ModelResponse(
            content: "",
            calls: [
                call("call_1", "get_ticket", #"{"id": "T-1042", "n": 1.50}"#),
                call("call_3", "list_all", "{}"),
            ],
            finishReason: .toolCalls, usage: Usage(promptTokens: 30, completionTokens: 9),
            thinking: Thinking(text: "hm"),
            providerBlocks: ProviderBlocks(format: "ollama", blocks: ["thinking": "hm"])))
}
