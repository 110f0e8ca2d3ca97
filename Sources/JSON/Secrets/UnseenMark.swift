/// A character that nobody sees as HTML or an address writes it: `&shy;`, `&#8203;`, `<wbr>`, `%E2%80%8B`.
struct UnseenMark {
    /// How many bytes it takes; `nil` for anything else.
    private(set) var length: Int?
    /// Whether the text ends in the midst of what may be one.
    private(set) var isCut = false

    private static let longest = 18
    private static let tags = ["<wbr>", "<wbr/>", "<wbr />", "<br>", "<br/>", "<br />"].map { Array($0.utf8) }
    private static let names = [
        "&shy;", "&ZeroWidthSpace;", "&zwj;", "&zwnj;", "&lrm;", "&rlm;", "&NoBreak;", "&NewLine;",
    ].map { Array($0.utf8) }

    /// What stands at a place, which holds `&`, `<` or `%`.
    init(in text: UnsafeBufferPointer<UInt8>, at start: Int) {
        let rest = text[start...].prefix(UnseenMark.longest)
        let endsText = rest.endIndex == text.count
        switch text[start] {
        case UInt8(ascii: "<"): take(UnseenMark.tags, rest, endsText)
        case UInt8(ascii: "&"):
            if rest.dropFirst().first == UInt8(ascii: "#") {
                takeNumber(rest, endsText)
            } else {
                take(UnseenMark.names, rest, endsText)
            }
        default: takePercent(rest, endsText)
        }
    }

    private mutating func take(
        _ words: [[UInt8]], _ rest: Slice<UnsafeBufferPointer<UInt8>>, _ endsText: Bool
    ) {
        let folded = rest.loweredASCII
        for word in words {
            if folded.starts(with: word.loweredASCII) {
                length = word.count
                return
            }
            if endsText, word.loweredASCII.starts(with: folded) { isCut = true }
        }
    }

    private mutating func takeNumber(_ rest: Slice<UnsafeBufferPointer<UInt8>>, _ endsText: Bool) {
        var digits = rest.dropFirst(2)
        let isHexadecimal = digits.first.map { $0 | 0x20 == UInt8(ascii: "x") } ?? false
        if isHexadecimal { digits = digits.dropFirst() }
        let number = digits.prefix { byte in
            ByteSpelling.digit(byte).map { isHexadecimal || $0 < 10 } ?? false
        }
        isCut = endsText && number.endIndex == rest.endIndex
        guard let value = UInt32(String(decoding: number, as: UTF8.self), radix: isHexadecimal ? 16 : 10),
            UnseenMark.isUnseen(value)
        else { return }
        let hasEnd = number.endIndex < rest.endIndex && rest[number.endIndex] == UInt8(ascii: ";")
        length = number.endIndex + (hasEnd ? 1 : 0) - rest.startIndex
    }

    private mutating func takePercent(_ rest: Slice<UnsafeBufferPointer<UInt8>>, _ endsText: Bool) {
        var bytes: [UInt8] = []
        var place = rest.startIndex
        while place + 2 < rest.endIndex, rest[place] == UInt8(ascii: "%"),
            let high = ByteSpelling.digit(rest[place + 1]), let low = ByteSpelling.digit(rest[place + 2])
        {
            bytes.append(high << 4 | low)
            place += 3
            var decoder = UTF8()
            var iterator = bytes.makeIterator()
            guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { continue }
            if UnseenMark.isUnseen(scalar.value) { length = place - rest.startIndex }
            return
        }
        isCut = endsText && rest.endIndex - place < 3
    }

    private static func isUnseen(_ scalar: UInt32) -> Bool {
        [0, 0x0A, 0x0D].contains(scalar) || FormBreak.isWidthless(scalar)
    }
}
