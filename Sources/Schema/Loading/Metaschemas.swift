/// The metaschemas of the drafts, in short: what each keyword's value must be, without words for people.
enum Metaschemas {
    /// A metaschema's own address and its JSON text.
    /// - Parameter uri: an address that people use for it, without its fragment: with `http` or `https`, and
    ///   `json-schema.org/schema` for the latest draft.
    static func entry(_ uri: String) -> (address: String, text: String)? {
        let address = uri.hasSuffix("//json-schema.org/schema") ? SchemaDraft.draft2020.metaschema : uri
        let bare = address.drop { $0 != ":" }
        return ["http", "https"].lazy.compactMap { scheme in text(scheme + bare).map { (scheme + bare, $0) } }
            .first
    }

    private static func text(_ uri: String) -> String? {
        switch uri {
        case SchemaDraft.draft4.metaschema: draft4
        case SchemaDraft.draft6.metaschema: draft6
        case SchemaDraft.draft7.metaschema: draft7
        default: part(of: uri)
        }
    }

    private static func part(of uri: String) -> String? {
        for (draft, folder, parts) in [
            (SchemaDraft.draft2019, "https://json-schema.org/draft/2019-09/", parts2019),
            (SchemaDraft.draft2020, "https://json-schema.org/draft/2020-12/", parts2020),
        ] where uri.hasPrefix(folder) {
            let name = String(uri.dropFirst(folder.count))
            if name == "schema" { return whole(draft, parts.map(\.name)) }
            guard let found = parts.first(where: { "meta/" + $0.name == name }) else { return nil }
            return """
                {"$schema": "\(draft.metaschema)", "$id": "\(uri)", \(anchor(draft)), "type": ["object", "boolean"],
                 "$vocabulary": {"\(folder)vocab/\(found.name)": true}, \(found.text)}
                """
        }
        return nil
    }

    private static func anchor(_ draft: SchemaDraft) -> String {
        draft == .draft2019 ? "\"$recursiveAnchor\": true" : "\"$dynamicAnchor\": \"meta\""
    }

    /// The metaschema that joins a draft's vocabularies.
    private static func whole(_ draft: SchemaDraft, _ names: [String]) -> String {
        let folder = draft.metaschema.dropLast("schema".count)
        let used = names.filter { $0 != "format-assertion" }
        let vocabularies = used.map { "\"\(folder)vocab/\($0)\": \($0 == "format" ? "false" : "true")" }
        let schema = draft == .draft2019 ? "{\"$recursiveRef\": \"#\"}" : "{\"$dynamicRef\": \"#meta\"}"
        let names = "{\"type\": \"array\", \"items\": {\"type\": \"string\"}, \"uniqueItems\": true}"
        return """
            {"$schema": "\(draft.metaschema)", "$id": "\(draft.metaschema)", \(anchor(draft)),
             "$vocabulary": {\(vocabularies.joined(separator: ", "))}, "type": ["object", "boolean"],
             "allOf": [\(used.map { "{\"$ref\": \"meta/\($0)\"}" }.joined(separator: ", "))],
             "properties": {
              "definitions": {"type": "object", "additionalProperties": \(schema)},
              "dependencies": {"type": "object", "additionalProperties": {"anyOf": [\(schema), \(names)]}}}}
            """
    }

    // MARK: Vocabularies from 2019-09 on

    private static let validation = """
        "properties": {
         "type": {"anyOf": [{"$ref": "#/$defs/simpleTypes"},
          {"type": "array", "items": {"$ref": "#/$defs/simpleTypes"}, "minItems": 1, "uniqueItems": true}]},
         "const": true, "enum": {"type": "array"}, "multipleOf": {"type": "number", "exclusiveMinimum": 0},
         "maximum": {"type": "number"}, "exclusiveMaximum": {"type": "number"},
         "minimum": {"type": "number"}, "exclusiveMinimum": {"type": "number"},
         "maxLength": {"$ref": "#/$defs/nonNegativeInteger"}, "minLength": {"$ref": "#/$defs/nonNegativeInteger"},
         "pattern": {"type": "string", "format": "regex"},
         "maxItems": {"$ref": "#/$defs/nonNegativeInteger"}, "minItems": {"$ref": "#/$defs/nonNegativeInteger"},
         "uniqueItems": {"type": "boolean"},
         "maxContains": {"$ref": "#/$defs/nonNegativeInteger"}, "minContains": {"$ref": "#/$defs/nonNegativeInteger"},
         "maxProperties": {"$ref": "#/$defs/nonNegativeInteger"}, "minProperties": {"$ref": "#/$defs/nonNegativeInteger"},
         "required": {"$ref": "#/$defs/stringArray"},
         "dependentRequired": {"type": "object", "additionalProperties": {"$ref": "#/$defs/stringArray"}}},
        "$defs": {
         "nonNegativeInteger": {"type": "integer", "minimum": 0},
         "nonNegativeIntegerDefault0": {"$ref": "#/$defs/nonNegativeInteger"},
         "stringArray": {"type": "array", "items": {"type": "string"}, "uniqueItems": true},
         "simpleTypes": {"enum": ["array", "boolean", "integer", "null", "number", "object", "string"]}}
        """

