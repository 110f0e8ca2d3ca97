/// A grammar as a lazily built machine over bytes and tokens.
///
/// States are interned by what the last byte led to; transitions and masks are kept by state, so that a text costs a
/// look-up a byte once its like has been seen. Confined to its owner.
final class RuleMachine {
    static let dead: Int32 = -1
    static let outermost: Int32 = 0

    let plan: RulePlan
    private(set) var table = RuleTable()
    private var homes = RuleHomes()
    private var masks: [Int32: [UInt64]] = [:]

    init(_ plan: RulePlan) { self.plan = plan }

    /// The state before the first byte.
    func start() -> Int32 {
        let place = plan.graph.starts[plan.grammar.start]
        return intern([RuleItem(place: place, inner: -1, home: RuleMachine.outermost)])
    }

    func state(_ number: Int32) -> RuleState { table.states[Int(number)] }

    // MARK: Transitions

    /// The state after a byte; ``dead`` where it cannot follow.
    func step(_ number: Int32, _ byte: UInt8) -> Int32 {
        let ruled = ruleStep(number, byte)
        guard table.holdsValues[Int(number)] else { return ruled }
        var items = table.states[Int(number)].values.compactMap { item -> RuleItem? in
            plan.values.step(value(of: item), item.inner, byte).map {
                RuleItem(place: item.place, inner: $0, home: item.home)
            }
        }
        guard !items.isEmpty else { return ruled }
        if ruled >= 0 { items += table.states[Int(ruled)].kernel }
        return intern(items)
    }

    /// The state that the terminals alone lead to.
    @inline(__always)
    func ruleStep(_ number: Int32, _ byte: UInt8) -> Int32 {
        let known = table.rows[Int(number) << 8 | Int(byte)]
        return known == RuleTable.unknown ? computeStep(number, byte) : known
    }

    private func computeStep(_ number: Int32, _ byte: UInt8) -> Int32 {
        let state = table.states[Int(number)]
        var found: [RuleItem] = []
        var goesOn = false
        func take(_ items: [RuleItem]) {
            for item in items {
                let terminal = terminal(of: item)
                let next = plan.automata[Int(terminal)].step(item.inner, byte)
                guard next != PatternAutomaton.dead else { continue }
                found.append(RuleItem(place: item.place, inner: next, home: item.home))
                goesOn = goesOn || plan.graph.terminals[Int(terminal)].end == .byGrammar
            }
        }
        take(state.running)
        if !(plan.grammar.takesLongest && goesOn) { take(state.beginning) }
        let target = found.isEmpty ? RuleMachine.dead : intern(found)
        table.rows[Int(number) << 8 | Int(byte)] = target
        return target
    }

    /// The states after a token that counts as such, merged with one that its bytes led to.
    func step(_ number: Int32, token: Int, bytes: Int32) -> Int32 {
        let state = table.states[Int(number)]
        var items = state.tokens.filter { plan.tokenSets[Int($0.tokens)].contains(token) }
            .map { RuleItem(place: $0.target, inner: -1, home: $0.home) }
        guard !items.isEmpty else { return bytes }
        if bytes >= 0 { items += table.states[Int(bytes)].kernel }
        return intern(items)
    }

    /// The state in which a value has ended that stood in a state.
    func after(_ item: RuleItem) -> Int32 {
        intern([RuleItem(place: plan.graph.edges[Int(item.place)].target, inner: -1, home: item.home)])
    }

    func terminal(of item: RuleItem) -> Int32 {
        if case .terminal(let terminal) = plan.graph.edges[Int(item.place)].step { terminal } else { -1 }
    }

    func value(of item: RuleItem) -> Int32 {
        if case .value(let value) = plan.graph.edges[Int(item.place)].step { value } else { -1 }
    }

    // MARK: States

    /// The number of the state that a set of places makes.
    private func intern(_ items: [RuleItem]) -> Int32 {
        var kernel = items
        if items.count > 1 {
            var seen: Set<RuleItem> = []
            kernel = items.filter { seen.insert($0).inserted }.sorted(by: <)
            if plan.grammar.takesLongest { kernel = endingWithFirst(kernel) }
        }
        if let known = table.number(of: kernel) { return known }
        let number = table.add(kernel)
        let state = closed(RuleState(kernel: kernel), number)
        table.complete(number, state)
        return number
    }

    /// A terminal that ends with its first match ends all that run beside it.
    private func endingWithFirst(_ kernel: [RuleItem]) -> [RuleItem] {
        let ended = kernel.filter { endsFirst($0) }
        return ended.isEmpty ? kernel : ended
    }

    private func endsFirst(_ item: RuleItem) -> Bool {
        guard item.inner >= 0, case .terminal(let terminal) = plan.graph.edges[Int(item.place)].step else {
            return false
        }
        return plan.graph.terminals[Int(terminal)].end == .first
            && plan.automata[Int(terminal)].accepts[Int(item.inner)]
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
            let edge = plan.graph.edges[Int(item.place)]
            switch edge.step {
            case .terminal(let terminal):
                let accepts = plan.automata[Int(terminal)].accepts[Int(item.inner)]
                if accepts { reach(edge.target, item.home) }
                if !accepts || plan.graph.terminals[Int(terminal)].end != .first {
                    state.running.append(item)
                }
            case .value:
                if plan.values[item.inner].canEnd { reach(edge.target, item.home) }
                state.values.append(item)
            case .tokens, .rule: break
            }
        }
        while let item = stack.popLast() {
            let node = plan.graph.nodes[Int(item.place)]
            for index in node.edges { leave(index, item.home, &state, number, reach) }
            guard node.accepts else { continue }
            if item.home == RuleMachine.outermost {
                state.accepts = true
                continue
            }
            let (caller, rule) = homes[item.home]
            // What was called here and has ended here took nothing; its callers went on at once.
            guard caller != number else { continue }
            for waiting in table.states[Int(caller)].callers[rule] ?? [] {
                reach(waiting.place, waiting.home)
            }
        }
        return state
    }

    private func leave(
        _ index: Int32, _ home: Int32, _ state: inout RuleState, _ number: Int32,
        _ reach: (Int32, Int32) -> Void
    ) {
        let edge = plan.graph.edges[Int(index)]
        switch edge.step {
        case .terminal(let terminal):
            let automaton = plan.automata[Int(terminal)]
            state.beginning.append(RuleItem(place: index, inner: PatternAutomaton.start, home: home))
            if automaton.accepts[Int(PatternAutomaton.start)] { reach(edge.target, home) }
        case .value: state.values.append(RuleItem(place: index, inner: -1, home: home))
        case .tokens(let tokens):
            state.tokens.append(.init(tokens: tokens, target: edge.target, home: home))
        case .rule(let rule):
            let start = plan.graph.starts[Int(rule)]
            if plan.graph.nodes[Int(edge.target)].isEnd {
                reach(start, home)
            } else {
                let waiting = RuleItem(place: edge.target, inner: -1, home: home)
                if state.callers[rule]?.contains(waiting) != true {
                    state.callers[rule, default: []].append(waiting)
                }
                reach(start, homes.number(of: number, rule))
            }
            if plan.graph.nullable[Int(rule)] { reach(edge.target, home) }
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
