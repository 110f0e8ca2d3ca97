import Foundation

/// Filters of any value, and those that run other filters and tests.
extension Filters {
    static let values: [String: Body] = [
        "default": preset,
        "d": preset,
        "attr": { value, arguments, interpreter in
            let name = try TextMethods.text(
                try arguments.bound(to: "name", of: "attr", needing: 1)[0] ?? .null, "the name")
            // The filter sees attributes only, never items.
            guard case .dictionary = value else {
                return try interpreter.attribute(name, name.text, of: value)
            }
            return try interpreter.attribute(name, name.text, of: .dictionary(ValueDictionary()))
        },
        "abs": { value, _, interpreter in
            if let integer = value.integer, integer != .min { return .int(abs(integer)) }
            guard case .float(let number) = value else {
                throw Fault("a \(value.typeName) has no absolute value")
            }
            return .float(abs(number))
        },
        "int": { value, arguments, interpreter in
            let values = try arguments.bound(to: "default", "base", of: "int")
            return try integer(value, base: values[1]?.integer ?? 10) ?? values[0] ?? .int(0)
        },
        "float": { value, arguments, interpreter in
            let values = try arguments.bound(to: "default", of: "float")
            if case .undefined(let why) = value { throw Fault(why) }
            if case .text(let text) = value {
                return PythonNumber.float(text.text).map { .float($0) } ?? values[0] ?? .float(0)
            }
            return value.number.map { .float($0) } ?? values[0] ?? .float(0)
        },
        "round": { value, arguments, interpreter in
            let values = try arguments.bound(to: "precision", "method", of: "round")
            let places = try values[0].map { try TextMethods.integer($0, "precision") } ?? 0
            let method = try values[1].map { try TextMethods.text($0, "method").text } ?? "common"
            return try rounded(value, places, method)
        },
    ]

    private static let preset: Body = { value, arguments, _ in
        let values = try arguments.bound(to: "default_value", "boolean", of: "default")
        let isMissing = value.isUndefined || (values[1]?.isTrue ?? false) && !value.isTrue
        return isMissing ? values[0] ?? .text(MarkedText()) : value
    }

    private static func integer(_ value: Value, base: Int) throws -> Value? {
        switch value {
        case .undefined(let why): throw Fault(why)
        case .text(let text):
            if let integer = PythonNumber.integer(text.text, base: base) { return integer }
            return PythonNumber.float(text.text).flatMap { whole($0) }
        case .float(let number): return whole(number)
        case .int, .long: return value
        case .bool(let value): return .int(value ? 1 : 0)
        default: return nil
        }
    }

    private static func whole(_ number: Double) -> Value? {
        Int(exactly: number.rounded(.towardZero)).map { .int($0) }
    }

    private static func rounded(_ value: Value, _ places: Int, _ method: String) throws -> Value {
        guard let number = value.number else { throw Fault("a \(value.typeName) cannot be rounded") }
        let scale = pow(10, Double(places))
        switch method {
        case "common":
            if let integer = value.integer {
                guard places < 0 else { return .int(integer) }
                return .int(
                    Int(exactly: (Double(integer) * scale).rounded(.toNearestOrEven) / scale) ?? integer)
            }
            guard number.isFinite else { return value }
            if places < 0 { return .float((number * scale).rounded(.toNearestOrEven) / scale) }
            return .float(Double(PythonSpelling.fixed(number, places: places)) ?? number)
        case "ceil": return .float((number * scale).rounded(.up) / scale)
        case "floor": return .float((number * scale).rounded(.down) / scale)
        default: throw Fault("method must be common, ceil or floor")
        }
    }

    // MARK: Filters that run others

