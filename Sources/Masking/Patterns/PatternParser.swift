/// A parser of ECMA-262 patterns (section 22.2, with the `u` flag's escapes and annex B's leniency).
struct PatternParser {
    private let scalars: [UInt32]
    private var position = 0
    private var depth = 0

    private init(_ source: String) { scalars = source.unicodeScalars.map(\.value) }

    /// The syntax tree of a pattern; `nil` where it is no pattern.
    static func parse(_ source: String) -> PatternSyntax? {
        var parser = PatternParser(source)
        guard let tree = parser.choice(), parser.position == parser.scalars.count else { return nil }
        return tree
    }

    private func peek(_ offset: Int = 0) -> UInt32? {
        position + offset < scalars.count ? scalars[position + offset] : nil
    }

    private func at(_ text: String) -> Bool {
        let wanted = text.unicodeScalars.map(\.value)
        return position + wanted.count <= scalars.count
            && Array(scalars[position..<(position + wanted.count)]) == wanted
    }

    private mutating func take(_ text: String) -> Bool {
        guard at(text) else { return false }
        position += text.unicodeScalars.count
        return true
    }

    private mutating func choice() -> PatternSyntax? {
        depth += 1
        defer { depth -= 1 }
        guard depth < 200 else { return nil }
        var parts: [PatternSyntax] = []
        repeat {
            guard let part = sequence() else { return nil }
            parts.append(part)
        } while take("|")
        return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func sequence() -> PatternSyntax? {
        var parts: [PatternSyntax] = []
        while let next = peek(), next != 0x7C, next != 0x29 {
            guard let atom = atom(), let quantified = quantified(atom) else { return nil }
            parts.append(quantified)
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func quantified(_ atom: PatternSyntax) -> PatternSyntax? {
        let bounds: (Int, Int?)
        if take("*") {
            bounds = (0, nil)
        } else if take("+") {
            bounds = (1, nil)
        } else if take("?") {
            bounds = (0, 1)
        } else if let counted = counted() {
            bounds = counted
        } else {
            return atom
        }
        _ = take("?")
        if let next = peek(), next == 0x2A || next == 0x2B || next == 0x3F { return nil }
        if let high = bounds.1, high < bounds.0 { return nil }
        return .times(atom, bounds.0, bounds.1)
    }

    /// `{n}`, `{n,}` or `{n,m}`; a brace that is none of these stands for itself.
    private mutating func counted() -> (Int, Int?)? {
        guard peek() == 0x7B else { return nil }
        let saved = position
        position += 1
        guard let low = number() else {
            position = saved
            return nil
        }
        var high: Int? = low
        if take(",") { high = number() }
        guard take("}") else {
            position = saved
            return nil
        }
        return (low, high)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let digit = peek(), (0x30...0x39).contains(digit) {
            value = min(1_000_000_000, (value ?? 0) * 10 + Int(digit - 0x30))
            position += 1
        }
        return value
    }

    private mutating func atom() -> PatternSyntax? {
        if take("^") { return .start }
        if take("$") { return .end }
        if take(".") {
            return .characters(CharacterRanges.inverted([0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029]))
        }
        if take("(") { return group() }
        if take("[") { return characterClass() }
        if at("\\") { return escape() }
        guard let next = peek() else { return nil }
        if next == 0x2A || next == 0x2B || next == 0x3F { return nil }
        position += 1
        return .characters([next...next])
    }

    private mutating func group() -> PatternSyntax? {
        var ahead: Bool?
        var behind = false
        if take("?:") {
        } else if take("?=") {
            ahead = false
        } else if take("?!") {
            ahead = true
        } else if take("?<=") || take("?<!") {
            behind = true
        } else if take("?<") {
            while let next = peek(), next != 0x3E { position += next == 0x29 ? scalars.count : 1 }
            guard take(">") else { return nil }
        } else if at("?") {
            return nil
        }
        guard let inner = choice(), take(")") else { return nil }
        if behind { return .irregular(isWidthless: true) }
        return ahead.map { .ahead(inner, isNegative: $0) } ?? inner
    }

    private mutating func escape() -> PatternSyntax? {
        let saved = position
        position += 1
        guard let next = peek() else { return nil }
        if next == 0x62 || next == 0x42 {
            position += 1
            return .irregular(isWidthless: true)
        }
        if (0x31...0x39).contains(next) {
            while let digit = peek(), (0x30...0x39).contains(digit) { position += 1 }
            return .irregular(isWidthless: false)
        }
        if next == 0x6B, peek(1) == 0x3C {
            while let letter = peek(), letter != 0x3E { position += 1 }
            return take(">") ? .irregular(isWidthless: false) : nil
        }
        position = saved
        return classEscape().map { .characters($0) }
    }

    /// An escape as it may also stand in a class.
    private mutating func classEscape() -> [ClosedRange<UInt32>]? {
        position += 1
        guard let next = peek() else { return nil }
        position += 1
        switch Unicode.Scalar(next) {
        case "d": return CharacterRanges.digits
        case "D": return CharacterRanges.inverted(CharacterRanges.digits)
        case "w": return CharacterRanges.word
        case "W": return CharacterRanges.inverted(CharacterRanges.word)
        case "s": return CharacterRanges.space
        case "S": return CharacterRanges.inverted(CharacterRanges.space)
        case "t": return [9...9]
        case "n": return [10...10]
        case "v": return [11...11]
        case "f": return [12...12]
        case "r": return [13...13]
        case "b": return [8...8]
        case "0": return [0...0]
        case "c":
            guard let letter = peek(), (0x41...0x5A).contains(letter & ~0x20) else { return nil }
            position += 1
            return [(letter & 31)...(letter & 31)]
        case "x": return hex(2).map { [$0...$0] }
        case "u":
            if take("{") {
                var value: UInt32 = 0
                while let digit = peek().flatMap(PatternParser.hexValue), value < 0x110000 {
                    value = value << 4 | digit
                    position += 1
                }
                return take("}") && value < 0x110000 ? [value...value] : nil
            }
            guard let high = hex(4) else { return nil }
            if (0xD800...0xDBFF).contains(high), at("\\u") {
                let saved = position
                position += 2
                if let low = hex(4), (0xDC00...0xDFFF).contains(low) {
                    let scalar = 0x10000 + (high & 0x3FF) << 10 + (low & 0x3FF)
                    return [scalar...scalar]
                }
                position = saved
            }
            return [high...high]
        case "p", "P":
            guard take("{") else { return nil }
            var name = ""
            while let letter = peek(), letter != 0x7D, let scalar = Unicode.Scalar(letter) {
                name.unicodeScalars.append(scalar)
                position += 1
            }
            guard take("}"), let ranges = CharacterRanges.property(name) else { return nil }
            return next == 0x70 ? ranges : CharacterRanges.inverted(ranges)
        default: return [next...next]
        }
    }

    private mutating func hex(_ count: Int) -> UInt32? {
        var value: UInt32 = 0
        for offset in 0..<count {
            guard let digit = peek(offset).flatMap(PatternParser.hexValue) else { return nil }
            value = value << 4 | digit
        }
        position += count
        return value
    }

    private static func hexValue(_ scalar: UInt32) -> UInt32? {
        switch scalar {
        case 0x30...0x39: scalar - 0x30
        case 0x41...0x46: scalar - 0x41 + 10
        case 0x61...0x66: scalar - 0x61 + 10
        default: nil
        }
    }

    private mutating func characterClass() -> PatternSyntax? {
        let isNegative = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        while !take("]") {
            guard let low = classAtom() else { return nil }
            if at("-"), peek(1) != 0x5D, peek(1) != nil {
                position += 1
                guard let high = classAtom() else { return nil }
                if low.count == 1, high.count == 1, low[0].count == 1, high[0].count == 1 {
                    guard low[0].lowerBound <= high[0].lowerBound else { return nil }
                    ranges.append(low[0].lowerBound...high[0].lowerBound)
                    continue
                }
                // `\w-.`: with a set on one side the hyphen stands for itself.
                ranges.append(0x2D...0x2D)
                ranges.append(contentsOf: high)
            }
            ranges.append(contentsOf: low)
        }
        return .characters(isNegative ? CharacterRanges.inverted(ranges) : ranges)
    }

    private mutating func classAtom() -> [ClosedRange<UInt32>]? {
        guard let next = peek() else { return nil }
        if next == 0x5C { return classEscape() }
        position += 1
        return [next...next]
    }
}
