import JSON

/// Gemini's own schemas (a part of OpenAPI 3.0, types in capitals), as the JSON Schema that says the same.
enum GeminiSchema {
    /// A declared function with its parameters as JSON Schema; one that has them so already stays.
    static func plain(_ function: JSONValue) -> JSONValue {
        guard var object = function.objectValue, let parameters = object["parameters"] else {
            return function
        }
        object["parameters"] = schema(parameters)
        return .object(object)
    }

    private static let types: Set<String> = [
        "STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL",
    ]

    /// Numbers of 64 bits, which Google's JSON writes as texts.
    private static let counts: Set<String> = [
        "minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties",
    ]

    private static func schema(_ value: JSONValue) -> JSONValue {
        guard case .object(let object) = value else { return value }
        let isNullable = object["nullable"]?.boolValue ?? false
        var plain = JSONObject()
        for member in object {
            switch member.key {
            case "nullable" where member.value.boolValue != nil: break
            case "type":
                guard let name = member.value.stringValue, types.contains(name.uppercased()) else {
                    if member.value != "TYPE_UNSPECIFIED" { plain["type"] = member.value }
                    continue
                }
                let type = JSONValue.string(name.lowercased())
                plain["type"] = isNullable ? [type, "null"] : type
            case "enum" where isNullable:
                plain["enum"] = member.value.arrayValue.map { .array($0 + [.null]) } ?? member.value
            case "items": plain["items"] = schema(member.value)
            case "anyOf", "prefixItems":
                let more: [JSONValue] = isNullable && member.key == "anyOf" ? [["type": "null"]] : []
                plain[member.key] =
                    member.value.arrayValue.map { .array($0.map(schema) + more) } ?? member.value
            case "properties":
                guard case .object(let properties) = member.value else {
                    plain["properties"] = member.value
                    continue
                }
                var told = JSONObject()
                for property in properties { told[property.key] = schema(property.value) }
                plain["properties"] = .object(told)
            default:
                let number = counts.contains(member.key) ? member.value.stringValue.flatMap { Int($0) } : nil
                plain[member.key] = number.map { .number(JSONNumber($0)) } ?? member.value
            }
        }
        return .object(plain)
    }
}
