import JSON

/// Builds matchers over one vocabulary, and keeps what grammars share.
///
/// Neither the engine nor its matchers may be used from two threads at once.
public final class MaskEngine {
    /// The vocabulary whose tokens are masked.
    public let vocabulary: Vocabulary
    private let patterns: PatternLibrary
    private let leaving: LeavingTokens

    /// An engine over a vocabulary.
    public init(vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
        patterns = PatternLibrary(vocabulary)
        leaving = LeavingTokens(vocabulary)
    }

    /// A matcher at the start of the grammar's language.
    /// - Throws: ``GrammarError`` when a schema is malformed, unsupported or satisfied by nothing.
    public func matcher(for grammar: Grammar) throws(GrammarError) -> Matcher {
        patterns.allowance.renewForGrammar()
        switch grammar.language {
        case .value(let schema):
            return Matcher(try cursor(schema, grammar.options, grammar.documents))
        case .text(let text): return try matcher(of: text)
        case .learnt(let turn):
            return try matcher(of: try TurnRules.grammar(turn, options: grammar.options, vocabulary))
        case .turn(let turn):
            let graph = SchemaGraph()
            var schemas: [Int32] = []
            if case .tool(let name) = turn.choice,
                !turn.tools.contains(where: { $0.name.utf8.elementsEqual(name.utf8) })
            {
                throw .noSuchTool(name)
            }
            for tool in turn.tools {
                do throws(GrammarError) {
                    schemas.append(
                        try SchemaLoader.load(
                            tool.parameters, into: graph, patterns, options: grammar.options,
                            documents: grammar.documents))
                } catch {
                    throw .tool(tool.name, error)
                }
            }
            let plan = TurnPlan(turn, schemas: schemas, vocabulary: vocabulary)
            let automaton = Automaton(
                Blueprint(
                    vocabulary: vocabulary, options: grammar.options, patterns: patterns, graph: graph,
                    turn: plan))
            for (tool, schema) in zip(turn.tools, schemas)
            where !automaton.inhabitants.inhabited(automaton.formulas.leaf(.schema(schema))) {
                throw .tool(tool.name, .unsatisfiable(at: JSONPointer()))
            }
            let start = automaton.transitions.startTurn(plan)
            guard start >= 0 else { throw .unsatisfiable(at: JSONPointer()) }
            return Matcher(SchemaCursor(automaton, start))
        }
    }

    private func matcher(of text: TextGrammar) throws(GrammarError) -> Matcher {
        let plan = try RulePlan(text, vocabulary, leaving: leaving) { value throws(GrammarError) in
            do throws(GrammarError) {
                return try cursor(value.schema, value.options, value.documents)
            } catch {
                throw value.tool.map { .tool($0, error) } ?? error
            }
        }
        return Matcher(RuleCursor(RuleMachine(plan)))
    }

    /// The cursor before a value of a schema.
    private func cursor(
        _ schema: JSONValue, _ options: GrammarOptions, _ documents: [String: JSONValue]
    ) throws(GrammarError) -> SchemaCursor {
        let graph = SchemaGraph()
        let root = try SchemaLoader.load(
            schema, into: graph, patterns, options: options, documents: documents)
        let automaton = Automaton(
            Blueprint(
                vocabulary: vocabulary, options: options, patterns: patterns, graph: graph, turn: nil))
        let formula = automaton.formulas.leaf(.schema(root))
        guard automaton.inhabitants.inhabited(formula) else { throw .unsatisfiable(at: JSONPointer()) }
        return SchemaCursor(automaton, automaton.transitions.start(formula))
    }
}
