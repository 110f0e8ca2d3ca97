import Agent
import JSON

/// The tools that a JSON document lists, in any provider's shape.
///
/// Understood are Chat Completions (`{"type": "function", "function": {…}}` and the older `functions`), Responses, Messages
/// (`input_schema`), Gemini (`functionDeclarations`), Bedrock (`toolSpec`), MCP (`inputSchema`, also the answer to
/// `tools/list`), the bare `{"name", "description", "parameters"}`, and a whole request that has such tools.
public struct FunctionList: Sendable {
    /// The tools whose calls are described by a schema.
    public private(set) var tools: [ToolDefinition] = []
    /// Entries that nobody here could call.
    public private(set) var notes: [CatalogueNote] = []

    /// Reads a document; `nil` for one that lists no tools.
    public init?(_ document: JSONValue) {
        guard let entries = FunctionList.entries(of: document) else { return nil }
        for entry in entries { add(entry) }
        if notes.isEmpty, tools.allSatisfy(\.name.isEmpty) { return nil }
    }

    private static func entries(of document: JSONValue) -> [JSONValue]? {
        if let list = document.arrayValue { return list }
        let places = [
            document["tools"], document["functions"], document["result"]?["tools"],
            document["functionDeclarations"], document["function_declarations"],
            document["toolConfig"]?["tools"],
        ]
        return places.lazy.compactMap { $0?.arrayValue }.first
    }

    private mutating func add(_ entry: JSONValue) {
        // Gemini gathers functions in one entry.
        for key in ["functionDeclarations", "function_declarations"] {
            if let declared = entry[key]?.arrayValue {
                for declaration in declared { add(declaration) }
                return
            }
        }
        let kind = entry["type"]?.stringValue
        let tool = entry["function"] ?? entry["toolSpec"] ?? entry
        let name = tool["name"]?.stringValue ?? ""
        let schema = FunctionList.schema(of: tool)
        let isFunction = kind == nil || kind == "function" || schema != nil
        guard isFunction else {
            let words = kind == "custom" ? "its input is free text, which no schema describes" : nil
            notes.append(
                CatalogueNote(
                    tool: name.isEmpty ? kind ?? "" : name, kind: .setAside,
                    reason: words
                        ?? "a tool of the type \(kind ?? "") runs at the provider and cannot be held"))
            return
        }
        tools.append(
            ToolDefinition(
                name: name, description: tool["description"]?.stringValue ?? tool["title"]?.stringValue ?? "",
                parameters: schema ?? ["type": "object"]))
    }

    private static func schema(of tool: JSONValue) -> JSONValue? {
        let places = [
            tool["parameters"], tool["inputSchema"]?["json"], tool["inputSchema"], tool["input_schema"],
            tool["parametersJsonSchema"], tool["parameters_json_schema"],
        ]
        return places.lazy.compactMap { $0 }.first
    }
}
