/// JSON text as Python's `json.dumps` lays it out; the marks of texts are kept.
struct JSONSpelling {
    private let isASCII: Bool
    private let indent: MarkedText?
    private let separator: MarkedText
    private let colon: MarkedText
    private let sortsKeys: Bool
    private let limit: Int
    /// Whether the layout is the one that models mostly write.
    private let isPlain: Bool
    private let interpreter: Interpreter

    /// - Parameter values: `ensure_ascii`, `indent`, `separators`, `sort_keys`, where given.
    init(_ values: [Value?], _ interpreter: Interpreter) throws {
        self.interpreter = interpreter
        isASCII = values[0]?.isTrue ?? false
        limit = interpreter.limits.characters
        switch values[1] {
        case .text(let text)?: indent = text
        case let value? where value.isNotNull:
            let width = max(0, try TextMethods.integer(value, "indent"))
            try interpreter.spend(making: width)
            indent = MarkedText(String(repeating: " ", count: width), .input)
        default: indent = nil
        }
        if let value = values[2], value.isNotNull {
            let parts = try interpreter.items(of: value)
            guard parts.count == 2 else { throw Fault("separators must be two texts") }
            separator = try TextMethods.text(parts[0], "a separator")
            colon = try TextMethods.text(parts[1], "a separator")
        } else {
            separator = MarkedText(indent == nil ? ", " : ",", .input)
            colon = MarkedText(": ", .input)
        }
        sortsKeys = values[3]?.isTrue ?? false
        isPlain = !isASCII && indent == nil && !sortsKeys && !(values[2]?.isNotNull ?? false)
    }

    /// The text.
    /// - Throws: ``Fault`` for a value that JSON does not know, or text beyond the limit.
    func text(of value: Value) throws -> MarkedText {
        var output = MarkedText()
        try write(value, level: 0, into: &output)
        return output
    }

    private func write(_ value: Value, level: Int, into output: inout MarkedText) throws {
        let start = output.count
        try spell(value, level: level, into: &output)
        // A value on its own, or one of a list, owns its brackets; all levels would be read again and again.
        if level < 2 { output.claimUnowned(from: start) }
    }

    private func spell(_ value: Value, level: Int, into output: inout MarkedText) throws {
        guard output.count <= limit else {
            throw Fault("the template makes more than \(limit) characters", kind: .limit)
        }
        switch value {
        case .null, .bool, .int, .long, .float: output.append(MarkedText(JSONSpelling.scalar(value), .input))
        case .text(let text): write(text, into: &output)
        case .list(let items), .tuple(let items), .view(.group, let items):
            try list(items, "[", "]", level, &output) { try write($0, level: level + 1, into: &$1) }
        case .dictionary(let dictionary):
            if let spelling = dictionary.spelling, isPlain {
                output.append(spelling)
                return
            }
            var pairs = try zip(dictionary.keys, dictionary.values).map { (try JSONSpelling.key($0), $0, $1) }
            if sortsKeys {
                try pairs.sort { try $0.1.order($1.1) < 0 }
            }
            try list(pairs, "{", "}", level, &output) { pair, output in
                write(pair.0, into: &output)
                output.append(colon)
                try write(pair.2, level: level + 1, into: &output)
            }
        case .view, .object(_ as IteratorObject):
            guard interpreter.dialect == .llamaCpp else { fallthrough }
            try write(.list(try interpreter.items(of: value)), level: level, into: &output)
        default: throw Fault("a \(value.typeName) has no spelling in JSON")
        }
    }

    private func list<Item>(
        _ items: [Item], _ opening: String, _ closing: String, _ level: Int, _ output: inout MarkedText,
        _ item: (Item, inout MarkedText) throws -> Void
    ) throws {
        output.append(MarkedText(opening, .input))
        func feed(_ level: Int) {
            guard let indent, !items.isEmpty else { return }
            output.append(MarkedText("\n", .input))
            for _ in 0..<level { output.append(indent) }
        }
        feed(level + 1)
        for (position, element) in items.enumerated() {
            if position > 0 {
                output.append(separator)
                feed(level + 1)
            }
            try item(element, &output)
        }
        feed(level)
        output.append(MarkedText(closing, .input))
    }

    private static func scalar(_ value: Value) -> String {
        switch value {
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .long(let digits): digits
        case .float(let value):
            value.isNaN
                ? "NaN"
                : value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : PythonSpelling.float(value)
        default: "null"
        }
    }

    private static func key(_ key: Value) throws -> MarkedText {
        switch key {
        case .text(let text): text
        case .null, .bool, .int, .long, .float: MarkedText(scalar(key), .input)
        default: throw Fault("a \(key.typeName) is no key in JSON")
        }
    }

    private func write(_ text: MarkedText, into output: inout MarkedText) {
        output.units.append(0x22)
        for unit in text.units {
            let code = unit & MarkedText.scalarBits
            switch code {
            case 0x22: output.append(MarkedText("\\\"", .input))
            case 0x5C: output.append(MarkedText("\\\\", .input))
            case 0x0A: output.append(MarkedText("\\n", .input))
            case 0x0D: output.append(MarkedText("\\r", .input))
            case 0x09: output.append(MarkedText("\\t", .input))
            case 0x08: output.append(MarkedText("\\b", .input))
            case 0x0C: output.append(MarkedText("\\f", .input))
            case 0..<0x20: output.append(JSONSpelling.escape(code))
            case 0x7F... where isASCII:
                for half in String(Character(MarkedText.scalar(code))).utf16 {
                    output.append(JSONSpelling.escape(UInt32(half)))
                }
            default: output.units.append(unit)
            }
        }
        output.units.append(0x22)
    }

    private static func escape(_ code: UInt32) -> MarkedText {
        let digits = String(code, radix: 16)
        return MarkedText("\\u" + String(repeating: "0", count: 4 - digits.count) + digits, .input)
    }
}
