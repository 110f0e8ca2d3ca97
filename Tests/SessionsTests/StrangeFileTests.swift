import Agent
import Foundation
import JSON
import Testing

@testable import Sessions

/// Files of the kinds that are read, in the shapes in which strangers have them: what was said is there, or it is named.
@Suite struct StrangeFileTests {
    /// A file, what a session of it says, and what the listing names.
    struct Case: Sendable, CustomStringConvertible {
        let description: String
        let text: String
        let said: [String]
        var named: [String] = []

        init(_ description: String, _ text: String, _ said: [String], named: [String] = []) {
            self.description = description
            self.text = text
            self.said = said
            self.named = named
        }
    }

    private static func told(_ bytes: [UInt8]) throws -> (said: [String], losses: [String]) {
        let imported = try SessionImport(bytes, name: "x")
        let said = imported.sessions.flatMap { events in
            RunState(folding: events).messages.flatMap { message -> [String] in
                switch message {
                case .system(let text), .user(let text): return ["\(message.role): \(text)"]
                case .tool(let result): return ["\(result.name) gave: \(result.content)"]
                case .assistant(let answer):
                    let thought = answer.thinking.map {
                        ["thought: \($0.text)\(String(repeating: "(hidden)", count: $0.hiddenParts))"]
                    }
                    return (thought ?? []) + ["assistant: \(answer.content)"]
                        + answer.calls.map { "\($0.name) \($0.arguments.text)" }
                }
            }
        }
        return (said, imported.losses.lines)
    }

