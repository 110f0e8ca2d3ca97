import Agent
import JSON

/// Everything about one format: how a response is read and written, and how a request is.
protocol FormatRoom: Sendable {
    /// A reader of one response.
    func reader() -> any FrameReader
    /// A writer of one streamed response.
    func writer(_ identity: ResponseIdentity) -> any FrameWriter
    /// A response as one JSON text.
    func whole(_ response: ModelResponse, _ identity: ResponseIdentity) -> JSONValue
    /// The conversation, the catalogue and the settings of a request.
    func read(_ body: JSONObject, into request: inout WireRequest)
    /// The body of a request.
    func body(for request: ModelRequest, _ settings: RequestSettings) -> JSONObject
    /// The conversation as the format writes it, by the names of the members that hold it.
    func conversation(_ messages: [Message]) -> JSONObject
    /// The catalogue as the format writes it.
    func tools(_ catalogue: [ToolDefinition]) -> JSONValue
}

extension WireFormat {
    var room: any FormatRoom {
        switch self {
        case .chatCompletions: ChatRoom()
        case .responses: ResponsesRoom()
        case .messages: MessagesRoom()
        case .gemini: GeminiRoom()
        case .ollama: OllamaRoom()
        }
    }
}
