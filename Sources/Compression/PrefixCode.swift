/// A code in which no word begins another, told by the lengths of its words.
struct PrefixCode: Sendable {
    /// How many words have each length.
    private var counts = [Int](repeating: 0, count: 16)
    /// The symbols in the order of their words.
    private var symbols: [Int] = []

    /// - Throws: ``CompressionFault`` for lengths that no code has.
    init(lengths: [Int]) throws(CompressionFault) {
        for length in lengths where length > 0 { counts[length] += 1 }
        var room = 1
        for length in 1..<16 {
            room = room * 2 - counts[length]
            guard room >= 0 else { throw CompressionFault.damaged }
        }
        symbols = lengths.indices.filter { lengths[$0] > 0 }.sorted { (lengths[$0], $0) < (lengths[$1], $1) }
    }

    private init(fixed lengths: [Int]) {
        for length in lengths { counts[length] += 1 }
        symbols = lengths.indices.sorted { (lengths[$0], $0) < (lengths[$1], $1) }
    }

    /// The codes of a block that brings none of its own.
    static let fixedLengths = PrefixCode(
        fixed: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
    static let fixedDistances = PrefixCode(fixed: [Int](repeating: 5, count: 30))

    /// Takes a word off; `nil` where not all of it is there yet.
    /// - Throws: ``CompressionFault`` for bits that are no word of the code.
    func symbol(_ bits: inout BitReader) throws(CompressionFault) -> Int? {
        let buffer = bits.peek()
        var (code, first, index) = (0, 0, 0)
        for length in 1..<16 {
            code |= Int(buffer >> UInt64(length - 1) & 1)
            let count = counts[length]
            if code - count < first {
                return bits.take(length) == nil ? nil : symbols[index + code - first]
            }
            index += count
            first = (first + count) << 1
            code <<= 1
        }
        guard bits.take(15) == nil else { throw CompressionFault.damaged }
        return nil
    }
}
