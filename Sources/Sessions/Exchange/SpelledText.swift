import Foundation

/// A text that is looked for however it is spelled: as it is, JSON-escaped, percent-encoded, with the entities of HTML, in
/// hexadecimal digits, or within base64 at any offset, as the header of basic authentication has it.
struct SpelledText: Sendable {
    private let needles: [[UInt8]]
    /// What base64 makes of the text at each of three offsets, without the digits that its neighbours have a part in.
    private let cores: [[UInt8]]
    private let hasSpace: Bool

    init(_ text: String) {
        let bytes = Array(text.utf8)
        let hex = bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
        needles = [bytes] + (bytes.count < 4 ? [] : [Array(hex.utf8), Array(hex.uppercased().utf8)])
        hasSpace = bytes.contains(0x20)
        var cores = [0, 1, 2].map { SpelledText.core(of: bytes, offset: $0) }.filter { $0.count >= 8 }
        // A short text is looked for where it stands alone.
        if cores.isEmpty { cores = [Array(Data(bytes).base64EncodedString().utf8)].filter { $0.count >= 4 } }
        self.cores = cores + cores.map { $0.map(SpelledText.urlSafe) }.filter { !cores.contains($0) }
    }

    private static func core(of bytes: [UInt8], offset: Int) -> [UInt8] {
        let digits = Array(Data([UInt8](repeating: 0, count: offset) + bytes).base64EncodedString().utf8)
        let whole = (offset + bytes.count) * 8 / 6
        return Array(digits[min((offset * 8 + 5) / 6, whole)..<whole])
    }

    private static func urlSafe(_ digit: UInt8) -> UInt8 {
        switch digit {
        case UInt8(ascii: "+"): UInt8(ascii: "-")
        case UInt8(ascii: "/"): UInt8(ascii: "_")
        default: digit
        }
    }

    /// Where the text stands, in order and without overlaps.
    func places(in text: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        let plain = DecodedBytes(text)
        var (views, latest) = ([plain], [plain])
        // What is encoded more than once, as JSON within JSON, is found as well.
        for _ in 0..<3 {
            var deeper: [DecodedBytes] = []
            for view in latest {
                for encoding in DecodedBytes.Encoding.allCases where encoding != .plus || hasSpace {
                    guard let decoded = view.decoded(encoding),
                        !(views + deeper).contains(where: { $0.bytes == decoded.bytes })
                    else { continue }
                    deeper.append(decoded)
                }
            }
            views += deeper
            latest = deeper
        }
        for view in views {
            for needle in needles { found += view.places(of: needle) }
            for core in cores { found += view.places(of: core, within: SpelledText.isDigit) }
        }
        let unbroken = plain.withoutLineEnds
        if let unbroken {
            for core in cores { found += unbroken.places(of: core, within: SpelledText.isDigit) }
        }
        return SpelledText.merged(found)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "+/-_=".utf8.contains(byte)
        }
    }

    private static func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var merged: [Range<Int>] = []
        for range in ranges.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
            if let last = merged.last, range.lowerBound < last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }
}

/// Bytes as they are without an encoding, each with the place in the text from which it comes.
struct DecodedBytes {
    /// A way to write a byte or a character otherwise.
    enum Encoding: CaseIterable {
        case percent
        /// A plus for a space, as forms write it.
        case plus
        case backslash
        case entity
    }

    let bytes: [UInt8]
    /// `nil` for a text as it is.
    private let places: [Range<Int>]?

    init(_ text: [UInt8]) {
        bytes = text
        places = nil
    }

    private init(_ bytes: [UInt8], _ places: [Range<Int>]) {
        self.bytes = bytes
        self.places = places
    }

    private func place(_ at: Int) -> Range<Int> { places?[at] ?? at..<at + 1 }

    /// The bytes without an encoding; `nil` where nothing is encoded so.
    func decoded(_ encoding: Encoding) -> DecodedBytes? {
        let mark: UInt8 =
            switch encoding {
            case .percent: UInt8(ascii: "%")
            case .plus: UInt8(ascii: "+")
            case .backslash: UInt8(ascii: "\\")
            case .entity: UInt8(ascii: "&")
            }
        guard bytes.contains(mark) else { return nil }
        var (read, from): ([UInt8], [Range<Int>]) = ([], [])
        read.reserveCapacity(bytes.count)
        from.reserveCapacity(bytes.count)
        var at = 0
        while at < bytes.count {
            let (unit, count) = bytes[at] == mark ? unit(at, encoding) ?? ([mark], 1) : ([bytes[at]], 1)
            let place = place(at).lowerBound..<place(at + count - 1).upperBound
            read += unit
            from += repeatElement(place, count: unit.count)
            at += count
        }
        return DecodedBytes(read, from)
    }

