/// How long a string may grow before its length alone can refuse it, by which of its components have died.
///
/// For a formula in which bounds on length stand inside alternatives: a dead component takes alternatives away, and with
/// them the lengths that they allow.
final class LengthHorizon {
    private let formula: Formulas.ID
    private let formulas: Formulas
    private let deciders: [Leaf: StringSpec.Decider]
    private let components: Int
    /// Where verdicts change, ascending: each number begins a range of lengths that are all the same.
    private let breaks: [Int]
    /// By the dead components, a bit each.
    private var ends: [UInt64: Int] = [:]
    private var spans: [UInt64: Span] = [:]
    /// So many components are tried in all combinations.
    private static let mostComponents = 6

    /// `nil` where no bound stands in the formula, or a component lists strings for several conditions.
    init?(
        _ formula: Formulas.ID, _ formulas: Formulas, _ deciders: [Leaf: StringSpec.Decider], components: Int
    ) {
        guard components <= UInt64.bitWidth else { return nil }
        var breaks: Set<Int> = [0]
        for decider in deciders.values {
            switch decider {
            case .listed: return nil
            case .length(let low, let high):
                breaks.insert(low)
                if let high { breaks.insert(high + 1) }
            case .component, .open: break
            }
        }
        guard breaks.count > 1 else { return nil }
        self.formula = formula
        self.formulas = formulas
        self.deciders = deciders
        self.components = components
        self.breaks = breaks.sorted()
    }

    /// The longest that a string with these components' states may become; a shorter one lives.
    ///
    /// `Int.max` where no length refuses it, -1 where each does.
    func end(_ states: [Int32]) -> Int { end(dead: dead(states)) }

    /// Whether what the components refuse leaves no length at all.
    func isBeyond(_ verdicts: ComponentVerdicts) -> Bool {
        var refused: UInt64 = 0
        for (index, verdict) in verdicts.all.enumerated() where verdict == false {
            refused |= 1 << UInt64(index)
        }
        return end(dead: refused) < 0
    }

    /// The least and the greatest of those ends, whichever further components die.
    struct Span {
        var least = Int.max
        var greatest = -1
    }

    /// The ends that a string may come to, which lives at least at one length; `nil` for too many components.
    func span(_ states: [Int32]) -> Span? {
        guard components <= LengthHorizon.mostComponents else { return nil }
        let now = dead(states)
        if let known = spans[now] { return known }
        var found = Span()
        for others in 0..<UInt64(1) << UInt64(components) where others & now == now {
            let end = end(dead: others)
            if end < 0 { continue }
            found.least = min(found.least, end)
            found.greatest = max(found.greatest, end)
        }
        spans[now] = found
        return found
    }

    private func dead(_ states: [Int32]) -> UInt64 {
        states.reversed().reduce(0) { $0 << 1 | ($1 == 0 ? 1 : 0) }
    }

    private func end(dead: UInt64) -> Int {
        if let known = ends[dead] { return known }
        var end = -1
        for (index, length) in breaks.enumerated().reversed() {
            let verdict = formulas.evaluate(formula) { leaf in
                switch deciders[leaf] {
                case .length(let low, let high): length >= low && high.map { length <= $0 } ?? true
                case .component(let index): dead >> UInt64(index) & 1 == 1 ? false : nil
                case .listed, .open, nil: nil
                }
            }
            if verdict != false {
                end = index + 1 < breaks.count ? breaks[index + 1] - 1 : Int.max
                break
            }
        }
        ends[dead] = end
        return end
    }
}
