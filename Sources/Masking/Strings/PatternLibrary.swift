import JSON

/// Automata that grammars share: those of equal patterns and formats, and the machines of equal combinations.
///
/// A format such as `date-time` occurs in schema after schema; its states and masks are worth keeping.
final class PatternLibrary {
    /// The machine of a string that may be anything.
    let freeString: StringMachine
    let budget = MaskBudget()
    /// What searches may cost in one step.
    let allowance = StepAllowance()
    private var automata: [ByteString: PatternAutomaton] = [:]
    private var machines: [ObjectIdentifier: StringMachine] = [:]
    /// Beyond so many kept states the library starts anew; grammars in use keep what they hold.
    private static let stateLimit = 40_000

    /// The automaton of every string.
    lazy var anything = PatternAutomaton(ByteExpressions.anything, in: ByteExpressions())

    /// Tokens on which automata are tried.
    private let sample: [[UInt8]]
    private let tokens: Int
    private var affordable: [ObjectIdentifier: Bool] = [:]
    private var dear: Set<ObjectIdentifier> = []

    init(_ vocabulary: Vocabulary) {
        freeString = StringMachine([], isCanonical: false, budget: budget)
        tokens = vocabulary.count
        let step = max(1, vocabulary.count / PatternLibrary.sampleSize)
        let evenly = stride(from: 0, to: vocabulary.count, by: step).map { Array(vocabulary.bytes(of: $0)) }
            .filter { !$0.isEmpty }
        // In an order in which each beginning of the list is spread over the vocabulary.
        let spread = evenly.count % 257 == 0 ? 263 : 257
        sample = (0..<evenly.count).map { evenly[$0 &* spread % evenly.count] }
    }

    private static let sampleSize = 600
    /// What derivatives may cost one step, in ``PatternAutomaton/work``.
    private static let stepWork = 3_000

    /// Whether masks can follow an automaton: tried on a sample of tokens, it makes few states.
    ///
    /// Counts in counts and look-ahead over them can make a new state of nearly every token.
    func isAffordable(_ automaton: PatternAutomaton) -> Bool {
        guard automaton.mayGrow else { return true }
        if let known = affordable[ObjectIdentifier(automaton)] { return known }
        let begun = automaton.work
        var start = PatternAutomaton.start
        var verdict = true
        for _ in 0..<3 {
            guard let end = affordableRound(automaton, from: start) else {
                verdict = false
                break
            }
            if end == PatternAutomaton.dead { break }
            start = end
        }
        affordable[ObjectIdentifier(automaton)] = verdict
        if automaton.work - begun > PatternLibrary.dearWork { dear.insert(ObjectIdentifier(automaton)) }
        return verdict
    }

    /// A state to go on from; `nil` where a mask at the state would take too long.
    private func affordableRound(_ automaton: PatternAutomaton, from start: Int32) -> Int32? {
        let before = automaton.work
        var ends: [Int32] = []
        // The work of the latest tokens, and of half as many before them.
        var latest = 0
        var earlier = 0
        var mark = automaton.work
        var next = max(1, sample.count / 8)
        for (index, token) in sample.enumerated() {
            let end = automaton.run(start, token)
            if end != PatternAutomaton.dead { ends.append(end) }
            if automaton.work - before > PatternLibrary.stepWork { return nil }
            if index + 1 == next || index + 1 == sample.count {
                (earlier, latest) = (latest, automaton.work - mark)
                mark = automaton.work
                next *= 2
            }
        }
        guard !ends.isEmpty else { return PatternAutomaton.dead }
        // Where nothing can die only the way to a closing quote is walked, and as few tokens have one.
        if latest > 0, !automaton.isUniversal(start) {
            let growth = min(2, Double(latest) / Double(max(1, earlier)))
            var total = 0.0
            var lot = Double(latest)
            var seen = sample.count
            while seen < tokens, total <= Double(PatternLibrary.stepWork) {
                lot *= growth
                total += lot
                seen *= 2
            }
            if total > Double(PatternLibrary.stepWork) { return nil }
        }
        return ends[ends.count / 2]
    }

    /// Whether an automaton has made so many states on a sample of tokens that some mask of it may take long.
    ///
    /// A property of the pattern, not of what has been masked since: grammars share its machine.
    func isDear(_ automaton: PatternAutomaton) -> Bool { dear.contains(ObjectIdentifier(automaton)) }

    private static let dearWork = 400

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
    /// - Parameter isBounded: whether the closed text may be asked where several patterns cannot be followed in time.
    func machine(_ components: [StringComponent], isCanonical: Bool, isBounded: Bool) -> StringMachine {
        guard components.count == 1, case .pattern(let automaton) = components[0], !isCanonical else {
            let rule: StringMachine.Rule? =
                components.count < 2
                ? nil
                : .search(
                    StringLiveness(components, allowance) {
                        let verdicts = $0.all
                        return verdicts.contains(false) ? false : verdicts.contains(nil) ? nil : true
                    })
            return StringMachine(
                components, isCanonical: isCanonical, budget: budget, rule: rule, isBounded: isBounded)
        }
        if let known = machines[ObjectIdentifier(automaton)] { return known }
        let built = StringMachine(
            components, isCanonical: false, budget: budget, isBounded: isDear(automaton))
        machines[ObjectIdentifier(automaton)] = built
        return built
    }
}
