/// Classes of characters as Python's `str` has them.
enum PythonCharacters {
    static func isSpace(_ unit: UInt32) -> Bool {
        switch unit & MarkedText.scalarBits {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F,
            0x3000:
            true
        default: false
        }
    }

    /// Whether the character ends a line for `splitlines`.
    static func isLineBreak(_ code: UInt32) -> Bool {
        switch code {
        case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
            false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }

    static func isAlphabetic(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    static func isDecimal(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.numericType == .decimal
    }

    static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.numericType {
        case .decimal, .digit: true
        default: false
        }
    }

    static func isNumeric(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.numericType != nil }

    static func isUppercase(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isUppercase }

    static func isLowercase(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isLowercase }

    static func isTitlecase(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .titlecaseLetter
    }

    static func isCased(_ scalar: Unicode.Scalar) -> Bool {
        isUppercase(scalar) || isLowercase(scalar) || isTitlecase(scalar)
    }
}

extension MarkedText {
    /// Each character replaced by the text that `mapping` gives, which has its origin.
    private func mapped(_ mapping: (Int) -> String) -> MarkedText {
        var result = ContiguousArray<UInt32>()
        result.reserveCapacity(count)
        for position in units.indices {
            let mark = units[position] & ~MarkedText.scalarBits
            for scalar in mapping(position).unicodeScalars { result.append(scalar.value | mark) }
        }
        var text = MarkedText(units: result)
        text.isHTML = isHTML
        return text
    }

    func uppercased() -> MarkedText { mapped { scalar($0).properties.uppercaseMapping } }

    func lowercased() -> MarkedText { mapped(lower) }

    /// The first character in title case, the rest in lower case.
    func capitalized() -> MarkedText {
        mapped { $0 == 0 ? scalar($0).properties.titlecaseMapping : lower($0) }
    }

    func swappedCase() -> MarkedText {
        mapped {
            let scalar = scalar($0)
            return if PythonCharacters.isUppercase(scalar) {
                lower($0)
            } else if PythonCharacters.isLowercase(scalar) {
                scalar.properties.uppercaseMapping
            } else {
                String(Character(scalar))
            }
        }
    }

    /// Title case after every character without case, as `str.title` has it.
    func titled() -> MarkedText {
        mapped {
            $0 > 0 && PythonCharacters.isCased(scalar($0 - 1))
                ? lower($0) : scalar($0).properties.titlecaseMapping
        }
    }

    /// The character in lower case; a capital sigma depends upon whether it ends a word (Unicode, SpecialCasing).
    private func lower(_ position: Int) -> String {
        let scalar = scalar(position)
        guard scalar == "Σ" else { return scalar.properties.lowercaseMapping }
        let before = units[..<position].reversed().lazy.map(MarkedText.scalar)
            .first { !$0.properties.isCaseIgnorable }
        let after = units[(position + 1)...].lazy.map(MarkedText.scalar)
            .first { !$0.properties.isCaseIgnorable }
        let isFinal = before?.properties.isCased == true && after?.properties.isCased != true
        return isFinal ? "ς" : "σ"
    }

    /// Without the characters of `set` (white space where `nil`) at the start, the end or both.
    func stripped(_ set: MarkedText? = nil, start: Bool = true, end: Bool = true) -> MarkedText {
        let codes = set.map { Set($0.units.map { $0 & MarkedText.scalarBits }) }
        func isStripped(_ unit: UInt32) -> Bool {
            codes.map { $0.contains(unit & MarkedText.scalarBits) } ?? PythonCharacters.isSpace(unit)
        }
        var (first, last) = (0, count)
        while start, first < last, isStripped(units[first]) { first += 1 }
        while end, first < last, isStripped(units[last - 1]) { last -= 1 }
        return self[first..<last]
    }

    /// The lines, without what ends them unless `keepingEnds`.
    func lines(keepingEnds: Bool = false) -> [MarkedText] {
        var lines: [MarkedText] = []
        var (start, position) = (0, 0)
        while position < count {
            guard PythonCharacters.isLineBreak(code(position)) else {
                position += 1
                continue
            }
            let end = position
            position += code(position) == 0x0D && position + 1 < count && code(position + 1) == 0x0A ? 2 : 1
            lines.append(self[start..<(keepingEnds ? position : end)])
            start = position
        }
        if start < count { lines.append(self[start..<count]) }
        return lines
    }
}
