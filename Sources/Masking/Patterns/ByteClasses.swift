/// Bytes that no set of an expression tells apart.
struct ByteClasses {
    /// Column of each byte.
    let of: [UInt8]
    /// The number of columns.
    let count: Int
    /// One byte of each column.
    let representatives: [UInt8]
    /// For each shape of UTF-8 encoded characters, one byte of each class at each position.
    let shapes: [[[UInt8]]]

    init(_ sets: [ByteSet]) {
        var signature = [Int](repeating: 0, count: 256)
        // Refines the partition set by set; every set splits a class in at most two. UTF-8's own lead and
        // continuation ranges are told apart so that characters can be followed as characters.
        let encodings: [ByteSet] = [
            ByteSet(0...0x7F), ByteSet(0x80...0x8F), ByteSet(0x90...0x9F), ByteSet(0xA0...0xBF),
            ByteSet(0xC2...0xDF), ByteSet(0xE0...0xE0), ByteSet(0xED...0xED), ByteSet(0xE1...0xEF),
            ByteSet(0xF0...0xF0), ByteSet(0xF4...0xF4), ByteSet(0xF1...0xF3),
        ]
        for set in sets + encodings {
            var renamed: [Int: Int] = [:]
            for byte in 0..<256 {
                let key = signature[byte] * 2 + (set.contains(UInt8(byte)) ? 1 : 0)
                if renamed[key] == nil { renamed[key] = renamed.count }
                signature[byte] = renamed[key] ?? 0
            }
        }
        of = signature.map { UInt8(truncatingIfNeeded: $0) }
        count = (signature.max() ?? 0) + 1
        var representatives = [UInt8](repeating: 0, count: count)
        for byte in (0..<256).reversed() { representatives[signature[byte]] = UInt8(byte) }
        self.representatives = representatives
        shapes = ByteClasses.characters.map { shape in
            shape.map { range in
                var classes: Set<Int> = []
                return range.filter { classes.insert(signature[Int($0)]).inserted }
            }
        }
    }

    /// The shapes of UTF-8 encoded characters (RFC 3629, section 4).
    private static let characters: [[ClosedRange<UInt8>]] = [
        [0x00...0x7F], [0xC2...0xDF, 0x80...0xBF], [0xE0...0xE0, 0xA0...0xBF, 0x80...0xBF],
        [0xE1...0xEC, 0x80...0xBF, 0x80...0xBF], [0xED...0xED, 0x80...0x9F, 0x80...0xBF],
        [0xEE...0xEF, 0x80...0xBF, 0x80...0xBF], [0xF0...0xF0, 0x90...0xBF, 0x80...0xBF, 0x80...0xBF],
        [0xF1...0xF3, 0x80...0xBF, 0x80...0xBF, 0x80...0xBF],
        [0xF4...0xF4, 0x80...0x8F, 0x80...0xBF, 0x80...0xBF],
    ]
}
