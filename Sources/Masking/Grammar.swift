import JSON

/// A language that a model is held to: one JSON value by a schema, a text by rules, or an assistant's turn.
///
/// A description only, to be shared between threads; a ``MaskEngine`` builds the automaton.
public struct Grammar: Sendable, Hashable {
    enum Language: Sendable, Hashable {
        case value(JSONValue)
        case turn(TurnGrammar)
        case text(TextGrammar)
        case learnt(LearntTurn)
    }

    let language: Language
    /// What is fixed beyond the schema.
    public let options: GrammarOptions
    /// The documents that references may lead to, beside the schema's own, by their absolute URI.
    public let documents: [String: JSONValue]

    /// One JSON value that satisfies a schema.
    public init(
        schema: JSONValue, options: GrammarOptions = GrammarOptions(),
        documents: [String: JSONValue] = [:]
    ) {
        language = .value(schema)
        self.options = options
        self.documents = documents
    }

    /// A text that follows rules.
    public init(text: TextGrammar) {
        language = .text(text)
        options = GrammarOptions()
        documents = [:]
    }

    /// An assistant's turn as a chat template writes it.
    public init(learnt turn: LearntTurn, options: GrammarOptions = GrammarOptions()) {
        language = .learnt(turn)
        self.options = options
        documents = [:]
    }

    /// An assistant's turn.
    public init(
        turn: TurnGrammar, options: GrammarOptions = GrammarOptions(),
        documents: [String: JSONValue] = [:]
    ) {
        language = .turn(turn)
        self.options = options
        self.documents = documents
    }
}
