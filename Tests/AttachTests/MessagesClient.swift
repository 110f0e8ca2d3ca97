import Agent
import Formats
import JSON

/// A client of Messages with one tool, for tests.
let bashTool: JSONValue = [
    "name": "Bash", "description": "Runs.",
    "input_schema": [
        "type": "object", "properties": ["command": ["type": "string"]], "required": ["command"],
    ],
]

func bash(_ id: String, _ command: String) -> ToolCall {
    ToolCall(id: ToolCallID(id), name: "Bash", arguments: ByteString("{\"command\": \"\(command)\"}"))
}

func asking(_ calls: ToolCall...) -> ModelResponse {
    ModelResponse(
        content: "I look.", calls: calls, finishReason: .toolCalls,
        usage: Usage(promptTokens: 1, completionTokens: 2))
}

let done = ModelResponse(content: "Done.", calls: [], finishReason: .stop)

/// A request of Messages with the given history.
func messages(_ history: [JSONValue], stream: Bool = true) -> JSONValue {
    [
        "model": "m", "max_tokens": 100, "stream": .bool(stream), "tools": [bashTool], "unknown": ["x": 1],
        "messages": .array([["role": "user", "content": "Go."]] + history),
    ]
}

/// What a client's next request adds once it has run, or failed to run, the calls that it got.
func answered(_ bytes: [UInt8], _ run: (ToolCall) -> (text: String, isError: Bool)) throws
    -> [JSONValue]
{
    var reader = ResponseReader(.messages)
    _ = try reader.take(bytes)
    _ = try reader.finish()
    let response = try reader.response(numberingFrom: 1)
    var blocks: [JSONValue] =
        response.content.isEmpty ? [] : [["type": "text", "text": .string(response.content)]]
    var results: [JSONValue] = []
    for call in response.calls {
        blocks.append([
            "type": "tool_use", "id": .string(call.id.text), "name": .string(call.name),
            "input": try JSONParser.parse(call.arguments.text),
        ])
        let result = call.name == "Bash" ? run(call) : ("No such tool available: \(call.name)", true)
        results.append([
            "type": "tool_result", "tool_use_id": .string(call.id.text), "content": .string(result.0),
            "is_error": .bool(result.1),
        ])
    }
    return [["role": "assistant", "content": .array(blocks)], ["role": "user", "content": .array(results)]]
}
