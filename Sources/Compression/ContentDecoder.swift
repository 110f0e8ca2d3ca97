/// Decodes a body in the content encodings `gzip` and `deflate` (RFC 1950 to 1952) as it comes, cut anywhere.
public struct ContentDecoder: Sendable {
    private enum Wrapping: Sendable {
        case gzip
        case zlib
        /// Some servers call it `deflate` as well.
        case bare

        /// What is around the bodies of a coding.
        init?(_ coding: String) {
            switch coding.lowercased() {
            case "gzip", "x-gzip": self = .gzip
            case "deflate": self = .zlib
            default: return nil
            }
        }
    }

    private enum Stage: Sendable {
        case head
        case body
        case tail
    }

    private var wrapping: Wrapping
    private var stage = Stage.head
    private var bits = BitReader()
    private var inflater = Inflater()
    private var sum: Checksum
    /// How many bytes have been decoded.
    private var total = 0
    private let limit: Int

    /// A decoder of that encoding; `nil` for one that is not known here.
    /// - Parameter limit: the most bytes that may come out of it.
    public init?(_ coding: String, limit: Int) {
        guard let wrapping = Wrapping(coding) else { return nil }
        self.wrapping = wrapping
        sum = Checksum(isCRC: wrapping == .gzip)
        self.limit = limit
    }

    /// Whether bodies in that encoding are read.
    public static func reads(_ coding: String) -> Bool { Wrapping(coding) != nil }

    /// Takes bytes; what they decode to, as far as it is known by now.
    /// - Throws: ``CompressionFault`` for what is not in the encoding, or decodes to too much.
    public mutating func take(_ bytes: [UInt8]) throws(CompressionFault) -> [UInt8] {
        bits.append(bytes)
        var output: [UInt8] = []
        while true {
            switch stage {
            case .head:
                guard !bits.isAtEnd, try readHead() else { return output }
                stage = .body
            case .body:
                let (decoded, isOver) = try inflater.inflate(&bits, limit: limit - total)
                sum.add(decoded)
                total += decoded.count
                output += decoded
                guard isOver else { return output }
                bits.alignToByte()
                stage = .tail
            case .tail:
                guard try readTail() else { return output }
                // Another member may follow, as files put together have them.
                (inflater, sum) = (Inflater(), Checksum(isCRC: sum.isCRC))
                stage = .head
            }
        }
    }

    /// Says that nothing more comes.
    /// - Throws: ``CompressionFault`` where the body is not whole.
    public func finish() throws(CompressionFault) {
        guard case .head = stage, bits.isAtEnd else {
            throw CompressionFault.cut
        }
    }

    /// Decodes a whole body.
    /// - Returns: `nil` for an encoding that is not known here.
    /// - Throws: ``CompressionFault`` for a body that is not whole, or decodes to more than `limit` bytes.
    public static func bytes(
        of body: [UInt8], in coding: String, limit: Int
    ) throws(CompressionFault) -> [UInt8]? {
        guard var decoder = ContentDecoder(coding, limit: limit) else { return nil }
        let bytes = try decoder.take(body)
        try decoder.finish()
        return bytes
    }

    private mutating func readHead() throws(CompressionFault) -> Bool {
        let mark = bits
        if wrapping == .zlib, let first = bits.byte(), let second = bits.byte() {
            let isHead = first & 0x0F == 8 && (Int(first) << 8 | Int(second)) % 31 == 0 && second & 0x20 == 0
            if isHead { return true }
            bits = mark
            wrapping = .bare
            return true
        }
        if wrapping == .bare { return true }
        if wrapping == .gzip, try readGzipHead() { return true }
        bits = mark
        return false
    }

    private mutating func readGzipHead() throws(CompressionFault) -> Bool {
        guard let first = bits.byte(), let second = bits.byte(), let method = bits.byte() else {
            return false
        }
        guard first == 0x1F, second == 0x8B, method == 8 else {
            throw CompressionFault.damaged
        }
        guard let flags = bits.byte(), bits.skip(6) else { return false }
        if flags & 4 != 0 {
            guard let low = bits.byte(), let high = bits.byte(), bits.skip(Int(high) << 8 | Int(low)) else {
                return false
            }
        }
        for flag: UInt8 in [8, 16] where flags & flag != 0 {
            while true {
                guard let byte = bits.byte() else { return false }
                if byte == 0 { break }
            }
        }
        return flags & 2 == 0 || bits.skip(2)
    }

    private mutating func readTail() throws(CompressionFault) -> Bool {
        guard wrapping != .bare else { return true }
        let mark = bits
        var bytes: [UInt8] = []
        for _ in 0..<(wrapping == .gzip ? 8 : 4) {
            guard let byte = bits.byte() else {
                bits = mark
                return false
            }
            bytes.append(byte)
        }
        let told = bytes[..<4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard told == (wrapping == .gzip ? sum.value.byteSwapped : sum.value) else {
            throw CompressionFault.damaged
        }
        return true
    }
}

/// The sum at the end of a compressed body: CRC-32, or Adler-32.
private struct Checksum: Sendable {
    let isCRC: Bool
    private var crc: UInt32 = 0xFFFF_FFFF
    private var adler: (low: UInt32, high: UInt32) = (1, 0)

    init(isCRC: Bool) { self.isCRC = isCRC }

    var value: UInt32 { isCRC ? ~crc : adler.high << 16 | adler.low }

    mutating func add(_ bytes: ArraySlice<UInt8>) {
        for byte in bytes {
            if isCRC {
                crc = Checksum.table[Int((crc ^ UInt32(byte)) & 0xFF)] ^ crc >> 8
            } else {
                adler.low = (adler.low + UInt32(byte)) % 65_521
                adler.high = (adler.high + adler.low) % 65_521
            }
        }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }
}
