import JSON

/// The kinds of JSON values, as a template may write each in its own way.
public enum ValueKind: String, Sendable, Hashable, Codable, CodingKeyRepresentable, CaseIterable {
    /// A string.
    case string
    /// A number, whole or not.
    case number
    /// A truth value.
    case boolean
    /// Nothing.
    case null
    /// An object.
    case object
    /// An array.
    case array

    /// The kind of a value.
    public init(_ value: JSONValue) {
        switch value {
        case .string: self = .string
        case .number: self = .number
        case .bool: self = .boolean
        case .null: self = .null
        case .object: self = .object
        case .array: self = .array
        }
    }

    /// The kind that a schema's `type` names.
    init?(type: String) {
        self.init(rawValue: type == "integer" ? "number" : type)
    }
}
