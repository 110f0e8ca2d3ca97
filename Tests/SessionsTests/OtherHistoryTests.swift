import Testing

@testable import Sessions

/// Histories of other libraries, which are in no provider's format or in one that is read by way of another.
@Suite struct OtherHistoryTests {
    @Test("A history of Pydantic AI is read as one")
    func pydantic() throws {
        let read = try ImportedReading(
            #"""
            [{"instructions":"i","parts":[{"content":"s","part_kind":"system-prompt"},{"content":["q",{"kind":"image-url","url":"u"}],"part_kind":"user-prompt"}],"kind":"request"},
             {"parts":[{"content":"t","part_kind":"thinking"},{"content":"a","part_kind":"text"},{"tool_name":"f","args":"{\"x\": 1}","tool_call_id":"c","part_kind":"tool-call"},{"tool_name":"g","args":{"y":2},"tool_call_id":"d","part_kind":"tool-call"}],"kind":"response","model_name":"m","usage":{"input_tokens":3,"output_tokens":2}},
             {"instructions":"i","parts":[{"tool_name":"f","content":{"r":1},"tool_call_id":"c","part_kind":"tool-return"},{"tool_name":"g","content":"no","tool_call_id":"d","part_kind":"retry-prompt"},{"part_kind":"other"}],"kind":"request"},
             {"parts":[{"content":"done","part_kind":"text"}],"kind":"response"}]
            """#)
        #expect(
            read.told == [
                "system: i", "system: s", "user: q\n[image-url]",
                #"model: a f{"x": 1} g{"y":2} (thought t)"#, #"result c: {"r":1}"#, "failed d: no",
                "model: done",
            ])
        #expect(read.loses("a part of kind other") && read.loses("a part of kind image-url"))
    }

    @Test("Messages of Bedrock's Converse keep their calls and results")
    func converse() throws {
        let messages =
            #"[{"role":"user","content":[{"text":"q"},{"image":{"format":"png"}}]},{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"t"}}},{"text":"a"},{"toolUse":{"toolUseId":"c","name":"f","input":{"x":1}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"c","content":[{"text":"r"},{"json":{"y":2}}],"status":"error"}}]}]"#
        let asked =
            #"{"modelId":"m","system":[{"text":"s"}],"messages":\#(messages),"toolConfig":{"tools":[{"toolSpec":{"name":"f","description":"d","inputSchema":{"json":{"type":"object"}}}}]}}"#
        let told = [
            "system: s", "user: q\n[a part of type image]", #"model: a f{"x": 1} (thought t)"#,
            "failed c: r\n{\"y\":2}",
        ]
        let read = try ImportedReading(asked)
        #expect(read.told == told && read.format == .anthropic && read.loses("type image"), "\(read.told)")
        #expect(try ImportedReading(messages).told == Array(told.dropFirst()))
        let answer =
            #"{"output":{"message":{"role":"assistant","content":[{"text":"b"}]}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":2}}"#
        #expect(
            try ImportedReading(#"{"request":\#(asked),"response":\#(answer)}"#).told == told + ["model: b"])
    }
}
