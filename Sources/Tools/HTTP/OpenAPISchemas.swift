import JSON

/// The schemas of an OpenAPI document as JSON Schema 2020-12: references lead into `$defs`, and the words that
/// OpenAPI 3.0 had of its own are said in JSON Schema's.
struct OpenAPISchemas {
    private let document: JSONValue
    /// The definitions that are needed, in the order of their first use; the value once it has been converted.
    private var names: [String] = []
    private var converted: [ByteString: JSONValue] = [:]
    private static let maximumDepth = 100
    /// What says nothing about a value.
    private static let dropped: Set<String> = ["example", "xml", "externalDocs", "discriminator", "nullable"]

    init(document: JSONValue) { self.document = document }

    static func target(_ reference: String, in document: JSONValue) -> JSONValue? {
        guard reference.hasPrefix("#"), let pointer = JSONPointer(text: String(reference.dropFirst())) else {
            return nil
        }
        return document[pointer]
    }

    /// A schema in JSON Schema's words; what it refers to is kept for ``definitions()``.
    mutating func converted(_ schema: JSONValue) throws(OpenAPIError) -> JSONValue {
        try convert(schema, depth: 0)
    }

    /// The schemas that were referred to, and those that they refer to.
    mutating func definitions() throws(OpenAPIError) -> JSONValue? {
        var position = 0
        while position < names.count {
            let reference = names[position]
            position += 1
            guard let target = OpenAPISchemas.target(reference, in: document) else {
                throw OpenAPIError("the reference \(reference) leads nowhere in the document")
            }
            converted[ByteString(reference)] = try convert(target, depth: 0)
        }
        if names.isEmpty { return nil }
        return .object(
            JSONObject(
                names.map {
                    .init(key: OpenAPISchemas.key($0), value: converted[ByteString($0)] ?? true)
                }))
    }

    /// The reference's last word, after the rest of it where that is not the usual place.
    private static func key(_ reference: String) -> String {
        let usual = "#/components/schemas/"
        let rest = reference.hasPrefix(usual) ? reference.dropFirst(usual.count) : reference.dropFirst(2)
        return String(rest.replacing("/", with: "."))
    }

    private mutating func convert(_ schema: JSONValue, depth: Int) throws(OpenAPIError) -> JSONValue {
        guard depth < OpenAPISchemas.maximumDepth else { throw OpenAPIError("a schema is nested too deeply") }
        guard let object = schema.objectValue else { return schema }
        if let reference = object["$ref"]?.stringValue {
            if !names.contains(reference) { names.append(reference) }
            return [
                "$ref": .string(
                    "#/$defs/" + JSONPointer([OpenAPISchemas.key(reference)]).description.dropFirst())
            ]
        }
        var result = JSONObject()
        for member in object where !OpenAPISchemas.dropped.contains(member.key) && !member.key.hasPrefix("x-")
        {
            result[member.key] = try value(of: member, depth: depth)
        }
        demandNothingReadOnly(&result, object["properties"])
        OpenAPISchemas.sayBounds(&result)
        if object["nullable"]?.boolValue == true { OpenAPISchemas.sayNullable(&result) }
        return .object(result)
    }

    private mutating func value(of member: JSONObject.Member, depth: Int) throws(OpenAPIError) -> JSONValue {
        switch member.key {
        case "properties", "patternProperties", "dependentSchemas":
            var properties = JSONObject()
            for property in member.value.objectValue ?? JSONObject() {
                properties[property.key] = try convert(property.value, depth: depth + 1)
            }
            return .object(properties)
        case "allOf", "anyOf", "oneOf", "prefixItems":
            var schemas: [JSONValue] = []
            for schema in member.value.arrayValue ?? [] {
                schemas.append(try convert(schema, depth: depth + 1))
            }
            return .array(schemas)
        case "items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else":
            return try convert(member.value, depth: depth + 1)
        default: return member.value
        }
    }

    /// What is `readOnly` is sent by the server alone: `required` asks it of answers, and no request has it.
    private func demandNothingReadOnly(_ object: inout JSONObject, _ properties: JSONValue?) {
        guard let names = object["required"]?.arrayValue, let properties = properties?.objectValue else {
            return
        }
        let kept = names.filter { name in
            guard let property = name.stringValue.flatMap({ properties[$0] }) else { return true }
            let target = property["$ref"]?.stringValue.flatMap { OpenAPISchemas.target($0, in: document) }
            return property["readOnly"] != true && target?["readOnly"] != true
        }
        if kept.count < names.count { object["required"] = kept.isEmpty ? nil : .array(kept) }
    }

    /// `exclusiveMinimum: true` beside a minimum, as 3.0 has it, is `exclusiveMinimum` of that value.
    private static func sayBounds(_ object: inout JSONObject) {
        for (bound, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
            guard let isExclusive = object[exclusive]?.boolValue else { continue }
            object[exclusive] = isExclusive ? object[bound] : nil
            if isExclusive { object[bound] = nil }
        }
    }

    private static func sayNullable(_ object: inout JSONObject) {
        if let type = object["type"], type.stringValue != nil { object["type"] = [type, "null"] }
        if let values = object["enum"]?.arrayValue, !values.contains(.null) {
            object["enum"] = .array(values + [.null])
        }
    }
}
