import JSON

/// Reads a value as Python writes it: strings in either quotes, `True`, `False` and `None`.
struct PythonLiteral {
    private var rest: ArraySlice<Unicode.Scalar>
    private var depth = 0

    private init(_ text: String) { rest = ArraySlice(Array(text.unicodeScalars)) }

    /// The value that the whole text is; `nil` where it is none.
    static func value(of text: String) -> JSONValue? {
        var reader = PythonLiteral(text)
        guard let value = reader.value() else { return nil }
        reader.skipSpace()
        return reader.rest.isEmpty ? value : nil
    }

    private mutating func skipSpace() {
        while let first = rest.first, first.properties.isWhitespace { rest.removeFirst() }
    }

    private mutating func take(_ word: String) -> Bool {
        let scalars = Array(word.unicodeScalars)
        guard rest.starts(with: scalars) else { return false }
        rest.removeFirst(scalars.count)
        return true
    }

    private mutating func value() -> JSONValue? {
        skipSpace()
        depth += 1
        defer { depth -= 1 }
        guard let first = rest.first, depth < 64 else { return nil }
        switch first {
        case "'", "\"": return string().map { .string($0) }
        case "{":
            rest.removeFirst()
            return members()
        case "[", "(":
            rest.removeFirst()
            return items(closing: first == "[" ? "]" : ")")
        case "T": return take("True") ? true : nil
        case "F": return take("False") ? false : nil
        case "N": return take("None") ? .null : nil
        default:
            let text = String(
                String.UnicodeScalarView(rest.prefix { "+-.0123456789eE".unicodeScalars.contains($0) }))
            rest.removeFirst(text.unicodeScalars.count)
            guard let number = try? JSONParser.parse(text), number.numberValue != nil else { return nil }
            return number
        }
    }

    private mutating func members() -> JSONValue? {
        var object = JSONObject()
        skipSpace()
        if take("}") { return .object(object) }
        while true {
            skipSpace()
            guard let key = string() else { return nil }
            skipSpace()
            guard take(":"), let value = value() else { return nil }
            object[key] = value
            skipSpace()
            if take("}") { return .object(object) }
            guard take(",") else { return nil }
        }
    }

    private mutating func items(closing: String) -> JSONValue? {
        var items: [JSONValue] = []
        skipSpace()
        if take(closing) { return .array(items) }
        while true {
            guard let value = value() else { return nil }
            items.append(value)
            skipSpace()
            if take(closing) { return .array(items) }
            guard take(",") else { return nil }
        }
    }

    private mutating func string() -> String? {
        guard let quote = rest.popFirst(), quote == "'" || quote == "\"" else { return nil }
        var text = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            if scalar == quote { return String(text) }
            guard scalar == "\\" else {
                text.append(scalar)
                continue
            }
            guard let escaped = rest.popFirst() else { return nil }
            switch escaped {
            case "n": text.append("\n")
            case "r": text.append("\r")
            case "t": text.append("\t")
            case "x", "u", "U":
                let length = escaped == "x" ? 2 : escaped == "u" ? 4 : 8
                let digits = String(String.UnicodeScalarView(rest.prefix(length)))
                guard digits.utf8.count == length, let code = UInt32(digits, radix: 16),
                    let scalar = Unicode.Scalar(code)
                else { return nil }
                rest.removeFirst(length)
                text.append(scalar)
            default: text.append(escaped)
            }
        }
        return nil
    }
}
