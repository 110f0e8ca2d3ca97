import JSON

/// What a model is told of a tool: the entry of the catalogue that travels with every request.
public struct ToolDefinition: Sendable, Hashable {
    /// The name that a call uses.
    public var name: String
    /// What the tool does, in words for the model.
    public var description: String
    /// The JSON Schema of the arguments.
    public var parameters: JSONValue
    /// The shell that reads the tool's command lines, where our side knows it; the model is not told.
    public var shell: String?
    /// How the definition stands to the one that was pinned; `nil` where it is that one, or nothing is pinned.
    public var drift: DefinitionDrift?

    /// A definition of the given parts.
    public init(name: String, description: String, parameters: JSONValue, shell: String? = nil) {
        self.shell = shell
        self.name = name
        self.description = description
        self.parameters = parameters
    }
}
