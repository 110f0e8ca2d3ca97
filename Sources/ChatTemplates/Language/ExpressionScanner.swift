/// Reads one token of an expression.
struct ExpressionScanner {
    let source: [UInt32]
    /// Where the last token ended.
    private(set) var end = 0

    init(source: [UInt32]) { self.source = source }

    private static let symbols: [[UInt32]] = [
        "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">",
        "<", "=",
        ".", ":", "|", ",", ";",
    ].map { $0.unicodeScalars.map(\.value) }

    /// The token that begins at `start`; `nil` where none does.
    mutating func token(at start: Int) throws(Fault) -> Token.Kind? {
        end = start
        let code = source[start]
        if isDigit(code) { return try number(start) }
        if code == 0x27 || code == 0x22 { return try string(start) }
        if isWord(code) {
            while end < source.count, isWord(source[end]) { end += 1 }
            return .name(text(start..<end))
        }
        guard let symbol = ExpressionScanner.symbols.first(where: { source[start...].starts(with: $0) })
        else {
            return nil
        }
        end = start + symbol.count
        return .symbol(text(start..<end))
    }

    private func isDigit(_ code: UInt32) -> Bool { (0x30...0x39).contains(code) }

    private func isWord(_ code: UInt32) -> Bool {
        if code == 0x5F || isDigit(code) || (0x41...0x5A).contains(code) || (0x61...0x7A).contains(code) {
            return true
        }
        guard code > 0x7F else { return false }
        let scalar = MarkedText.scalar(code)
        return scalar.properties.isXIDContinue
    }

    private func text(_ range: Range<Int>) -> String {
        String(String.UnicodeScalarView(source[range].map(MarkedText.scalar)))
    }

    // MARK: Numbers

    private mutating func number(_ start: Int) throws(Fault) -> Token.Kind {
        if source[start] == 0x30, start + 1 < source.count,
            let radix = ([0x62: 2, 0x6F: 8, 0x78: 16] as [UInt32: Int])[source[start + 1] | 0x20],
            let digits = digits(from: start + 2, radix: radix)
        {
            guard let value = Int(digits, radix: radix) else { throw Fault("the number is too large") }
            return .integer(String(value))
        }
        let follows = start > 0 && source[start - 1] == 0x2E
        let whole = digits(from: start, radix: 10) ?? ""
        let wholeEnd = end
        var (fraction, exponent) = ("", "")
        if !follows {
            if end + 1 < source.count, source[end] == 0x2E, let digits = digits(from: end + 1, radix: 10) {
                fraction = digits
            }
            let mantissaEnd = end
            if end < source.count, source[end] | 0x20 == 0x65 {
                let isSigned = end + 1 < source.count && (source[end + 1] == 0x2B || source[end + 1] == 0x2D)
                let sign = isSigned && source[end + 1] == 0x2D ? "-" : ""
                if let digits = digits(from: end + (isSigned ? 2 : 1), radix: 10) {
                    exponent = sign + digits
                } else {
                    end = mantissaEnd
                }
            }
        }
        guard fraction.isEmpty, exponent.isEmpty else {
            let spelled =
                whole + (fraction.isEmpty ? "" : "." + fraction) + (exponent.isEmpty ? "" : "e" + exponent)
            return .float(Double(spelled) ?? .infinity)
        }
        end = wholeEnd
        // Leading zeros make no number, except of zeros alone.
        guard whole.first != "0" || whole.allSatisfy({ $0 == "0" }) else {
            end = start + 1
            return .integer("0")
        }
        return .integer(whole.allSatisfy { $0 == "0" } ? "0" : whole)
    }

    /// Digits with single underscores between them; moves ``end`` after them.
    private mutating func digits(from start: Int, radix: Int) -> String? {
        var digits = ""
        var index = start
        while index < source.count {
            let scalar = MarkedText.scalar(source[index])
            if scalar.isASCII, let value = Character(scalar).hexDigitValue, value < radix {
                digits.unicodeScalars.append(scalar)
                index += 1
            } else if scalar == "_", index + 1 < source.count, !digits.isEmpty || radix != 10,
                let value = Character(MarkedText.scalar(source[index + 1])).hexDigitValue, value < radix
            {
                index += 1
            } else {
                break
            }
        }
        guard !digits.isEmpty else { return nil }
        end = index
        return digits
    }

    // MARK: Strings

    private mutating func string(_ start: Int) throws(Fault) -> Token.Kind {
        let quote = source[start]
        var units: [UInt32] = []
        var index = start + 1
        while index < source.count, source[index] != quote {
            if source[index] == 0x5C, index + 1 < source.count {
                index = try escape(index, into: &units)
            } else {
                units.append(source[index])
                index += 1
            }
        }
        guard index < source.count else { throw Fault("the string that begins here has no end") }
        end = index + 1
        return .string(MarkedText(units: units.lazy.map { $0 | MarkedText.templateBit }))
    }

    private static let simple: [UInt32: UInt32] = [
        0x5C: 0x5C, 0x27: 0x27, 0x22: 0x22, 0x61: 7, 0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9, 0x76: 11,
    ]

    /// Decodes the escape at `index` as Python does; the position after it.
    private func escape(_ index: Int, into units: inout [UInt32]) throws(Fault) -> Int {
        let code = source[index + 1]
        if code == 0x0A { return index + 2 }
        if let plain = ExpressionScanner.simple[code] {
            units.append(plain)
            return index + 2
        }
        if let length = ([0x78: 2, 0x75: 4, 0x55: 8] as [UInt32: Int])[code] {
            let digits = source[(index + 2)...].prefix(length)
            guard digits.count == length,
                let value = UInt32(text(digits.startIndex..<digits.endIndex), radix: 16),
                Unicode.Scalar(value) != nil
            else { throw Fault("the string has an escape that names no character") }
            units.append(value)
            return index + 2 + length
        }
        if (0x30...0x37).contains(code) {
            let digits = source[(index + 1)...].prefix(3).prefix { (0x30...0x37).contains($0) }
            units.append(digits.reduce(0) { $0 * 8 + $1 - 0x30 })
            return index + 1 + digits.count
        }
        units += [0x5C, code]
        return index + 2
    }
}