    private static let metaData = """
        "properties": {"title": {"type": "string"}, "description": {"type": "string"}, "default": true,
         "deprecated": {"type": "boolean"}, "readOnly": {"type": "boolean"}, "writeOnly": {"type": "boolean"},
         "examples": {"type": "array"}}
        """

    private static let format = "\"properties\": {\"format\": {\"type\": \"string\"}}"

    private static func content(_ schema: String) -> String {
        """
        "properties": {"contentEncoding": {"type": "string"}, "contentMediaType": {"type": "string"},
         "contentSchema": \(schema)}
        """
    }

    private static let parts2019: [(name: String, text: String)] = {
        let schema = "{\"$recursiveRef\": \"#\"}"
        let map = "{\"type\": \"object\", \"additionalProperties\": \(schema)}"
        let list = "{\"type\": \"array\", \"minItems\": 1, \"items\": \(schema)}"
        return [
            (
                "core",
                """
                "properties": {"$id": {"type": "string", "format": "uri-reference", "pattern": "^[^#]*#?$"},
                 "$schema": {"type": "string", "format": "uri"},
                 "$anchor": {"type": "string", "pattern": "^[A-Za-z][-A-Za-z0-9.:_]*$"},
                 "$ref": {"type": "string", "format": "uri-reference"},
                 "$recursiveRef": {"type": "string", "format": "uri-reference"},
                 "$recursiveAnchor": {"type": "boolean"},
                 "$vocabulary": {"type": "object", "propertyNames": {"type": "string", "format": "uri"},
                  "additionalProperties": {"type": "boolean"}},
                 "$comment": {"type": "string"}, "$defs": \(map)}
                """
            ),
            (
                "applicator",
                """
                "properties": {"additionalItems": \(schema), "unevaluatedItems": \(schema),
                 "items": {"anyOf": [\(schema), \(list)]}, "contains": \(schema),
                 "additionalProperties": \(schema), "unevaluatedProperties": \(schema), "properties": \(map),
                 "patternProperties": {"type": "object", "additionalProperties": \(schema),
                  "propertyNames": {"format": "regex"}},
                 "dependentSchemas": \(map), "propertyNames": \(schema), "if": \(schema), "then": \(schema),
                 "else": \(schema), "allOf": \(list), "anyOf": \(list), "oneOf": \(list), "not": \(schema)},
                "$defs": {"schemaArray": \(list)}
                """
            ),
            ("validation", validation), ("meta-data", metaData), ("format", format),
            ("content", content(schema)),
        ]
    }()

    private static let parts2020: [(name: String, text: String)] = {
        let schema = "{\"$dynamicRef\": \"#meta\"}"
        let map = "{\"type\": \"object\", \"additionalProperties\": \(schema)}"
        let list = "{\"type\": \"array\", \"minItems\": 1, \"items\": \(schema)}"
        let anchor = "{\"type\": \"string\", \"pattern\": \"^[A-Za-z_][-A-Za-z0-9._]*$\"}"
        return [
            (
                "core",
                """
                "properties": {"$id": {"type": "string", "format": "uri-reference", "pattern": "^[^#]*#?$"},
                 "$schema": {"type": "string", "format": "uri"}, "$ref": {"type": "string", "format": "uri-reference"},
                 "$anchor": \(anchor), "$dynamicAnchor": \(anchor),
                 "$dynamicRef": {"type": "string", "format": "uri-reference"},
                 "$vocabulary": {"type": "object", "propertyNames": {"type": "string", "format": "uri"},
                  "additionalProperties": {"type": "boolean"}},
                 "$comment": {"type": "string"}, "$defs": \(map)},
                "$defs": {"anchorString": \(anchor), "uriString": {"type": "string", "format": "uri"},
                 "uriReferenceString": {"type": "string", "format": "uri-reference"}}
                """
            ),
            (
                "applicator",
                """
                "properties": {"prefixItems": \(list), "items": \(schema), "contains": \(schema),
                 "additionalProperties": \(schema), "properties": \(map),
                 "patternProperties": {"type": "object", "additionalProperties": \(schema),
                  "propertyNames": {"format": "regex"}},
                 "dependentSchemas": \(map), "propertyNames": \(schema), "if": \(schema), "then": \(schema),
                 "else": \(schema), "allOf": \(list), "anyOf": \(list), "oneOf": \(list), "not": \(schema)},
                "$defs": {"schemaArray": \(list)}
                """
            ),
            (
                "unevaluated",
                "\"properties\": {\"unevaluatedItems\": \(schema), \"unevaluatedProperties\": \(schema)}"
            ),
            ("validation", validation), ("meta-data", metaData), ("format-annotation", format),
            ("format-assertion", format), ("content", content(schema)),
        ]
    }()

