/// Whether repetitions that give nothing back match exactly what greedy ones do.
///
/// A repetition of one code point's set gives nothing back that matters where what follows it cannot begin with a code
/// point of that set: the end of the text, or a set that has none of them. Anything less plain counts as different.
enum PossessiveCheck {
    /// Judges an expression at the top level of whose sequence the repetitions stand.
    /// - Parameters:
    ///   - text: The expression, with the repetitions written as greedy ones.
    ///   - ends: Where in the text, in scalars, each of them ends.
    ///   - pattern: The expression, read.
    static func isExact(_ text: String, _ ends: [Int], _ pattern: ECMAPattern) -> Bool {
        let elements: [PatternNode] =
            if case .sequence(let all) = pattern.root { all } else { [pattern.root] }
        let scalars = Array(text.unicodeScalars)
        // The repetition that ends at a place is the last element of the text up to there.
        return ends.allSatisfy { end in
            var prefix = scalars[..<end]
            if end < scalars.count, scalars[end] == ")" { prefix.append(")") }
            guard let before = try? ECMAPattern(String(String.UnicodeScalarView(prefix))) else {
                return false
            }
            let count: Int =
                switch before.root {
                case .sequence(let all): all.count
                case .alternatives: -1
                default: 1
                }
            guard count > 0, count <= elements.count, let set = repeated(elements[count - 1]) else {
                return false
            }
            return cannotBegin(elements[count...], with: set)
        }
    }

    /// The set that an element repeats.
    private static func repeated(_ node: PatternNode) -> ScalarSet? {
        switch node {
        case .repetition(.set(let set), _, _, isLazy: false): set
        case .repetition(.group(.set(let set), number: nil), _, _, isLazy: false): set
        case .group(let inner, number: nil): repeated(inner)
        default: nil
        }
    }

    private static func cannotBegin(_ rest: ArraySlice<PatternNode>, with set: ScalarSet) -> Bool {
        for node in rest {
            switch node {
            case .end, .empty: return true
            case .set(let next): return isDisjoint(set, next)
            case .repetition(.set(let next), let minimum, _, _):
                guard isDisjoint(set, next) else { return false }
                if minimum > 0 { return true }
            default: return false
            }
        }
        return true
    }

    private static func isDisjoint(_ a: ScalarSet, _ b: ScalarSet) -> Bool {
        !a.ranges.contains { range in b.ranges.contains { $0.overlaps(range) } }
    }
}
