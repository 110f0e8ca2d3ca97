/// How a value is laid out as text.
public enum JSONStyle: Sendable, Hashable {
    /// No white space: `{"a":[1,2]}`.
    case compact
    /// One space after `,` and `:`, as models mostly write: `{"a": [1, 2]}`.
    case spaced
    /// One member or element a line, indented by two spaces.
    case pretty
}

extension JSONValue {
    /// The value as JSON text; numbers keep their spelling, members their order.
    ///
    /// Characters outside ASCII are written as themselves; control characters, `"` and `\` are escaped.
    public func text(_ style: JSONStyle = .compact) -> String {
        var output = ""
        write(to: &output, style: style, indent: 0)
        return output
    }

    private func write(to output: inout String, style: JSONStyle, indent: Int) {
        switch self {
        case .null: output += "null"
        case .bool(let value): output += value ? "true" : "false"
        case .number(let number): output += number.text
        case .string(let text): JSONValue.writeString(text, to: &output)
        case .array(let elements):
            JSONValue.writeList(elements, "[", "]", to: &output, style: style, indent: indent) {
                $0.write(to: &$1, style: style, indent: $2)
            }
        case .object(let object):
            JSONValue.writeList(object.members, "{", "}", to: &output, style: style, indent: indent) {
                JSONValue.writeString($0.key, to: &$1)
                $1 += style == .compact ? ":" : ": "
                $0.value.write(to: &$1, style: style, indent: $2)
            }
        }
    }

    private static func writeList<Item>(
        _ items: [Item], _ open: String, _ close: String, to output: inout String, style: JSONStyle,
        indent: Int,
        item: (Item, inout String, Int) -> Void
    ) {
        output += open
        for (position, element) in items.enumerated() {
            if position > 0 { output += style == .spaced ? ", " : "," }
            if style == .pretty { output += "\n" + String(repeating: "  ", count: indent + 1) }
            item(element, &output, indent + 1)
        }
        if style == .pretty, !items.isEmpty { output += "\n" + String(repeating: "  ", count: indent) }
        output += close
    }

    /// Appends `text` as a JSON string literal.
    static func writeString(_ text: String, to output: inout String) {
        output += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            case "\u{08}": output += "\\b"
            case "\u{0C}": output += "\\f"
            case "\u{00}"..<"\u{20}", "\u{7F}":
                let code = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - code.count) + code
            default: output.unicodeScalars.append(scalar)
            }
        }
        output += "\""
    }
}
