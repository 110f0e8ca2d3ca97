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

    func accepts(_ state: Int32) -> Bool {
        switch self {
        case .pattern(let automaton): automaton.accepts[Int(state)]
        case .finite(let set): set.accepts(state)
        }
    }
}
