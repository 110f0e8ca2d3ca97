extension ByteExpressions {
    /// The UTF-8 encodings of the given Unicode scalar ranges; surrogates are left out.
    mutating func scalars(_ ranges: [ClosedRange<UInt32>]) -> ID {
        var parts: [ID] = []
        for range in ranges {
            for piece in [
                (range.lowerBound, min(range.upperBound, 0xD7FF)),
                (max(range.lowerBound, 0xE000), min(range.upperBound, 0x10FFFF)),
            ]
            where piece.0 <= piece.1 {
                for (low, high) in [(0, 0x7F), (0x80, 0x7FF), (0x800, 0xFFFF), (0x10000, 0x10FFFF)]
                    as [(UInt32, UInt32)]
                {
                    let from = max(piece.0, low)
                    let to = min(piece.1, high)
                    if from <= to { parts.append(encoded(from, to)) }
                }
            }
        }
        return choice(parts)
    }

    /// Scalars `from...to` whose encodings have the same length.
    private mutating func encoded(_ from: UInt32, _ to: UInt32) -> ID {
        span(ByteExpressions.utf8(from), ByteExpressions.utf8(to))
    }

    /// Byte strings between `low` and `high`, of the same length, whose tails range over continuation bytes.
    private mutating func span(_ low: ArraySlice<UInt8>, _ high: ArraySlice<UInt8>) -> ID {
        guard let first = low.first, let last = high.first else { return ByteExpressions.empty }
        if low.count == 1 { return bytes(ByteSet(first...last)) }
        let lowTail = low.dropFirst()
        let highTail = high.dropFirst()
        if first == last { return sequence(bytes(ByteSet(first...first)), span(lowTail, highTail)) }
        let bottom = ArraySlice([UInt8](repeating: 0x80, count: lowTail.count))
        let top = ArraySlice([UInt8](repeating: 0xBF, count: lowTail.count))
        var parts: [ID] = []
        var middleFrom = first
        var middleTo = last
        if !lowTail.elementsEqual(bottom) {
            parts.append(sequence(bytes(ByteSet(first...first)), span(lowTail, top)))
            middleFrom += 1
        }
        if !highTail.elementsEqual(top) {
            parts.append(sequence(bytes(ByteSet(last...last)), span(bottom, highTail)))
            middleTo -= 1
        }
        if middleFrom <= middleTo {
            parts.append(sequence(bytes(ByteSet(middleFrom...middleTo)), span(bottom, top)))
        }
        return choice(parts)
    }

    /// The UTF-8 encoding of a scalar value.
    static func utf8(_ scalar: UInt32) -> ArraySlice<UInt8> {
        switch scalar {
        case 0..<0x80: return [UInt8(scalar)]
        case 0x80..<0x800: return [UInt8(0xC0 | scalar >> 6), UInt8(0x80 | scalar & 63)]
        case 0x800..<0x10000:
            return [UInt8(0xE0 | scalar >> 12), UInt8(0x80 | scalar >> 6 & 63), UInt8(0x80 | scalar & 63)]
        default:
            return [
                UInt8(0xF0 | scalar >> 18), UInt8(0x80 | scalar >> 12 & 63), UInt8(0x80 | scalar >> 6 & 63),
                UInt8(0x80 | scalar & 63),
            ]
        }
    }
}
