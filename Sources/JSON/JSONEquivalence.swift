extension JSONValue {
    /// Whether two values are equal as JSON Schema means it (2020-12 core, section 4.2.2): numbers by exact
    /// value, strings by code points, objects by their members regardless of order.
    ///
    /// Of duplicate keys the last one counts, as most readers take it.
    public func isEquivalent(to other: JSONValue) -> Bool {
        switch (self, other) {
        case (.number(let a), .number(let b)): return a == b || a.decimal == b.decimal
        case (.array(let a), .array(let b)):
            return a.count == b.count && zip(a, b).allSatisfy { $0.isEquivalent(to: $1) }
        case (.object(let a), .object(let b)):
            let (left, right) = (a.effectiveMembers, b.effectiveMembers)
            return left.count == right.count
                && left.allSatisfy { key, value in right[key].map { value.isEquivalent(to: $0) } ?? false }
        default: return self == other
        }
    }

    /// A value equal for exactly those values that are equivalent, for use as a key of a set.
    public var canonical: JSONValue {
        switch self {
        case .number(let number):
            let decimal = number.decimal
            let digits =
                decimal.isZero ? "0" : String(decoding: decimal.digits.map { $0 + 0x30 }, as: UTF8.self)
            let sign = decimal.isNegative ? "-" : ""
            return .number(JSONNumber(checked: "\(sign)\(digits)e\(decimal.exponent)"))
        case .array(let elements): return .array(elements.map(\.canonical))
        case .object(let object):
            let members = object.effectiveMembers.map {
                JSONObject.Member(key: $0.key.text, value: $0.value.canonical)
            }
            return .object(JSONObject(members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }))
        default: return self
        }
    }
}

extension JSONObject {
    /// Each key once, with the value of its last member.
    var effectiveMembers: [ByteString: JSONValue] {
        Dictionary(members.map { (ByteString($0.key), $0.value) }, uniquingKeysWith: { _, last in last })
    }
}
