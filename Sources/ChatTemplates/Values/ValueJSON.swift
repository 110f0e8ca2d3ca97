import JSON

extension Value {
    /// A JSON value of the conversation, as Python's `json` reads it: texts are input.
    init(_ json: JSONValue) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .number(let number): self = Value.number(number)
        case .string(let text): self = .text(text)
        case .array(let items): self = .list(items.map { Value($0) })
        case .object(let object):
            var dictionary = ValueDictionary()
            for member in object { dictionary[.text(member.key)] = Value(member.value) }
            self = .dictionary(dictionary)
        }
    }

    private static func number(_ number: JSONNumber) -> Value {
        let text = number.text
        guard !text.utf8.contains(where: { $0 == 0x2E || $0 | 0x20 == 0x65 }) else {
            return .float(number.doubleValue)
        }
        return Int(text).map { .int($0) } ?? .long(text)
    }
}