    static let chats: [Case] = [
        Case(
            "thinking under DeepSeek's name",
            #"[{"role":"user","content":"q"},{"role":"assistant","content":"a","reasoning_content":"hm"}]"#,
            ["user: q", "thought: hm", "assistant: a"]),
        Case(
            "thinking under OpenRouter's name",
            #"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a","reasoning":"hm"}]}"#,
            ["user: q", "thought: hm", "assistant: a"]),
        Case(
            "legacy functions",
            #"[{"role":"user","content":"q"},{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{\"a\": 1}"}},{"role":"function","name":"f","content":"r"}]"#,
            ["user: q", "assistant: ", #"f {"a": 1}"#, "f gave: r"]),
        Case(
            "a result that names its tool",
            #"[{"role":"user","content":"q"},{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","name":"f","content":"r"}]"#,
            ["user: q", "assistant: ", "f {}", "f gave: r"]),
        Case(
            "results without IDs",
            #"[{"role":"user","content":"q"},{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}},{"function":{"name":"g","arguments":"{}"}}]},{"role":"tool","content":"r"},{"role":"tool","content":"s"}]"#,
            ["user: q", "assistant: ", "f {}", "g {}", "f gave: r", "g gave: s"],
            named: ["which call a result is of"]),
        Case(
            "a message without a role",
            #"[{"role":"user","content":"q"},{"content":"x"},{"role":"assistant","content":"a"}]"#,
            ["user: q", "assistant: a"], named: ["a message without a role"]),
        Case(
            "parts beside the role",
            #"[{"role":"user","parts":[{"type":"text","text":"q"}]},{"role":"assistant","parts":[{"type":"text","text":"a"}]}]"#,
            ["user: q", "assistant: a"]),
        Case(
            "a list of requests",
            #"[{"messages":[{"role":"user","content":"q"}]},{"messages":[{"role":"user","content":"p"}]}]"#,
            ["user: q", "user: p"]),
        Case(
            "lines of a batch's input",
            #"{"custom_id":"1","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[{"role":"user","content":"q"}]}}"#,
            ["user: q"]),
        Case(
            "lines of a batch's output",
            #"{"custom_id":"1","response":{"status_code":200,"body":{"choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}]}},"error":null}"#,
            ["assistant: a"]),
        Case(
            "a free-text call",
            #"[{"role":"user","content":"q"},{"role":"assistant","tool_calls":[{"id":"c","type":"custom","custom":{"name":"f","input":"as it is"}}]}]"#,
            ["user: q", "assistant: ", #"f {"input":"as it is"}"#]),
        Case(
            "images and sound",
            #"[{"role":"user","content":[{"type":"image_url","image_url":{}},{"type":"text","text":"q"}]}]"#,
            ["user: [a part of type image_url]\nq"], named: ["a part of type image_url"]),
    ]

    /// What a provider ran itself, in a request's history and in a transcript.
    @Test(arguments: [
        #"{"input":[{"role":"user","content":"q"},{"type":"web_search_call","id":"w","status":"completed"},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"}]}]}"#,
        #"{"input":[{"role":"user","content":"q"},{"type":"mcp_call","id":"m","name":"web_search_call","arguments":"{}","output":"o"},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"}]}]}"#,
        #"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":[{"type":"server_tool_use","id":"s","name":"web_search_call","input":{}},{"type":"web_search_tool_result","tool_use_id":"s","content":[]},{"type":"thinking","thinking":"","signature":"x"},{"type":"text","text":"a"}]}]}"#,
        #"{"uuid":"u","parentUuid":null,"sessionId":"s","type":"assistant","message":{"id":"r","role":"assistant","content":[{"type":"server_tool_use","id":"s","name":"web_search_call","input":{}},{"type":"text","text":"a"}]}}"#,
    ])
    func whatRanAtTheProviderIsAMark(text: String) throws {
        let events = try SessionImport(Array(text.utf8), name: "x").sessions[0]
        let marks = events.compactMap { if case .marked(let note) = $0.body { note } else { nil } }
        #expect(marks == ["web_search_call ran at the provider"])
    }

    static let others: [Case] = [
        Case(
            "Anthropic's thinking",
            #"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"redacted_thinking","data":"x"},{"type":"text","text":"a"}]}]}"#,
            ["user: q", "thought: hm(hidden)", "assistant: a"], named: ["what only its provider reads"]),
        Case(
            "Anthropic's thinking without its words",
            #"{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":[{"type":"thinking","thinking":"","signature":"s"},{"type":"text","text":"a"}]}]}"#,
            ["user: q", "thought: (hidden)", "assistant: a"]),
        Case(
            "a response of Anthropic alone",
            #"{"type":"message","role":"assistant","content":[{"type":"text","text":"a"}],"stop_reason":"end_turn"}"#,
            ["assistant: a"]),
        Case(
            "a result of Anthropic's batches",
            #"{"custom_id":"1","result":{"type":"succeeded","message":{"type":"message","role":"assistant","content":[{"type":"text","text":"a"}],"stop_reason":"end_turn"}}}"#,
            ["assistant: a"]),
        Case(
            "Anthropic's request with its response",
            #"{"request":{"model":"m","system":"s","messages":[{"role":"user","content":"q"}]},"response":{"type":"message","role":"assistant","content":[{"type":"text","text":"a"}],"stop_reason":"end_turn"}}"#,
            ["system: s", "user: q", "assistant: a"]),
        Case("Responses with a text", #"{"model":"m","input":"q"}"#, ["user: q"]),
        Case(
            "items of Responses alone",
            #"[{"type":"message","role":"user","content":[{"type":"input_text","text":"q"}]},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"r"}]"#,
            ["user: q", "assistant: ", "f {}", "f gave: r"]),
        Case(
            "a response of Responses alone",
            #"{"id":"r","object":"response","status":"completed","output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"}]}]}"#,
            ["assistant: a"]),
        Case(
            "contents of Gemini alone",
            #"[{"role":"user","parts":[{"text":"q"}]},{"role":"model","parts":[{"text":"a"}]}]"#,
            ["user: q", "assistant: a"]),
        Case(
            "two calls of one name without IDs",
            #"{"contents":[{"role":"user","parts":[{"text":"q"}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{"a":1}}},{"functionCall":{"name":"f","args":{"a":2}}}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"output":"one"}}},{"functionResponse":{"name":"f","response":{"output":"two"}}}]}]}"#,
            ["user: q", "assistant: ", #"f {"a": 1}"#, #"f {"a": 2}"#, "f gave: one", "f gave: two"]),
        Case("Gemini with a text", #"{"contents":"q"}"#, ["user: q"]),
        Case(
            "Gemini with one content", #"{"contents":{"parts":{"text":"q"}},"systemInstruction":"s"}"#,
            ["system: s", "user: q"]),
        Case(
            "a response of Gemini alone",
            #"{"candidates":[{"content":{"role":"model","parts":[{"text":"hm","thought":true},{"text":"a"}]},"finishReason":"STOP"}]}"#,
            ["thought: hm", "assistant: a"]),
        Case(
            "Ollama without options",
            #"{"model":"m","messages":[{"role":"user","content":"q"},{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{"a":1}}}]},{"role":"tool","tool_name":"f","content":"r"}]}"#,
            ["user: q", "assistant: ", #"f {"a": 1}"#, "f gave: r"]),
        Case(
            "a sample of Inspect with reasoning and a faulty message",
            #"{"version":2,"eval":{},"samples":[{"messages":[{"role":"user","content":"q"},{"role":"tool","content":"x"},{"role":"assistant","content":[{"type":"reasoning","reasoning":"hm"},{"type":"text","text":"a"}]}]}]}"#,
            ["user: q", "thought: hm", "assistant: a"],
            named: ["sample 1, message 2: a tool message without tool_call_id"]),
        Case(
            "a rollout with a faulty call",
            #"{"type":"session_meta","payload":{"id":"t"}}"# + "\n"
                + #"{"type":"response_item","payload":{"type":"function_call","name":"f"}}"# + "\n"
                + #"{"type":"response_item","payload":{"type":"message","role":"user","content":"q"}}"#,
            ["user: q"], named: ["line 2: a call without call_id, name or arguments"]),
        Case(
            "a generation of Langfuse with a text",
            #"[{"id":"1","type":"GENERATION","input":"q","output":"a"}]"#,
            ["user: q", "assistant: a"]),
        Case(
            "a run of LangSmith with reasoning",
            #"{"run_type":"llm","inputs":{"messages":[{"role":"user","content":"q"}]},"outputs":{"generations":[[{"message":{"id":["AIMessage"],"kwargs":{"content":"a","additional_kwargs":{"reasoning_content":"hm"}}}}]]}}"#,
            ["user: q", "thought: hm", "assistant: a"]),
    ]

    private static func span(_ attributes: String, events: String = "") -> String {
        #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"a","spanId":"b","startTimeUnixNano":"1764000000000000000","endTimeUnixNano":"1764000001000000000","attributes":[\#(attributes)],"events":[\#(events)]}]}]}]}"#
    }

    private static func attribute(_ key: String, _ text: String) -> String {
        "{\"key\":\"\(key)\",\"value\":{\"stringValue\":\(JSONValue.string(text).text())}}"
    }

    static let spans: [Case] = [
        Case(
            "a span of OpenLLMetry",
            span(
                [
                    attribute("gen_ai.prompt.0.role", "user"), attribute("gen_ai.prompt.0.content", "q"),
                    attribute("gen_ai.completion.0.role", "assistant"),
                    attribute("gen_ai.completion.0.tool_calls.0.id", "c"),
                    attribute("gen_ai.completion.0.tool_calls.0.name", "f"),
                    attribute("gen_ai.completion.0.tool_calls.0.arguments", #"{"a":1}"#),
                    attribute("gen_ai.completion.0.finish_reason", "tool_calls"),
                ].joined(separator: ",")), ["user: q", "assistant: ", #"f {"a":1}"#]),
        Case(
            "a span of OpenInference",
            span(
                [
                    attribute("openinference.span.kind", "LLM"),
                    attribute("llm.input_messages.0.message.role", "user"),
                    attribute("llm.input_messages.0.message.content", "q"),
                    attribute("llm.input_messages.1.message.role", "assistant"),
                    attribute("llm.input_messages.1.message.tool_calls.0.tool_call.id", "c"),
                    attribute("llm.input_messages.1.message.tool_calls.0.tool_call.function.name", "f"),
                    attribute("llm.input_messages.1.message.tool_calls.0.tool_call.function.arguments", "{}"),
                    attribute("llm.input_messages.2.message.role", "tool"),
                    attribute("llm.input_messages.2.message.tool_call_id", "c"),
                    attribute("llm.input_messages.2.message.content", "r"),
                    attribute("llm.output_messages.0.message.role", "assistant"),
                    attribute("llm.output_messages.0.message.content", "a"),
                ].joined(separator: ",")), ["user: q", "assistant: ", "f {}", "f gave: r", "assistant: a"]),
        Case(
            "an event a message",
            span(
                attribute("gen_ai.operation.name", "chat"),
                events: [
                    #"{"name":"gen_ai.user.message","attributes":[\#(attribute("content", "q"))]}"#,
                    #"{"name":"gen_ai.choice","attributes":[\#(attribute("message", #"{"content":"a"}"#))]}"#,
                ].joined(separator: ",")), ["user: q", "assistant: a"]),
        Case(
            "reasoning in a span",
            span(
                [
                    attribute("gen_ai.operation.name", "chat"),
                    attribute(
                        "gen_ai.input.messages", #"[{"role":"user","parts":[{"type":"text","content":"q"}]}]"#
                    ),
                    attribute(
                        "gen_ai.output.messages",
                        #"[{"role":"assistant","parts":[{"type":"reasoning","content":"hm"},{"type":"text","content":"a"}]}]"#
                    ),
                ].joined(separator: ",")), ["user: q", "thought: hm", "assistant: a"]),
    ]

    @Test(arguments: chats + others + spans) func whatWasSaidIsThereAndTheRestIsNamed(file: Case) throws {
        let (said, losses) = try StrangeFileTests.told(Array(file.text.utf8))
        #expect(said == file.said, "\(losses)")
        for words in file.named { #expect(losses.contains { $0.contains(words) }, "\(words) of \(losses)") }
    }

    /// The same file with a mark of its encoding, in 16-bit units, or in gzip.
    @Test func encodingsOfTextAreTold() throws {
        let text = #"[{"role":"user","content":"é 🧑‍🚀"}]"#
        var files: [[UInt8]] = [[0xEF, 0xBB, 0xBF] + Array(text.utf8)]
        files.append([0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
        files.append([0xFE, 0xFF] + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
        let size = UInt8(text.utf8.count)
        files.append(
            [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, size, 0, ~size, 0xFF] + Array(text.utf8)
                + [0xCD, 0x29, 0xA1, 0xB5, size, 0, 0, 0])
        for file in files { #expect(try StrangeFileTests.told(file).said == ["user: é 🧑‍🚀"]) }
    }

    @Test func whatIsOursAlreadyIsNotImported() throws {
        let journal = try Data(contentsOf: URL(fileURLWithPath: RecordedSession.path("two-rounds")))
        let error = #expect(throws: ImportError.self) { try SessionImport(Array(journal), name: "x") }
        #expect(error?.description.contains("callgate replay") == true)
    }
}
