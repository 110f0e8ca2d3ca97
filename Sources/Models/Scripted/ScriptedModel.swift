import Agent
import Foundation
import JSON

/// A model that gives a prepared response for each round: for tests, and for designing a catalogue without a model.
///
/// The file is a JSON array with one object a response: `{"content": "…"}` or
/// `{"calls": [{"id": "…", "name": "…", "arguments": {…} or "text"}]}`, the ID optional, optionally with `"finish": "length"`.
public actor ScriptedModel: Model {
    /// The script's name; no vocabulary.
    public let info: ModelInfo
    private let responses: [ModelResponse]

    /// A model that gives the first of `responses` to a conversation without an answer, the second after one, and so on, also
    /// where a session is taken up.
    public init(name: String = "script", responses: [ModelResponse]) {
        info = ModelInfo(name: name, kind: "scripted")
        self.responses = responses
    }

    /// Reads the script at `path`.
    /// - Throws: ``ModelError`` with the file, the place and what is expected there.
    public init(path: String) throws(ModelError) {
        let bytes: [UInt8]
        do { bytes = try BoundedFile.bytes(path) } catch {
            throw ModelError("\(error); it should be a JSON array of responses")
        }
        let value: JSONValue
        do { value = try JSONParser.parse(bytes) } catch { throw ModelError("\(path): \(error)") }
        guard case .array(let entries) = value else {
            throw ModelError("\(path): a script is a JSON array of responses")
        }
        var responses: [ModelResponse] = []
        var count = 0
        for (position, entry) in entries.enumerated() {
            responses.append(
                try ScriptedModel.response(entry, place: "\(path): response \(position + 1)", count: &count))
        }
        self.init(name: path.splitAt(scalar: "/").last ?? path, responses: responses)
    }

    /// - Parameter count: the calls so far; one without an ID is numbered on.
    private static func response(
        _ entry: JSONValue, place: String, count: inout Int
    ) throws(ModelError) -> ModelResponse {
        guard case .object(let object) = entry else { throw ModelError("\(place) is no object") }
        if let key = object.keys.first(where: { !["content", "calls", "finish"].contains($0) }) {
            throw ModelError("\(place): there is no key \"\(key)\"; there are content, calls, finish")
        }
        var calls: [ToolCall] = []
        for (position, call) in (entry["calls"]?.arrayValue ?? []).enumerated() {
            count += 1
            guard let name = call["name"]?.stringValue, let arguments = call["arguments"] else {
                throw ModelError("\(place): call \(position + 1) needs name and arguments")
            }
            let id = call["id"]?.stringValue ?? "call_\(count)"
            let text = arguments.stringValue ?? arguments.text(.spaced)
            calls.append(ToolCall(id: ToolCallID(id), name: name, arguments: ByteString(text)))
        }
        let finish = entry["finish"]?.stringValue.map(FinishReason.init(name:))
        return ModelResponse(
            content: entry["content"]?.stringValue ?? "", calls: calls,
            finishReason: finish ?? (calls.isEmpty ? .stop : .toolCalls))
    }

    /// Gives the response that follows those of the conversation: a request that was killed before its answer is asked for
    /// once more, in a round of its own.
    /// - Throws: ``ModelError`` when the script has none.
    public func respond(
        to request: ModelRequest, observe: @Sendable (DecodeEvent) async throws -> Void
    ) async throws -> ModelResponse {
        let answered = request.messages.count { if case .assistant = $0 { true } else { false } }
        guard responses.indices.contains(answered) else {
            throw ModelError("\(info.name) has no response for round \(answered + 1); add one to the script")
        }
        let messages = request.messages.count == 1 ? "1 message" : "\(request.messages.count) messages"
        try await observe(
            .request(
                RequestRecord(round: request.round, text: "\(messages), \(request.catalogue.count) tools")))
        return responses[answered]
    }
}
