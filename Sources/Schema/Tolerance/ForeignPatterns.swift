import JSON

/// The regular expressions of a schema in the spelling of ECMA-262, which JSON Schema uses, where they were written for
/// Python or PCRE.
struct ForeignPatterns {
    private(set) var schema: JSONValue
    private(set) var adjustments: [SchemaAdjustment] = []
    /// The patterns that have no translation, as faults: read as they are they would match something else.
    private(set) var impossible: [SchemaError] = []

    /// Translates the patterns of every schema in a document.
    ///
    /// What has no exact translation is left as it is and named.
    init(_ document: JSONValue) {
        schema = document
        schema = visit(document, at: JSONPointer())
    }

    private mutating func visit(_ schema: JSONValue, at place: JSONPointer) -> JSONValue {
        guard case .object(let object) = schema else { return schema }
        return .object(
            JSONObject(
                object.members.map { member in
                    let inner = place.appending(member.key)
                    return JSONObject.Member(
                        key: member.key, value: visit(member.key, member.value, at: inner))
                }))
    }

    private mutating func visit(_ keyword: String, _ value: JSONValue, at place: JSONPointer) -> JSONValue {
        if keyword == "pattern", let pattern = value.stringValue {
            return .string(translated(pattern, at: place))
        }
        switch (SchemaKeyword.named(keyword)?.shape, value) {
        case (.schema, _), (.schemaOrSchemas, .object): return visit(value, at: place)
        case (.schemas, .array(let elements)), (.schemaOrSchemas, .array(let elements)):
            return .array(elements.enumerated().map { visit($1, at: place.appending($0)) })
        case (.map, .object(let object)), (.dependencies, .object(let object)):
            return .object(
                JSONObject(
                    object.members.map { member in
                        let inner = place.appending(member.key)
                        let key =
                            keyword == "patternProperties" ? translated(member.key, at: inner) : member.key
                        return JSONObject.Member(key: key, value: visit(member.value, at: inner))
                    }))
        default: return value
        }
    }

    private mutating func translated(_ pattern: String, at place: JSONPointer) -> String {
        switch PatternTranslation(pattern) {
        case .none: return pattern
        case .exact(let translated, let reason):
            adjustments.append(SchemaAdjustment(pointer: place, kind: .translated, reason: reason))
            return translated
        case .impossible(let reason):
            impossible.append(SchemaError(document: "", pointer: place, reason: reason))
            return pattern
        }
    }
}
