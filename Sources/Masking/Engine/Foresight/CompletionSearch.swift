/// Looks for a way from a place to one that is known to have an end.
///
/// Depth first, what closes a value first, over places rather than bytes: a literal, a number or a string that only one
/// outcome fits is one step. A search that is cut short, or meets a choice that it does not know in full, gives
/// no verdict, and the place counts as alive; so no token that can go on is ever masked for it.
struct CompletionSearch {
    private let foresight: Foresight
    private let transitions: Transitions
    private var cost = 0
    /// Whether all ways were known in full.
    private var isComplete = true
    private var visited: Set<Int32> = []
    /// Objects met, by all but the number of their members: more members than are needed lead nowhere new.
    private var fewest: [ObjectPlace: Int32] = [:]

    private struct ObjectPlace: Hashable {
        var place: Place
        var formula: Formulas.ID
        var keys: [Int32]
        var parent: Int32
    }

    /// A place on the way, with the ways on from it, which are worked out as they are needed.
    private struct Step {
        var id: Int32
        var targets: [Int32] = []
        var next = 0
        /// How many lots of ways have been worked out.
        var lots = 0
    }

    /// Ways that one search may look at.
    private static let limit = 400
    /// What a way costs of the step's allowance.
    private static let wayCost = 16

    init(_ foresight: Foresight) {
        self.foresight = foresight
        transitions = foresight.transitions
    }

    /// What is to be expected from a place.
    mutating func outlook(of start: Int32) -> Outlook {
        visited.insert(start)
        var path = [Step(id: start)]
        while let last = path.indices.last {
            if cost > CompletionSearch.limit {
                isComplete = false
                break
            }
            guard path[last].next < path[last].targets.count else {
                if let targets = targets(path[last].id, lot: path[last].lots) {
                    let ways = 1 + targets.count + weight(path[last].id)
                    cost += ways
                    if !transitions.patterns.allowance.take(ways * CompletionSearch.wayCost) {
                        isComplete = false
                        break
                    }
                    path[last].targets = targets
                    path[last].next = 0
                    path[last].lots += 1
                } else {
                    path.removeLast()
                }
                continue
            }
            let target = path[last].targets[path[last].next]
            path[last].next += 1
            let known = fate(of: target)
            if known == true { continue }
            if known == false {
                for step in path { foresight.setOutlook(step.id, .alive) }
                return .alive
            }
            guard visited.insert(target).inserted, isNew(target) else { continue }
            path.append(Step(id: target))
        }
        guard isComplete else { return .unclear }
        for id in visited { foresight.setOutlook(id, .doomed) }
        return .doomed
    }

    /// Whether a place is known to be doomed, without a search.
    private func fate(of id: Int32) -> Bool? {
        if let known = foresight.knownOutlook(id) { return known == .doomed }
        let here = transitions.configuration(id)
        if foresight.isSettled(here) { return foresight.contradictsItself(here) }
        return foresight.standsAlone(here) ? foresight.unsatisfiable[here.formula] : nil
    }

    /// What the formulas at a place add to the cost of a step from it.
    private func weight(_ id: Int32) -> Int {
        foresight.openConditions(transitions.configuration(id)) / 4
    }

    /// Whether an object with fewer members, and enough of them, has not been here before.
    private mutating func isNew(_ id: Int32) -> Bool {
        let here = transitions.configuration(id)
        switch here.place {
        case .objectOpen, .objectAfter, .objectComma: break
        default: return true
        }
        let frame = transitions.frame(here.frame)
        let seen = transitions.seenKeys(frame.seen)
        var enough = 0
        for case .object(let schema) in transitions.formulas.leaves(of: frame.formula) {
            // Too many may be what is asked for, where a bound stands under `not`.
            let node = transitions.graph.nodes[Int(schema)]
            enough = max(enough, node.object.minProperties, node.object.maxProperties.map { $0 + 1 } ?? 0)
        }
        guard Int(seen.count) >= enough else { return true }
        let place = ObjectPlace(
            place: here.place, formula: frame.formula, keys: seen.keys, parent: frame.parent)
        if let known = fewest[place], known <= seen.count { return false }
        fewest[place] = seen.count
        return true
    }

