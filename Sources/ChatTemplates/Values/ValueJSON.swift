import JSON

extension Value {
    /// A JSON value of the conversation, as Python's `json` reads it: texts are input.
    init(_ json: JSONValue, source: Int = 0) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .number(let number): self = Value.number(number)
        case .string(let text): self = .text(MarkedText(text, .input, source: source))
        case .array(let items): self = .list(items.map { Value($0, source: source) })
        case .object(let object): self = Value.object(object, source) { Value($1, source: source) }
        }
    }

    /// A dictionary of the members' values.
    private static func object(
        _ object: JSONObject, _ source: Int, _ value: (_ key: String, JSONValue) -> Value
    ) -> Value {
        var dictionary = ValueDictionary()
        for member in object {
            dictionary[.text(MarkedText(member.key, .input, source: source))] = value(
                member.key, member.value)
        }
        return .dictionary(dictionary)
    }

    private static let roles: Set<String> = [
        "system", "developer", "user", "assistant", "tool", "function", "ipython", "model",
    ]

    /// A message: its role, where it is a known word, may be part of a special token, and its calls' arguments keep
    /// their spelling where they are given as text and `argumentsAreObjects`.
    init(message: JSONValue, source: Int, argumentsAreObjects: Bool) {
        guard case .object(let object) = message else {
            self = Value(message, source: source)
            return
        }
        self = Value.object(object, source) { key, value in
            switch (key, value) {
            case ("role", .string(let role)) where Value.roles.contains(role):
                .text(MarkedText(role, .template, source: source))
            case ("tool_calls", .array(let calls)) where argumentsAreObjects:
                .list(calls.map { Value.call($0, source) })
            default: Value(value, source: source)
            }
        }
    }

    private static func call(_ call: JSONValue, _ source: Int) -> Value {
        guard case .object(let object) = call else { return Value(call, source: source) }
        return Value.object(object, source) { key, value in
            guard key == "function", case .object(let function) = value else {
                return Value(value, source: source)
            }
            return Value.object(function, source) { key, value in
                guard key == "arguments", case .string(let text) = value else {
                    return Value(value, source: source)
                }
                return arguments(text, source)
            }
        }
    }

    /// A call's arguments as an object that `tojson` spells as the model did; the text where it is no object.
    private static func arguments(_ text: String, _ source: Int) -> Value {
        let marked = MarkedText(text, .input, source: source)
        guard let json = try? JSONParser.parse(text), json.objectValue != nil,
            case .dictionary(var dictionary) = Value(json, source: source)
        else { return .text(marked) }
        dictionary.spelling = marked
        return .dictionary(dictionary)
    }

    private static func number(_ number: JSONNumber) -> Value {
        let text = number.text
        guard !text.utf8.contains(where: { $0 == 0x2E || $0 | 0x20 == 0x65 }) else {
            return .float(number.doubleValue)
        }
        return Int(text).map { .int($0) } ?? .long(text)
    }
}
