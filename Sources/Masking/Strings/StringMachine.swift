/// The text between two quotes as an automaton over raw bytes: the escapes and the UTF-8 of ``StringMode`` in front of
/// a product of component automata over decoded bytes.
///
/// A component that has died stays in its dead state; a rule over the components says whether the string as a whole
/// lives on. States are interned and their rows of transitions filled on demand.
final class StringMachine {
    static let dead: Int32 = -1
    static let close: Int32 = -2
    private static let unknown: Int32 = -3

    /// What says whether a string lives whose components are in certain states.
    enum Rule {
        /// The states alone, of which 0 is dead; the more components live, the better.
        case living(LivingRule)
        /// Whether some way leads to a good end.
        case search(StringLiveness)

        func lives(_ states: [Int32]) -> Bool {
            switch self {
            case .living(let rule): rule.lives(states)
            case .search(let liveness): liveness.lives(states)
            }
        }
    }

    let components: [StringComponent]
    /// `nil` where each component must live.
    private let rule: Rule?
    /// Whether characters are written in one spelling only.
    let isCanonical: Bool

    private var states = States()
    /// The components' states that states stand for, where there are several components.
    private var tuples = Interned<[Int32]>()
    private var rows: ContiguousArray<Int32> = []
    private var masks: Masks
    private lazy var alphabet = Alphabet(letters: StringLiveness.letters(of: components))

    /// What is known of each state.
    private struct States {
        var modes: ContiguousArray<UInt32> = []
        var tuples: ContiguousArray<Int32> = []
        /// Where a state's row of transitions begins, or -1.
        var rowOf: ContiguousArray<Int32> = []
        /// Whether nothing can kill a state: 1, 0 or -1 for not asked.
        var universality: [Int8] = []
        private var ids: [UInt64: Int32] = [:]

        mutating func intern(_ mode: UInt32, _ tuple: Int32) -> Int32 {
            let key = UInt64(mode) << 32 | UInt64(UInt32(bitPattern: tuple))
            if let id = ids[key] { return id }
            let id = Int32(modes.count)
            ids[key] = id
            modes.append(mode)
            tuples.append(tuple)
            rowOf.append(-1)
            universality.append(-1)
            return id
        }
    }

    /// The masks inside strings that are remembered.
    private struct Masks {
        /// What all machines of an engine may hold together.
        let budget: MaskBudget
        var interiors: [Int32: [UInt64]] = [:]
        private var generation = 0

        init(_ budget: MaskBudget) { self.budget = budget }

        /// Forgets all where the engine's machines have begun anew.
        mutating func keepUp() {
            guard generation != budget.generation else { return }
            interiors.removeAll()
            generation = budget.generation
        }
    }

    /// The bytes of text that the components tell apart.
    private struct Alphabet {
        var letters: [UInt8]
        /// The characters of each slice of the vocabulary, one byte at each place for each group told apart.
        var slices: [[[[UInt8]]]]?
    }

    /// One byte of text for each group that no component tells apart.
    var letters: [UInt8] { alphabet.letters }

    init(
        _ components: [StringComponent], isCanonical: Bool, budget: MaskBudget,
        rule: Rule? = nil
    ) {
        masks = Masks(budget)
        self.components = components
        self.isCanonical = isCanonical
        self.rule = rule
        _ = state(StringMode.normal, tuple([Int32](repeating: 1, count: components.count)))
    }

    /// The state after the opening quote.
    static let start: Int32 = 0

    /// The number of states built so far.
    var count: Int { states.modes.count }

    /// Whether any string at all is let through.
    var startLives: Bool { lives([Int32](repeating: 1, count: components.count)) }

    private func tuple(_ states: [Int32]) -> Int32 {
        states.count == 1 ? states[0] : tuples.intern(states)
    }

    private func state(_ mode: UInt32, _ tuple: Int32) -> Int32 { states.intern(mode, tuple) }

    /// Whether a state stands between two characters.
    @inline(__always)
    func isBoundary(_ state: Int32) -> Bool { states.modes[Int(state)] == StringMode.normal }

    /// The spelling state of a machine state.
    func mode(_ state: Int32) -> UInt32 { states.modes[Int(state)] }

    /// The components' states.
    func componentStates(_ state: Int32) -> [Int32] {
        let tuple = states.tuples[Int(state)]
        return components.count == 1 ? [tuple] : tuples[tuple]
    }

    /// The state after one more raw byte, or ``dead``, or ``close`` for the quote that ends the string.
    @inline(__always)
    func step(_ state: Int32, _ byte: UInt8) -> Int32 {
        let row = states.rowOf[Int(state)]
        if row >= 0 {
            let known = rows[Int(row) + Int(byte)]
            if known != StringMachine.unknown { return known }
        }
        return compute(state, byte)
    }

