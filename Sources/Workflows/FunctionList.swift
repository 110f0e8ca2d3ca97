import Agent
import JSON

/// The tools that a JSON document lists, in any provider's shape.
///
/// Understood are Chat Completions (`{"type": "function", "function": {…}}` and the older `functions`), Responses, Messages
/// (`input_schema`), Gemini (`functionDeclarations`), Bedrock (`toolSpec`), MCP (`inputSchema`, also the answer to
/// `tools/list`), LangChain (`args_schema`, `args`), Cohere (`parameter_definitions`), smolagents (`inputs`), the bare
/// `{"name", "description", "parameters"}`, and a whole request that has such tools.
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
        // A list of documents, as a file of lines has them.
        if entry["name"] == nil, let inner = FunctionList.entries(of: entry) {
            for entry in inner { add(entry) }
            return
        }
        let kind = entry["type"]?.stringValue
        // Responses gathers the client's own tools under a name, with which the model calls them.
        if kind == "namespace", let inner = entry["tools"]?.arrayValue {
            let (known, noted) = (tools.count, notes.count)
            for entry in inner { add(entry) }
            guard let space = entry["name"]?.stringValue, space != "functions" else { return }
            for index in known..<tools.count { tools[index].name = "\(space).\(tools[index].name)" }
            for index in noted..<notes.count { notes[index].tool = "\(space).\(notes[index].tool)" }
            return
        }
        let tool = entry["function"] ?? entry["toolSpec"] ?? entry
        let name = tool["name"]?.stringValue ?? ""
        let shapes = ParameterShapes(tool, tool: name)
        let isFunction = kind == nil || kind == "function" || shapes.schema != nil && shapes.notes.isEmpty
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
                parameters: shapes.schema ?? ["type": "object"]))
        if !name.isEmpty { notes += shapes.notes }
    }
}