    /// The bytes without line ends, as mail breaks long base64; `nil` where there are none.
    var withoutLineEnds: DecodedBytes? {
        guard bytes.contains(0x0A) else { return nil }
        let kept = bytes.indices.filter { bytes[$0] != 0x0A && bytes[$0] != 0x0D }
        return DecodedBytes(kept.map { bytes[$0] }, kept.map(place))
    }

    /// Where the text has those bytes; `within` says which neighbours belong to the find.
    func places(of needle: [UInt8], within: ((UInt8) -> Bool)? = nil) -> [Range<Int>] {
        guard let first = needle.first, needle.count <= bytes.count else { return [] }
        var found: [Range<Int>] = []
        var at = 0
        while at + needle.count <= bytes.count {
            guard bytes[at] == first, bytes[at..<at + needle.count].elementsEqual(needle) else {
                at += 1
                continue
            }
            var (start, end) = (at, at + needle.count)
            if let within {
                while start > 0, bytes[start - 1] != UInt8(ascii: "="), within(bytes[start - 1]) {
                    start -= 1
                }
                while end < bytes.count, within(bytes[end]) { end += 1 }
            }
            found.append(place(start).lowerBound..<place(end - 1).upperBound)
            at = end
        }
        return found
    }

    /// What is encoded at a place, and in how many bytes.
    private func unit(_ at: Int, _ encoding: Encoding) -> (bytes: [UInt8], count: Int)? {
        switch encoding {
        case .plus: return ([0x20], 1)
        case .percent:
            guard bytes[at] == UInt8(ascii: "%"), let value = hexadecimal(at + 1, 2) else { return nil }
            return ([UInt8(value)], 3)
        case .backslash: return escape(at)
        case .entity: return entity(at)
        }
    }

    private func hexadecimal(_ at: Int, _ count: Int) -> UInt32? {
        guard at + count <= bytes.count else { return nil }
        var value: UInt32 = 0
        for byte in bytes[at..<at + count] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09, UInt8(ascii: "b"): 0x08,
        UInt8(ascii: "f"): 0x0C, UInt8(ascii: "\""): 0x22, UInt8(ascii: "'"): 0x27, UInt8(ascii: "/"): 0x2F,
        UInt8(ascii: "\\"): 0x5C,
    ]

    private func escape(_ at: Int) -> (bytes: [UInt8], count: Int)? {
        guard bytes[at] == UInt8(ascii: "\\"), at + 1 < bytes.count else { return nil }
        if let plain = DecodedBytes.escapes[bytes[at + 1]] { return ([plain], 2) }
        if bytes[at + 1] == UInt8(ascii: "x"), let value = hexadecimal(at + 2, 2) {
            return ([UInt8(value)], 4)
        }
        guard bytes[at + 1] == UInt8(ascii: "u"), let high = hexadecimal(at + 2, 4) else { return nil }
        if let scalar = Unicode.Scalar(high) { return (Array(String(scalar).utf8), 6) }
        guard (0xD800..<0xDC00).contains(high), at + 7 < bytes.count, bytes[at + 6] == UInt8(ascii: "\\"),
            bytes[at + 7] == UInt8(ascii: "u"), let low = hexadecimal(at + 8, 4),
            (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        else { return nil }
        return (Array(String(scalar).utf8), 12)
    }

    private static let entities: [String: UInt8] = [
        "amp": 0x26, "lt": 0x3C, "gt": 0x3E, "quot": 0x22, "apos": 0x27,
    ]

    private func entity(_ at: Int) -> (bytes: [UInt8], count: Int)? {
        guard bytes[at] == UInt8(ascii: "&"),
            let end = bytes[at...].prefix(10).firstIndex(of: UInt8(ascii: ";"))
        else { return nil }
        let name = String(decoding: bytes[at + 1..<end], as: UTF8.self)
        if let byte = DecodedBytes.entities[name] { return ([byte], end - at + 1) }
        guard name.hasPrefix("#") else { return nil }
        let isHex = name.dropFirst().first == "x" || name.dropFirst().first == "X"
        guard let value = UInt32(name.dropFirst(isHex ? 2 : 1), radix: isHex ? 16 : 10),
            let scalar = Unicode.Scalar(value)
        else { return nil }
        return (Array(String(scalar).utf8), end - at + 1)
    }
}
