/// A grammar as a lazily built machine over bytes and tokens.
///
/// States are interned by what the last byte led to; transitions and masks are kept by state, so that a text costs a
/// look-up a byte once its like has been seen. Confined to its owner.
final class RuleMachine {
    static let dead: Int32 = -1
    static let outermost: Int32 = 0
    private static let unknown: Int32 = -2

    let vocabulary: Vocabulary
    let grammar: TextGrammar
    let graph: RuleGraph
    let automata: [PatternAutomaton]
    let values: EmbeddedValues
    let leaving: LeavingTokens
    /// The tokens of each token pattern.
    let tokenSets: [TokenSet]

    private(set) var states: [RuleState] = []
    private var numbers: [[RuleItem]: Int32] = [:]
    private var rows: ContiguousArray<Int32> = []
    /// Whether a value may go on or begin in each state.
    private(set) var holdsValues: ContiguousArray<Bool> = []
    private var homes: [(state: Int32, rule: Int32)] = [(-1, -1)]
    private var homeNumbers: [UInt64: Int32] = [:]
    private var masks: [Int32: [UInt64]] = [:]

    /// - Parameter cursor: makes the cursor at the start of a value.
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

    /// The state before the first byte.
    func start() -> Int32 {
        let place = graph.starts[grammar.start]
        return intern([RuleItem(place: place, inner: -1, home: RuleMachine.outermost)])
    }

    func state(_ number: Int32) -> RuleState { states[Int(number)] }

    // MARK: Transitions

    /// The state after a byte; ``dead`` where it cannot follow.
    func step(_ number: Int32, _ byte: UInt8) -> Int32 {
        let ruled = ruleStep(number, byte)
        guard holdsValues[Int(number)] else { return ruled }
        var items = states[Int(number)].values.compactMap { item -> RuleItem? in
            values.step(value(of: item), item.inner, byte).map {
                RuleItem(place: item.place, inner: $0, home: item.home)
            }
        }
        guard !items.isEmpty else { return ruled }
        if ruled >= 0 { items += states[Int(ruled)].kernel }
        return intern(items)
    }

    /// The state that the terminals alone lead to.
    @inline(__always)
    func ruleStep(_ number: Int32, _ byte: UInt8) -> Int32 {
        let known = rows[Int(number) << 8 | Int(byte)]
        return known == RuleMachine.unknown ? computeStep(number, byte) : known
    }

    private func computeStep(_ number: Int32, _ byte: UInt8) -> Int32 {
        let state = states[Int(number)]
        var found: [RuleItem] = []
        var goesOn = false
        func take(_ items: [RuleItem]) {
            for item in items {
                let terminal = terminal(of: item)
                let next = automata[Int(terminal)].step(item.inner, byte)
                guard next != PatternAutomaton.dead else { continue }
                found.append(RuleItem(place: item.place, inner: next, home: item.home))
                goesOn = goesOn || graph.terminals[Int(terminal)].end == .byGrammar
            }
        }
        take(state.running)
        if !(grammar.takesLongest && goesOn) { take(state.beginning) }
        let target = found.isEmpty ? RuleMachine.dead : intern(found)
        rows[Int(number) << 8 | Int(byte)] = target
        return target
    }

    /// The states after a token that counts as such, merged with one that its bytes led to.
    func step(_ number: Int32, token: Int, bytes: Int32) -> Int32 {
        let state = states[Int(number)]
        var items = state.tokens.filter { tokenSets[Int($0.tokens)].contains(token) }
            .map { RuleItem(place: $0.target, inner: -1, home: $0.home) }
        guard !items.isEmpty else { return bytes }
        if bytes >= 0 { items += states[Int(bytes)].kernel }
        return intern(items)
    }

    /// The state in which a value has ended that stood in a state.
    func after(_ item: RuleItem) -> Int32 {
        intern([RuleItem(place: graph.edges[Int(item.place)].target, inner: -1, home: item.home)])
    }

    func terminal(of item: RuleItem) -> Int32 {
        if case .terminal(let terminal) = graph.edges[Int(item.place)].step { terminal } else { -1 }
    }

    func value(of item: RuleItem) -> Int32 {
        if case .value(let value) = graph.edges[Int(item.place)].step { value } else { -1 }
    }

    // MARK: States

