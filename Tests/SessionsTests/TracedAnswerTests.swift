import Testing

@testable import Sessions

/// Records of LangSmith and Langfuse whose answers have the shape that their programs gave them.
@Suite struct TracedAnswerTests {
    private static let asked = #"[{"role":"user","content":"q"}]"#

    private func langfuse(_ output: String, input: String = asked) throws -> ImportedReading {
        try ImportedReading(
            #"[{"id":"o","type":"GENERATION","startTime":"2026-01-01T10:00:00.000Z","input":\#(input),"output":\#(output)}]"#
        )
    }

    private func langSmith(_ inputs: String, _ outputs: String) throws -> ImportedReading {
        try ImportedReading(
            #"[{"id":"r","run_type":"llm","start_time":"2026-01-01T10:00:00","inputs":\#(inputs),"outputs":\#(outputs)}]"#
        )
    }

    @Test(
        "An answer is read whatever its shape",
        arguments: [
            #""a""#, #"{"role":"assistant","content":"a"}"#, #"[{"role":"assistant","content":"a"}]"#,
            #"{"content":[{"type":"text","text":"a"}],"role":"assistant"}"#, #"[{"type":"text","text":"a"}]"#,
            #"{"type":"text","text":"a"}"#, #"{"text":"a"}"#, #"{"completion":"a","stop_reason":"stop"}"#,
            #"{"content":"a"}"#, #"["a"]"#, #"{"message":{"content":"a"}}"#,
            #"{"messages":[{"type":"ai","content":"a"}]}"#, #"{"output":{"text":"a"}}"#,
            #"{"choices":[{"text":"a"}]}"#, #"{"generations":[[{"text":"a"}]]}"#,
            #"{"lc":1,"id":["x","AIMessage"],"kwargs":{"content":"a"}}"#,
            #"[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"}]}]"#,
            #"{"output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"}]}]}"#,
            #"{"candidates":[{"content":{"role":"model","parts":[{"text":"a"}]},"finishReason":"STOP"}]}"#,
            #"{"role":"model","parts":[{"text":"a"}]}"#, #""{\"text\":\"a\"}""#,
        ])
    func answers(output: String) throws {
        let read = try langfuse(output)
        #expect(read.told == ["user: q", "model: a"], "\(output) \(read.losses)")
        #expect(!read.losses.contains { $0.contains("worded") || $0.contains("not read") }, "\(read.losses)")
        #expect(try langSmith(#"{"messages":\#(Self.asked)}"#, output).told == ["user: q", "model: a"])
    }

    @Test(
        "The calls of an answer keep their arguments, under each of their names",
        arguments: [
            #"[{"type":"text","text":"a"},{"type":"tool_use","id":"t","name":"f","input":{"x":1}}]"#,
            #"{"content":"a","tool_calls":[{"id":"t","name":"f","args":{"x":1}}]}"#,
            #"{"content":"a","tool_calls":[{"id":"t","type":"function","name":"f","arguments":"{\"x\":1}"}]}"#,
            #"{"content":"a","tool_calls":[{"toolCallId":"t","toolName":"f","input":{"x":1}}]}"#,
            #"[{"role":"assistant","content":[{"type":"text","text":"a"},{"type":"tool-call","toolCallId":"t","toolName":"f","input":{"x":1}}]}]"#,
            #"[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"}]},{"type":"function_call","call_id":"t","name":"f","arguments":"{\"x\":1}"}]"#,
        ])
    func calls(output: String) throws {
        let read = try langfuse(output)
        #expect(read.told == ["user: q", #"model: a f{"x":1}"#], "\(output) \(read.losses)")
        let converse = try langfuse(
            #"{"output":{"message":{"role":"assistant","content":[{"text":"a"},{"toolUse":{"toolUseId":"t","name":"f","input":{"x":1}}}]}},"stopReason":"tool_use"}"#
        )
        #expect(converse.told == ["user: q", #"model: a f{"x":1}"#], "\(converse.losses)")
        let alone = try langfuse(#"{"tool_calls":[{"id":"t","name":"f","args":{"x":1}}]}"#)
        #expect(alone.told == ["user: q", #"model:  f{"x":1}"#])
        let list = try langfuse(#"[{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}]"#)
        #expect(list.told == ["user: q", "model:  f{}"])
    }

    @Test("What is no answer's shape is told, and never an empty answer")
    func unread() throws {
        let made = try langfuse(#"{"weather":"a","text":"b"}"#)
        #expect(made.told == ["user: q", #"model: {"weather":"a","text":"b"}"#])
        #expect(made.loses("how an answer was worded"))
        for (output, words) in [
            ("{}", "its record is empty"), ("null", "which was not recorded"),
            (#"{"role":"assistant"}"#, "no words in a shape that is read"),
            (#"{"role":"user","content":"x"}"#, "a message of the role user"),
        ] {
            let read = try langfuse(output)
            #expect(read.told == ["user: q"] && read.loses(words), "\(output) \(read.losses)")
        }
        #expect(
            try langfuse(#"{"choices":[{"message":{"content":"a"}},{"message":{"content":"b"}}]}"#)
                .loses("the further answers"))
    }

    @Test("Messages before the last of an answer stand before it, those that were asked once")
    func conversations() throws {
        let more =
            #"{"role":"assistant","tool_calls":[{"id":"t","name":"f","args":{}}]},{"role":"tool","tool_call_id":"t","content":"r"},{"role":"assistant","content":"a"}"#
        for output in ["[\(more)]", #"[{"role":"user","content":"q"},\#(more)]"#] {
            #expect(try langfuse(output).told == ["user: q", "model:  f{}", "result t: r", "model: a"])
        }
    }

    @Test("Conversations that LangChain asks at once are as many, each with its answer")
    func batches() throws {
        func human(_ text: String) -> String {
            #"[{"lc":1,"id":["HumanMessage"],"kwargs":{"content":"\#(text)"}}]"#
        }
        let inputs = #"{"messages":[\#(human("q")),\#(human("p"))]}"#
        let outputs = #"{"generations":[[{"text":"a"}],[{"text":"b"}]]}"#
        let told = [["user: q", "model: a"], ["user: p", "model: b"]]
        #expect(try langSmith(inputs, outputs).sessions == told)
        #expect(try langSmith(#"{"prompts":["q","p"]}"#, outputs).sessions == told)
        let short = try langSmith(inputs, #"{"generations":[[{"text":"a"}]]}"#)
        #expect(short.sessions == [["user: q", "model: a"], ["user: p"]])
        #expect(short.loses("which was not recorded"))
    }

    @Test(
        "What was asked is read in the formats of each provider",
        arguments: [
            #"{"contents":[{"role":"user","parts":[{"text":"q"}]}]}"#,
            #"{"input":[{"role":"user","content":[{"type":"input_text","text":"q"}]}]}"#,
            #"{"args":[],"kwargs":{"messages":[{"role":"user","content":"q"}],"model":"m"}}"#,
            #"{"prompt":"q"}"#, #""q""#, #"[["human","q"]]"#,
            #"{"messages":[{"role":"user","content":[{"text":"q"}]}]}"#,
        ])
    func questions(input: String) throws {
        #expect(try langfuse(#""a""#, input: input).told == ["user: q", "model: a"])
    }

    @Test("Anthropic's results are results in a record as well")
    func results() throws {
        let input =
            #"{"system":"s","messages":[{"role":"user","content":"q"},{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"r","is_error":true}]}]}"#
        let read = try langfuse(#"[{"type":"text","text":"a"}]"#, input: input)
        #expect(read.told == ["system: s", "user: q", "model:  f{}", "failed t: r", "model: a"])
    }
}
