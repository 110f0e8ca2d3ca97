import Foundation

/// How Python spells values: `str`, `repr`, numbers.
enum PythonSpelling {
    /// The shortest spelling that reads back as the value, as Python's `repr` lays it out.
    static func float(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        let (digits, exponent) = shortest(value.magnitude)
        let sign = value.sign == .minus ? "-" : ""
        guard exponent > -4, exponent <= 16 else {
            let fraction = digits.dropFirst()
            let power = exponent - 1
            let written = String(abs(power))
            return sign + digits.prefix(1) + (fraction.isEmpty ? "" : "." + fraction) + "e"
                + (power < 0 ? "-" : "+")
                + (written.count < 2 ? "0" : "") + written
        }
        if exponent <= 0 { return sign + "0." + String(repeating: "0", count: -exponent) + digits }
        if digits.count <= exponent {
            return sign + digits + String(repeating: "0", count: exponent - digits.count) + ".0"
        }
        return sign + digits.prefix(exponent) + "." + digits.dropFirst(exponent)
    }

    /// Significant digits and where the point stands after the first of them.
    private static func shortest(_ value: Double) -> (digits: String, exponent: Int) {
        if value == 0 { return ("0", 1) }
        let parts = "\(value)".split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let whole = mantissa[0]
        let fraction = mantissa.count > 1 ? mantissa[1] : ""
        var exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + whole.count
        var digits = String(whole + fraction)
        let leading = digits.prefix { $0 == "0" }.count
        digits = String(digits.dropFirst(leading))
        exponent -= leading
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        return (digits, exponent)
    }

    /// `value` with that many digits after the point, rounded to even from its exact value.
    static func fixed(_ value: Double, places: Int) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        return String(format: "%.\(max(0, min(places, 300)))f", value)
    }
}

extension Value {
    /// Appends the value as `repr` makes it.
    ///
    /// Only text keeps the mark of the template; what a number or a list spells is input.
    /// - Throws: ``Fault`` where that is longer than `limit`.
    func represent(into output: inout MarkedText, limit: Int) throws {
        guard output.count <= limit else {
            throw Fault("the template makes more than \(limit) characters", kind: .limit)
        }
        func add(_ text: String) { output.append(MarkedText(text, .input)) }
        switch self {
        case .undefined: add("Undefined")
        case .null: add("None")
        case .bool(let value): add(value ? "True" : "False")
        case .int(let value): add(String(value))
        case .long(let digits): add(digits)
        case .float(let value): add(PythonSpelling.float(value))
        case .text(let text): Value.represent(text, into: &output)
        case .list(let items): try Value.represent(items, "[", "]", into: &output, limit: limit)
        case .tuple(let items), .view(.group, let items):
            try Value.represent(items, "(", items.count == 1 ? ",)" : ")", into: &output, limit: limit)
        case .dictionary(let dictionary):
            add("{")
            for (position, key) in dictionary.keys.enumerated() {
                if position > 0 { add(", ") }
                try key.represent(into: &output, limit: limit)
                add(": ")
                try dictionary.values[position].represent(into: &output, limit: limit)
            }
            add("}")
        case .view(.range, let items):
            let step = items.count > 1 ? (items[1].integer ?? 0) - (items[0].integer ?? 0) : 1
            let first = items.first?.integer ?? 0
            let last = (items.last?.integer ?? -step) + step
            add("range(\(first), \(last)" + (step == 1 ? ")" : ", \(step))"))
        case .view(let kind, let items):
            add(kind.rawValue + "(")
            try Value.represent(items, "[", "]", into: &output, limit: limit)
            add(")")
        case .object(let namespace as NamespaceObject):
            add("<Namespace ")
            try Value.dictionary(namespace.members).represent(into: &output, limit: limit)
            add(">")
        case .object(let object): add("<\(object.typeName)>")
        }
    }

    private static func represent(
        _ items: [Value], _ opening: String, _ closing: String, into output: inout MarkedText, limit: Int
    ) throws {
        output.append(MarkedText(opening, .input))
        for (position, item) in items.enumerated() {
            if position > 0 { output.append(MarkedText(", ", .input)) }
            try item.represent(into: &output, limit: limit)
        }
        output.append(MarkedText(closing, .input))
    }

    private static func represent(_ text: MarkedText, into output: inout MarkedText) {
        let hasSingle = text.units.contains { $0 & MarkedText.scalarBits == 0x27 }
        let hasDouble = text.units.contains { $0 & MarkedText.scalarBits == 0x22 }
        let quote: UInt32 = hasSingle && !hasDouble ? 0x22 : 0x27
        output.units.append(quote)
        for unit in text.units {
            let scalar = MarkedText.scalar(unit)
            switch scalar {
            case "\\": output.append(MarkedText("\\\\", .input))
            case "\n": output.append(MarkedText("\\n", .input))
            case "\r": output.append(MarkedText("\\r", .input))
            case "\t": output.append(MarkedText("\\t", .input))
            default:
                if scalar.value == quote {
                    output.units += [0x5C, quote]
                } else if PythonCharacters.isPrintable(scalar) {
                    output.units.append(unit)
                } else {
                    let (letter, width) =
                        scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
                    let digits = String(scalar.value, radix: 16)
                    let zeros = String(repeating: "0", count: width - digits.count)
                    output.append(MarkedText("\\" + letter + zeros + digits, .input))
                }
            }
        }
        output.units.append(quote)
    }
}
