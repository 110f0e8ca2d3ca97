import JSON

/// How a parameter of an OpenAPI document is written where it is a list or an object.
struct OpenAPIStyle {
    let style: HTTPSettings.Style

    /// Reads a parameter's `style` and `explode`, of which the place has defaults.
    /// - Throws: ``OpenAPIError`` for a style in which nothing is written here.
    init(
        _ parameter: JSONValue, named name: String, in place: String, of document: JSONValue
    ) throws(OpenAPIError) {
        // A parameter of a content type is a text of that type.
        if parameter["schema"] == nil, let content = parameter["content"]?.objectValue?.members.first {
            guard content.key.hasPrefix("application/json") || content.key.hasSuffix("+json") else {
                style = place == "query" ? .repeated : .joined(",")
                return
            }
            style = .json
            return
        }
        let word = parameter["style"]?.stringValue ?? (place == "query" ? "form" : "simple")
        let isExploded = parameter["explode"]?.boolValue ?? (word == "form" || word == "deepObject")
        var seen: Set<String> = []
        let isObject = OpenAPIStyle.isObject(
            parameter["schema"] ?? [:], in: document, depth: 0, seen: &seen)
        switch (place, word) {
        case ("query", "form") where isExploded && !isObject: style = .repeated
        case ("query", "form") where isExploded:
            let names = OpenAPIStyle.members(parameter["schema"] ?? [:], in: document)
            // Any member could be another parameter's name.
            guard !names.isEmpty else {
                throw OpenAPIError(
                    "the parameter \(name) in the query is an object whose members are parameters, "
                        + "and its schema names none; name them there, or leave the operation out"
                )
            }
            style = .spread(names)
        case ("query", "form"): style = .joined(",")
        case ("query", "pipeDelimited") where !isExploded: style = .joined("%7C")
        case ("query", "spaceDelimited") where !isExploded: style = .joined("%20")
        // Exploded, their lists are form's.
        case ("query", "pipeDelimited") where !isObject, ("query", "spaceDelimited") where !isObject:
            style = .repeated
        case ("query", "deepObject"): style = .bracketed
        case ("path", "simple") where !(isExploded && isObject),
            ("header", "simple") where !(isExploded && isObject):
            style = .joined(",")
        default:
            let exploded = isExploded ? ", exploded" : ""
            throw OpenAPIError(
                "the parameter \(name) in the \(place) has the style \(word)\(exploded)\(isObject ? ", of an object" : ""), "
                    + "which is not written here; leave the operation out")
        }
    }

    /// The members that a schema names.
    private static func members(_ schema: JSONValue, in document: JSONValue) -> [String] {
        let target = schema["$ref"]?.stringValue.flatMap { OpenAPISchemas.target($0, in: document) }
        return (target ?? schema)["properties"]?.objectValue?.keys ?? []
    }

    /// Whether the values are objects, as far as the schema says so.
    private static func isObject(
        _ schema: JSONValue, in document: JSONValue, depth: Int, seen: inout Set<String>
    ) -> Bool {
        guard depth < 16 else { return false }
        if let reference = schema["$ref"]?.stringValue {
            guard seen.insert(reference).inserted else { return false }
            return OpenAPISchemas.target(reference, in: document).map {
                isObject($0, in: document, depth: depth + 1, seen: &seen)
            } ?? false
        }
        if schema["type"] == "object" || schema["type"]?.arrayValue?.contains("object") == true {
            return true
        }
        if schema["type"] != nil { return false }
        if schema["properties"] != nil { return true }
        return ["allOf", "anyOf", "oneOf"].contains { key in
            schema[key]?.arrayValue?.contains { isObject($0, in: document, depth: depth + 1, seen: &seen) }
                ?? false
        }
    }
}
