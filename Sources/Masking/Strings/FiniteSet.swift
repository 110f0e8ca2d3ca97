/// A finite set of strings as an automaton over their UTF-8 bytes.
///
/// A state is the range of sorted members that share the bytes read so far; state 0 is dead and state 1 the start.
final class FiniteSet {
    private struct Range: Hashable {
        var low: Int32
        var high: Int32
        var depth: Int32
    }

    /// The members' bytes, sorted, without repetition.
    let members: [[UInt8]]
    /// The bytes that occur in members.
    let alphabet: ByteSet
    private var states: [Range]
    private var ids: [Range: Int32] = [:]
    private var steps: [Int64: Int32] = [:]

    init(_ strings: some Sequence<String>) {
        members = Set(strings.map { Array($0.utf8) }).sorted { $0.lexicographicallyPrecedes($1) }
        var alphabet = ByteSet()
        for member in members { for byte in member { alphabet.insert(byte) } }
        self.alphabet = alphabet
        states = [
            Range(low: 0, high: 0, depth: -1), Range(low: 0, high: Int32(members.count), depth: 0),
        ]
        ids[states[1]] = 1
    }

    func step(_ state: Int32, _ byte: UInt8) -> Int32 {
        if state == 0 { return 0 }
        let key = Int64(state) << 8 | Int64(byte)
        if let known = steps[key] { return known }
        let range = states[Int(state)]
        let depth = Int(range.depth)
        let low = firstIndex(in: range) { $0.count > depth && $0[depth] >= byte }
        let high = firstIndex(in: range) { $0.count > depth && $0[depth] > byte }
        var result: Int32 = 0
        if low < high {
            let next = Range(low: low, high: high, depth: range.depth + 1)
            if let id = ids[next] {
                result = id
            } else {
                result = Int32(states.count)
                states.append(next)
                ids[next] = result
            }
        }
        steps[key] = result
        return result
    }

    /// The first member of the range for which a monotone condition holds.
    private func firstIndex(in range: Range, where holds: ([UInt8]) -> Bool) -> Int32 {
        var low = range.low
        var high = range.high
        while low < high {
            let middle = (low + high) / 2
            if holds(members[Int(middle)]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    func accepts(_ state: Int32) -> Bool {
        let range = states[Int(state)]
        return state != 0 && range.low < range.high && members[Int(range.low)].count == Int(range.depth)
    }

    /// The places of strings among the members, ascending; of those that are members.
    func places(of strings: some Sequence<String>) -> [Int32] {
        let whole = Range(low: 0, high: Int32(members.count), depth: 0)
        let found = strings.compactMap { string -> Int32? in
            let bytes = Array(string.utf8)
            let place = firstIndex(in: whole) { !$0.lexicographicallyPrecedes(bytes) }
            return place < whole.high && members[Int(place)] == bytes ? place : nil
        }
        return found.sorted()
    }

    /// Whether a state can still become one of the members at those places, which ascend.
    func isAlive(_ state: Int32, among places: [Int32]) -> Bool {
        let range = states[Int(state)]
        return state != 0 && FiniteSet.has(places, range.low..<range.high)
    }

    /// Whether a state is one of the members at those places, which ascend.
    func accepts(_ state: Int32, among places: [Int32]) -> Bool {
        // The member that ends here is the first of those that begin so.
        let own = states[Int(state)].low
        return accepts(state) && FiniteSet.has(places, own..<own + 1)
    }

    private static func has(_ places: [Int32], _ range: Swift.Range<Int32>) -> Bool {
        var low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if places[middle] < range.lowerBound { low = middle + 1 } else { high = middle }
        }
        return low < places.count && places[low] < range.upperBound
    }

    /// The members that a state can still become.
    func alive(_ state: Int32) -> ArraySlice<[UInt8]> {
        let range = states[Int(state)]
        return state == 0 ? [] : members[Int(range.low)..<Int(range.high)]
    }
}
