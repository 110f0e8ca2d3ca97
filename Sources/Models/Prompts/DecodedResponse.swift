import Agent
import ChatTemplates
import JSON

/// A decoded response, read token by token as the model's turns are written.
struct DecodedResponse {
    private var reader: ResponseReader

    init(_ syntax: CallSyntax, catalogue: [ToolDefinition]) {
        reader = ResponseReader(
            syntax,
            schemas: Dictionary(
                catalogue.map { ($0.name, $0.parameters) }, uniquingKeysWith: { first, _ in first }))
    }

    /// Takes one more token into account.
    mutating func append(bytes: some Sequence<UInt8>, special: String?) {
        reader.append(bytes: bytes, special: special)
    }

    /// The response of a turn that has ended, its calls numbered from `first`; arguments that are JSON to the byte.
    /// - Throws: ``ModelError`` for calls that are not written as they should be.
    func whole(numberedFrom first: Int, usage: Usage) throws(Agent.ModelError) -> ModelResponse {
        let read = reader.response
        if let fault = read.fault { throw Agent.ModelError(fault) }
        if read.hasBegunCall, !read.isWhole {
            let told = read.calls.map { "\"\($0.name)\" \($0.arguments)" }.joined(separator: ", ")
            throw Agent.ModelError("the model ended its turn within a call; whole before it: \(told)")
        }
        let calls = read.calls.enumerated().map { position, call in
            ToolCall(
                id: ToolCallID("call_\(first + position)"), name: call.name,
                arguments: ByteString(call.arguments))
        }
        return response(read, calls, calls.isEmpty ? .stop : .toolCalls, usage)
    }

    /// The response of a turn that the limit has cut: what was said so far, and no call.
    func cut(usage: Usage) -> ModelResponse { response(reader.response, [], .length, usage) }

    private func response(
        _ read: ReadResponse, _ calls: [ToolCall], _ reason: FinishReason, _ usage: Usage
    ) -> ModelResponse {
        ModelResponse(
            content: read.text, calls: calls, finishReason: reason, usage: usage,
            thinking: read.thinking.isEmpty ? nil : Thinking(text: read.thinking))
    }
}
