import Foundation

/// How one value is laid out: `[[fill]align][sign][#][0][width][,][.precision][type]` (Python, "Format Specification
/// Mini-Language").
struct FormatSpec {
    var fill = MarkedText(" ", .template)
    var align: Unicode.Scalar?
    var sign: Unicode.Scalar = "-"
    var isAlternate = false
    var width = 0
    var grouping: Unicode.Scalar?
    var precision: Int?
    var type: Unicode.Scalar?

    /// - Throws: ``Fault`` for a specification that cannot be read.
    init(_ text: MarkedText) throws {
        var rest = text.units[...]
        func peek(_ offset: Int = 0) -> Unicode.Scalar? {
            rest.count > offset ? MarkedText.scalar(rest[rest.startIndex + offset]) : nil
        }
        let aligns = "<>=^".unicodeScalars
        if let second = peek(1), aligns.contains(second) {
            fill = MarkedText(units: rest.prefix(1))
            align = second
            rest = rest.dropFirst(2)
        } else if let first = peek(), aligns.contains(first) {
            align = first
            rest.removeFirst()
        }
        if let first = peek(), "+- ".unicodeScalars.contains(first) {
            sign = first
            rest.removeFirst()
        }
        if peek() == "#" {
            isAlternate = true
            rest.removeFirst()
        }
        if peek() == "0" {
            if align == nil {
                fill = MarkedText("0", .template)
                align = "="
            }
            rest.removeFirst()
        }
        func number() throws -> Int? {
            var digits = ""
            while let scalar = peek(), ("0"..."9").contains(scalar) {
                digits.unicodeScalars.append(scalar)
                rest.removeFirst()
            }
            guard !digits.isEmpty else { return nil }
            guard let value = Int(digits), value < 1 << 24 else { throw Fault("the width is too large") }
            return value
        }
        width = try number() ?? 0
        if let first = peek(), first == "," || first == "_" {
            grouping = first
            rest.removeFirst()
        }
        if peek() == "." {
            rest.removeFirst()
            guard let value = try number() else { throw Fault("the format lacks its precision") }
            precision = value
        }
        if let first = peek() {
            type = first
            rest.removeFirst()
        }
        guard rest.isEmpty else { throw Fault("the format '\(text.text)' cannot be read") }
    }

    /// A specification of `%`.
    init() {}

    func text(of value: Value, _ interpreter: Interpreter) throws -> MarkedText {
        switch value {
        case .text(let text):
            guard type == nil || type == "s", align != "=" else { throw Fault("the format is none of text") }
            let kept = precision.map { text[0..<min($0, text.count)] } ?? text
            return try padded(kept, sign: "", isNumber: false, interpreter)
        case .int, .bool, .float, .long:
            if case .bool = value, type == nil, width == 0, precision == nil {
                return try interpreter.printed(value)
            }
            let (sign, digits) = try spelled(value)
            return try padded(MarkedText(digits, .input), sign: sign, isNumber: true, interpreter)
        default:
            guard width == 0, type == nil, precision == nil else {
                throw Fault("a \(value.typeName) takes no format")
            }
            return try interpreter.printed(value)
        }
    }

    private func padded(
        _ text: MarkedText, sign: String, isNumber: Bool, _ interpreter: Interpreter
    ) throws -> MarkedText {
        let missing = width - text.count - sign.utf8.count
        let mark = MarkedText(sign, .input)
        guard missing > 0 else { return mark + text }
        try interpreter.spend(making: width)
        func filling(_ count: Int) -> MarkedText {
            MarkedText(units: repeatElement(fill.units[0], count: count))
        }
        switch align ?? (isNumber ? ">" : "<") {
        case "<": return mark + text + filling(missing)
        case "^": return filling(missing / 2) + mark + text + filling(missing - missing / 2)
        case "=": return mark + filling(missing) + text
        default: return filling(missing) + mark + text
        }
    }

    /// Sign and digits of a number.
    private func spelled(_ value: Value) throws -> (sign: String, digits: String) {
        func signed(_ isNegative: Bool) -> String {
            isNegative ? "-" : sign == "-" ? "" : String(Character(sign))
        }
        if let integer = value.integer, !("eEfFgG%".unicodeScalars.contains(type ?? "d")) {
            let magnitude = integer.magnitude
            let digits: String
            switch type ?? "d" {
            case "d", "n": digits = grouped(String(magnitude))
            case "b": digits = (isAlternate ? "0b" : "") + String(magnitude, radix: 2)
            case "o": digits = (isAlternate ? "0o" : "") + String(magnitude, radix: 8)
            case "x": digits = (isAlternate ? "0x" : "") + String(magnitude, radix: 16)
            case "X": digits = (isAlternate ? "0X" : "") + String(magnitude, radix: 16, uppercase: true)
            case "c":
                return ("", Unicode.Scalar(UInt32(clamping: integer)).map { String(Character($0)) } ?? "")
            default: throw Fault("an integer takes no format '\(type ?? "d")'")
            }
            return (signed(integer < 0), digits)
        }
        guard let number = value.number else { throw Fault("the number is too large") }
        let magnitude = number.magnitude
        let places = precision ?? 6
        let digits: String
        switch type {
        case nil where precision == nil: digits = PythonSpelling.float(magnitude)
        case "f", "F": digits = PythonSpelling.fixed(magnitude, places: places)
        case "%": digits = PythonSpelling.fixed(magnitude * 100, places: places) + "%"
        case "e", "E", "g", "G":
            let letter = type.map { String(Character($0)) } ?? "g"
            digits = String(format: "%.\(min(places, 300))\(letter)", magnitude)
        default: throw Fault("a float takes no such format")
        }
        return (signed(number < 0), grouped(digits))
    }

    /// The digits before the point in groups of three.
    private func grouped(_ digits: String) -> String {
        guard let grouping else { return digits }
        let whole = Array(digits.prefix { $0.isNumber })
        var result = ""
        for (position, digit) in whole.enumerated() {
            if position > 0, (whole.count - position) % 3 == 0 { result.unicodeScalars.append(grouping) }
            result.append(digit)
        }
        return result + digits.dropFirst(whole.count)
    }
}
