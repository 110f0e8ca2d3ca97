import JSON

/// How a tool's definition stands to the one that was pinned when somebody trusted it.
///
/// A server may describe one tool when it is looked at and another when it is used ("rug pull"); what it says then
/// reaches the model as instructions.
public enum DefinitionDrift: Sendable, Hashable {
    /// No tool of that name was pinned, and others of its source were.
    case unpinned
    /// It was pinned with this description and this schema.
    case changed(description: String, parameters: JSONValue)

    /// One line for a person and for the reason of a ruling.
    public var summary: String {
        switch self {
        case .unpinned: "its definition was never pinned: callgate tools pin takes it over"
        case .changed: "its definition is not the one that was pinned: callgate tools diff shows what changed"
        }
    }

    /// How a definition stands to the pinned one, compared byte by byte.
    public init?(_ definition: ToolDefinition, pinned: ToolDefinition?) {
        guard let pinned else {
            self = .unpinned
            return
        }
        if definition.description.utf8.elementsEqual(pinned.description.utf8),
            definition.parameters.text().utf8.elementsEqual(pinned.parameters.text().utf8)
        {
            return nil
        }
        self = .changed(description: pinned.description, parameters: pinned.parameters)
    }
}

extension ToolDefinition {
    /// What a pin is about, as text in lines: name, description, schema.
    public var pinnedText: String {
        ToolDefinition.pinnedText(name: name, description: description, parameters: parameters)
    }

    /// The text of the definition that was pinned; `nil` where none was, or where it is the same.
    public var textBefore: String? {
        guard case .changed(let description, let parameters)? = drift else { return nil }
        return ToolDefinition.pinnedText(name: name, description: description, parameters: parameters)
    }

    private static func pinnedText(name: String, description: String, parameters: JSONValue) -> String {
        "\(name)\n\(description)\n\(parameters.text(.pretty))"
    }
}

extension RunState {
    /// How the definition of a call's tool stands to its pin; `nil` where it is the pinned one, or nothing is pinned.
    public func drift(of record: CallRecord) -> DefinitionDrift? {
        header?.catalogue.first { $0.name.utf8.elementsEqual(record.call.name.utf8) }?.drift
    }
}
