import JSON

/// A shape in which providers take requests and give responses.
public enum WireFormat: String, Sendable, Hashable, CaseIterable {
    /// OpenAI's Chat Completions, which most servers speak; <https://platform.openai.com/docs/api-reference/chat>.
    case chatCompletions = "chat-completions"
    /// OpenAI's Responses; <https://platform.openai.com/docs/api-reference/responses>.
    case responses
    /// Anthropic's Messages; <https://docs.anthropic.com/en/api/messages>.
    case messages
    /// Google's `generateContent`; <https://ai.google.dev/api/generate-content>.
    case gemini
    /// Ollama's own chat; <https://github.com/ollama/ollama/blob/main/docs/api.md>.
    case ollama

    /// The format's name, for the person to read.
    public var title: String {
        switch self {
        case .chatCompletions: "Chat Completions"
        case .responses: "Responses"
        case .messages: "Messages"
        case .gemini: "Gemini"
        case .ollama: "Ollama"
        }
    }

    /// The format of a response, or of a piece of a stream; `nil` for a value that belongs to none.
    public init?(ofResponse value: JSONValue) {
        let order: [WireFormat] = [.messages, .responses, .gemini, .chatCompletions, .ollama]
        guard let format = order.first(where: { $0.room.reader().isOwn(value) }) else { return nil }
        self = format
    }

    /// What a whole response is called, for sentences about what is none.
    var responseName: String {
        switch self {
        case .chatCompletions: "chat completion"
        case .responses: "response of OpenAI's Responses"
        case .messages: "message of Anthropic's Messages"
        case .gemini: "response of Gemini"
        case .ollama: "response of Ollama"
        }
    }
}

/// A request's address, where it is one at which a model answers in a known format.
public struct ModelEndpoint: Sendable, Hashable {
    /// The format.
    public let format: WireFormat
    /// The model, for the format that names it in the address.
    public let model: String?
    /// Whether the response is streamed, for the format that says so in the address; `nil` where the body says it.
    public let isStreamed: Bool?

    /// Recognises `POST` requests that ask for a response; anything else (counts, lists, files) is `nil`.
    ///
    /// - Parameter path: as it stands in the request line, with its query, below any prefix.
    public init?(method: String, path: String) {
        guard method.utf8.elementsEqual("POST".utf8) else { return nil }
        var segments = ModelEndpoint.segments(of: path)
        guard let last = segments.popLast() else { return nil }
        let words = segments.map { $0.lowercased() }
        switch (words.last, last.lowercased()) {
        case ("chat", "completions"): self.init(.chatCompletions)
        case (_, "responses"): self.init(.responses)
        // Some clients leave the version out; the messages of a thread are OpenAI's Assistants.
        case (_, "messages") where words.last == "v1" || !words.contains("threads"): self.init(.messages)
        case ("api", "chat"): self.init(.ollama)
        default:
            guard let colon = last.lastIndex(of: ":") else { return nil }
            // Behind a Google login the version stands in the model's place, and the body names the model.
            let word = String(last[..<colon])
            let model = word.utf8.elementsEqual("v1internal".utf8) ? nil : word
            switch last[last.index(after: colon)...].lowercased() {
            case "generatecontent": self.init(.gemini, model: model, isStreamed: false)
            case "streamgeneratecontent": self.init(.gemini, model: model, isStreamed: true)
            // Google serves Anthropic's models in their own format.
            case "rawpredict" where words.contains("anthropic"):
                self.init(.messages, model: model, isStreamed: nil)
            case "streamrawpredict" where words.contains("anthropic"):
                self.init(.messages, model: model, isStreamed: true)
            default: return nil
            }
        }
    }

    /// The segments of a path as servers take them that decode it whole, follow dots and drop parameters (`;x=1`).
    private static func segments(of path: String) -> [String] {
        let plain = decoded(path.prefix { $0 != "?" && $0 != "#" })
        var segments: [String] = []
        for segment in plain.utf8.split(separator: 0x2F) {
            let part = String(decoding: Array(segment.prefix { $0 != 0x3B }), as: UTF8.self)
            if part.isEmpty { continue }
            if part == ".." { segments = segments.dropLast() } else if part != "." { segments.append(part) }
        }
        return segments
    }

    /// The format of a response that was asked for before, where a request fetches one; `nil` for any other request.
    public static func formatFetched(method: String, path: String) -> WireFormat? {
        guard method.utf8.elementsEqual("GET".utf8) else { return nil }
        let holders = segments(of: path).dropLast().suffix(2).map { $0.lowercased() }
        if holders.last == "responses" { return .responses }
        return holders.elementsEqual(["chat", "completions"]) ? .chatCompletions : nil
    }

    private init(_ format: WireFormat, model: String? = nil, isStreamed: Bool? = nil) {
        self.format = format
        self.model = model
        self.isStreamed = isStreamed
    }

    /// The segment with its percent-encoded bytes decoded; as it is where they are none.
    private static func decoded(_ segment: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(segment.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(code)
                rest.removeFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self) ?? String(segment)
    }
}
