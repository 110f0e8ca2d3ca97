/// What a grammar's machine is built from: the grammar's parts, prepared for one vocabulary.
struct RulePlan {
    let vocabulary: Vocabulary
    let grammar: TextGrammar
    let graph: RuleGraph
    let automata: [PatternAutomaton]
    let values: EmbeddedValues
    let leaving: LeavingTokens
    /// The tokens of each token pattern.
    let tokenSets: [TokenSet]

    /// - Parameter cursor: makes the cursor at the start of a value.
    /// - Throws: ``GrammarError`` where no text at all follows the grammar, or one of its parts cannot be made.
    init(
        _ grammar: TextGrammar, _ vocabulary: Vocabulary, leaving: LeavingTokens,
        cursor: (EmbeddedValue) throws(GrammarError) -> SchemaCursor
    ) throws(GrammarError) {
        self.vocabulary = vocabulary
        self.grammar = grammar
        self.leaving = leaving
        var graph = try RuleGraph(grammar)
        var automata: [PatternAutomaton] = []
        for terminal in graph.terminals {
            var expressions = ByteExpressions()
            let root = try expressions.terminal(terminal.expression)
            automata.append(PatternAutomaton(root, in: expressions))
        }
        let lives = graph.trim(
            matches: automata.map { !$0.isVoid },
            matchesNothing: automata.map { $0.accepts[Int(PatternAutomaton.start)] }, start: grammar.start)
        guard lives else { throw .text("no text at all follows this grammar") }
        var starts: [SchemaCursor] = []
        for value in graph.parts.values { starts.append(try cursor(value)) }
        values = EmbeddedValues(starts: starts, tools: graph.parts.values.map(\.tool))
        var sets: [TokenSet] = []
        for pattern in graph.parts.tokens { sets.append(try pattern.tokens(in: vocabulary)) }
        tokenSets = sets
        self.graph = graph
        self.automata = automata
    }
}

extension TokenPattern {
    /// The tokens of a vocabulary that the pattern takes; those that end a turn only by name.
    /// - Throws: ``GrammarError`` for a token that the vocabulary does not have.
    fileprivate func tokens(in vocabulary: Vocabulary) throws(GrammarError) -> TokenSet {
        switch self {
        case .named(let name):
            if let token = vocabulary.specialTokens[name] {
                return TokenSet([token], capacity: vocabulary.count)
            }
            guard let tokens = vocabulary.tokenize(name.utf8), tokens.count == 1 else {
                throw .text("the vocabulary has no token \(name)")
            }
            return TokenSet(tokens, capacity: vocabulary.count)
        case .ids(let ranges):
            if let beyond = ranges.first(where: { $0.upperBound >= vocabulary.count }) {
                throw .text(
                    "the vocabulary has no token \(beyond.upperBound); its last is \(vocabulary.count - 1)")
            }
            return TokenSet(ranges.joined(), capacity: vocabulary.count)
        case .any: return TokenPattern.used(in: vocabulary)
        case .except(let patterns):
            var found = TokenPattern.used(in: vocabulary)
            for pattern in patterns { found.subtract(try pattern.tokens(in: vocabulary)) }
            return found
        }
    }

    private static func used(in vocabulary: Vocabulary) -> TokenSet {
        var found = TokenSet(capacity: vocabulary.count)
        for token in 0..<vocabulary.count where vocabulary[token] != .unused { found.insert(token) }
        for token in vocabulary.endOfTurn { found.remove(token) }
        return found
    }
}