    // MARK: Older drafts

    private static func older(
        _ draft: SchemaDraft, identifier: String, bounds: String, more: String
    ) -> String {
        let schema = "{\"$ref\": \"#\"}"
        let map = "{\"type\": \"object\", \"additionalProperties\": \(schema)}"
        let list = "{\"type\": \"array\", \"minItems\": 1, \"items\": \(schema)}"
        let names = "{\"type\": \"array\", \"items\": {\"type\": \"string\"}, \"uniqueItems\": true"
        let required = draft == .draft4 ? names + ", \"minItems\": 1}" : names + "}"
        let count = draft == .draft4 ? "positiveInteger" : "nonNegativeInteger"
        let inner = draft == .draft4 ? "{\"anyOf\": [{\"type\": \"boolean\"}, \(schema)]}" : schema
        return """
            {"$schema": "\(draft.metaschema)#", "\(identifier)": "\(draft.metaschema)#",
             "type": \(draft == .draft4 ? "\"object\"" : "[\"object\", \"boolean\"]"),
             "properties": {
              "\(identifier)": {"type": "string", "format": "uri-reference"}, "$schema": {"type": "string", "format": "uri"},
              "$ref": {"type": "string", "format": "uri-reference"},
              "title": {"type": "string"}, "description": {"type": "string"}, "default": {},
              "maximum": {"type": "number"}, "minimum": {"type": "number"}, \(bounds),
              "maxLength": {"$ref": "#/definitions/\(count)"}, "minLength": {"$ref": "#/definitions/\(count)"},
              "pattern": {"type": "string", "format": "regex"}, "additionalItems": \(inner),
              "items": {"anyOf": [\(schema), \(list)]},
              "maxItems": {"$ref": "#/definitions/\(count)"}, "minItems": {"$ref": "#/definitions/\(count)"},
              "uniqueItems": {"type": "boolean"},
              "maxProperties": {"$ref": "#/definitions/\(count)"}, "minProperties": {"$ref": "#/definitions/\(count)"},
              "required": \(required), "additionalProperties": \(inner), "definitions": \(map), "properties": \(map),
              "patternProperties": \(map),
              "dependencies": {"type": "object", "additionalProperties": {"anyOf": [\(schema), \(required)]}},
              "enum": {"type": "array"},
              "type": {"anyOf": [{"$ref": "#/definitions/simpleTypes"},
               {"type": "array", "items": {"$ref": "#/definitions/simpleTypes"}, "minItems": 1, "uniqueItems": true}]},
              "format": {"type": "string"}, "allOf": \(list), "anyOf": \(list), "oneOf": \(list), "not": \(schema)\(more)},
             "definitions": {"\(count)": {"type": "integer", "minimum": 0},
              "\(count)Default0": {"$ref": "#/definitions/\(count)"}, "schemaArray": \(list), "stringArray": \(required),
              "simpleTypes": {"enum": ["array", "boolean", "integer", "null", "number", "object", "string"]}}}
            """
    }

    private static let newBounds = """
        "exclusiveMaximum": {"type": "number"}, "exclusiveMinimum": {"type": "number"},
        "multipleOf": {"type": "number", "exclusiveMinimum": 0}
        """

    private static let moreOfDraft6 = """
        , "const": {}, "examples": {"type": "array"}, "contains": {"$ref": "#"}, "propertyNames": {"$ref": "#"}
        """

    private static let draft4 = older(
        .draft4, identifier: "id",
        bounds: """
            "exclusiveMaximum": {"type": "boolean"}, "exclusiveMinimum": {"type": "boolean"},
            "multipleOf": {"type": "number", "minimum": 0, "exclusiveMinimum": true}
            """, more: "")

    private static let draft6 = older(.draft6, identifier: "$id", bounds: newBounds, more: moreOfDraft6)

    private static let draft7 = older(
        .draft7, identifier: "$id", bounds: newBounds,
        more: moreOfDraft6 + """
            , "$comment": {"type": "string"}, "readOnly": {"type": "boolean"}, "writeOnly": {"type": "boolean"},
            "contentMediaType": {"type": "string"}, "contentEncoding": {"type": "string"},
            "if": {"$ref": "#"}, "then": {"$ref": "#"}, "else": {"$ref": "#"}
            """)
}
