import JSON

/// The change that takes one fault out of a schema.
struct SchemaRepair {
    let schema: JSONValue
    let adjustment: SchemaAdjustment

    /// The least that can be changed so that a fault is gone; `nil` where the fault is not one keyword's.
    init?(_ document: JSONValue, _ fault: SchemaError) {
        guard fault.document.isEmpty else { return nil }
        let path = SchemaPath(fault.pointer, in: document)
        guard let keyword = path.keyword else {
            guard let repair = SchemaRepair(ofSchemaAt: path, in: document, fault) else { return nil }
            self = repair
            return
        }
        let place = path.schema.appending(keyword)
        guard let value = document[place] else { return nil }
        if let translated = SchemaTranslation(keyword, value, at: path, in: document) {
            self.init(translated.schema, place, .translated, translated.reason)
        } else if SchemaRepair.saysNothing(value, for: keyword) {
            self.init(
                document.replacing(place, with: nil), place, .dropped, "\(value.text()) asks for nothing")
        } else if keyword == "required", path.reversing == nil, let names = value.arrayValue,
            names.contains(where: { $0.stringValue != nil })
        {
            // The names that are names are still required.
            let kept = names.filter { $0.stringValue != nil }
            self.init(document.replacing(place, with: .array(kept)), place, .ignored, fault.reason)
        } else {
            // One member of a map is at fault; the others hold.
            let isMap = value.objectValue != nil
            self.init(
                SchemaLoosening(path, keyword: keyword, entry: isMap ? path.entry : nil, in: document),
                fault.reason)
        }
    }

    private init(
        _ schema: JSONValue, _ pointer: JSONPointer, _ kind: SchemaAdjustment.Kind, _ reason: String
    ) {
        self.schema = schema
        adjustment = SchemaAdjustment(pointer: pointer, kind: kind, reason: reason)
    }

    init(_ loosened: SchemaLoosening, _ reason: String) {
        self.init(
            loosened.schema, loosened.pointer, .ignored,
            loosened.reason.map { "\($0): \(reason)" } ?? reason)
    }

    /// A fault of a schema as a whole: no schema, a keyword twice, a circle.
    private init?(ofSchemaAt path: SchemaPath, in document: JSONValue, _ fault: SchemaError) {
        guard let value = document[path.schema] else { return nil }
        if path.holder == "patternProperties", let key = path.schema.tokens.last,
            (try? ECMAPattern(key, isStrict: true)) == nil
        {
            self.init(
                SchemaLoosening(path.outerPath, keyword: "patternProperties", entry: key, in: document),
                fault.reason)
            return
        }
        if let object = value.objectValue {
            if !object.duplicateKeys.isEmpty {
                let kept = document.replacing(path.schema, with: .object(object.keepingLastOfEach))
                let names = object.duplicateKeys.joined(separator: ", ")
                self.init(kept, path.schema, .ignored, "\(names) stands here twice, and the last one counts")
                return
            }
            // A circle is broken at one of the keywords that look at the same instance.
            let inPlace = [
                "$ref", "$dynamicRef", "$recursiveRef", "allOf", "anyOf", "oneOf", "not", "if",
                "dependentSchemas", "dependencies",
            ]
            guard let keyword = inPlace.first(where: { object[$0] != nil }) else { return nil }
            self.init(SchemaLoosening(path, keyword: keyword, in: document), fault.reason)
            return
        }
        // The root of the arguments must say something, or it is no tool's schema.
        guard let holder = path.holder else { return nil }
        if path.reversing != nil {
            self.init(SchemaLoosening(path, keyword: holder, in: document), fault.reason)
            return
        }
        let shape = SchemaKeyword.named(holder)?.shape
        let standsAlone = path.schema.tokens.count == path.outer.tokens.count + 1
        if shape == .schema || shape == .schemaOrSchemas && standsAlone {
            let says = value != .null
            self.init(
                document.replacing(path.schema, with: nil), path.schema, says ? .ignored : .dropped,
                says ? fault.reason : "null asks for nothing")
        } else {
            self.init(document.replacing(path.schema, with: true), path.schema, .ignored, fault.reason)
        }
    }

    /// Whether a value that cannot be used could not have asked for anything either.
    private static func saysNothing(_ value: JSONValue, for keyword: String) -> Bool {
        switch value {
        case .null: keyword != "enum"
        case .array(let elements): elements.isEmpty && keyword != "enum" && keyword != "type"
        case .bool(let flag): !flag && keyword == "required"
        default: false
        }
    }
}
