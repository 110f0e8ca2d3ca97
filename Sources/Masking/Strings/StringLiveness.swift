/// Whether a string whose component automata stand in certain states can still end well: a search through the product
/// of the automata, remembered state by state.
final class StringLiveness {
    private let components: [StringComponent]
    /// Whether a string may end of which the components say so; `nil` where that hangs on what is open.
    private let verdict: (ComponentVerdicts) -> Bool?
    private let signature: StateSignature
    /// One byte for each group that no component tells apart.
    private let letters: [UInt8]
    private let allowance: StepAllowance
    /// The product states looked at so far.
    private(set) var looked = 0
    private var known: [[Int32]: Bool] = [:]
    /// Whether the dead components alone refuse whatever comes, by which they are.
    private var refuted: [StateSignature.Value: Bool] = [:]
    /// Whether a string may end, by the components that accept it.
    private var endings: [StateSignature.Value: Bool] = [:]
    /// Product states looked at before the answer is taken to be yes.
    private static let limit = 1_500
    /// States looked at to find out whether nothing can kill a string.
    private static let closedLimit = 24

    /// - Parameter listing: the component that lists strings for several conditions at once.
    init(
        _ components: [StringComponent], _ allowance: StepAllowance, listing: Int? = nil,
        verdict: @escaping (ComponentVerdicts) -> Bool?
    ) {
        self.components = components
        self.allowance = allowance
        signature = StateSignature(listing: listing)
        self.verdict = verdict
        letters = StringLiveness.letters(of: components)
    }

    /// The bytes of text: first those that are written as they are, then those that need an escape.
    private static let bytes: [UInt8] =
        (UInt8(0x20)...0xF4).filter { !StringLiveness.needsEscape($0) }
        + (UInt8(0)...0xF4).filter(StringLiveness.needsEscape)

    static func needsEscape(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x22 || byte == 0x5C }

    /// One byte for each group of bytes that no component tells apart, those first that are written as they are.
    static func letters(of components: [StringComponent]) -> [UInt8] {
        groups(of: components).map { $0[0] }
    }

    /// The bytes of text in groups that no component tells apart, those first that are written as they are.
    static func groups(of components: [StringComponent]) -> [[UInt8]] {
        var places: [[UInt8]: Int] = [:]
        var groups: [[UInt8]] = []
        for byte in StringLiveness.bytes {
            let signature = components.map { component in
                switch component {
                case .pattern(let automaton): automaton.classOf[Int(byte)]
                case .finite(let set): set.alphabet.contains(byte) ? byte : 0xFF
                }
            }
            if let place = places[signature] {
                groups[place].append(byte)
            } else {
                places[signature] = groups.count
                groups.append([byte])
            }
        }
        return groups
    }

    /// Whether some continuation ends well; yes where the search is cut short.
    func lives(_ states: [Int32]) -> Bool {
        if let verdict = known[states] { return verdict }
        if isRefuted(states) { return false }
        var cameFrom: [[Int32]: [Int32]] = [states: []]
        var stack = [states]
        var counted = work
        func remember(_ end: [Int32]) {
            var here = end
            while !here.isEmpty {
                known[here] = true
                here = cameFrom[here] ?? []
            }
        }
        while let here = stack.popLast() {
            if known[here] == true || mayEnd(here) {
                remember(here)
                return true
            }
            if cameFrom.count > StringLiveness.limit || !allowance.take(letters.count + work - counted) {
                remember(here)
                known[states] = true
                return true
            }
            counted = work
            looked += 1
            for byte in letters.reversed() {
                let next = step(here, byte)
                if cameFrom[next] == nil, known[next] != false, !isRefuted(next) {
                    cameFrom[next] = here
                    stack.append(next)
                }
            }
        }
        // All that can be reached from here has been seen, and nothing of it ends well.
        for state in cameFrom.keys { known[state] = false }
        return false
    }

    /// What the components' states have cost so far.
    private var work: Int {
        components.reduce(0) { sum, component in
            if case .pattern(let automaton) = component { sum + 4 * automaton.work } else { sum }
        }
    }

    /// Whether no text at all leads to states from which nothing ends well; no where that takes long to find out.
    func isInescapable(_ states: [Int32]) -> Bool {
        var seen: Set<[Int32]> = [states]
        var stack = [states]
        while let here = stack.popLast() {
            if !lives(here) || seen.count > StringLiveness.closedLimit { return false }
            for byte in letters {
                let next = step(here, byte)
                if seen.insert(next).inserted { stack.append(next) }
            }
        }
        return true
    }

    /// Whether the components that have died alone refuse whatever comes.
    private func isRefuted(_ states: [Int32]) -> Bool {
        guard signature.listing != nil || states.contains(0) else { return false }
        return StringLiveness.remembered(signature.value(states) { $1 == 0 }, &refuted) {
            verdict(ComponentVerdicts(components: components, states: states, isEnd: false)) == false
        }
    }

    /// Whether a string may end here, as far as the components say.
    private func mayEnd(_ states: [Int32]) -> Bool {
        let isFollowed = !states.indices.contains { components[$0].isUnfollowed(states[$0]) }
        let signature =
            isFollowed ? signature.value(states) { $1 != 0 && components[$0].accepts($1) } : nil
        return StringLiveness.remembered(signature, &endings) {
            verdict(ComponentVerdicts(components: components, states: states, isEnd: true)) != false
        }
    }

    /// What is known for a signature, found out where it is new.
    private static func remembered(
        _ key: StateSignature.Value?, _ known: inout [StateSignature.Value: Bool], _ find: () -> Bool
    ) -> Bool {
        guard let key else { return find() }
        if let verdict = known[key] { return verdict }
        let verdict = find()
        known[key] = verdict
        return verdict
    }

    /// Which components accept a string that ends here.
    func verdicts(_ states: [Int32]) -> [Bool] {
        zip(components, states).map { component, state in state != 0 && component.accepts(state) }
    }

    /// The states after one more byte of text.
    func step(_ states: [Int32], _ byte: UInt8) -> [Int32] {
        var next = states
        for index in next.indices where next[index] != 0 {
            next[index] = components[index].step(next[index], byte)
        }
        return next
    }
}
