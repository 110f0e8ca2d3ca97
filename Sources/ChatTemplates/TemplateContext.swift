import JSON

/// The names that a template sees beside its functions.
public struct TemplateContext: Sendable {
    var names: [(String, TemplateValue)] = []

    /// No names.
    public init() {}

    /// The names that transformers and llama.cpp hand to every template.
    ///
    /// In the rendered text the characters of message `n` come from source `n + 1`, those of tool `n` from source
    /// `messages.count + n + 1`.
    ///
    /// - Parameter messages: objects with `role`, `content` and so on; everything in them is input, except that the
    ///   known words for roles may be part of a special token, as in `'<|' + message.role + '|>'`.
    /// - Parameter omitsWhatIsMissing: whether `tools` and `documents` have no value at all, instead of `none`, where
    ///   there are none.
    /// - Parameter argumentsAreObjects: whether a call's arguments that are JSON text reach the template as an object;
    ///   `tojson` then spells them as they were.
    /// - Parameter tools: the definitions; `nil` where there are none.
    /// - Parameter specialTokens: `bos_token`, `eos_token` and the like: texts that are the template's own.
    public init(
        messages: [JSONValue], tools: [JSONValue]? = nil, addGenerationPrompt: Bool = true,
        omitsWhatIsMissing: Bool = false,
        argumentsAreObjects: Bool = false, specialTokens: [String: String] = [:],
        extra: [(String, JSONValue)] = []
    ) {
        let shown = messages.enumerated().map { position, message in
            TemplateValue.message(message, source: position + 1, argumentsAreObjects: argumentsAreObjects)
        }
        names.append(("messages", .list(shown)))
        let first = messages.count + 1
        names.append(
            (
                "tools",
                tools.map { .list($0.enumerated().map { .json($0.element, source: first + $0.offset) }) }
                    ?? .json(.null)
            ))
        names.append(("documents", .json(.null)))
        if omitsWhatIsMissing { names.removeAll { $0.0 == "documents" || $0.0 == "tools" && tools == nil } }
        names.append(("add_generation_prompt", .json(.bool(addGenerationPrompt))))
        for (name, token) in specialTokens.sorted(by: { $0.key < $1.key }) {
            names.append((name, .text(MarkedText(token, .template))))
        }
        for (name, value) in extra { names.append((name, .json(value))) }
    }

    /// Sets `name` to a value of the conversation; all its texts are input.
    public mutating func set(_ name: String, to value: JSONValue) { names.append((name, .json(value))) }

    /// Sets `name` to a text of the given origin.
    public mutating func set(_ name: String, to text: String, _ origin: MarkedText.Origin) {
        names.append((name, .text(MarkedText(text, origin))))
    }
}

/// A value for a template, before it is one of the interpreter's.
indirect enum TemplateValue: Sendable {
    case json(JSONValue, source: Int = 0)
    case message(JSONValue, source: Int, argumentsAreObjects: Bool)
    case text(MarkedText)
    case list([TemplateValue])

    var value: Value {
        switch self {
        case .json(let json, let source): Value(json, source: source)
        case .message(let json, let source, let argumentsAreObjects):
            Value(message: json, source: source, argumentsAreObjects: argumentsAreObjects)
        case .text(let text): .text(text)
        case .list(let items): .list(items.map(\.value))
        }
    }
}
