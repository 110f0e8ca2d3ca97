/// The array keywords of one schema.
struct ArrayKeywords {
    var prefix: [Int32] = []
    var items: Int32?
    var itemsKeyword = "items"
    var prefixKeyword = "prefixItems"
    var minItems = 0
    var maxItems: Int?
    var uniqueItems = false
    var contains = ContainsKeywords()

    /// Whether some keyword looks at the items as they come; `uniqueItems` waits for the closed text.
    var judgesItems: Bool {
        !prefix.isEmpty || items != nil || minItems > 0 || maxItems != nil || contains.schema != nil
    }
}

/// `contains` and the bounds on how many items match it.
struct ContainsKeywords {
    var schema: Int32?
    var minimum = 1
    var maximum: Int?
    /// Whether items that match count as evaluated (from 2020-12 on).
    var evaluates = false
}

/// The object keywords of one schema; keys by their number in the graph.
struct ObjectKeywords {
    var members = MemberKeywords()
    var required: [Int32] = []
    var minProperties = 0
    var maxProperties: Int?
    var dependentRequired: [(key: Int32, needs: [Int32], keyword: String)] = []
    var dependentSchemas: [(key: Int32, schema: Int32)] = []

    /// Whether some keyword looks at the members as they come; `dependentSchemas` become structure of the formula.
    var judgesMembers: Bool {
        !members.isEmpty || !required.isEmpty || minProperties > 0 || maxProperties != nil
            || !dependentRequired.isEmpty
    }
}

/// The keywords that hold each member of an object against a schema, by its key.
struct MemberKeywords {
    /// In the schema's order.
    var properties: [(key: Int32, schema: Int32)] = []
    var schemaOfKey: [Int32: Int32] = [:]
    var patterns: [(test: StringTest, schema: Int32)] = []
    var additional: Int32?
    var additionalKeyword = "additionalProperties"
    /// What each key must satisfy as a string.
    var names: Int32?

    var isEmpty: Bool { properties.isEmpty && patterns.isEmpty && additional == nil && names == nil }
}
