import JSON

/// Which dialect a schema is written in: its `$schema` names a draft, or a metaschema that extends one.
extension ReferenceResolver {
    /// The dialect that the schema's `$schema` names.
    func dialect(
        of value: JSONValue, default standard: Dialect, at location: Location
    ) throws(SchemaError) -> Dialect {
        guard let named = value["$schema"] else { return standard }
        let place = location.appending("$schema")
        var uri = named.stringValue ?? named.text()
        var vocabularies: Set<SchemaVocabulary>?
        // A metaschema's own $schema says which draft it extends.
        for _ in 0..<8 {
            if let draft = SchemaDraft(metaschema: uri) {
                var dialect = Dialect(draft)
                if let vocabularies { dialect.vocabularies = vocabularies }
                return dialect
            }
            let bare = URIReference(uri).withoutFragment.text
            guard let metaschema = remotes[ByteString(bare)] else { break }
            if vocabularies == nil, let listed = metaschema["$vocabulary"]?.objectValue {
                vocabularies = try self.vocabularies(listed, of: bare, at: place)
            }
            guard let next = metaschema["$schema"]?.stringValue else {
                return Dialect(defaultDialect.draft)
            }
            uri = next
        }
        let known = SchemaDraft.allCases.map(\.metaschema).joined(separator: ", ")
        throw fault(
            place,
            "the dialect \(uri) is not known; leave $schema out for draft 2020-12, name one of \(known), or give its "
                + "metaschema among the local schemas")
    }

    private func vocabularies(
        _ listed: JSONObject, of metaschema: String, at place: Location
    ) throws(SchemaError) -> Set<SchemaVocabulary> {
        var found: Set<SchemaVocabulary> = [.core]
        for member in listed {
            let isRequired = member.value.boolValue == true
            let name = member.key.split(separator: "/").last.map(String.init) ?? ""
            let isStandard = member.key.hasPrefix("https://json-schema.org/draft/20")
            switch (isStandard, name) {
            case (true, "format"): found.insert(isRequired ? .formatAssertion : .formatAnnotation)
            case (true, "applicator") where member.key.contains("/2019-09/"):
                found.formUnion([.applicator, .unevaluated])
            case (true, _) where SchemaVocabulary(rawValue: name) != nil:
                if let vocabulary = SchemaVocabulary(rawValue: name) { found.insert(vocabulary) }
            default:
                if isRequired {
                    throw fault(
                        place,
                        "the metaschema \(metaschema) requires the vocabulary \(member.key), which is not known here"
                    )
                }
            }
        }
        return found
    }
}
