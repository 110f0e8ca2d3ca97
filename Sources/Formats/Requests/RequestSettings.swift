import Agent
import JSON

/// What a request says besides the conversation, as the workflow or the server want it.
public struct RequestSettings: Sendable, Hashable {
    /// The model's name on the server.
    public var model: String
    /// How many log-probabilities are asked for at each token; `nil` asks for none.
    public var topLogProbabilities: Int?
    /// Whether the server is the provider's own, which may want other names than its imitators.
    public var isProvidersOwn: Bool
    /// Members that are added to the body or replace its own, objects member by member; a `null` takes one out.
    public var options: JSONObject

    /// Settings of the given values.
    public init(
        model: String, topLogProbabilities: Int? = nil, isProvidersOwn: Bool = false,
        options: JSONObject = JSONObject()
    ) {
        self.model = model
        self.topLogProbabilities = topLogProbabilities
        self.isProvidersOwn = isProvidersOwn
        self.options = options
    }
}

extension WireFormat {
    /// The body of a request, streamed where the body says it.
    public func body(for request: ModelRequest, _ settings: RequestSettings) -> JSONValue {
        var body = room.body(for: request, settings)
        body.merge(settings.options)
        return .object(body)
    }

    /// The path of a request below the server's base address.
    ///
    /// - Parameter model: the model's name, which Gemini has in the path.
    public func path(model: String) -> String {
        switch self {
        case .chatCompletions: "chat/completions"
        case .responses: "responses"
        case .messages: "v1/messages"
        case .gemini: "v1beta/\(model.contains("/") ? model : "models/\(model)"):streamGenerateContent"
        case .ollama: "api/chat"
        }
    }

    /// A conversation as the format writes it, by the names of the members that hold it.
    public func conversation(_ messages: [Message]) -> JSONObject { room.conversation(messages) }

    /// A catalogue as the format writes it.
    public func tools(_ catalogue: [ToolDefinition]) -> JSONValue { room.tools(catalogue) }
}

extension JSONObject {
    /// Adds the members of another.
    mutating func add(_ others: JSONObject) { for member in others { self[member.key] = member.value } }

    /// Adds `temperature`, and `top_p` and `seed` where they are not the usual ones.
    mutating func add(_ sampling: SamplingSettings) {
        if let value = JSONNumber(sampling.temperature) { self["temperature"] = .number(value) }
        if sampling.topP != 1, let value = JSONNumber(sampling.topP) { self["top_p"] = .number(value) }
        if sampling.temperature > 0, let seed = JSONNumber(text: String(sampling.seed)) {
            self["seed"] = .number(seed)
        }
    }

    /// Sets the members of `options`, objects member by member; `null` takes a member out.
    mutating func merge(_ options: JSONObject) {
        for member in options {
            switch (self[member.key], member.value) {
            case (_, .null): self[member.key] = nil
            case (.object(var own)?, .object(let other)):
                own.merge(other)
                self[member.key] = .object(own)
            case (_, let value): self[member.key] = value
            }
        }
    }
}
