import JSON

/// What a place of a schema's document is to the schema around it.
struct SchemaPath {
    /// The innermost schema in which the place lies.
    private(set) var schema = JSONPointer()
    /// The keyword of that schema under which the place lies; `nil` where the place is the schema itself.
    private(set) var keyword: String?
    /// The member or the position under that keyword, where the place lies in one.
    private(set) var entry: String?
    /// The keyword under which the schema itself stands; `nil` for the root.
    private(set) var holder: String?
    /// The schema that has ``holder``.
    private(set) var outer = JSONPointer()

    /// The outermost keyword around the place that asks for the opposite, or for exactly one, of what stands in it.
    private(set) var reversing: JSONPointer?

    /// The path to the schema that has ``holder``.
    var outerPath: SchemaPath {
        var path = self
        path.schema = outer
        return path
    }

    /// Follows a pointer through the keywords that hold schemas.
    init(_ pointer: JSONPointer, in document: JSONValue) {
        var at = JSONPointer()
        var value = document
        for token in pointer.tokens {
            at = at.appending(token)
            value = value[JSONPointer([token])] ?? .null
            step(token, at, value)
        }
    }

    private mutating func step(_ token: String, _ at: JSONPointer, _ value: JSONValue) {
        guard let keyword else {
            self.keyword = token
            if reversing == nil, ["not", "if", "oneOf"].contains(token) { reversing = at }
            if holdsSchema(token, value) { enter(at, token) }
            return
        }
        guard entry == nil else { return }
        entry = token
        switch SchemaKeyword.named(keyword)?.shape {
        case .schemas, .schemaOrSchemas, .map: enter(at, keyword)
        case .dependencies where value.arrayValue == nil && value.stringValue == nil: enter(at, keyword)
        default: break
        }
    }

    private func holdsSchema(_ keyword: String, _ value: JSONValue) -> Bool {
        switch SchemaKeyword.named(keyword)?.shape {
        case .schema: true
        case .schemaOrSchemas: value.arrayValue == nil
        default: false
        }
    }

    private mutating func enter(_ at: JSONPointer, _ holder: String) {
        outer = schema
        schema = at
        self.holder = holder
        keyword = nil
        entry = nil
    }
}
