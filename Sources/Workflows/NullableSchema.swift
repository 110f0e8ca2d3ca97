import Agent
import JSON

/// A schema in which OpenAPI's `nullable: true`, which Gemini's declarations have too, is said in JSON Schema's words.
struct NullableSchema {
    /// The schema in JSON Schema's words.
    private(set) var schema: JSONValue
    /// Where the word stood.
    private(set) var places: [JSONPointer] = []
    private static let maximumDepth = 100

    /// Reads a schema.
    init(_ given: JSONValue) {
        schema = given
        schema = read(given, at: JSONPointer(), depth: 0)
    }

    private mutating func read(_ value: JSONValue, at place: JSONPointer, depth: Int) -> JSONValue {
        guard depth < NullableSchema.maximumDepth, let object = value.objectValue else { return value }
        var result = JSONObject()
        for member in object {
            let inner = place.appending(member.key)
            switch member.key {
            case "properties", "patternProperties", "$defs", "definitions", "dependentSchemas":
                result[member.key] = table(member.value, at: inner, depth: depth + 1)
            case "items", "additionalProperties", "allOf", "anyOf", "oneOf", "prefixItems":
                result[member.key] = list(member.value, at: inner, depth: depth + 1)
            default: result[member.key] = member.value
            }
        }
        guard object["nullable"] == true else { return .object(result) }
        places.append(place.appending("nullable"))
        result["nullable"] = nil
        return NullableSchema.orNull(result)
    }

    private mutating func table(_ value: JSONValue, at place: JSONPointer, depth: Int) -> JSONValue {
        guard let object = value.objectValue else { return value }
        var result = JSONObject()
        for member in object {
            result[member.key] = read(member.value, at: place.appending(member.key), depth: depth)
        }
        return .object(result)
    }

    private mutating func list(_ value: JSONValue, at place: JSONPointer, depth: Int) -> JSONValue {
        guard let elements = value.arrayValue else { return read(value, at: place, depth: depth) }
        var result: [JSONValue] = []
        for (index, element) in elements.enumerated() {
            result.append(read(element, at: place.appending(index), depth: depth))
        }
        return .array(result)
    }

    /// The schema, or null.
    private static func orNull(_ given: JSONObject) -> JSONValue {
        var object = given
        // What refers to other schemas is beside null as a whole; its words for people stay with the value.
        let others = ["$ref", "allOf", "anyOf", "oneOf", "const", "not", "if"]
        if others.contains(where: { object[$0] != nil }) {
            let words = ["title", "description", "default"]
            let inner = JSONObject(object.members.filter { !words.contains($0.key) })
            var outer = JSONObject(object.members.filter { words.contains($0.key) })
            outer["anyOf"] = [.object(inner), ["type": "null"]]
            return .object(outer)
        }
        if let type = object["type"]?.stringValue, type.lowercased() != "null" {
            object["type"] = [.string(type), .string(type == type.uppercased() ? "NULL" : "null")]
        } else if let types = object["type"]?.arrayValue, !types.contains("null") {
            object["type"] = .array(types + ["null"])
        }
        if let values = object["enum"]?.arrayValue, !values.contains(.null) {
            object["enum"] = .array(values + [.null])
        }
        return .object(object)
    }
}
