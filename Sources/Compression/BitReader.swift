/// Bytes of which bits are taken, the lowest first.
struct BitReader: Sendable {
    private var bytes: [UInt8] = []
    private var position = 0
    private var buffer: UInt64 = 0
    private var count = 0

    mutating func append(_ more: [UInt8]) {
        bytes.removeFirst(position)
        position = 0
        bytes += more
    }

    /// Whether no byte is left.
    var isAtEnd: Bool { position == bytes.count && count == 0 }

    private mutating func fill() {
        while count <= 56, position < bytes.count {
            buffer |= UInt64(bytes[position]) << UInt64(count)
            position += 1
            count += 8
        }
    }

    /// The next bits, which stay; what is not there yet is 0.
    mutating func peek() -> UInt64 {
        fill()
        return buffer
    }

    /// Takes bits off; `nil` where there are fewer.
    mutating func take(_ number: Int) -> Int? {
        fill()
        guard count >= number else { return nil }
        let value = Int(buffer & (1 << UInt64(number) - 1))
        buffer >>= UInt64(number)
        count -= number
        return value
    }

    mutating func byte() -> UInt8? { take(8).map { UInt8(truncatingIfNeeded: $0) } }

    mutating func skip(_ number: Int) -> Bool {
        for _ in 0..<number where byte() == nil { return false }
        return true
    }

    mutating func alignToByte() { _ = take(count % 8) }
}
