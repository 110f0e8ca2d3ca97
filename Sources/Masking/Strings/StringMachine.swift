/// The text between two quotes as an automaton over raw bytes: the escapes and the UTF-8 of ``StringMode`` in front of
/// a product of component automata over decoded bytes.
///
/// A component that has died stays in its dead state; a rule over the components says whether the string as a whole
/// lives on. States are interned and their rows of transitions filled on demand.
final class StringMachine {
    static let dead: Int32 = -1
    static let close: Int32 = -2
    static let unknown: Int32 = -3

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
    private(set) var rows: ContiguousArray<Int32> = []
    var masks: Masks
    private(set) var effort: Effort
    lazy var alphabet = Alphabet(letters: StringLiveness.letters(of: components))

    /// What is known of each state.
    private struct States {
        var modes: ContiguousArray<UInt32> = []
        /// The components' states: that of a single one, or its number among the products.
        var tuples: ContiguousArray<Int32> = []
        var products = Interned<[Int32]>()
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
    struct Masks {
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

    /// What the machine may cost, and has cost.
    struct Effort {
        /// Whether patterns are no longer followed from a state on whose mask would take long.
        let isBounded: Bool
        /// The transitions found so far.
        var transitions = 0
        /// What one mask may cost, in units of about a microsecond.
        static let mask = 1_000
    }

    /// The bytes of text that the components tell apart.
    struct Alphabet {
        var letters: [UInt8]
        /// The characters of each slice of the vocabulary, one byte at each place for each group told apart.
        var slices: [[[[UInt8]]]]?
    }

    /// One byte of text for each group that no component tells apart.
    var letters: [UInt8] { alphabet.letters }

    /// - Parameter isBounded: whether the closed text may be asked instead of patterns that a mask cannot follow in time.
    init(
        _ components: [StringComponent], isCanonical: Bool, budget: MaskBudget,
        rule: Rule? = nil, isBounded: Bool = false
    ) {
        masks = Masks(budget)
        effort = Effort(isBounded: isBounded)
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

    private func tuple(_ own: [Int32]) -> Int32 { own.count == 1 ? own[0] : states.products.intern(own) }

    private func state(_ mode: UInt32, _ tuple: Int32) -> Int32 { states.intern(mode, tuple) }

    /// Whether a state stands between two characters.
    @inline(__always)
    func isBoundary(_ state: Int32) -> Bool { states.modes[Int(state)] == StringMode.normal }

    /// The spelling state of a machine state.
    func mode(_ state: Int32) -> UInt32 { states.modes[Int(state)] }

    /// The components' states.
    func componentStates(_ state: Int32) -> [Int32] {
        let tuple = states.tuples[Int(state)]
        return components.count == 1 ? [tuple] : states.products[tuple]
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

    func compute(_ state: Int32, _ byte: UInt8) -> Int32 {
        effort.transitions += 1
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

    /// What the machine has cost so far, in units of about a microsecond.
    var spent: Int {
        var searches = 0
        if case .search(let liveness)? = rule { searches = liveness.looked * letters.count / 4 }
        return work / 2 + effort.transitions + searches
    }

    /// Whether some pattern is followed from a state on.
    func follows(_ state: Int32) -> Bool {
        zip(components, componentStates(state)).contains { component, state in
            guard case .pattern = component else { return false }
            return state != PatternAutomaton.dead && state != PatternAutomaton.unfollowed
        }
    }

    /// Lets everything pass that the patterns may refuse later: from here on the closed text is asked.
    func stopFollowing(_ state: Int32) {
        let after = zip(components, componentStates(state)).map { component, state in
            guard case .pattern = component, state != PatternAutomaton.dead else { return state }
            return PatternAutomaton.unfollowed
        }
        states.tuples[Int(state)] = tuple(after)
        states.rowOf[Int(state)] = -1
        states.universality[Int(state)] = -1
        masks.budget.revise()
    }

    /// What making the states of the components has cost so far.
    var work: Int {
        components.reduce(0) { sum, component in
            if case .pattern(let automaton) = component { sum + automaton.work } else { sum }
        }
    }

    /// The first place of a state's row, which is made where there is none yet.
    func row(of state: Int32) -> Int {
        if states.rowOf[Int(state)] < 0 {
            states.rowOf[Int(state)] = Int32(rows.count)
            rows.append(contentsOf: repeatElement(StringMachine.unknown, count: 256))
        }
        return Int(states.rowOf[Int(state)])
    }
}
