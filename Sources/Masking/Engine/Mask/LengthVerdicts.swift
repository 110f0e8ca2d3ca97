/// Which strings the bounds on length let live, kept for one mask: many tokens lead to the same few states and lengths.
struct LengthVerdicts {
    let spec: StringSpec
    private let formulas: Formulas
    /// A state, a length and their verdict in each place; what comes later takes the place of what was there.
    private var known = ContiguousArray<Int64>(repeating: -1, count: LengthVerdicts.size)
    private static let size = 2_048
    /// By state of the machine: the length below which no verdict is needed; -1 where that is not known yet.
    private var ends: ContiguousArray<Int32> = []

    init(_ spec: StringSpec, _ formulas: Formulas) {
        self.spec = spec
        self.formulas = formulas
    }

    /// Whether a string of so many characters, its machine in that state, can go on or end.
    @inline(__always)
    mutating func lives(_ state: Int32, _ count: Int32) -> Bool {
        if state < ends.count, count < ends[Int(state)] { return true }
        return judge(state, count)
    }

    private mutating func judge(_ state: Int32, _ count: Int32) -> Bool {
        if !spec.isConjunction, state >= ends.count || ends[Int(state)] < 0, let end = spec.end(state) {
            while state >= ends.count { ends.append(-1) }
            ends[Int(state)] = Int32(clamping: max(0, end))
            if Int(count) < end { return true }
        }
        let key = Int64(state) << 31 | Int64(count)
        let place = Int(Int64(state) &* 0x9E37 &+ Int64(count)) & (LengthVerdicts.size - 1)
        if known[place] >> 1 == key { return known[place] & 1 == 1 }
        let verdict = spec.lives(state, count, formulas)
        known[place] = key << 1 | (verdict ? 1 : 0)
        return verdict
    }
}