    /// One lot of ways on from a place, those that end soonest first; `nil` after the last.
    private mutating func targets(_ id: Int32, lot: Int) -> [Int32]? {
        let here = transitions.configuration(id)
        func only(_ target: Int32) -> [Int32] { target >= 0 ? [target] : [] }
        switch (here.place, lot) {
        case (.value, _): return values(here.formula, here.frame, lot)
        case (.colon, 0):
            return only(transitions.intern(Configuration(.value, a: here.formula, frame: here.frame)))
        case (.literal, 0): return only(transitions.deliver(here.outcome, here.frame))
        case (.string, 0):
            return only(transitions.closeString(here.spec, here.stringState, here.length, here.frame))
        case (.string, 1): return insideString(id)
        case (.objectOpen, 0), (.objectAfter, 0): return only(transitions.closeObject(here.frame))
        case (.objectOpen, _), (.objectAfter, _): return keys(here.frame, lot - 1)
        case (.objectComma, _): return keys(here.frame, lot)
        case (.arrayOpen, 0), (.arrayAfter, 0): return only(transitions.closeArray(here.frame))
        case (.arrayOpen, 1), (.arrayAfter, 1):
            guard let item = transitions.beginItem(here.frame),
                transitions.inhabitants.inhabited(item.formula)
            else {
                return []
            }
            return [transitions.intern(Configuration(.value, a: item.formula, frame: item.frame))]
        case (.resolve, 0): return resolutions(here)
        case (.number, 0):
            isComplete = false
            return []
        default: return nil
        }
    }

    /// The places inside a string, one for each byte that its automata tell apart.
    private mutating func insideString(_ id: Int32) -> [Int32] {
        let here = transitions.configuration(id)
        let letters = transitions.strings.specs[Int(here.spec)].machine.letters
        cost += letters.count
        var targets: [Int32] = []
        for byte in letters {
            // Escapes are not followed.
            if StringLiveness.needsEscape(byte) {
                isComplete = false
                continue
            }
            let target = transitions.compute(id, byte)
            if target >= 0, !targets.contains(target) { targets.append(target) }
        }
        return targets
    }

    /// What can stand after a closed value whose text decides: the keywords hold or do not.
    private func resolutions(_ here: Configuration) -> [Int32] {
        let formulas = transitions.formulas
        switch here.resolution {
        case .itemClosed, .numberItemEnded:
            // Items differ, or the array is dead.
            return [transitions.intern(Configuration(.arrayAfter, frame: here.frame))]
        case .closed, .numberEnded:
            var results: Set<Formulas.ID> = [here.formula]
            for case .check(let schema, let keyword) in formulas.leaves(of: here.formula) {
                let decided = results.flatMap { result in
                    [Formulas.yes, Formulas.no].map { verdict in
                        formulas.substitute(result) { _, leaf, id in
                            leaf == .check(schema, keyword) ? verdict : id
                        }
                    }
                }
                results = Set(decided)
            }
            return results.sorted().map { transitions.deliver($0, here.frame) }.filter { $0 >= 0 }
        }
    }

    // MARK: Values

    private static let order: [ValueStart] = [.string, .number, .null, .yes, .no, .array, .object]

    /// The places after, or inside, a value that starts in one way.
    private mutating func values(_ formula: Formulas.ID, _ frame: Int32, _ lot: Int) -> [Int32]? {
        guard lot < CompletionSearch.order.count else { return nil }
        let start = CompletionSearch.order[lot]
        let typed = transitions.typed(formula, start)
        guard typed != Formulas.no, transitions.inhabitants.inhabited(typed, start) else { return [] }
        let targets: [Int32]
        if let outcome = certainOutcome(typed) {
            targets = [transitions.deliver(outcome, frame)]
        } else {
            switch start {
            case .null, .yes, .no: targets = [transitions.deliver(typed, frame)]
            case .number: targets = numbers(typed, frame)
            default: targets = [opened(typed, start, frame)]
            }
        }
        return targets.filter { $0 >= 0 }
    }