    private func compute(_ state: Int32, _ byte: UInt8) -> Int32 {
        _ = row(of: state)
        let mode = states.modes[Int(state)]
        let effect = StringMode.step(mode, byte)
        var result = StringMachine.dead
        if !isCanonical || StringMode.isCanonical(mode, byte, effect) {
            switch effect {
            case .dead: break
            case .close: result = StringMachine.close
            case .silent(let next):
                let goesOn =
                    isCanonical
                    ? canEscape(state, next)
                    : components.isEmpty || isUniversalText(state)
                        || lives(componentStates(state), behind: StringMode.reach(next))
                if goesOn { result = self.state(next, states.tuples[Int(state)]) }
            case .raw(let next): result = follow(state, CollectionOfOne(byte), next)
            case .scalar(let scalar):
                result = follow(state, ByteExpressions.utf8(scalar), StringMode.normal)
            }
        }
        rows[Int(states.rowOf[Int(state)]) + Int(byte)] = result
        return result
    }

    /// Whether a backslash can lead anywhere in a machine that spells one way only.
    private func canEscape(_ state: Int32, _ next: UInt32) -> Bool {
        if next != StringMode.escape { return true }
        let mustEscape: [UInt8] = [0x22, 0x5C, 0x7F] + Array(0x00...0x1F)
        return mustEscape.contains { follow(state, CollectionOfOne($0), StringMode.normal) >= 0 }
    }

    private func follow(_ state: Int32, _ bytes: some Sequence<UInt8>, _ mode: UInt32) -> Int32 {
        if components.isEmpty { return self.state(mode, states.tuples[Int(state)]) }
        var after = componentStates(state)
        for byte in bytes { after = step(after, byte) }
        return lives(after) ? self.state(mode, tuple(after)) : StringMachine.dead
    }

    /// The components' states after one byte of text.
    func step(_ states: [Int32], _ byte: UInt8) -> [Int32] {
        var states = states
        for index in states.indices where states[index] != 0 {
            states[index] = components[index].step(states[index], byte)
        }
        return states
    }

    /// Whether a string lives whose components are in these states.
    func lives(_ states: [Int32]) -> Bool { rule?.lives(states) ?? !states.contains(0) }

    /// Whether no text changes what any component says.
    func isConstant(_ state: Int32) -> Bool {
        isBoundary(state)
            && zip(components, componentStates(state)).allSatisfy { component, state in
                if case .pattern(let automaton) = component, automaton.acceptsEverything(state) {
                    return true
                }
                return state == 0
            }
    }

    /// Whether nothing can kill the text before an escape that is half written.
    private func isUniversalText(_ state: Int32) -> Bool {
        isUniversal(isBoundary(state) ? state : self.state(StringMode.normal, states.tuples[Int(state)]))
    }

    /// Whether no string text at all can kill a state, so that the mask of free text applies.
    func isUniversal(_ state: Int32) -> Bool {
        guard states.modes[Int(state)] == StringMode.normal else { return false }
        if states.universality[Int(state)] >= 0 { return states.universality[Int(state)] == 1 }
        let own = componentStates(state)
        var verdict = !isCanonical
        if verdict, case .living(let living) = rule {
            // With every component that might die dead, does the whole still live?
            let worst = own.indices.map { index -> Int32 in
                if case .pattern(let automaton) = components[index], automaton.isUniversal(own[index]) {
                    return own[index]
                }
                return 0
            }
            verdict = living.lives(worst)
        } else if verdict, case .search(let liveness) = rule {
            // Automata that never die may still come to what the rule refuses.
            verdict = liveness.isInescapable(own)
        } else if verdict {
            verdict = own.indices.allSatisfy {
                if case .pattern(let automaton) = components[$0] {
                    automaton.isUniversal(own[$0])
                } else {
                    false
                }
            }
        }
        states.universality[Int(state)] = verdict ? 1 : 0
        return verdict
    }

    /// The tokens without a closing quote that may follow a boundary state, as words of a token set.
    func interior(_ state: Int32, _ tokens: StringTokens) -> [UInt64] {
        if isUniversal(state) { return tokens.base }
        masks.keepUp()
        if let known = masks.interiors[state] { return known }
        var words = [UInt64](repeating: 0, count: tokens.base.count)
        let begun = work
        for (index, slice) in tokens.slices.enumerated() {
            if contains(slice: index, of: tokens, from: state, since: begun) {
                for word in words.indices { words[word] |= slice.words[word] }
            } else {
                walk(slice.trie, from: state, into: &words)
            }
        }
        masks.budget.take()
        masks.keepUp()
        masks.interiors[state] = words
        return words
    }

