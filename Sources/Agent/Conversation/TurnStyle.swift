import ChatTemplates
import Masking

/// How a model's turns are written: the mask is made of it, and responses are read by it.
public enum TurnStyle: Sendable, Hashable {
    /// In a format that is built in, by its name; see `CallFormat` in `Masking`.
    case builtIn(String)
    /// As learnt from the model's own chat template.
    case learnt(CallSyntax)
    /// As Callgate tells the model in words of its own, since the template knows no tools or nothing could be learnt.
    case inWords(CallSyntax)

    /// How calls are written, where that is data.
    public var syntax: CallSyntax? {
        switch self {
        case .builtIn: nil
        case .learnt(let syntax), .inWords(let syntax): syntax
        }
    }

    /// Which way was chosen, in a few words.
    public var summary: String {
        switch self {
        case .builtIn(let name): "as \(name) has them, which is built in"
        case .learnt: "as the model's own template writes them"
        case .inWords: "as Callgate says in words of its own, in <tool_call>"
        }
    }
}

extension Grammar {
    /// The language of a model's turn: words, or calls of the catalogue; `nil` for a built-in format that is not known.
    public init?(
        turnWith catalogue: [ToolDefinition], style: TurnStyle, settings: MaskSettings = MaskSettings()
    ) {
        let tools = catalogue.map { CallableTool(name: $0.name, parameters: $0.parameters) }
        switch style {
        case .builtIn(let name):
            guard let format = CallFormat(named: name) else { return nil }
            self.init(
                turn: TurnGrammar(tools: tools, format: format, choice: settings.choice),
                options: settings.options)
        case .learnt(let syntax), .inWords(let syntax):
            self.init(
                learnt: LearntTurn(tools: tools, syntax: syntax, choice: settings.choice),
                options: settings.options)
        }
    }
}
