/// Merges neighbouring symbols, best pair first, until none is left to merge: the loop of byte pair encoding.
///
/// A heap of candidates over a linked list, in O(n log n).
enum PairMerger {
    /// What a pair becomes, and how early: the lowest rank goes first, the leftmost of equals.
    struct Merge {
        let rank: Double
        let symbol: Int32
    }

    /// A pair of neighbours at the time it was found; if other symbols stand there now, the pair is gone.
    private struct Candidate: Comparable {
        let merge: Merge
        let left: Int32
        let right: Int32
        let leftSymbol: Int32
        let rightSymbol: Int32

        static func < (a: Candidate, b: Candidate) -> Bool { (a.merge.rank, a.left) < (b.merge.rank, b.left) }
        static func == (a: Candidate, b: Candidate) -> Bool {
            (a.merge.rank, a.left) == (b.merge.rank, b.left)
        }
    }

    /// Merges in place.
    ///
    /// What a symbol swallowed is left as -1.
    ///
    /// - Parameter rule: the merge of the symbols at two neighbouring places, if they merge; the third place is where
    ///   the right symbol ends.
    static func merge(
        _ symbols: inout [Int32], rule: (_ left: Int, _ right: Int, _ end: Int, [Int32]) -> Merge?
    ) {
        let count = symbols.count
        var next = (0..<count).map { Int32($0 + 1) }
        var previous = (0..<count).map { Int32($0 - 1) }
        var candidates = Heap<Candidate>()

        func consider(_ left: Int32, _ right: Int32) {
            guard left >= 0, right < count else { return }
            guard let merge = rule(Int(left), Int(right), Int(next[Int(right)]), symbols) else { return }
            candidates.insert(
                Candidate(
                    merge: merge, left: left, right: right, leftSymbol: symbols[Int(left)],
                    rightSymbol: symbols[Int(right)]))
        }

        for place in 0..<max(count - 1, 0) { consider(Int32(place), Int32(place + 1)) }
        while let best = candidates.removeFirst() {
            let (left, right) = (Int(best.left), Int(best.right))
            guard symbols[left] == best.leftSymbol, symbols[right] == best.rightSymbol,
                next[left] == best.right
            else { continue }
            symbols[left] = best.merge.symbol
            symbols[right] = -1
            let after = next[right]
            next[left] = after
            if after < count { previous[Int(after)] = best.left }
            consider(previous[left], best.left)
            consider(best.left, after)
        }
    }
}