    /// The number of the state that a set of places makes.
    private func intern(_ items: [RuleItem]) -> Int32 {
        var kernel = items
        if items.count > 1 {
            var seen: Set<RuleItem> = []
            kernel = items.filter { seen.insert($0).inserted }.sorted(by: <)
            if grammar.takesLongest { kernel = endingWithFirst(kernel) }
        }
        if let known = numbers[kernel] { return known }
        let number = Int32(states.count)
        numbers[kernel] = number
        states.append(RuleState(kernel: kernel))
        rows.append(contentsOf: repeatElement(RuleMachine.unknown, count: 256))
        holdsValues.append(false)
        let state = closed(RuleState(kernel: kernel), number)
        holdsValues[Int(number)] = !state.values.isEmpty
        states[Int(number)] = state
        return number
    }

    /// A terminal that ends with its first match ends all that run beside it.
    private func endingWithFirst(_ kernel: [RuleItem]) -> [RuleItem] {
        let ended = kernel.filter { endsFirst($0) }
        return ended.isEmpty ? kernel : ended
    }

    private func endsFirst(_ item: RuleItem) -> Bool {
        guard item.inner >= 0, case .terminal(let terminal) = graph.edges[Int(item.place)].step else {
            return false
        }
        return graph.terminals[Int(terminal)].end == .first
            && automata[Int(terminal)].accepts[Int(item.inner)]
    }

    private func home(_ state: Int32, _ rule: Int32) -> Int32 {
        let key = UInt64(UInt32(bitPattern: state)) << 32 | UInt64(UInt32(bitPattern: rule))
        if let known = homeNumbers[key] { return known }
        let number = Int32(homes.count)
        homes.append((state, rule))
        homeNumbers[key] = number
        return number
    }

    /// A state with all that follows from its kernel.
    private func closed(_ given: RuleState, _ number: Int32) -> RuleState {
        var state = given
        var stack: [RuleItem] = []
        var seen: Set<RuleItem> = []
        func reach(_ node: Int32, _ home: Int32) {
            let item = RuleItem(place: node, inner: -1, home: home)
            if seen.insert(item).inserted { stack.append(item) }
        }
        for item in state.kernel {
            guard item.inner >= 0 else {
                reach(item.place, item.home)
                continue
            }
            let edge = graph.edges[Int(item.place)]
            switch edge.step {
            case .terminal(let terminal):
                let accepts = automata[Int(terminal)].accepts[Int(item.inner)]
                if accepts { reach(edge.target, item.home) }
                if !accepts || graph.terminals[Int(terminal)].end != .first { state.running.append(item) }
            case .value:
                if values[item.inner].canEnd { reach(edge.target, item.home) }
                state.values.append(item)
            case .tokens, .rule: break
            }
        }
        while let item = stack.popLast() {
            let node = graph.nodes[Int(item.place)]
            for index in node.edges { leave(index, item.home, &state, number, reach) }
            guard node.accepts else { continue }
            if item.home == RuleMachine.outermost {
                state.accepts = true
                continue
            }
            let (caller, rule) = homes[Int(item.home)]
            // What was called here and has ended here took nothing; its callers went on at once.
            guard caller != number else { continue }
            for waiting in states[Int(caller)].callers[rule] ?? [] { reach(waiting.place, waiting.home) }
        }
        return state
    }

    private func leave(
        _ index: Int32, _ home: Int32, _ state: inout RuleState, _ number: Int32,
        _ reach: (Int32, Int32) -> Void
    ) {
        let edge = graph.edges[Int(index)]
        switch edge.step {
        case .terminal(let terminal):
            let automaton = automata[Int(terminal)]
            state.beginning.append(RuleItem(place: index, inner: PatternAutomaton.start, home: home))
            if automaton.accepts[Int(PatternAutomaton.start)] { reach(edge.target, home) }
        case .value: state.values.append(RuleItem(place: index, inner: -1, home: home))
        case .tokens(let tokens):
            state.tokens.append(.init(tokens: tokens, target: edge.target, home: home))
        case .rule(let rule):
            let start = graph.starts[Int(rule)]
            if graph.nodes[Int(edge.target)].isEnd {
                reach(start, home)
            } else {
                let waiting = RuleItem(place: edge.target, inner: -1, home: home)
                if state.callers[rule]?.contains(waiting) != true {
                    state.callers[rule, default: []].append(waiting)
                }
                reach(start, self.home(number, rule))
            }
            if graph.nullable[Int(rule)] { reach(edge.target, home) }
        }
    }

    // MARK: Masks

    /// The tokens that may come next in a state, but for those that end the turn.
    func allowed(_ number: Int32) -> [UInt64] {
        if let known = masks[number] { return known }
        var walk = RuleWalk(self)
        walk.run(number)
        // Masks are worth keeping up to their share of memory.
        if masks.count >= 1_200 { masks.removeAll(keepingCapacity: true) }
        masks[number] = walk.words
        return walk.words
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
