import JSON

/// Takes a keyword out of a schema so that the schema lets more through, never less.
struct SchemaLoosening {
    /// The document without the keyword.
    let schema: JSONValue
    /// What was taken out: the keyword, or one around it that cannot be held without it.
    let pointer: JSONPointer
    /// Why more than the keyword itself was taken out; `nil` where it was not.
    let reason: String?

    /// Keywords that forbid what the schema around them would allow for want of the ones taken out.
    private static let companions: [String: [String]] = [
        "properties": ["additionalProperties", "unevaluatedProperties"],
        "patternProperties": ["additionalProperties", "unevaluatedProperties"],
        "prefixItems": ["items", "unevaluatedItems"],
        "items": ["additionalItems", "unevaluatedItems"],
        "contains": ["minContains", "maxContains", "unevaluatedItems"],
    ]

    /// Takes out a keyword, or one member of it.
    /// - Parameters:
    ///   - path: The keyword's place.
    ///   - entry: The member at fault, where the others may stay.
    ///   - document: The whole schema.
    init(_ path: SchemaPath, keyword: String, entry: String? = nil, in document: JSONValue) {
        if let reversing = path.reversing {
            // What stands in a `not` asks for the opposite: less in there would be more out here.
            let name = reversing.tokens.last ?? ""
            schema = document.replacing(reversing, with: nil)
            pointer = reversing
            reason = "\(name) cannot be held without its \(keyword)"
            return
        }
        let place = path.schema.appending(keyword)
        pointer = entry.map(place.appending) ?? place
        reason = nil
        var changed = document.replacing(pointer, with: nil)
        let inPlace = ["$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "dependentSchemas"]
        let related =
            SchemaLoosening.companions[keyword]
            ?? (inPlace.contains(keyword) ? ["unevaluatedProperties", "unevaluatedItems"] : [])
        for companion in related { changed = changed.replacing(path.schema.appending(companion), with: nil) }
        schema = changed
    }
}
