import JSON

/// Automata that grammars share: those of equal patterns and formats, and the machines of equal combinations.
///
/// A format such as `date-time` occurs in schema after schema; its states and masks are worth keeping.
final class PatternLibrary {
    /// The machine of a string that may be anything.
    let freeString: StringMachine
    let budget = MaskBudget()
    private var automata: [ByteString: PatternAutomaton] = [:]
    private var machines: [ObjectIdentifier: StringMachine] = [:]
    /// Beyond so many kept states the library starts anew; grammars in use keep what they hold.
    private static let stateLimit = 40_000

    /// The automaton of every string.
    lazy var anything = PatternAutomaton(ByteExpressions.anything, in: ByteExpressions())

    /// Tokens on which automata are tried.
    private let sample: [[UInt8]]
    private var affordable: [ObjectIdentifier: Bool] = [:]

    init(_ vocabulary: Vocabulary) {
        freeString = StringMachine([], isCanonical: false, budget: budget)
        let step = max(1, vocabulary.count / PatternLibrary.sampleSize)
        sample = stride(from: 0, to: vocabulary.count, by: step).map { Array(vocabulary.bytes(of: $0)) }
            .filter { !$0.isEmpty }
    }

    private static let sampleSize = 300
    /// States and expressions that the sample may make of an automaton.
    private static let affordableStates = 1_200
    private static let affordableExpressions = 40_000

    /// Whether masks can follow an automaton: on a sample of tokens, twice over, it makes few states.
    ///
    /// Counts in counts and look-ahead over them can make a new state of nearly every token.
    func isAffordable(_ automaton: PatternAutomaton) -> Bool {
        guard automaton.mayGrow else { return true }
        if let known = affordable[ObjectIdentifier(automaton)] { return known }
        var start = PatternAutomaton.start
        var verdict = true
        search: for _ in 0..<3 {
            var ends: [Int32] = []
            for token in sample {
                let end = automaton.run(start, token)
                if end != PatternAutomaton.dead { ends.append(end) }
                if automaton.count > PatternLibrary.affordableStates
                    || automaton.expressionCount > PatternLibrary.affordableExpressions
                {
                    verdict = false
                    break search
                }
            }
            guard !ends.isEmpty else { break }
            start = ends[ends.count / 2]
        }
        affordable[ObjectIdentifier(automaton)] = verdict
        return verdict
    }

    /// The automaton kept under that name, or the one that `build` makes.
    func automaton(_ name: String, build: () -> PatternAutomaton?) -> PatternAutomaton? {
        let name = ByteString(name)
        if let known = automata[name] { return known }
        if automata.count % 64 == 63, automata.values.reduce(0, { $0 + $1.count }) > PatternLibrary.stateLimit
        {
            automata.removeAll()
            machines.removeAll()
        }
        let built = build()
        if let built { automata[name] = built }
        return built
    }

    /// The machine of a conjunction of components.
    func machine(_ components: [StringComponent], isCanonical: Bool) -> StringMachine {
        guard components.count == 1, case .pattern(let automaton) = components[0], !isCanonical else {
            let rule: StringMachine.Rule? =
                components.count < 2
                ? nil
                : .search(
                    StringLiveness(components) { $0.contains(false) ? false : $0.contains(nil) ? nil : true })
            return StringMachine(components, isCanonical: isCanonical, budget: budget, rule: rule)
        }
        if let known = machines[ObjectIdentifier(automaton)] { return known }
        let built = StringMachine(components, isCanonical: false, budget: budget)
        machines[ObjectIdentifier(automaton)] = built
        return built
    }
}
