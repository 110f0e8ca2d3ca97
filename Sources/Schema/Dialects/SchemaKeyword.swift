/// What is known about a keyword before its value is read.
package struct SchemaKeyword: Sendable {
    /// Where a keyword's value holds schemas.
    package enum Shape: Sendable {
        /// Nowhere.
        case plain
        /// The value is a schema.
        case schema
        /// The value is an array of schemas.
        case schemas
        /// The value is a schema or an array of schemas.
        case schemaOrSchemas
        /// The members' values are schemas.
        case map
        /// The members' values are schemas or arrays of names.
        case dependencies
    }

    /// The drafts that have it.
    package var drafts: ClosedRange<SchemaDraft>
    /// The vocabulary that brings it, from 2019-09 on.
    package var vocabulary: SchemaVocabulary
    /// Where its value holds schemas.
    package var shape: Shape

    /// What is known of the keyword with that name, in any draft.
    package static func named(_ name: String) -> SchemaKeyword? { table[name] }

    private static let table: [String: SchemaKeyword] = {
        var table: [String: SchemaKeyword] = [:]
        func add(
            _ names: String, _ vocabulary: SchemaVocabulary, _ shape: Shape = .plain,
            from first: SchemaDraft = .draft4,
            to last: SchemaDraft = .draft2020
        ) {
            for name in names.split(separator: " ") {
                table[String(name)] = SchemaKeyword(
                    drafts: first...last, vocabulary: vocabulary, shape: shape)
            }
        }
        add("$schema $ref", .core)
        add("id", .core, to: .draft4)
        add("$id", .core, from: .draft6)
        add("$comment", .core, from: .draft7)
        add("$anchor $vocabulary", .core, from: .draft2019)
        add("$recursiveRef $recursiveAnchor", .core, from: .draft2019, to: .draft2019)
        add("$dynamicRef $dynamicAnchor", .core, from: .draft2020)
        add("$defs definitions", .core, .map)

        add("properties patternProperties", .applicator, .map)
        add("additionalProperties not", .applicator, .schema)
        add("items", .applicator, .schemaOrSchemas)
        add("additionalItems", .applicator, .schema, to: .draft2019)
        add("prefixItems", .applicator, .schemas, from: .draft2020)
        add("allOf anyOf oneOf", .applicator, .schemas)
        add("contains propertyNames", .applicator, .schema, from: .draft6)
        add("if then else", .applicator, .schema, from: .draft7)
        add("dependentSchemas", .applicator, .map, from: .draft2019)
        // No longer specified from 2019-09 on, but in use; the suite's optional tests keep its old meaning.
        add("dependencies", .applicator, .dependencies)
        add("unevaluatedItems unevaluatedProperties", .unevaluated, .schema, from: .draft2019)

        add(
            "type enum minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern "
                + "minItems maxItems uniqueItems minProperties maxProperties required", .validation)
        add("const", .validation, from: .draft6)
        add("minContains maxContains dependentRequired", .validation, from: .draft2019)
        add("format", .formatAnnotation)
        add("contentMediaType contentEncoding", .content, from: .draft7)
        add("contentSchema", .content, .schema, from: .draft2019)
        add("title description default", .metaData)
        add("examples", .metaData, from: .draft6)
        add("readOnly writeOnly", .metaData, from: .draft7)
        add("deprecated", .metaData, from: .draft2019)
        return table
    }()
}
