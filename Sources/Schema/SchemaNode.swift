import JSON

/// One schema of a document, its keywords read and checked.
struct SchemaNode: Sendable {
    /// Where it stands in the document.
    var pointer: JSONPointer
    /// `true` and `false` as schemas; `nil` for an object.
    var constant: Bool?
    var reference: Int?
    var types: [String]?
    var enumeration: [JSONValue]?
    var constantValue: JSONValue?

    var minimum: ExactDecimal?
    var maximum: ExactDecimal?
    var exclusiveMinimum: ExactDecimal?
    var exclusiveMaximum: ExactDecimal?
    var multipleOf: ExactDecimal?

    var minLength: Int?
    var maxLength: Int?
    var pattern: ECMAPattern?

    var minItems: Int?
    var maxItems: Int?
    var prefixItems: [Int] = []
    var items: Int?
    var contains: Int?
    var minContains: Int?
    var maxContains: Int?
    var uniqueItems = false

    var minProperties: Int?
    var maxProperties: Int?
    var required: [String] = []
    var properties: [(key: String, node: Int)] = []
    var patternProperties: [(pattern: ECMAPattern, node: Int)] = []
    var additionalProperties: Int?
    var propertyNames: Int?
    var dependentRequired: [(key: String, required: [String])] = []
    var dependentSchemas: [(key: String, node: Int)] = []

    var allOf: [Int] = []
    var anyOf: [Int] = []
    var oneOf: [Int] = []
    var not: Int?
    var condition: Int?
    var consequence: Int?
    var alternative: Int?
}

/// What the compiler does with each keyword that it knows.
enum SchemaKeyword {
    /// Keywords that constrain instances.
    static let assertions: Set<String> = [
        "$ref", "$schema", "type", "enum", "const", "minimum", "maximum", "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength", "maxLength", "pattern", "minItems", "maxItems", "prefixItems", "items", "contains",
        "minContains", "maxContains", "uniqueItems", "minProperties", "maxProperties", "required",
        "properties",
        "patternProperties", "additionalProperties", "propertyNames", "dependentRequired", "dependentSchemas",
        "allOf", "anyOf", "oneOf", "not", "if", "then", "else",
    ]
    /// Dialects that the supported keywords mean the same in.
    static let dialects: Set<String> = [
        "https://json-schema.org/draft/2020-12/schema", "https://json-schema.org/draft/2019-09/schema",
        "http://json-schema.org/draft-07/schema", "http://json-schema.org/draft-06/schema",
    ]
    /// Keywords that say something to people, or hold schemas for others to refer to.
    static let annotations: Set<String> = [
        "$id", "$comment", "$defs", "definitions", "title", "description", "default", "examples",
        "deprecated", "readOnly", "writeOnly", "contentMediaType", "contentEncoding", "contentSchema",
        "format",
    ]
}
