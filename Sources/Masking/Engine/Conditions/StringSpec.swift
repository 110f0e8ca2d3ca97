/// A formula over string keywords with the machine that follows it.
final class StringSpec {
    /// What decides one leaf.
    enum Decider {
        case component(Int)
        /// A component that lists strings for several leaves, and this leaf's places among them.
        case listed(component: Int, places: [Int32])
        case length(minimum: Int, maximum: Int?)
        /// Decided by the closed text, or outside the string.
        case open

        /// What the components say of the leaf; `nil` where that is open or not theirs to say.
        func accepts(_ verdicts: ComponentVerdicts) -> Bool? {
            switch self {
            case .component(let index): verdicts.accepts(index)
            case .listed(let index, let places): verdicts.accepts(index, among: places)
            case .length, .open: nil
            }
        }

        /// What is said of text that ends in the midst of a character.
        var refusal: Bool? {
            switch self {
            case .component, .listed: false
            case .length, .open: nil
            }
        }
    }

    let formula: Formulas.ID
    let machine: StringMachine
    let deciders: [Leaf: Decider]
    /// Whether the formula is a conjunction of positive leaves.
    let isConjunction: Bool
    private let bounds: Bounds
    /// Components with a pattern that must hold: their shortest end counts against the maximum.
    let requiredPatterns: [(component: Int, automaton: PatternAutomaton)]

    /// What is said of the length.
    struct Bounds {
        /// Whether characters must be counted, and where the count may stop.
        var countLimit: Int32 = 0
        /// The bound that holds whatever else does.
        var maximum: Int?
        /// Whether each bound must hold, whatever else does.
        var standAlone: Bool
        /// How long a string may grow, where bounds stand inside alternatives that are few.
        var horizon: LengthHorizon?
    }

    init(
        formula: Formulas.ID, machine: StringMachine, deciders: [Leaf: Decider], isConjunction: Bool,
        bounds: Bounds
    ) {
        self.formula = formula
        self.machine = machine
        self.deciders = deciders
        self.isConjunction = isConjunction
        var bounds = bounds
        var limit = 0
        for case .length(let low, let high) in deciders.values { limit = max(limit, low, (high ?? -1) + 1) }
        bounds.countLimit = Int32(clamping: limit)
        self.bounds = bounds
        var patterns: [(Int, PatternAutomaton)] = []
        if isConjunction {
            for case .component(let index) in deciders.values {
                if case .pattern(let automaton) = machine.components[index] {
                    patterns.append((index, automaton))
                }
            }
        }
        // Where a pattern's least length is too dear to know, the closing quote decides alone.
        requiredPatterns =
            bounds.maximum == nil
            ? [] : patterns.filter { $0.1.slack(PatternAutomaton.start) < PatternAutomaton.unknownSlack }
    }

    /// The longest that the string may be, whatever else holds.
    var maximum: Int? { bounds.maximum }
    /// Where the count of characters may stop.
    var countLimit: Int32 { bounds.countLimit }
    /// Whether each bound on length must hold, whatever else does.
    var boundsStandAlone: Bool { bounds.standAlone }

    /// The longest that a string in that state may become, where that is known; a shorter one lives.
    func end(_ state: Int32) -> Int? { bounds.horizon?.end(machine.componentStates(state)) }

    /// The smallest length at which some leaf may begin to refuse.
    var tightest: Int {
        var bound = Int.max
        for case .length(let low, let high) in deciders.values {
            if let high { bound = min(bound, high) }
            // Under a negation a lower bound is an upper one.
            if !boundsStandAlone, low > 0 { bound = min(bound, low - 1) }
        }
        return bound
    }

    /// With how many more characters a string of such a length surely does not die by its length; below 0 where that is not
    /// known of any.
    func surelyFits(after state: Int32, _ length: Int, longest: Int) -> Int {
        let states = machine.componentStates(state)
        if isConjunction {
            // A pattern may still need some characters after any one more.
            let slack = requiredPatterns.map { $0.automaton.slack(states[$0.component]) }.max() ?? 0
            return tightest - length - slack
        }
        if let span = bounds.horizon?.span(states) {
            return span.least == Int.max ? longest : span.least - 1 - length
        }
        // At the bound itself the string must be able to end.
        return tightest - length - (boundsStandAlone ? 1 : longest)
    }

    /// With how many more characters a string may live at most, as far as its length says.
    func mayFit(after state: Int32, _ length: Int, longest: Int) -> Int {
        if boundsStandAlone { return min(tightest - length, longest) }
        guard let span = bounds.horizon?.span(machine.componentStates(state)) else { return longest }
        return min(span.greatest, length + longest) - length
    }

    var counts: Bool { countLimit > 0 }

    /// The count after one more raw byte in that mode.
    @inline(__always)
    func count(_ count: Int32, isBoundary: Bool) -> Int32 {
        isBoundary && count < countLimit ? count + 1 : count
    }

    /// Whether the bounds on length let a string of so many characters in that state go on.
    func lives(_ state: Int32, _ count: Int32, _ formulas: Formulas) -> Bool {
        if let maximum, Int(count) > maximum { return false }
        if isConjunction {
            guard let maximum, !requiredPatterns.isEmpty else { return true }
            let states = machine.componentStates(state)
            let ahead = machine.pendingScalars(state)
            return requiredPatterns.allSatisfy { component, automaton in
                // A character whose escape is half written is counted already, and the pattern has not seen it yet.
                let rest =
                    ahead.map { automaton.shortestEnd(states[component], behind: $0) }
                    ?? automaton.shortestEnd(states[component])
                return rest.map { Int(count) + $0 <= maximum } ?? false
            }
        }
        if countLimit == 0 { return true }
        if let end = end(state), Int(count) < end { return true }
        func holds(atLength length: Int, _ isEnd: Bool) -> Bool {
            let verdicts = verdicts(state, isEnd: isEnd)
            return formulas.evaluate(formula) { leaf in
                switch deciders[leaf] {
                case .length(let low, let high): length >= low && high.map { length <= $0 } ?? true
                // In the midst of a character no text is accepted.
                case let decider?:
                    isEnd && !machine.isBoundary(state) ? decider.refusal : decider.accepts(verdicts)
                case nil: nil
                }
            } != false
        }
        if holds(atLength: Int(count), true) { return true }
        // Between the bounds one length is as good as another, so the least that each leaves stands for all.
        var lengths = [Int(count) + (machine.isBoundary(state) ? 1 : 0)]
        for case .length(let low, let high) in deciders.values {
            lengths.append(low)
            if let high { lengths.append(high + 1) }
        }
        return lengths.contains { length in
            length >= lengths[0] && holds(atLength: length, false)
        }
    }

    /// The truth of a leaf when the string closes; `nil` where something else decides it.
    func truth(of leaf: Leaf, _ state: Int32, _ count: Int32) -> Bool? {
        switch deciders[leaf] {
        case .length(let low, let high): Int(count) >= low && high.map { Int(count) <= $0 } ?? true
        case let decider?:
            machine.isBoundary(state) ? decider.accepts(verdicts(state, isEnd: true)) : decider.refusal
        case nil: nil
        }
    }

    /// What the components say of the text so far.
    private func verdicts(_ state: Int32, isEnd: Bool) -> ComponentVerdicts {
        ComponentVerdicts(
            components: machine.components, states: machine.componentStates(state), isEnd: isEnd)
    }
}
