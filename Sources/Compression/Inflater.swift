/// Decodes DEFLATE (RFC 1951), as far as its input goes.
public struct Inflater: Sendable {
    private enum Stage: Sendable {
        case head
        case stored(Int)
        case coded(lengths: PrefixCode, distances: PrefixCode)
    }

    /// What happened to one symbol.
    private enum Step {
        case went
        case ended
        case lacksInput
    }

    private var stage = Stage.head
    private var isLast = false
    /// What the next bytes may repeat: the last 32 KiB.
    private var window: [UInt8] = []

    private static let reach = 32_768
    private static let lengthBases = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163,
        195, 227, 258,
    ]
    private static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distanceBases = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073,
        4097, 6145, 8193, 12_289, 16_385, 24_577,
    ]
    private static let distanceBits = [
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
    ]
    /// The order in which the lengths of the code of lengths are told.
    private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    /// Decodes a whole stream; what follows it is not looked at.
    /// - Throws: ``CompressionFault`` for a stream that is cut or damaged, or decodes to more than `limit` bytes.
    public static func bytes(_ input: ArraySlice<UInt8>, limit: Int) throws(CompressionFault) -> [UInt8] {
        var bits = BitReader()
        bits.append(Array(input))
        var inflater = Inflater()
        let (bytes, isOver) = try inflater.inflate(&bits, limit: limit)
        guard isOver else { throw CompressionFault.cut }
        return Array(bytes)
    }

    /// Decodes what there is.
    /// - Returns: the bytes, and whether the last block is over.
    /// - Throws: ``CompressionFault`` for what is no DEFLATE, or decodes to more than `limit` bytes.
    mutating func inflate(
        _ bits: inout BitReader, limit: Int
    ) throws(CompressionFault) -> (bytes: ArraySlice<UInt8>, isOver: Bool) {
        if window.count > Inflater.reach { window.removeFirst(window.count - Inflater.reach) }
        let start = window.count
        var isOver = false
        loop: while true {
            guard window.count - start <= limit else {
                throw CompressionFault.beyondLimit
            }
            switch stage {
            case .head:
                isOver = isLast
                guard !isOver, try readHead(&bits) else { break loop }
            case .stored(var left):
                while left > 0, let byte = bits.byte() {
                    window.append(byte)
                    left -= 1
                }
                stage = left == 0 ? .head : .stored(left)
                if left > 0 { break loop }
            case .coded(let lengths, let distances):
                switch try step(&bits, lengths, distances) {
                case .went: break
                case .ended: stage = .head
                case .lacksInput: break loop
                }
            }
        }
        return (window[start...], isOver)
    }

    private mutating func step(
        _ bits: inout BitReader, _ lengths: PrefixCode, _ distances: PrefixCode
    ) throws(CompressionFault) -> Step {
        let mark = bits
        guard let symbol = try lengths.symbol(&bits) else {
            bits = mark
            return .lacksInput
        }
        if symbol < 256 {
            window.append(UInt8(symbol))
            return .went
        }
        if symbol == 256 { return .ended }
        guard symbol < 286 else { throw CompressionFault.damaged }
        guard let more = bits.take(Inflater.lengthBits[symbol - 257]), let place = try distances.symbol(&bits)
        else {
            bits = mark
            return .lacksInput
        }
        guard place < 30 else { throw CompressionFault.damaged }
        guard let further = bits.take(Inflater.distanceBits[place]) else {
            bits = mark
            return .lacksInput
        }
        let distance = Inflater.distanceBases[place] + further
        guard distance <= window.count else { throw CompressionFault.damaged }
        for _ in 0..<(Inflater.lengthBases[symbol - 257] + more) {
            window.append(window[window.count - distance])
        }
        return .went
    }

    /// Reads the beginning of a block; `false` where it is not all there yet.
    private mutating func readHead(_ bits: inout BitReader) throws(CompressionFault) -> Bool {
        let mark = bits
        guard let last = bits.take(1), let kind = bits.take(2) else {
            bits = mark
            return false
        }
        let next: Stage?
        switch kind {
        case 0:
            bits.alignToByte()
            if let length = bits.take(16), let inverse = bits.take(16) {
                guard length ^ 0xFFFF == inverse else { throw CompressionFault.damaged }
                next = .stored(length)
            } else {
                next = nil
            }
        case 1: next = .coded(lengths: .fixedLengths, distances: .fixedDistances)
        case 2: next = try Inflater.codes(&bits)
        default: throw CompressionFault.damaged
        }
        guard let next else {
            bits = mark
            return false
        }
        stage = next
        isLast = last == 1
        return true
    }

    /// Reads the codes of a block that brings its own; `nil` where they are not all there yet.
    private static func codes(_ bits: inout BitReader) throws(CompressionFault) -> Stage? {
        guard let literals = bits.take(5), let distances = bits.take(5), let count = bits.take(4) else {
            return nil
        }
        var own = [Int](repeating: 0, count: 19)
        for place in order.prefix(count + 4) {
            guard let length = bits.take(3) else { return nil }
            own[place] = length
        }
        let code = try PrefixCode(lengths: own)
        var lengths: [Int] = []
        let total = literals + 257 + distances + 1
        while lengths.count < total {
            guard let symbol = try code.symbol(&bits) else { return nil }
            if symbol < 16 {
                lengths.append(symbol)
                continue
            }
            let (width, least) = symbol == 16 ? (2, 3) : symbol == 17 ? (3, 3) : (7, 11)
            guard let more = bits.take(width) else { return nil }
            let repeated = symbol == 16 ? lengths.last : 0
            guard let repeated, lengths.count + least + more <= total else { throw CompressionFault.damaged }
            lengths += [Int](repeating: repeated, count: least + more)
        }
        guard lengths[256] > 0 else { throw CompressionFault.damaged }
        return .coded(
            lengths: try PrefixCode(lengths: Array(lengths[..<(literals + 257)])),
            distances: try PrefixCode(lengths: Array(lengths[(literals + 257)...])))
    }
}
