import JSON

/// The kinds of JSON value, as a bit set; integers are numbers.
struct ValueKinds: OptionSet, Hashable {
    let rawValue: UInt8
    static let null = ValueKinds(rawValue: 1)
    static let boolean = ValueKinds(rawValue: 2)
    static let number = ValueKinds(rawValue: 4)
    static let string = ValueKinds(rawValue: 8)
    static let array = ValueKinds(rawValue: 16)
    static let object = ValueKinds(rawValue: 32)
    static let every: ValueKinds = [.null, .boolean, .number, .string, .array, .object]
}

/// What the first byte of a value tells about it.
enum ValueStart: Int32, CaseIterable {
    case null, yes, no, number, string, array, object

    init?(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "n"): self = .null
        case UInt8(ascii: "t"): self = .yes
        case UInt8(ascii: "f"): self = .no
        case UInt8(ascii: "-"), 0x30...0x39: self = .number
        case 0x22: self = .string
        case UInt8(ascii: "["): self = .array
        case UInt8(ascii: "{"): self = .object
        default: return nil
        }
    }

    var kind: ValueKinds {
        switch self {
        case .null: .null
        case .yes, .no: .boolean
        case .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }
}

/// One schema, its keywords typed for the engine.
///
/// Other schemas are named by their number in the graph.
struct SchemaNode {
    var pointer = JSONPointer()
    /// The URI of the document, where it is not the grammar's own.
    var document: String?
    /// The verdict of a boolean schema.
    var constant: Bool?
    var kinds: ValueKinds?
    /// Whether a number must be integral (`type` names integer and not number).
    var isIntegral = false
    /// Whether numbers such as 1.0 are no integers (draft 4).
    var integersHaveNoPoint = false
    /// The values of `enum` and `const`, intersected, and the keyword to name.
    var values: [JSONValue]?
    var valuesKeyword = "enum"
    /// Whether the schema stands for (a part of) a value listed by its parent's `enum` or `const`: then that keyword
    /// is to blame for all it refuses.
    var isLiteral = false
    // Strings.
    var minLength = 0
    var maxLength: Int?
    var pattern: StringTest?
    var format: StringTest?
    // Numbers.
    var bounds = NumberBounds()
    // Arrays.
    var prefix: [Int32] = []
    var items: Int32?
    var itemsKeyword = "items"
    var prefixKeyword = "prefixItems"
    var minItems = 0
    var maxItems: Int?
    var uniqueItems = false
    var contains: Int32?
    var minContains = 1
    var maxContains: Int?
    // Objects.
    /// In the schema's order; keys by their number in the graph.
    var properties: [(key: Int32, schema: Int32)] = []
    var schemaOfKey: [Int32: Int32] = [:]
    var patterns: [(test: StringTest, schema: Int32)] = []
    var additional: Int32?
    var additionalKeyword = "additionalProperties"
    var required: [Int32] = []
    var minProperties = 0
    var maxProperties: Int?
    var names: Int32?
    var dependentRequired: [(key: Int32, needs: [Int32], keyword: String)] = []
    var dependentSchemas: [(key: Int32, schema: Int32)] = []
    // Applied in place.
    var reference: Int32?
    var allOf: [Int32] = []
    var anyOf: [Int32] = []
    var oneOf: [Int32] = []
    var not: Int32?
    var condition: Int32?
    var consequent: Int32?
    var alternative: Int32?
    // What other keywords have left over.
    var unevaluatedItems: Int32?
    var unevaluatedProperties: Int32?
    /// Whether items that match `contains` count as evaluated (from 2020-12 on).
    var containsEvaluates = false
    /// What can be said of unevaluated members and items before the value closes: schemas that hold whenever the
    /// keywords do.
    var foreseenItems: Int32?
    var foreseenProperties: Int32?
    /// Whether the closed value decides as well, because alternatives evaluate different parts.
    var checksItems = false
    var checksProperties = false

    /// The upper bound that lies below its lower bound, so that no value of that kind fits; `nil` where none does.
    func crossedBounds(_ start: ValueStart) -> String? {
        func crossed(_ low: Int, _ high: Int?, _ keyword: String) -> String? {
            high.map { $0 < low } == true ? keyword : nil
        }
        switch start {
        case .string: return crossed(minLength, maxLength, "maxLength")
        case .array:
            if contains != nil, let fault = crossed(minContains, maxContains, "maxContains") { return fault }
            return crossed(minItems, maxItems, "maxItems")
        case .object: return crossed(minProperties, maxProperties, "maxProperties")
        default: return nil
        }
    }

    var hasObjectKeywords: Bool {
        !properties.isEmpty || !patterns.isEmpty || additional != nil || !required.isEmpty
            || minProperties > 0
            || maxProperties != nil || names != nil || !dependentRequired.isEmpty
    }

    var hasArrayKeywords: Bool {
        !prefix.isEmpty || items != nil || minItems > 0 || maxItems != nil || contains != nil
    }
}
