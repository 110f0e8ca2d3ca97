/// Decompresses DEFLATE (RFC 1951), bounded in what it gives.
struct Inflate {
    private let input: ArraySlice<UInt8>
    private var position: Int
    private var bits: UInt32 = 0
    private var bitCount = 0
    private var output: [UInt8] = []
    private let limit: Int

    /// Decompresses a stream.
    /// - Parameters:
    ///   - input: The compressed bytes.
    ///   - limit: The most bytes that may come of them.
    /// - Throws: ``ImportError`` for a stream that is cut or broken, or gives more than the limit.
    static func bytes(_ input: ArraySlice<UInt8>, limit: Int) throws(ImportError) -> [UInt8] {
        var inflate = Inflate(input: input, limit: limit)
        while try inflate.block() {}
        return inflate.output
    }

    private init(input: ArraySlice<UInt8>, limit: Int) {
        self.input = input
        self.limit = limit
        position = input.startIndex
    }

    private func broken(_ what: String) -> ImportError {
        ImportError("the archive's data is broken: \(what)")
    }

    private mutating func take(_ count: Int) throws(ImportError) -> Int {
        while bitCount < count {
            guard position < input.endIndex else { throw broken("it ends too early") }
            bits |= UInt32(input[position]) << UInt32(bitCount)
            position += 1
            bitCount += 8
        }
        let value = bits & (1 << UInt32(count) &- 1)
        bits >>= UInt32(count)
        bitCount -= count
        return Int(value)
    }

    /// Whether another block follows.
    private mutating func block() throws(ImportError) -> Bool {
        let isLast = try take(1) == 1
        switch try take(2) {
        case 0: try stored()
        case 1: try compressed(.fixedLiterals, .fixedDistances)
        case 2:
            let (literals, distances) = try tables()
            try compressed(literals, distances)
        default: throw broken("a block of an unknown kind")
        }
        return !isLast
    }

    private mutating func stored() throws(ImportError) {
        bits = 0
        bitCount = 0
        guard position + 4 <= input.endIndex else { throw broken("it ends too early") }
        let count = Int(input[position]) | Int(input[position + 1]) << 8
        position += 4
        guard position + count <= input.endIndex else { throw broken("it ends too early") }
        guard output.count + count <= limit else { throw .unfolds(beyond: limit) }
        output += input[position..<position + count]
        position += count
    }

    private mutating func compressed(_ literals: HuffmanCode, _ distances: HuffmanCode) throws(ImportError) {
        while true {
            let symbol = try decode(literals)
            if symbol < 256 {
                guard output.count < limit else { throw .unfolds(beyond: limit) }
                output.append(UInt8(symbol))
                continue
            }
            if symbol == 256 { return }
            guard symbol - 257 < Inflate.lengths.count else { throw broken("an unknown length") }
            let (base, extra) = Inflate.lengths[symbol - 257]
            let length = base + (try take(extra))
            let code = try decode(distances)
            guard code < Inflate.distances.count else { throw broken("an unknown distance") }
            let (start, more) = Inflate.distances[code]
            let distance = start + (try take(more))
            guard distance <= output.count else { throw broken("a distance before the beginning") }
            guard output.count + length <= limit else { throw .unfolds(beyond: limit) }
            for _ in 0..<length { output.append(output[output.count - distance]) }
        }
    }

    private mutating func decode(_ code: HuffmanCode) throws(ImportError) -> Int {
        var value = 0
        var first = 0
        var index = 0
        for length in 1...15 {
            value |= try take(1)
            let count = code.counts[length]
            if value - count < first { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        throw broken("a code that stands for nothing")
    }

    private mutating func tables() throws(ImportError) -> (HuffmanCode, HuffmanCode) {
        let literals = try take(5) + 257
        let distances = try take(5) + 1
        let count = try take(4) + 4
        var lengths = [Int](repeating: 0, count: 19)
        let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
        for index in 0..<count { lengths[order[index]] = try take(3) }
        let code = HuffmanCode(lengths)
        var all: [Int] = []
        while all.count < literals + distances {
            let symbol = try decode(code)
            switch symbol {
            case 0..<16: all.append(symbol)
            case 16:
                guard let last = all.last else { throw broken("a repetition of nothing") }
                all += [Int](repeating: last, count: 3 + (try take(2)))
            case 17: all += [Int](repeating: 0, count: 3 + (try take(3)))
            default: all += [Int](repeating: 0, count: 11 + (try take(7)))
            }
        }
        return (
            HuffmanCode(Array(all[..<literals])), HuffmanCode(Array(all[literals..<literals + distances]))
        )
    }

    /// Length codes 257 to 285: the shortest length, and how many bits are added (section 3.2.5).
    private static let lengths: [(Int, Int)] = [
        (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 1), (13, 1), (15, 1), (17, 1),
        (19, 2), (23, 2), (27, 2), (31, 2), (35, 3), (43, 3), (51, 3), (59, 3), (67, 4), (83, 4), (99, 4),
        (115, 4), (131, 5), (163, 5), (195, 5), (227, 5), (258, 0),
    ]
    private static let distances: [(Int, Int)] = [
        (1, 0), (2, 0), (3, 0), (4, 0), (5, 1), (7, 1), (9, 2), (13, 2), (17, 3), (25, 3), (33, 4), (49, 4),
        (65, 5), (97, 5), (129, 6), (193, 6), (257, 7), (385, 7), (513, 8), (769, 8), (1025, 9), (1537, 9),
        (2049, 10), (3073, 10), (4097, 11), (6145, 11), (8193, 12), (12289, 12), (16385, 13), (24577, 13),
    ]
}

/// A canonical Huffman code: how many codes each length has, and the symbols in the order of their codes (section 3.2.2).
struct HuffmanCode {
    let counts: [Int]
    let symbols: [Int]

    init(_ lengths: [Int]) {
        var counts = [Int](repeating: 0, count: 16)
        for length in lengths { counts[length] += 1 }
        counts[0] = 0
        symbols = (1...15).flatMap { length in lengths.indices.filter { lengths[$0] == length } }
        self.counts = counts
    }

    static let fixedLiterals = HuffmanCode(
        [Int](repeating: 8, count: 144) + [Int](repeating: 9, count: 112) + [Int](repeating: 7, count: 24)
            + [Int](repeating: 8, count: 8))
    static let fixedDistances = HuffmanCode([Int](repeating: 5, count: 30))
}

extension Inflate {
    /// Decompresses a gzip member (RFC 1952).
    /// - Throws: ``ImportError`` for what is none, is broken, or gives more than the limit.
    static func gzip(_ bytes: [UInt8], limit: Int) throws(ImportError) -> [UInt8] {
        guard bytes.count > 18, bytes[0] == 0x1F, bytes[1] == 0x8B, bytes[2] == 8 else {
            throw ImportError("this is no gzip")
        }
        var place = 10
        let flags = bytes[3]
        if flags & 4 != 0 { place += 2 + Int(bytes[10]) + Int(bytes[11]) << 8 }
        for flag in [UInt8(8), 16] where flags & flag != 0 {
            guard place < bytes.count, let end = bytes[place...].firstIndex(of: 0) else {
                throw ImportError("the gzip's header is cut")
            }
            place = end + 1
        }
        if flags & 2 != 0 { place += 2 }
        guard place < bytes.count else { throw ImportError("the gzip's header is cut") }
        return try Inflate.bytes(bytes[place...], limit: limit)
    }
}
