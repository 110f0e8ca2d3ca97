/// Strings and patterns: what a formula over string keywords comes to while a string is written.
final class StringConditions: Grounded {
    let blueprint: Blueprint
    private(set) var specs: [StringSpec] = []
    private var specOf: [Formulas.ID: Int32] = [:]

    init(_ blueprint: Blueprint) { self.blueprint = blueprint }

    /// The automaton of one string keyword; `nil` for lengths, which are counted.
    func component(_ schema: Int32, _ keyword: StringKeyword) -> StringComponent? {
        let node = graph.nodes[Int(schema)]
        switch keyword {
        case .length: return nil
        case .pattern: return node.string.pattern?.automaton.map { .pattern($0) }
        case .format: return node.string.format?.automaton.map { .pattern($0) }
        case .values:
            if let known = graph.stringSets[schema] { return .finite(known) }
            let set = FiniteSet(strings(schema))
            graph.stringSets[schema] = set
            return .finite(set)
        }
    }

    /// The automaton of one string keyword that a key is held to, its length among them; `nil` where that is long.
    func keyComponent(_ schema: Int32, _ keyword: StringKeyword) -> StringComponent? {
        guard keyword == .length else { return component(schema, keyword) }
        let node = graph.nodes[Int(schema)]
        let low = node.string.minLength
        let high = node.string.maxLength
        guard max(low, high ?? 0) <= StringConditions.longestCountedKey else { return nil }
        return patterns.automaton("length:\(low):\(high ?? -1)") {
            var expressions = ByteExpressions()
            let scalar = expressions.scalars([0...0x10FFFF])
            let root = expressions.times(scalar, low, high)
            return PatternAutomaton(root, in: expressions)
        }.map { .pattern($0) }
    }

    private static let longestCountedKey = 256
    private static let mostSeparateLists = 12

    /// The spec of a formula over string leaves.
    func stringSpec(_ formula: Formulas.ID) -> Int32 {
        if let known = specOf[formula] { return known }
        let id = Int32(specs.count)
        specs.append(buildSpec(formula))
        specOf[formula] = id
        return id
    }

    private func buildSpec(_ formula: Formulas.ID) -> StringSpec {
        let parts = formulas.conjuncts(formula)
        var isConjunction = true
        var certain: Set<Leaf> = []
        for part in parts {
            if case .leaf(let leaf) = formulas.nodes[Int(part)] {
                certain.insert(leaf)
            } else {
                isConjunction = false
            }
        }
        var deciders: [Leaf: StringSpec.Decider] = [:]
        // Where many conditions each list strings, one automaton follows them all.
        let listing = isConjunction ? nil : listing(of: formula)
        var components: [StringComponent] = listing.map { [.finite($0)] } ?? []
        var canonical = false
        var boundsStandAlone = true
        var maximum: Int?
        for leaf in formulas.leaves(of: formula) {
            guard case .string(let schema, let keyword) = leaf else {
                deciders[leaf] = .open
                continue
            }
            if keyword == .length {
                let node = graph.nodes[Int(schema)]
                deciders[leaf] = .length(minimum: node.string.minLength, maximum: node.string.maxLength)
                if !certain.contains(leaf) {
                    boundsStandAlone = false
                } else if let own = node.string.maxLength {
                    maximum = min(maximum ?? own, own)
                }
            } else if keyword == .values, let listing {
                if certain.contains(leaf) { canonical = true }
                deciders[leaf] = .listed(component: 0, places: listing.places(of: strings(schema)))
            } else if let component = component(schema, keyword) {
                if keyword == .values, certain.contains(leaf) { canonical = true }
                deciders[leaf] = .component(components.count)
                components.append(component)
            } else {
                deciders[leaf] = .open
            }
        }
        if !isConjunction, !canonical { canonical = listsValues(formula) }
        let horizon =
            isConjunction
            ? nil : LengthHorizon(formula, formulas, deciders, components: components.count)
        let machine: StringMachine
        if components.isEmpty {
            machine = patterns.freeString
        } else if isConjunction {
            machine = patterns.machine(
                components, isCanonical: canonical, isBounded: blueprint.mayStopFollowing)
        } else {
            machine = StringMachine(
                components, isCanonical: canonical, budget: patterns.budget,
                rule: rule(formula, deciders, components, listing: listing == nil ? nil : 0, horizon),
                isBounded: blueprint.mayStopFollowing)
        }
        return StringSpec(
            formula: formula, machine: machine, deciders: deciders, isConjunction: isConjunction,
            bounds: .init(
                maximum: maximum, standAlone: isConjunction || boundsStandAlone, horizon: horizon))
    }

    /// The strings among the values that a schema lists.
    private func strings(_ schema: Int32) -> [String] {
        (graph.nodes[Int(schema)].general.values ?? []).compactMap(\.stringValue)
    }

    /// All strings that a formula's leaves list; `nil` where those leaves are so few that each is followed on its own.
    private func listing(of formula: Formulas.ID) -> FiniteSet? {
        let schemas = formulas.leaves(of: formula).compactMap { leaf -> Int32? in
            if case .string(let schema, .values) = leaf { schema } else { nil }
        }
        return schemas.count <= StringConditions.mostSeparateLists
            ? nil : FiniteSet(schemas.lazy.flatMap { self.strings($0) })
    }

    /// Whether each way to satisfy a formula lists the strings: such text is known, and spelled in one way.
    private func listsValues(_ formula: Formulas.ID) -> Bool {
        formulas.branches(formula, limit: 32)?.allSatisfy { way in
            way.contains { if case .string(_, .values) = $0.leaf { $0.holds } else { false } }
        } ?? false
    }

    /// Whether a string can still satisfy a formula whose components are in certain states.
    private func rule(
        _ formula: Formulas.ID, _ deciders: [Leaf: StringSpec.Decider], _ components: [StringComponent],
        listing: Int?, _ horizon: LengthHorizon?
    ) -> StringMachine.Rule {
        let formulas = self.formulas
        func verdict(_ verdicts: ComponentVerdicts) -> Bool? {
            if let horizon, horizon.isBeyond(verdicts) { return false }
            return formulas.evaluate(formula) { deciders[$0]?.accepts(verdicts) }
        }
        if hasSingleConditions(formula) {
            return .living(
                LivingRule(listing: listing) { states in
                    verdict(ComponentVerdicts(components: components, states: states, isEnd: false)) != false
                })
        }
        return .search(
            StringLiveness(components, patterns.allowance, listing: listing, verdict: verdict))
    }

    /// Whether each way to satisfy a formula asks for one string keyword at most: then nothing can contradict it.
    private func hasSingleConditions(_ formula: Formulas.ID) -> Bool {
        formulas.branches(formula, limit: 32)?.allSatisfy { way in
            way.count { if case .string(_, let keyword) = $0.leaf { keyword != .length } else { false } } < 2
                && way.allSatisfy {
                    if case .string(_, let keyword) = $0.leaf { keyword == .length || $0.holds } else { true }
                }
        } ?? false
    }
}
