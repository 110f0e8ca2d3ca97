import JSON

/// Numbers that stand for all that a formula tells apart.
struct NumberWitnesses {
    var values: [ExactDecimal]
    /// Whether no other number can make anything else of the formula.
    var isComplete: Bool
}

/// Keys that no schema names, one for each way in which the rules on keys can take them.
struct KeySamples {
    /// By the verdicts of the rules.
    var texts: [[Bool]: [UInt8]]
    /// Whether no other key is taken in another way.
    var isComplete: Bool
}

extension Automaton {
    /// Ranges of whole numbers up to this width are tried number by number.
    static let widestRange = 64

    /// Numbers to try for a formula.
    func numberWitnesses(_ formula: Formulas.ID) -> NumberWitnesses {
        var values: Set<ExactDecimal> = []
        for text in ["0", "1", "-1", "2", "0.5", "1000000"] {
            if let value = JSONNumber(text: text)?.decimal { values.insert(value) }
        }
        for case .number(let schema) in formulas.leaves(of: formula) {
            let spec = numberSpec(schema)
            values.formUnion(spec.values?.all ?? [])
            for bound in [spec.low, spec.high].compactMap({ $0 }) { values.insert(bound) }
            values.formUnion(spec.wholeNumbers(atMost: Automaton.widestRange) ?? [])
        }
        // Complete where every way to satisfy the formula lists its numbers.
        let ways = formulas.branches(formula, limit: 64)
        let isComplete =
            ways?.allSatisfy { way in
                let listed = way.contains { leaf, holds in
                    guard holds, case .number(let schema) = leaf else { return false }
                    let spec = numberSpec(schema)
                    return spec.values != nil || spec.wholeNumbers(atMost: Automaton.widestRange) != nil
                }
                let isFree = way.allSatisfy { if case .number = $0.leaf { false } else { true } }
                return listed || isFree
            } ?? false
        return NumberWitnesses(values: Array(values), isComplete: isComplete)
    }

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
            guard let names = graph.nodes[Int(schema)].names else { continue }
            let formula = typed(formulas.leaf(.schema(names)), .string)
            for leaf in formulas.leaves(of: formula) {
                if case .string(let owner, let keyword) = leaf, let component = keyComponent(owner, keyword) {
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
        let liveness = StringLiveness(components) { _ in true }
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
            // A key ends behind a whole character, whatever the rules say of half of one.
            if place.pending == 0, graph.knownKey(text).map({ members.shape.rankOfKey[$0] == nil }) ?? true {
                let verdicts = liveness.verdicts(place.states)
                if texts[verdicts] == nil { texts[verdicts] = text }
            }
            if seen.count > 600 {
                isComplete = false
                break
            }
            for byte in letters(at: place.node) {
                guard let pending = Automaton.pending(place.pending, byte) else { continue }
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

    /// How many bytes a character takes behind one more of UTF-8; `nil` where the byte cannot come.
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

    /// The place behind a key that no schema names, whether or not the object has that very key.
    func behindOtherKey(_ text: [UInt8], _ frameID: Int32) -> Int32 {
        let members = keyContext(frameID).members
        let member = otherMember(members, text)
        guard member.kept != Formulas.no, member.child != Formulas.no, inhabited(member.child) else {
            return Automaton.dead
        }
        var next = frame(frameID)
        next.seen = intern(seenSets[Int(next.seen)].adding(nil))
        next.formula = member.kept
        return intern(Configuration(.colon, a: member.child, frame: intern(next)))
    }
}

extension NumberSpec {
    /// The whole numbers that satisfy the conjunction, where it asks for whole numbers between close bounds.
    func wholeNumbers(atMost limit: Int) -> [ExactDecimal]? {
        guard isIntegral, let low, let high, let first = low.roundedUp, let last = high.roundedDown,
            last - first < limit
        else { return nil }
        guard first <= last else { return [] }
        return (first...last).compactMap { JSONNumber(text: String($0))?.decimal }
            .filter { accepts($0, isPlain: true) }
    }
}

extension ExactDecimal {
    /// The least whole number that is no less, where it is small enough.
    fileprivate var roundedUp: Int? {
        guard let whole = truncated else { return nil }
        return isIntegral || isNegative ? whole : whole + 1
    }

    /// The greatest whole number that is no more, where it is small enough.
    fileprivate var roundedDown: Int? {
        guard let whole = truncated else { return nil }
        return isIntegral || !isNegative ? whole : whole - 1
    }

    private var truncated: Int? {
        guard digits.count + exponent <= 15 else { return nil }
        var value = 0
        for digit in digits.prefix(max(0, digits.count + min(0, exponent))) {
            value = value * 10 + Int(digit)
        }
        for _ in 0..<max(0, exponent) { value *= 10 }
        return isNegative ? -value : value
    }
}
