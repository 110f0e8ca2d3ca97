/// The transitions of places where few bytes can follow, as one flat list: their number, then byte and target each.
struct EdgeTable {
    private var starts: ContiguousArray<Int32> = []
    private var edges: ContiguousArray<UInt64> = []

    static func packed(_ byte: UInt8, _ target: Int32) -> UInt64 { UInt64(byte) << 32 | UInt64(target) }

    @inline(__always)
    subscript(index: Int) -> (byte: UInt8, target: Int32) {
        let packed = edges[index]
        return (UInt8(truncatingIfNeeded: packed >> 32), Int32(truncatingIfNeeded: packed))
    }

    /// Where a configuration's transitions stand; `nil` where they have not been worked out.
    @inline(__always)
    func range(of id: Int32) -> Range<Int>? {
        guard Int(id) < starts.count, starts[Int(id)] >= 0 else { return nil }
        let start = Int(starts[Int(id)])
        return start + 1..<start + 1 + Int(edges[start])
    }

    mutating func add(_ found: [UInt64], for id: Int32) -> Range<Int> {
        if Int(id) >= starts.count {
            starts.append(contentsOf: repeatElement(-1, count: Int(id) + 1 - starts.count))
        }
        let begin = edges.count
        starts[Int(id)] = Int32(begin)
        edges.append(UInt64(found.count))
        edges.append(contentsOf: found)
        return begin + 1..<begin + 1 + found.count
    }
}
