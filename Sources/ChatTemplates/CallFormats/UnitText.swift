/// One character, or one special token, of a text as a model writes it.
enum CallUnit: Hashable {
    case scalar(Unicode.Scalar)
    case token(String)

    var isBlank: Bool {
        if case .scalar(let scalar) = self { scalar.properties.isWhitespace } else { false }
    }

    func isOne(of text: String) -> Bool {
        if case .scalar(let scalar) = self { text.unicodeScalars.contains(scalar) } else { false }
    }
}

/// A text whose special tokens are units: renderings are compared in these.
struct UnitText: Hashable {
    var units: ArraySlice<CallUnit>

    init(_ units: some Sequence<CallUnit>) { self.units = ArraySlice(Array(units)) }

    init(_ text: String) { self.init(text.unicodeScalars.lazy.map { .scalar($0) }) }

    init(_ pieces: [TokenPiece]) {
        var units: [CallUnit] = []
        for piece in pieces {
            switch piece {
            case .text(let text): units += text.unicodeScalars.map { .scalar($0) }
            case .special(let name): units.append(.token(name))
            }
        }
        self.init(units)
    }

    var count: Int { units.count }
    var isEmpty: Bool { units.isEmpty }

    /// The part of those places, counted from 0.
    subscript(range: Range<Int>) -> UnitText {
        let start = units.startIndex
        return UnitText(units[(start + range.lowerBound)..<(start + range.upperBound)])
    }

    subscript(from start: Int) -> UnitText { self[start..<count] }

    subscript(upTo end: Int) -> UnitText { self[0..<end] }

    /// The text, tokens by their names.
    var text: String {
        var text = ""
        for unit in units {
            switch unit {
            case .scalar(let scalar): text.unicodeScalars.append(scalar)
            case .token(let name): text += name
            }
        }
        return text
    }

    static func + (left: UnitText, right: UnitText) -> UnitText {
        UnitText(Array(left.units) + Array(right.units))
    }

    func hasPrefix(_ other: UnitText) -> Bool { units.starts(with: other.units) }

    func hasSuffix(_ other: UnitText) -> Bool {
        count >= other.count && units.suffix(other.count).elementsEqual(other.units)
    }

    func commonPrefix(_ other: UnitText) -> Int { zip(units, other.units).prefix { $0 == $1 }.count }

    func commonSuffix(_ other: UnitText) -> Int {
        zip(units.reversed(), other.units.reversed()).prefix { $0 == $1 }.count
    }

    /// The first place from `start` on at which `word` stands.
    func find(_ word: String, from start: Int = 0) -> Range<Int>? {
        let wanted = UnitText(word).units
        guard !wanted.isEmpty, start >= 0, start + wanted.count <= count else { return nil }
        for place in start...(count - wanted.count)
        where units[(units.startIndex + place)...].starts(with: wanted) {
            return place..<(place + wanted.count)
        }
        return nil
    }

    /// The last place before `end`, and not before `start`, at which `word` stands.
    func findLast(_ word: String, from start: Int, before end: Int) -> Range<Int>? {
        var found: Range<Int>?
        var next = find(word, from: start)
        while let range = next, range.upperBound <= end {
            found = range
            next = find(word, from: range.upperBound)
        }
        return found
    }

    /// Without white space at both ends.
    var trimmed: UnitText { UnitText(Array(units.drop(while: \.isBlank))).endTrimmed }

    var startTrimmed: UnitText { UnitText(units.drop(while: \.isBlank)) }

    var endTrimmed: UnitText {
        var rest = units
        while let last = rest.last, last.isBlank { rest.removeLast() }
        return UnitText(rest)
    }

    /// Without a tag that has only begun at the end, and the white space before it.
    var withoutBegunTag: UnitText {
        var rest = units
        while let last = rest.last, last.isBlank || last.isOne(of: "<[{(|/") { rest.removeLast() }
        return UnitText(rest)
    }

    /// The length of the start that ends before a tag that has begun and not ended.
    var lengthBeforeOpenTag: Int {
        guard let open = units.lastIndex(where: { $0.isOne(of: "<") }),
            !units[open...].contains(where: { $0.isOne(of: ">") || $0.isBlank })
        else { return count }
        return open - units.startIndex
    }

    /// The end that begins after a tag which began before it.
    var afterBegunTag: UnitText {
        guard let close = units.firstIndex(where: { $0.isOne(of: ">") || $0.isBlank }),
            units[close].isOne(of: ">"), !units[..<close].contains(where: { $0.isOne(of: "<") })
        else { return self }
        return UnitText(units[(close + 1)...])
    }

    /// The first token or tag.
    var firstTag: UnitText {
        if case .token? = units.first { return self[upTo: 1] }
        let close = units.firstIndex { $0.isOne(of: ">]") }
        return close.map { self[upTo: $0 - units.startIndex + 1] } ?? self
    }

    /// The text as pieces, with words replaced by what they stand for.
    func pieces(_ words: [(word: String, piece: CallSyntax.Piece)] = []) -> [CallSyntax.Piece] {
        var pieces: [CallSyntax.Piece] = []
        var plain = ""
        func flush() {
            if !plain.isEmpty { pieces.append(.text(plain)) }
            plain = ""
        }
        let wanted = words.map { (Array(UnitText($0.word).units), $0.piece) }
        var rest = units
        while let unit = rest.first {
            if let (word, piece) = wanted.first(where: { !$0.0.isEmpty && rest.starts(with: $0.0) }) {
                flush()
                pieces.append(piece)
                rest.removeFirst(word.count)
                continue
            }
            rest.removeFirst()
            switch unit {
            case .scalar(let scalar): plain.unicodeScalars.append(scalar)
            case .token(let name):
                flush()
                pieces.append(.token(name))
            }
        }
        flush()
        return pieces
    }
}
