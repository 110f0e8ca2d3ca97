import Agent
import Formats
import JSON
import Testing

@testable import Models

/// What leaves for each provider.
@Suite struct RequestTests {
    private let conversation: [Message] = [
        .system("Be brief."), .user("look"),
        .assistant(
            AssistantMessage(content: "", calls: [call("a", "f", #"{"x": 1.0}"#), call("b", "g", "{\"bro")])),
        .tool(ToolMessage(callID: ToolCallID("a"), name: "f", content: "one", isError: false)),
        .tool(ToolMessage(callID: ToolCallID("b"), name: "g", content: "no", isError: true)),
        .user("and now?"),
    ]
    private let tool = ToolDefinition(name: "f", description: "F.", parameters: ["type": "object"])

    private func body(
        _ format: WireFormat, _ settings: RequestSettings = RequestSettings(model: "m"),
        sampling: SamplingSettings = SamplingSettings()
    ) -> JSONValue {
        format.body(
            for: ModelRequest(
                round: 2, messages: conversation, catalogue: [tool], sampling: sampling, maximumTokens: 99),
            settings)
    }

    @Test func chatCompletionsKeepArgumentsAsTheModelWroteThem() {
        let body = body(
            .chatCompletions, RequestSettings(model: "m", topLogProbabilities: 20),
            sampling: SamplingSettings(temperature: 0.5, topP: 0.9, seed: 7))
        let messages = body["messages"]?.arrayValue ?? []
        #expect(
            messages.compactMap { $0["role"]?.stringValue } == [
                "system", "user", "assistant", "tool", "tool", "user",
            ])
        #expect(messages[2]["tool_calls"]?[1]?["function"]?["arguments"] == "{\"bro")
        #expect(messages[2]["content"] == .null && messages[4]["tool_call_id"] == "b")
        #expect(body["tools"]?[0] == tool.functionJSON && body["stream"] == true)
        #expect(body["stream_options"]?["include_usage"] == true && body["max_tokens"] == 99)
        #expect(body["logprobs"] == true && body["top_logprobs"] == 20)
        #expect(body["temperature"]?.text() == "0.5" && body["top_p"]?.text() == "0.9" && body["seed"] == 7)
    }

    @Test func optionsAddReplaceAndTakeOut() throws {
        let options = try #require(
            JSONParser.parse(
                #"{"temperature": null, "stream_options": {"x": 1}, "tool_choice": "required", "max_tokens": 5}"#
            ).objectValue)
        let body = body(
            .chatCompletions, RequestSettings(model: "m", isProvidersOwn: true, options: options))
        #expect(body["temperature"] == nil && body["logprobs"] == nil && body["tool_choice"] == "required")
        #expect(body["stream_options"] == ["include_usage": true, "x": 1])
        #expect(body["max_completion_tokens"] == 99 && body["max_tokens"] == 5)
    }

    @Test func anthropicHasAllResultsFirstInTheVeryNextUserMessage() {
        let body = body(.messages)
        #expect(body["system"] == "Be brief." && body["max_tokens"] == 99 && body["temperature"] == 0)
        let messages = body["messages"]?.arrayValue ?? []
        #expect(messages.compactMap { $0["role"]?.stringValue } == ["user", "assistant", "user"])
        #expect(
            messages[1]["content"] == [
                [
                    "type": "tool_use", "id": "a", "name": "f",
                    "input": ["x": .number(JSONNumber(text: "1.0") ?? JSONNumber(1))],
                ],
                ["type": "tool_use", "id": "b", "name": "g", "input": ["malformed_arguments": "{\"bro"]],
            ])
        #expect(
            messages[2]["content"] == [
                ["type": "tool_result", "tool_use_id": "a", "content": "one"],
                ["type": "tool_result", "tool_use_id": "b", "content": "no", "is_error": true],
                ["type": "text", "text": "and now?"],
            ])
        #expect(body["tools"]?[0] == ["name": "f", "description": "F.", "input_schema": ["type": "object"]])
    }

    /// The stream's own thinking travels back unaltered; a call that a person rewrote travels as rewritten.
    @Test func thinkingTravelsBackUnaltered() throws {
        let written = RecordedStream.anthropicThinking.response
        var answer = written.message
        let settings = RequestSettings(
            model: "m",
            options: JSONObject([JSONObject.Member(key: "thinking", value: ["type": "enabled"])]))
        func sent() -> JSONValue? {
            let request = ModelRequest(
                round: 2, messages: [.user("x"), .assistant(answer)], catalogue: [],
                sampling: SamplingSettings(),
                maximumTokens: 9)
            let body = WireFormat.messages.body(for: request, settings)
            #expect(body["temperature"] == nil)
            return body["messages"]?[1]?["content"]
        }
        #expect(sent() == written.providerBlocks?.blocks)
        answer.calls[0].arguments = ByteString(#"{"id":"T-7"}"#)
        #expect(sent()?[2]?["input"] == ["id": "T-7"])
        #expect(sent()?[0] == written.providerBlocks?.blocks[0])
    }

    @Test func ollamaTakesArgumentsAsAnObject() {
        let body = body(.ollama, RequestSettings(model: "m", topLogProbabilities: 5))
        let messages = body["messages"]?.arrayValue ?? []
        #expect(messages[2]["tool_calls"]?[0]?["function"]?["arguments"]?.text() == #"{"x":1.0}"#)
        #expect(messages[3] == ["role": "tool", "content": "one", "tool_name": "f", "tool_call_id": "a"])
        #expect(body["options"] == ["temperature": 0, "num_predict": 99] && body["top_logprobs"] == 5)
    }
}
