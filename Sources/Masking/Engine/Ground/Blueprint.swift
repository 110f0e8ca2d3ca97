/// What an automaton is built from, and what each value's first byte makes of a formula over schemas.
final class Blueprint {
    let vocabulary: Vocabulary
    let options: GrammarOptions
    let patterns: PatternLibrary
    let graph: SchemaGraph
    let turn: TurnPlan?
    let formulas = Formulas()
    /// Whether some schema has keywords that only the closed text decides.
    let readsText: Bool
    /// Whether some patterns may take so long to follow, alone or together, that the closed text is asked instead.
    let mayStopFollowing: Bool
    private var typedFormulas: [UInt64: Formulas.ID] = [:]

    init(
        vocabulary: Vocabulary, options: GrammarOptions, patterns: PatternLibrary, graph: SchemaGraph,
        turn: TurnPlan?
    ) {
        self.vocabulary = vocabulary
        self.options = options
        self.patterns = patterns
        self.graph = graph
        self.turn = turn
        let mayStopFollowing = graph.hasDearPatterns(patterns)
        self.mayStopFollowing = mayStopFollowing
        readsText =
            mayStopFollowing
            || graph.nodes.contains {
                $0.array.uniqueItems || $0.unevaluated.checksText || $0.string.checksText
            }
    }

    /// What a formula over schemas comes to once the value's first byte is known.
    func typed(_ formula: Formulas.ID, _ start: ValueStart) -> Formulas.ID {
        if formula <= Formulas.yes { return formula }
        let key = UInt64(UInt32(bitPattern: formula)) << 8 | UInt64(start.rawValue)
        if let known = typedFormulas[key] { return known }
        let result = formulas.substitute(formula) { formulas, leaf, id in
            if case .schema(let schema) = leaf { return self.graph.expand(schema, start, formulas) }
            return id
        }
        typedFormulas[key] = result
        return result
    }

    /// Whether a schema is visibly satisfied by nothing.
    func isNever(_ schema: Int32) -> Bool {
        let formula = formulas.leaf(.schema(schema))
        return ValueStart.allCases.allSatisfy { typed(formula, $0) == Formulas.no }
    }
}

/// Whatever is built from a blueprint.
protocol Grounded {
    var blueprint: Blueprint { get }
}

extension Grounded {
    var vocabulary: Vocabulary { blueprint.vocabulary }
    var options: GrammarOptions { blueprint.options }
    var patterns: PatternLibrary { blueprint.patterns }
    var graph: SchemaGraph { blueprint.graph }
    var turn: TurnPlan? { blueprint.turn }
    var formulas: Formulas { blueprint.formulas }
    var readsText: Bool { blueprint.readsText }

    func typed(_ formula: Formulas.ID, _ start: ValueStart) -> Formulas.ID { blueprint.typed(formula, start) }
}
