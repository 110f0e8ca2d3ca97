import JSON
import Terminal

/// A JSON value as lines: names apart from values, what fits on one line on one line, what is huge folded.
struct JSONLines {
    /// Whether long lists and texts are cut, with the number of what is left out.
    let folds: Bool

    /// Elements of an array or members of an object, and bytes of a string, up to which nothing is folded.
    private static let mostElements = 20
    private static let mostBytes = 400
    /// Bytes up to which a text is read as JSON for the screen.
    static let mostRead = 1 << 20

    /// The value of a text, where it is an object or an array.
    static func value(_ text: String) -> JSONValue? {
        guard let first = text.utf8.first(where: { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "["), text.utf8.count <= mostRead
        else { return nil }
        return try? JSONParser.parse(text)
    }

    func add(_ value: JSONValue, to text: inout TextLines) {
        add(value, StyledText(), end: "", indent: 0, to: &text)
    }

    private func add(
        _ value: JSONValue, _ head: StyledText, end: String, indent: Int, to text: inout TextLines
    ) {
        let start = TextLines.space(indent) + head
        switch value {
        case .array(let elements) where !fits(value, start, end, text.width):
            text.wrapStyled(start + StyledText("["), hanging: indent + 2)
            addAll(elements.map { (StyledText(), $0) }, indent: indent, to: &text)
            text.add(TextLines.space(indent) + StyledText("]\(end)"))
        case .object(let object) where !fits(value, start, end, text.width):
            text.wrapStyled(start + StyledText("{"), hanging: indent + 2)
            addAll(object.map { (JSONLines.name($0.key), $0.value) }, indent: indent, to: &text)
            text.add(TextLines.space(indent) + StyledText("}\(end)"))
        default:
            text.wrapStyled(start + line(value) + StyledText(end), hanging: indent + 2)
        }
    }

    private func addAll(_ items: [(StyledText, JSONValue)], indent: Int, to text: inout TextLines) {
        let shown = folds && items.count > JSONLines.mostElements ? JSONLines.mostElements / 2 : items.count
        for (index, (head, value)) in items.prefix(shown).enumerated() {
            add(value, head, end: index + 1 < items.count ? "," : "", indent: indent + 2, to: &text)
        }
        if shown < items.count {
            text.add(
                TextLines.space(indent + 2)
                    + StyledText("… \(Figure.count(items.count - shown)) more: Enter shows all", Theme.faint))
        }
    }

    /// Whether a value goes on one line: a leaf, an empty container, or one of leaves that is no longer than the line.
    private func fits(_ value: JSONValue, _ start: StyledText, _ end: String, _ width: Int) -> Bool {
        let children: [JSONValue]
        switch value {
        case .array(let elements): children = elements
        case .object(let object): children = object.map(\.value)
        default: return true
        }
        guard !children.isEmpty else { return true }
        guard children.count <= JSONLines.mostElements, children.allSatisfy({ !$0.isContainer }) else {
            return false
        }
        return start.width + line(value).width + end.utf8.count <= width
    }

    /// A value on one line.
    private func line(_ value: JSONValue) -> StyledText {
        switch value {
        case .null, .bool: return StyledText(value.text(), Theme.literal)
        case .number(let number): return StyledText(number.text, Theme.number)
        case .string(let string):
            let size = string.utf8.count
            guard folds, size > JSONLines.mostBytes else { return StyledText(value.text()) }
            let shown = String(decoding: string.utf8.prefix(JSONLines.mostBytes / 2), as: UTF8.self)
            return StyledText(JSONValue.string(shown).text())
                + StyledText(
                    " … of \(Figure.amount(size, "byte")): Enter shows all", Theme.faint)
        case .array(let elements):
            return list("[", elements.map(line), "]")
        case .object(let object):
            return list("{", object.map { JSONLines.name($0.key) + line($0.value) }, "}")
        }
    }

    private func list(_ open: String, _ items: [StyledText], _ close: String) -> StyledText {
        var line = StyledText(open)
        for (index, item) in items.enumerated() {
            if index > 0 { line.append(", ") }
            line = line + item
        }
        line.append(close)
        return line
    }

    private static func name(_ key: String) -> StyledText {
        StyledText("\(JSONValue.string(key).text()): ", Theme.label)
    }
}

extension JSONValue {
    /// Whether it holds other values.
    fileprivate var isContainer: Bool {
        switch self {
        case .array(let elements): !elements.isEmpty
        case .object(let object): !object.members.isEmpty
        default: false
        }
    }
}
