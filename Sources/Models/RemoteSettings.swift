import Agent
import Formats
import JSON

/// What a workflow says of a model behind a server.
public struct RemoteSettings: Sendable {
    /// The server's base address; each format has its own default.
    public var url: String?
    /// The model's name on the server; llama-server needs none.
    public var model: String
    /// The key that the server wants.
    public var key: APIKey?
    /// How many log-probabilities are asked for at each token; `nil` asks for none.
    public var topLogProbabilities: Int?
    /// The seconds of silence after which the server is given up.
    public var silenceSeconds: Double
    /// Members that are added to the body of a request or replace its own; a `null` takes one out.
    public var options: JSONObject
    /// The model's vocabulary, where it is known from elsewhere: the mask is then computed on this side.
    public var vocabulary: VocabularyRecord?

    /// Settings of the given values.
    public init(
        url: String? = nil, model: String = "", key: APIKey? = nil, topLogProbabilities: Int? = nil,
        silenceSeconds: Double = 300, options: JSONObject = JSONObject(),
        vocabulary: VocabularyRecord? = nil
    ) {
        self.url = url
        self.model = model
        self.key = key
        self.topLogProbabilities = topLogProbabilities
        self.silenceSeconds = silenceSeconds
        self.options = options
        self.vocabulary = vocabulary
    }
}

extension RemoteModel {
    /// A model behind a server that speaks a wire format; the provider's own by default, Ollama on this machine.
    /// - Throws: ``ModelError`` for an address that is none.
    public init(
        _ format: WireFormat, _ settings: RemoteSettings, connection: ModelConnection
    ) throws(ModelError) {
        let usual: (url: String, header: Endpoint.KeyHeader) =
            switch format {
            case .chatCompletions, .responses: ("https://api.openai.com/v1", .bearer)
            case .messages: ("https://api.anthropic.com", .named("x-api-key"))
            case .gemini: ("https://generativelanguage.googleapis.com", .named("x-goog-api-key"))
            case .ollama: ("http://127.0.0.1:11434", .bearer)
            }
        let endpoint = try Endpoint(
            base: settings.url ?? usual.url, key: settings.key, keyHeader: usual.header,
            silenceSeconds: settings.silenceSeconds, connection: connection)
        let request = RequestSettings(
            model: settings.model, topLogProbabilities: settings.topLogProbabilities,
            isProvidersOwn: endpoint.base.host == "api.openai.com", options: settings.options)
        self.init(endpoint: endpoint, format: format, settings: request, vocabulary: settings.vocabulary)
    }
}

extension LlamaServerModel {
    /// Opens the model of a llama-server; the one on this machine by default.
    ///
    /// - Parameters:
    ///   - vocabularyFile: the GGUF file that the server serves; without it the server is asked for its vocabulary.
    ///   - candidateCount: how many of the most probable tokens are asked for at first.
    ///   - onRetry: told in one line when the server is not ready and will be asked again.
    /// - Throws: ``ModelError``; one line with the server and the reason.
    public static func open(
        _ settings: RemoteSettings, vocabularyFile: String?, candidateCount: Int, connection: ModelConnection,
        onRetry: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> LlamaServerModel {
        let endpoint = try Endpoint(
            base: settings.url ?? "http://127.0.0.1:8080", key: settings.key,
            silenceSeconds: settings.silenceSeconds, connection: connection)
        return try await open(
            endpoint, vocabularyFile: vocabularyFile, candidateCount: candidateCount, onRetry: onRetry)
    }
}
