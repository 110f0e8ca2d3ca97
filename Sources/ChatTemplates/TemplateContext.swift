import JSON

/// The names that a template sees beside its functions.
public struct TemplateContext: Sendable {
    var names: [(String, TemplateValue)] = []

    /// No names.
    public init() {}

    /// The names that transformers and llama.cpp hand to every template.
    ///
    /// - Parameter messages: objects with `role`, `content` and so on; everything in them is input, except that the
    ///   known words for roles may be part of a special token, as in `'<|' + message.role + '|>'`.
    /// - Parameter tools: the definitions; `nil` where there are none.
    /// - Parameter specialTokens: `bos_token`, `eos_token` and the like: texts that are the template's own.
    public init(
        messages: [JSONValue], tools: [JSONValue]? = nil, addGenerationPrompt: Bool = true,
        specialTokens: [String: String] = [:], extra: [(String, JSONValue)] = []
    ) {
        names.append(("messages", .list(messages.map(TemplateContext.message))))
        names.append(("tools", tools.map { .list($0.map { .json($0) }) } ?? .json(.null)))
        names.append(("documents", .json(.null)))
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

    private static let roles: Set<String> = [
        "system", "developer", "user", "assistant", "tool", "function", "ipython", "model",
    ]

    private static func message(_ message: JSONValue) -> TemplateValue {
        guard case .object(let object) = message else { return .json(message) }
        return .object(
            object.map { member in
                if member.key == "role", let role = member.value.stringValue, roles.contains(role) {
                    return (member.key, .text(MarkedText(role, .template)))
                }
                return (member.key, .json(member.value))
            })
    }
}

/// A value for a template, before it is one of the interpreter's.
indirect enum TemplateValue: Sendable {
    case json(JSONValue)
    case text(MarkedText)
    case list([TemplateValue])
    case object([(String, TemplateValue)])

    var value: Value {
        switch self {
        case .json(let json): Value(json)
        case .text(let text): .text(text)
        case .list(let items): .list(items.map(\.value))
        case .object(let members): .dictionary(ValueDictionary(members.map { ($0.0, $0.1.value) }))
        }
    }
}