    private func opened(_ typed: Formulas.ID, _ start: ValueStart, _ parent: Int32) -> Int32 {
        guard start != .string else {
            return transitions.intern(
                Configuration(.string, a: transitions.strings.stringSpec(typed), frame: parent))
        }
        let frame = transitions.intern(
            Frame(
                kind: start == .array ? .array : .object, formula: typed, parent: parent,
                depth: transitions.frame(parent).depth + 1))
        return transitions.intern(Configuration(start == .array ? .arrayOpen : .objectOpen, frame: frame))
    }

    /// What a value makes of its formula, where all its own conditions must hold and can.
    private func certainOutcome(_ typed: Formulas.ID) -> Formulas.ID? {
        let formulas = transitions.formulas
        var rest: [Formulas.ID] = []
        for part in formulas.conjuncts(typed) {
            if case .leaf(let leaf) = formulas.nodes[Int(part)] {
                switch leaf {
                case .outer: rest.append(part)
                case .object(let schema), .array(let schema, _):
                    if entanglement(of: schema) { return nil }
                case .string, .number: continue
                default: return nil
                }
            } else if formulas.leaves(of: part).allSatisfy({ if case .outer = $0 { true } else { false } }) {
                rest.append(part)
            } else {
                return nil
            }
        }
        return formulas.all(rest)
    }

    private func entanglement(of schema: Int32) -> Bool {
        foresight.entanglement.reachesEntangled(schema)
    }

    private mutating func numbers(_ formula: Formulas.ID, _ frame: Int32) -> [Int32] {
        let witnesses = transitions.numbers.numberWitnesses(formula)
        if !witnesses.isComplete { isComplete = false }
        var results: [Formulas.ID] = []
        for value in witnesses.values {
            guard transitions.patterns.allowance.take(10) else {
                isComplete = false
                break
            }
            // The spelling may matter as well.
            for isPlain in value.isIntegral ? [true, false] : [false] {
                let result = transitions.formulas.substitute(formula) { _, leaf, id in
                    guard case .number(let schema) = leaf else { return id }
                    return transitions.numbers.numberSpec(schema).accepts(value, isPlain: isPlain)
                        ? Formulas.yes : Formulas.no
                }
                if !results.contains(result) { results.append(result) }
            }
        }
        return results.map { transitions.deliver($0, frame) }.filter { $0 >= 0 }
    }

    // MARK: Keys

    /// The places after the keys that may come, a key a lot: first those that some schema requires.
    private mutating func keys(_ frameID: Int32, _ lot: Int) -> [Int32]? {
        let context = transitions.keys.context(frameID)
        guard context.allowsAny else { return nil }
        let members = context.members
        let ranks = ranks(members)
        if lot < ranks.count { return named(ranks[lot], context, frameID) }
        guard lot == ranks.count, context.allowsOthers else { return nil }
        let samples = transitions.objects.keySamples(members)
        if !samples.isComplete { isComplete = false }
        return samples.texts.values.map { transitions.behindOtherKey($0, frameID) }.filter { $0 >= 0 }
    }

    /// The named keys, in the order in which they are tried.
    private func ranks(_ members: ObjectMembers) -> [Int] {
        if let known = members.ranksByNeed { return known }
        let required = Set(required(members))
        let ranks = members.shape.keys.indices.sorted {
            (required.contains($0) ? 0 : 1, $0) < (required.contains($1) ? 0 : 1, $1)
        }
        members.ranksByNeed = ranks
        return ranks
    }

    private func required(_ members: ObjectMembers) -> [Int] {
        var ranks: Set<Int> = []
        for schema in members.shape.schemas {
            for key in transitions.graph.nodes[Int(schema)].object.required {
                if let rank = members.shape.rankOfKey[key] { ranks.insert(rank) }
            }
        }
        return ranks.sorted()
    }

    private func named(_ rank: Int, _ context: KeyContext, _ frameID: Int32) -> [Int32] {
        guard context.allows(rank: rank) else { return [] }
        let key = transitions.graph.keys[Int(context.members.shape.keys[rank])]
        let target = transitions.closeKey(key, frameID, naming: true)
        return target >= 0 ? [target] : []
    }
}
