/// Bits that are read from the end of their bytes towards the beginning, as entropy coders of Zstandard write them.
struct ReversedBits {
    private let bytes: ArraySlice<UInt8>
    /// How many bits are left; below zero where more were read than there are.
    private(set) var left: Int

    /// Begins below the mark: the highest bit that is set in the last byte.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard let last = bytes.last, last != 0 else { return nil }
        self.bytes = bytes
        left = bytes.count * 8 - last.leadingZeroBitCount - 1
    }

    /// The next bits without taking them, at most 56; beyond the beginning there are zeros.
    func peek(_ count: Int) -> Int {
        let low = left - count
        guard low < 0 else { return bits(from: low, count) }
        return left > 0 ? bits(from: 0, left) << -low : 0
    }

    /// Takes bits.
    mutating func skip(_ count: Int) { left -= count }

    /// The next bits.
    mutating func take(_ count: Int) -> Int {
        defer { left -= count }
        return peek(count)
    }

    private func bits(from low: Int, _ count: Int) -> Int {
        let first = bytes.startIndex + low >> 3
        let end = min(first + 8, bytes.endIndex)
        var value: UInt64 = 0
        for place in first..<end { value |= UInt64(bytes[place]) << UInt64(8 * (place - first)) }
        return Int(value >> UInt64(low & 7) & (1 << UInt64(count) - 1))
    }
}
