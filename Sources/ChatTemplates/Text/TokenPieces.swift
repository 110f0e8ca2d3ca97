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

    /// The longest name that the template itself spells from `position` on.
    fileprivate func match(in text: MarkedText, at position: Int) -> (codes: [UInt32], name: String)? {
        let bit = MarkedText.templateBit
        guard text.units[position] & bit != 0, let candidates = names[text.code(position)] else { return nil }
        return candidates.first { candidate in
            position + candidate.codes.count <= text.count
                && candidate.codes.indices.allSatisfy {
                    text.units[position + $0] == candidate.codes[$0] | bit
                }
        }
    }
}

extension MarkedText {
    /// The text as a tokenizer takes it: a special token wherever the template spells one in its own words alone.
    public func pieces(_ special: SpecialTokenNames) -> [TokenPiece] {
        var pieces: [TokenPiece] = []
        var (start, position) = (0, 0)
        func flush(_ end: Int) { if start < end { pieces.append(.text(self[start..<end].text)) } }
        while position < count {
            if let found = special.match(in: self, at: position) {
                flush(position)
                pieces.append(.special(found.name))
                position += found.codes.count
                start = position
            } else {
                position += 1
            }
        }
        flush(count)
        return pieces
    }
}
