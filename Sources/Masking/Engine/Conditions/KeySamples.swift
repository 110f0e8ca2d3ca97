/// Keys that no schema names, one for each way in which the rules on keys can take them.
struct KeySamples {
    /// By the verdicts of the rules.
    var texts: [[Bool]: [UInt8]]
    /// Whether no other key is taken in another way.
    var isComplete: Bool
}

/// What the keys that no schema names must not come to, in an object with such a formula.
struct RefusedKeys: Hashable {
    var formula: Formulas.ID
    /// By the verdicts of the rules on keys.
    var verdicts: Set<[Bool]>
}

extension ObjectConditions {
    /// Keys to try where a schema names none.
    func keySamples(_ members: ObjectMembers) -> KeySamples {
        if let known = sampledKeys[members.formula] { return known }
        let samples = findKeySamples(members)
        sampledKeys[members.formula] = samples
        return samples
    }

    /// The automata that the rules on keys come to, and whether that is all that the rules say.
    func keyRules(_ members: ObjectMembers) -> (components: [StringComponent], isComplete: Bool) {
        var components: [StringComponent] = members.shape.patterns.map { .pattern($0.automaton) }
        var isComplete = members.shape.patterns.allSatisfy { $0.test.exact == nil }
        for schema in members.shape.schemas {
            guard let names = graph.nodes[Int(schema)].object.members.names else { continue }
            let formula = typed(formulas.leaf(.schema(names)), .string)
            for leaf in formulas.leaves(of: formula) {
                if case .string(let owner, let keyword) = leaf,
                    let component = strings.keyComponent(owner, keyword)
                {
                    components.append(component)
                } else {
                    isComplete = false
                }
            }
        }
        return (components, isComplete)
    }

    private func findKeySamples(_ members: ObjectMembers) -> KeySamples {
        struct Place: Hashable {
            var states: [Int32]
            var node: Int32
            /// How many bytes the character that has begun still takes.
            var pending: Int
        }
        let (components, rulesAreComplete) = keyRules(members)
        let liveness = StringLiveness(components, patterns.allowance) { _ in true }
        let trie = members.shape.trie
        let groups = StringLiveness.groups(of: components)
        var lettersAt: [Int32: [UInt8]] = [:]
        /// The letters to try at a place among the named keys: those that go on with one, and from each group of letters
        /// that the rules do not tell apart one that leads away from all of them.
        func letters(at node: Int32) -> [UInt8] {
            if let known = lettersAt[node] { return known }
            let isNamed = { node >= -1 && trie.child(of: Int(node), on: $0) != nil }
            let found = groups.flatMap { group in
                group.first { !isNamed($0) }.map { [$0] + group.filter(isNamed) } ?? group
            }
            lettersAt[node] = found
            return found
        }
        let start = Place(states: [Int32](repeating: 1, count: components.count), node: -1, pending: 0)
        var queue: [(place: Place, text: [UInt8])] = [(start, [])]
        var seen: Set<Place> = [start]
        var texts: [[Bool]: [UInt8]] = [:]
        var index = 0
        var isComplete = rulesAreComplete
        while index < queue.count {
            let (place, text) = queue[index]
            index += 1
            // A key ends after a whole character, whatever the rules say of half of one.
            if place.pending == 0, graph.knownKey(text).map({ members.shape.rankOfKey[$0] == nil }) ?? true {
                let verdicts = liveness.verdicts(place.states)
                if texts[verdicts] == nil { texts[verdicts] = text }
            }
            if seen.count > 600 {
                isComplete = false
                break
            }
            for byte in letters(at: place.node) {
                guard let pending = ObjectConditions.pending(place.pending, byte) else { continue }
                let longer = text + [byte]
                if pending == 0, byte >= 0x80, String(validating: longer, as: UTF8.self) == nil { continue }
                let node =
                    place.node < -1 ? -2 : trie.child(of: Int(place.node), on: byte).map { Int32($0) } ?? -2
                let next = Place(
                    states: liveness.step(place.states, byte), node: node, pending: pending)
                if seen.insert(next).inserted { queue.append((next, longer)) }
            }
        }
        return KeySamples(texts: texts, isComplete: isComplete)
    }

    /// How many bytes a character takes after one more of UTF-8; `nil` where the byte cannot come.
    private static func pending(_ before: Int, _ byte: UInt8) -> Int? {
        switch byte {
        case 0..<0x80: before == 0 ? 0 : nil
        case 0x80..<0xC0: before > 0 ? before - 1 : nil
        case 0xC2..<0xE0: before == 0 ? 1 : nil
        case 0xE0..<0xF0: before == 0 ? 2 : nil
        case 0xF0..<0xF5: before == 0 ? 3 : nil
        default: nil
        }
    }

    /// The machine of keys that the rules take in none of the refused ways.
    func keyMachine(_ members: ObjectMembers, without refused: Set<[Bool]>) -> StringMachine? {
        let (components, _) = keyRules(members)
        guard !components.isEmpty else { return nil }
        let rules = RefusedKeys(formula: members.formula, verdicts: refused)
        if let known = narrowedKeys[rules] { return known }
        let named = members.shape.keys.map { String(decoding: graph.keys[Int($0)], as: UTF8.self) }
        let all = components + [.finite(FiniteSet(named))]
        let liveness = StringLiveness(all, patterns.allowance) {
            let verdicts = $0.all
            // The last component knows the keys that have names of their own.
            if verdicts.last == true { return false }
            let own = verdicts.dropLast().compactMap(\.self)
            return own.count < verdicts.count - 1 || verdicts.last == .some(nil)
                ? nil : !refused.contains(own)
        }
        let machine = StringMachine(
            all, isCanonical: false, budget: patterns.budget, rule: .search(liveness))
        narrowedKeys[rules] = machine
        return machine
    }
}
