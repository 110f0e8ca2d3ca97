import Agent
import JSON

/// The parameters of a tool as strangers write them, as a JSON Schema.
///
/// Where a shape says less than a schema, or in other words, what it leaves open is said.
struct ParameterShapes {
    /// The schema; `nil` where the tool has none in any shape that is known.
    private(set) var schema: JSONValue?
    /// What of it could not be taken as it was given.
    private(set) var notes: [CatalogueNote] = []
    private let tool: String

    /// Reads the parameters of an entry of a list of tools.
    init(_ entry: JSONValue, tool: String) {
        self.tool = tool
        let schemas = [
            entry["parameters"], entry["inputSchema"]?["json"], entry["inputSchema"], entry["input_schema"],
            entry["parametersJsonSchema"], entry["parameters_json_schema"], entry["args_schema"],
        ]
        if let found = schemas.lazy.compactMap({ $0 }).first(where: { $0 != .null }) {
            let read = NullableSchema(found)
            schema = read.schema
            notes += read.places.map {
                CatalogueNote(
                    tool: tool, kind: .translated, pointer: $0,
                    reason: "nullable is OpenAPI's word for a value that may be null")
            }
            // Python's classes print as their names.
            if entry["args_schema"] == found, found.objectValue == nil {
                leaveOpen("args_schema", "it is \(found.text().prefix(60)) and no JSON Schema")
            }
            return
        }
        for key in ["args", "inputs"] {
            guard let table = entry[key]?.objectValue else { continue }
            if table["properties"]?.objectValue != nil || table["type"]?.stringValue == "object" {
                schema = entry[key]
            } else if table.allSatisfy({ $0.value.objectValue != nil }) {
                schema = properties(table, key)
            } else {
                leaveOpen(key, "not each of its members is an argument's schema")
            }
            return
        }
        if let table = entry["parameter_definitions"]?.objectValue {
            schema = definitions(table)
            return
        }
        let others = (entry.objectValue?.keys ?? []).filter { !ParameterShapes.known.contains($0) }
        if !others.isEmpty {
            leaveOpen(others.joined(separator: ", "), "nothing there is known as a tool's parameters")
        }
    }

    /// Members of a tool that are no parameters.
    private static let known: Set<String> = [
        "name", "description", "title", "type", "strict", "annotations", "outputSchema", "output_schema",
        "output_type", "return_direct", "cache_control", "response_format", "metadata", "tags", "_meta",
        "icons",
        "execution", "defer_loading", "eager_input_streaming", "allowed_callers", "behavior", "response",
    ]

    private mutating func leaveOpen(_ key: String, _ reason: String) {
        schema = ["type": "object"]
        notes.append(CatalogueNote(tool: tool, kind: .ignored, reason: "\(key): \(reason)"))
    }

    /// LangChain's `args` and smolagents' `inputs`, which are the properties alone.
    ///
    /// What has a default, or may be null, may be left out; whether the others may is said by smolagents alone.
    private mutating func properties(_ table: JSONObject, _ key: String) -> JSONValue {
        var schema = JSONObject([
            .init(key: "type", value: "object"), .init(key: "properties", value: .object(table)),
        ])
        let needed = table.filter { $0.value["default"] == nil && $0.value["nullable"] != true }.map(\.key)
        if key == "inputs" {
            schema["required"] = .array(needed.map { .string($0) })
            // `any` is smolagents' word for no type at all, and `nullable` is OpenAPI's, which JSON Schema has not.
            for name in table.keys where table[name]?["type"] == "any" || table[name]?["nullable"] == true {
                var property = table[name]?.objectValue ?? JSONObject()
                property["nullable"] = nil
                if property["type"] == "any" {
                    property["type"] = nil
                } else if let type = property["type"]?.stringValue {
                    property["type"] = [.string(type), "null"]
                }
                var all = schema["properties"]?.objectValue ?? JSONObject()
                all[name] = .object(property)
                schema["properties"] = .object(all)
            }
        } else if !needed.isEmpty {
            notes.append(
                CatalogueNote(
                    tool: tool, kind: .ignored, pointer: JSONPointer(["required"]),
                    reason: "args does not say which arguments must be given"))
        }
        return .object(schema)
    }

    /// Cohere's `parameter_definitions`: a type of Python's, a description, and whether it must be given.
    private mutating func definitions(_ table: JSONObject) -> JSONValue {
        var properties = JSONObject()
        var required: [JSONValue] = []
        for member in table {
            var property = JSONObject()
            let word = member.value["type"]?.stringValue
            if let word, let type = PythonType.schema(of: word) {
                property = type
            } else {
                let shown = word ?? member.value["type"]?.text() ?? "nothing"
                notes.append(
                    CatalogueNote(
                        tool: tool, kind: .ignored, pointer: JSONPointer(["properties", member.key, "type"]),
                        reason: "\(shown) is no type that is known"))
            }
            property["description"] = member.value["description"]
            property["default"] = member.value["default"] ?? member.value["default_value"]
            properties[member.key] = .object(property)
            if member.value["required"] == true { required.append(.string(member.key)) }
        }
        return [
            "type": "object", "properties": .object(properties), "required": .array(required),
        ]
    }
}

/// A type as Python's annotations write it.
private enum PythonType {
    private static let words: [String: String] = [
        "str": "string", "string": "string", "int": "integer", "integer": "integer", "float": "number",
        "number": "number", "bool": "boolean", "boolean": "boolean", "list": "array", "array": "array",
        "dict": "object", "object": "object",
    ]

    static func schema(of word: String) -> JSONObject? {
        let bare = word.utf8.filter { $0 != 0x20 }
        let parts = bare.split(
            separator: UInt8(ascii: "["), maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(decoding: parts[0], as: UTF8.self).lowercased()
        guard let type = words[name] else { return nil }
        var schema = JSONObject([.init(key: "type", value: .string(type))])
        guard parts.count > 1 else { return schema }
        guard parts[1].last == UInt8(ascii: "]") else { return nil }
        let inner = String(decoding: parts[1].dropLast(), as: UTF8.self)
        switch type {
        case "array":
            guard let items = self.schema(of: inner) else { return nil }
            schema["items"] = .object(items)
        case "object":
            // The keys of JSON are texts; of the values' type the second word tells.
            let comma = inner.utf8.firstIndex(of: UInt8(ascii: ","))
            guard let comma, let values = self.schema(of: String(inner[inner.utf8.index(after: comma)...]))
            else {
                return nil
            }
            schema["additionalProperties"] = .object(values)
        default: return nil
        }
        return schema
    }
}
