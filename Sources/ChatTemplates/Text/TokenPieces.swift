/// A part of a prompt, as a tokenizer takes it.
public enum TokenPiece: Sendable, Hashable {
    /// Text, in which no special token is looked for.
    case text(String)
    /// The special token of that name.
    case special(String)
}

/// The names of a vocabulary's special tokens, ready to be looked for.
public struct SpecialTokenNames: Sendable {
    /// By first character, the longest first.
    private let names: [UInt32: [(codes: [UInt32], name: String)]]

    /// The given names; an empty one is none.
    public init(_ names: some Sequence<String>) {
        var grouped: [UInt32: [(codes: [UInt32], name: String)]] = [:]
        for name in Set(names) {
            let codes = name.unicodeScalars.map(\.value)
            if let first = codes.first { grouped[first, default: []].append((codes, name)) }
        }
        self.names = grouped.mapValues { $0.sorted { ($1.codes.count, $0.name) < ($0.codes.count, $1.name) } }
    }

    /// What looks like a special token in a template's source: `<…>` and `[…]` without spaces.
    public static func candidates(in source: String) -> Set<String> {
        var found: Set<String> = []
        let bytes = Array(source.utf8)
        for (start, byte) in bytes.enumerated() where byte == UInt8(ascii: "<") || byte == UInt8(ascii: "[") {
            let closing = byte == UInt8(ascii: "<") ? UInt8(ascii: ">") : UInt8(ascii: "]")
            let rest = bytes[(start + 1)...].prefix(48)
            guard let end = rest.firstIndex(of: closing), end > start + 1 else { continue }
            let inner = bytes[(start + 1)..<end]
            let isWord = inner.allSatisfy {
                $0 > 0x20 && $0 != byte && $0 != UInt8(ascii: "'") && $0 != UInt8(ascii: "\"")
            }
            // In brackets only capitals are a tag: anything else is a subscript.
            let isTag =
                byte == UInt8(ascii: "<")
                || inner.allSatisfy {
                    (0x41...0x5A).contains($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "/")
                }
            if isWord, isTag { found.insert(String(decoding: bytes[start...end], as: UTF8.self)) }
        }
        return found
    }

    /// The longest name that the template itself spells from `position` on.
    fileprivate func match(in text: MarkedText, at position: Int) -> (codes: [UInt32], name: String)? {
        let bit = MarkedText.templateBit
        guard text.units[position] & bit != 0, let candidates = names[text.code(position)] else { return nil }
        return candidates.first { candidate in
            position + candidate.codes.count <= text.count
                && candidate.codes.indices.allSatisfy {
                    text.units[position + $0] & (bit | MarkedText.scalarBits) == candidate.codes[$0] | bit
                }
        }
    }
}

extension MarkedText {
    /// The text as a tokenizer takes it: a special token wherever the template spells one in its own words alone.
    public func pieces(_ special: SpecialTokenNames) -> [TokenPiece] { stretches(special).map(\.piece) }

    /// The pieces with the characters that each is made of.
    func stretches(_ special: SpecialTokenNames) -> [(piece: TokenPiece, range: Range<Int>)] {
        var pieces: [(piece: TokenPiece, range: Range<Int>)] = []
        var (start, position) = (0, 0)
        func flush(_ end: Int) {
            if start < end { pieces.append((.text(self[start..<end].text), start..<end)) }
        }
        while position < count {
            if let found = special.match(in: self, at: position) {
                flush(position)
                let end = position + found.codes.count
                pieces.append((.special(found.name), position..<end))
                (start, position) = (end, end)
            } else {
                position += 1
            }
        }
        flush(count)
        return pieces
    }
}
