import JSON

/// One schema, its keywords read and checked; other schemas are numbers in ``CompiledSchema``'s table.
struct SchemaNode: Sendable {
    /// The schema resource it belongs to, for dynamic references.
    var resource: Int
    /// `true` and `false` as schemas; `nil` for an object.
    var constant: Bool?
    /// The keywords that constrain, those that look at what others have evaluated last.
    var keywords: [Keyword] = []
    /// Whether one of them is unevaluatedProperties or unevaluatedItems.
    var looksAtEvaluated = false
    /// Whether numbers such as 1.0 are no integers (draft 4).
    var integersHaveNoPoint = false
}

/// A keyword, or some that only mean something together, with its value read.
enum Keyword: Sendable {
    /// The keyword is one of `$ref`, `$dynamicRef`, `$recursiveRef`.
    case reference(String, Int)
    /// `initial` holds where no schema of the dynamic scope has the anchor.
    case dynamicReference(String, anchor: ByteString, initial: Int)
    case types(JSONTypes)
    case enumeration(Enumeration)
    case constant(JSONValue)
    case bound(Bound, ExactDecimal)
    case multipleOf(ExactDecimal)
    case size(Size, Int)
    case pattern(ECMAPattern)
    case format(StringFormat)
    case content(encoding: String?, mediaType: String?)
    case uniqueItems
    case elements(ElementRules)
    case contains(ContainsRule)
    case required([String])
    case members(MemberRules)
    case dependentRequired(String, [(key: String, required: [String])])
    case dependentSchemas(String, [(key: String, node: Int)])
    case allOf([Int])
    case anyOf([Int])
    case oneOf([Int])
    case not(Int)
    case condition(Int, then: Int?, otherwise: Int?)
    case unevaluatedItems(Int)
    case unevaluatedProperties(Int)

    /// The schemas that are applied to the very instance that this keyword is applied to.
    var appliedInPlace: [Int] {
        switch self {
        case .reference(_, let node), .dynamicReference(_, _, let node), .not(let node): [node]
        case .allOf(let nodes), .anyOf(let nodes), .oneOf(let nodes): nodes
        case .dependentSchemas(_, let schemas): schemas.map(\.node)
        case .condition(let test, let then, let otherwise): [test, then, otherwise].compactMap { $0 }
        default: []
        }
    }
}

/// The keywords that bound numbers.
enum Bound: String, Sendable {
    case minimum, maximum, exclusiveMinimum, exclusiveMaximum
}

/// The keywords that bound counts.
enum Size: String, Sendable {
    case minLength, maxLength, minItems, maxItems, minProperties, maxProperties
}

/// A set of JSON types, `integer` being one of its own.
struct JSONTypes: OptionSet, Sendable {
    let rawValue: UInt8

    static let names = ["null", "boolean", "integer", "number", "string", "array", "object"]

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The type of that name.
    init?(name: String) {
        guard let index = JSONTypes.names.firstIndex(of: name) else { return nil }
        rawValue = 1 << UInt8(index)
    }

    static let null = JSONTypes(rawValue: 1)
    static let boolean = JSONTypes(rawValue: 1 << 1)
    static let integer = JSONTypes(rawValue: 1 << 2)
    static let number = JSONTypes(rawValue: 1 << 3)
    static let string = JSONTypes(rawValue: 1 << 4)
    static let array = JSONTypes(rawValue: 1 << 5)
    static let object = JSONTypes(rawValue: 1 << 6)

    /// The names in the set.
    var listed: [String] {
        JSONTypes.names.enumerated().filter { rawValue >> UInt8($0.offset) & 1 == 1 }.map(\.element)
    }
}

/// The values of `enum`, found by hashing where there are many.
struct Enumeration: Sendable {
    var values: [JSONValue]
    private var canonical: Set<JSONValue>?

    private static let hashedSize = 8

    init(_ values: [JSONValue]) {
        self.values = values
        if values.count > Enumeration.hashedSize { canonical = Set(values.map(\.canonical)) }
    }

    func contains(_ value: JSONValue) -> Bool {
        if let canonical { return canonical.contains(value.canonical) }
        return values.contains { $0.isEquivalent(to: value) }
    }
}

/// prefixItems, items and additionalItems: which schema each element answers to.
struct ElementRules: Sendable {
    var prefix: [Int] = []
    /// `prefixItems`, or `items` in older drafts.
    var prefixKeyword = "prefixItems"
    var rest: Int?
    /// `items`, or `additionalItems` after an older draft's array.
    var restKeyword = "items"
}

/// contains with its bounds.
struct ContainsRule: Sendable {
    var node: Int
    var minimum: Int?
    var maximum: Int?
    /// Whether the elements found count as evaluated (from 2020-12 on).
    var marksEvaluated: Bool
}

/// properties, patternProperties, additionalProperties and propertyNames: which schemas each member answers to.
struct MemberRules: Sendable {
    var properties: [ByteString: Int] = [:]
    /// The names in order, for messages.
    var names: [String] = []
    var patterns: [(pattern: ECMAPattern, node: Int)] = []
    var additional: Int?
    var propertyNames: Int?
}
