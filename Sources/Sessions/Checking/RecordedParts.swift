import Agent
import JSON
import Synchronization

/// A model that gives a recording's responses again, token by token.
actor RecordedModel: Model {
    let info: ModelInfo
    private var responses: ArraySlice<Recording.Response>

    init(_ recording: Recording) {
        info = recording.header.model
        responses = recording.responses[...]
    }

    func respond(
        to request: ModelRequest, observe: @Sendable (DecodeEvent) async throws -> Void
    ) async throws -> ModelResponse {
        guard let next = responses.popFirst() else {
            throw ModelError("the recording has no response for round \(request.round)")
        }
        var record = next.request
        record.round = request.round
        try await observe(.request(record))
        for token in next.tokens { try await observe(.token(token)) }
        return next.response
    }
}

/// Results of a recording, each given once, in the order of the calls that had them.
final class RecordedResults: Sendable {
    private let results: Mutex<[Recording.Invocation: [CallResult]]>

    init(_ recording: Recording) { results = Mutex(recording.results) }

    func next(for invocation: Recording.Invocation) -> CallResult? {
        results.withLock { results in
            guard let first = results[invocation]?.first else { return nil }
            results[invocation]?.removeFirst()
            return first
        }
    }
}

/// A tool that answers what it answered in a recording to the same arguments.
struct RecordedTool: Tool {
    let definition: ToolDefinition
    let results: RecordedResults

    func run(_ call: ToolCall, arguments: JSONValue) async throws -> ToolOutput {
        let invocation = Recording.Invocation(tool: ByteString(call.name), arguments: call.arguments)
        guard let result = results.next(for: invocation) else {
            throw ToolFailure("the recording has no result of \(call.name) for \(call.arguments.text)")
        }
        throw RecordedEnding(result)
    }
}
