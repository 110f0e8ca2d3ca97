/// One of the automata that a string is held against.
enum StringComponent {
    case pattern(PatternAutomaton)
    case finite(FiniteSet)

    func step(_ state: Int32, _ byte: UInt8) -> Int32 {
        switch self {
        case .pattern(let automaton): automaton.step(state, byte)
        case .finite(let set): set.step(state, byte)
        }
    }

    /// The state after several bytes.
    func step(_ state: Int32, _ bytes: [UInt8]) -> Int32 {
        var state = state
        for byte in bytes where state != 0 { state = step(state, byte) }
        return state
    }

    /// Whether only the closed text says whether the string passes.
    func isUnfollowed(_ state: Int32) -> Bool {
        guard case .pattern = self else { return false }
        return state == PatternAutomaton.unfollowed
    }

    func accepts(_ state: Int32) -> Bool {
        switch self {
        case .pattern(let automaton): automaton.accepts[Int(state)]
        case .finite(let set): set.accepts(state)
        }
    }
}

/// What the components of a string say of it, where it ends or while it goes on.
struct ComponentVerdicts {
    let components: [StringComponent]
    let states: [Int32]
    /// Whether the string ends here.
    let isEnd: Bool

    /// Whether a component accepts the string; `nil` where that is open, or only the closed text says so.
    func accepts(_ index: Int) -> Bool? {
        if states[index] == 0 { return false }
        if components[index].isUnfollowed(states[index]) { return nil }
        return isEnd ? components[index].accepts(states[index]) : nil
    }

    /// Whether the string is one of the members at those places of a component that lists strings; `nil` where that is
    /// open.
    func accepts(_ index: Int, among places: [Int32]) -> Bool? {
        guard case .finite(let set) = components[index] else { return accepts(index) }
        if isEnd { return set.accepts(states[index], among: places) }
        return set.isAlive(states[index], among: places) ? nil : false
    }

    /// What each component says.
    var all: [Bool?] { components.indices.map { accepts($0) } }
}