    /// Whether every token of a slice can follow: every string of the slice's characters, up to its longest token.
    /// - Parameter begun: the ``work`` before the mask; where it has grown too much the tokens are walked at once.
    private func contains(
        slice index: Int, of tokens: StringTokens, from state: Int32, since begun: Int
    ) -> Bool {
        let slice = tokens.slices[index]
        if slice.characters.isEmpty { return false }
        let characters = representatives(of: tokens)[index]
        var seen: Set<Int32> = [state]
        var layer = [state]
        for _ in 0..<slice.longest {
            var next: [Int32] = []
            for here in layer {
                if work - begun > StringMachine.containmentWork { return false }
                for character in characters {
                    guard let ends = ends(of: here, character) else { return false }
                    for end in ends where seen.insert(end).inserted { next.append(end) }
                }
            }
            if next.isEmpty { return true }
            if seen.count > StringMachine.mostContained { return false }
            layer = next
        }
        return true
    }

    /// States looked at to find out whether a slice is let through.
    private static let mostContained = 200
    /// What finding that out may cost in one mask, in ``work``.
    private static let containmentWork = 1_000

    /// What making the states of the components has cost so far.
    private var work: Int {
        components.reduce(0) { sum, component in
            if case .pattern(let automaton) = component { sum + automaton.work } else { sum }
        }
    }

    /// Where characters lead that have one of the bytes at each place; `nil` where one of them cannot follow.
    private func ends(of state: Int32, _ character: [[UInt8]]) -> [Int32]? {
        var ends = [state]
        for bytes in character {
            var after: [Int32] = []
            for end in ends {
                for byte in bytes {
                    let target = step(end, byte)
                    if target < 0 { return nil }
                    if !after.contains(target) { after.append(target) }
                }
            }
            ends = after
        }
        return ends
    }

    /// The characters of each slice, one byte at each place for each group that no component tells apart.
    private func representatives(of tokens: StringTokens) -> [[[[UInt8]]]] {
        if let slices = alphabet.slices { return slices }
        let built = tokens.slices.map { slice in slice.characters.map { $0.bytes.map(apart) } }
        alphabet.slices = built
        return built
    }

    /// One of the bytes for each group that no component tells apart.
    private func apart(_ bytes: [UInt8]) -> [UInt8] {
        var seen: Set<[UInt8]> = []
        return bytes.filter { byte in
            var signature: [UInt8] = []
            for component in components {
                switch component {
                case .pattern(let automaton): signature.append(automaton.classOf[Int(byte)])
                case .finite(let set): signature.append(set.alphabet.contains(byte) ? byte : 0xFF)
                }
            }
            return seen.insert(signature).inserted
        }
    }

    /// The first place of a state's row, which is made where there is none yet.
    private func row(of state: Int32) -> Int {
        if states.rowOf[Int(state)] < 0 {
            states.rowOf[Int(state)] = Int32(rows.count)
            rows.append(contentsOf: repeatElement(StringMachine.unknown, count: 256))
        }
        return Int(states.rowOf[Int(state)])
    }

    private func walk(_ trie: VocabularyTrie, from state: Int32, into words: inout [UInt64]) {
        let hasTwins = !trie.twins.isEmpty
        let noToken = VocabularyTrie.noToken
        trie.nodes.withUnsafeBufferPointer { nodes in
            // One entry a level: where it ends, the state that led to it and that state's row.
            var levels: [(end: Int, state: Int32, row: Int)] = [(nodes.count, state, row(of: state))]
            var level = levels[0]
            var index = 0
            while index < nodes.count {
                while level.end <= index {
                    levels.removeLast()
                    level = levels[levels.count - 1]
                }
                let node = nodes[index]
                let end = Int(node & 0xFFFF_FFFF)
                var next = rows[level.row + Int(node >> 56)]
                if next == StringMachine.unknown { next = compute(level.state, UInt8(node >> 56)) }
                if next < 0 {
                    index = end
                    continue
                }
                let token = Int(node >> 32) & noToken
                if token != noToken {
                    words[token >> 6] |= 1 << UInt64(token & 63)
                    if hasTwins, let twins = trie.twins[token] {
                        for twin in twins { words[twin >> 6] |= 1 << UInt64(twin & 63) }
                    }
                }
                index += 1
                if end > index {
                    level = (end, next, row(of: next))
                    levels.append(level)
                }
            }
        }
    }
}
