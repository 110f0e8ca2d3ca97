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
        // One page of what an MCP server lists.
        if let next = (document["result"] ?? document)["nextCursor"], next != .null, next != "" {
            notes.append(
                CatalogueNote(
                    tool: "tools/list", kind: .setAside,
                    reason: "the list goes on where nextCursor \(next.text().prefix(80)) leads: "
                        + "more tools exist than the file has"))
        }
    }

    /// The types of tools whose arguments the provider defines and whose calls the client runs; some bear a date.
    private static let runByTheClient = [
        "bash", "text_editor", "str_replace", "computer", "memory", "local_shell", "shell", "apply_patch",
    ]

    private static func reason(forKind kind: String) -> String {
        if kind == "custom" { return "its input is free text, which no schema describes" }
        let isRunHere = runByTheClient.contains {
            kind.utf8.elementsEqual($0.utf8) || kind.utf8.starts(with: ($0 + "_").utf8)
        }
        return isRunHere
            ? "the client runs a tool of the type \(kind), and the provider defines its arguments: "
                + "to have it here, write it as a function with its parameters"
            : "a tool of the type \(kind) runs at the provider and cannot be held"
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
        let isFunction =
            kind == nil || kind == "function"
            || shapes.schema != nil && !shapes.notes.contains { $0.kind == .ignored }
        guard isFunction else {
            notes.append(
                CatalogueNote(
                    tool: name.isEmpty ? kind ?? "" : name, kind: .setAside,
                    reason: FunctionList.reason(forKind: kind ?? "")))
            return
        }
        tools.append(
            ToolDefinition(
                name: name, description: tool["description"]?.stringValue ?? tool["title"]?.stringValue ?? "",
                parameters: shapes.schema ?? ["type": "object"]))
        if !name.isEmpty { notes += shapes.notes }
    }
}