    static let selections: [String: Body] = [
        "map": { value, arguments, interpreter in
            guard value.isTrue else { return .object(IteratorObject([])) }
            let items = try interpreter.items(of: value)
            if arguments.positional.isEmpty {
                let values = try arguments.bound(to: "attribute", "default", of: "map", needing: 1)
                let path = AttributePath(values[0]) ?? AttributePath(parts: [])
                return .object(
                    IteratorObject(try items.map { try path.value(in: $0, interpreter, preset: values[1]) }))
            }
            let name = try TextMethods.text(arguments.positional[0], "the name of a filter").text
            var rest = arguments
            rest.positional.removeFirst()
            return .object(IteratorObject(try items.map { try apply(name, $0, rest, interpreter) }))
        },
        "select": { try selected($0, $1, $2, keeping: true, byAttribute: false) },
        "reject": { try selected($0, $1, $2, keeping: false, byAttribute: false) },
        "selectattr": { try selected($0, $1, $2, keeping: true, byAttribute: true) },
        "rejectattr": { try selected($0, $1, $2, keeping: false, byAttribute: true) },
    ]

    private static func selected(
        _ value: Value, _ arguments: CallArguments, _ interpreter: Interpreter, keeping: Bool,
        byAttribute: Bool
    ) throws -> Value {
        guard value.isTrue else { return .object(IteratorObject([])) }
        var rest = arguments
        var path = AttributePath(parts: [])
        if byAttribute {
            guard !rest.positional.isEmpty else { throw Fault("the name of an attribute is missing") }
            path = AttributePath(rest.positional.removeFirst()) ?? path
        }
        let test =
            rest.positional.isEmpty ? nil : try TextMethods.text(rest.positional.removeFirst(), "a test").text
        let kept = try interpreter.items(of: value).filter { item in
            try interpreter.spend()
            let part = try path.value(in: item, interpreter)
            return try test.map { try Tests.test($0, part, rest, interpreter) } ?? part.isTrue == keeping
        }
        return .object(IteratorObject(kept))
    }
}

/// Numbers as Python's `int` and `float` read them from text.
enum PythonNumber {
    private static func cleaned(_ text: String) -> String? {
        let stripped = MarkedText(text, .input).stripped().text
        let digits = Array(stripped.unicodeScalars)
        for (position, scalar) in digits.enumerated() where scalar == "_" {
            guard position > 0, position + 1 < digits.count,
                digits[position - 1].properties.isAlphabetic
                    || digits[position - 1].properties.numericType != nil, digits[position + 1] != "_"
            else { return nil }
        }
        return stripped.replacing("_", with: "")
    }

    static func integer(_ text: String, base: Int) -> Value? {
        guard base == 0 || (2...36).contains(base), var digits = cleaned(text) else { return nil }
        let isNegative = digits.hasPrefix("-")
        if isNegative || digits.hasPrefix("+") { digits.removeFirst() }
        var radix = base == 0 ? 10 : base
        for (prefix, itsRadix) in [("0x", 16), ("0o", 8), ("0b", 2)]
        where digits.lowercased().hasPrefix(prefix) && (base == 0 || base == itsRadix) {
            digits.removeFirst(2)
            radix = itsRadix
        }
        guard !digits.hasPrefix("-"), !digits.hasPrefix("+"), !digits.isEmpty else { return nil }
        if let value = Int((isNegative ? "-" : "") + digits, radix: radix) { return .int(value) }
        guard radix == 10, digits.allSatisfy(\.isASCII), digits.allSatisfy(\.isNumber) else { return nil }
        return .long((isNegative ? "-" : "") + digits.drop { $0 == "0" })
    }

    static func float(_ text: String) -> Double? {
        guard let cleaned = cleaned(text)?.lowercased(), !cleaned.hasPrefix("0x"), !cleaned.hasPrefix("-0x")
        else {
            return nil
        }
        return switch cleaned {
        case "inf", "+inf", "infinity", "+infinity": .infinity
        case "-inf", "-infinity": -.infinity
        case "nan", "+nan", "-nan": .nan
        default: cleaned.hasPrefix("n") || cleaned.hasPrefix("i") ? nil : Double(cleaned)
        }
    }
}
