/// The states of a grammar's machine by number, with their transitions as far as they are known.
struct RuleTable {
    /// A transition that has not been asked for.
    static let unknown: Int32 = -2

    private(set) var states: [RuleState] = []
    /// By state and byte.
    var rows: ContiguousArray<Int32> = []
    /// Whether a value may go on or begin in each state.
    private(set) var holdsValues: ContiguousArray<Bool> = []
    private var numbers: [[RuleItem]: Int32] = [:]

    /// The number of the state with a kernel; `nil` where it is new.
    func number(of kernel: [RuleItem]) -> Int32? { numbers[kernel] }

    /// Gives a new state its number, by which what follows from its kernel can refer to it.
    mutating func add(_ kernel: [RuleItem]) -> Int32 {
        let number = Int32(states.count)
        numbers[kernel] = number
        states.append(RuleState(kernel: kernel))
        rows.append(contentsOf: repeatElement(RuleTable.unknown, count: 256))
        holdsValues.append(false)
        return number
    }

    /// Fills in what follows from a state's kernel.
    mutating func complete(_ number: Int32, _ state: RuleState) {
        holdsValues[Int(number)] = !state.values.isEmpty
        states[Int(number)] = state
    }
}

/// Where rules go on once they end, by number: the state in which a rule was called, and that rule.
struct RuleHomes {
    private var homes: [(state: Int32, rule: Int32)] = [(-1, -1)]
    private var numbers: [UInt64: Int32] = [:]

    subscript(number: Int32) -> (state: Int32, rule: Int32) { homes[Int(number)] }

    mutating func number(of state: Int32, _ rule: Int32) -> Int32 {
        let key = UInt64(UInt32(bitPattern: state)) << 32 | UInt64(UInt32(bitPattern: rule))
        if let known = numbers[key] { return known }
        let number = Int32(homes.count)
        homes.append((state, rule))
        numbers[key] = number
        return number
    }
}
