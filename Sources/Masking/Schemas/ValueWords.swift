import JSON

extension ValueStart {
    /// The kind of value in words.
    var word: String {
        switch self {
        case .null: "null"
        case .yes: "true"
        case .no: "false"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// Kinds of value in words.
    static func words(_ kinds: ValueKinds, _ isIntegral: Bool) -> String {
        let names: [(ValueKinds, String)] = [
            (.string, "a string"), (.number, isIntegral ? "an integer" : "a number"),
            (.boolean, "true or false"),
            (.object, "an object"), (.array, "an array"), (.null, "null"),
        ]
        let present = names.filter { kinds.contains($0.0) }.map(\.1)
        return present.isEmpty ? "nothing" : present.joined(separator: " or ")
    }

    /// How a value starts.
    static func all(of value: JSONValue) -> [ValueStart] {
        switch value {
        case .null: [.null]
        case .bool(let truth): [truth ? .yes : .no]
        case .number: [.number]
        case .string: [.string]
        case .array: [.array]
        case .object: [.object]
        }
    }
}
