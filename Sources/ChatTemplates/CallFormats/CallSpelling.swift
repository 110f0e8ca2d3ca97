import JSON

extension CallSyntax {
    /// The turn by which a model makes calls, from its first token to what ends it; `nil` where they cannot be written
    /// so.
    public func spelling(of calls: [ReadResponse.Call]) -> [TokenPiece]? {
        guard let first = calls.first, calls.count == 1 || between != nil else { return nil }
        var text = Spelled()
        if let thinking, thinking.isOpen || thinking.mayOnlyEnd { text.add(thinking.end, first, 0, self) }
        text.add(callBegin, first, 0, self)
        for (position, call) in calls.enumerated() {
            if position > 0 { text.add(between ?? [], call, position, self) }
            for piece in body {
                guard piece == .arguments else {
                    text.add([piece], call, position, self)
                    continue
                }
                guard text.add(arguments, call, position, self) else { return nil }
            }
        }
        if let last = calls.last {
            text.add((calls.count == 1 ? endOfOne : nil) ?? end, last, calls.count - 1, self)
            text.add(turnEnd, last, calls.count - 1, self)
        }
        return text.pieces
    }
}

/// A text that is being written.
private struct Spelled {
    private(set) var pieces: [TokenPiece] = []

    mutating func add(_ text: String) {
        if case .text(let before)? = pieces.last {
            pieces[pieces.count - 1] = .text(before + text)
        } else if !text.isEmpty {
            pieces.append(.text(text))
        }
    }

    mutating func add(
        _ parts: [CallSyntax.Piece], _ call: ReadResponse.Call, _ position: Int, _ syntax: CallSyntax
    ) {
        for part in parts {
            switch part {
            case .text(let text): add(text)
            case .token(let name): pieces.append(.special(name))
            case .name: add(call.name)
            case .identifier: add("call0000\(position % 10)")
            case .number: add(String(syntax.firstNumber + position))
            case .key, .arguments: break
            }
        }
    }

    private mutating func add(_ parts: [CallSyntax.Piece], key: String) {
        for part in parts {
            switch part {
            case .text(let text): add(text)
            case .token(let name): pieces.append(.special(name))
            case .key: add(key)
            default: break
            }
        }
    }

    /// Adds the arguments of a call.
    /// - Returns: whether they can be written.
    mutating func add(
        _ style: CallSyntax.Arguments, _ call: ReadResponse.Call, _ position: Int, _ syntax: CallSyntax
    ) -> Bool {
        guard case .keyed(let style) = style else {
            add(call.arguments)
            return true
        }
        guard let object = (try? JSONParser.parse(call.arguments))?.objectValue else { return false }
        guard !object.isEmpty else {
            add(style.empty ?? [], call, position, syntax)
            return style.empty != nil
        }
        add(style.begin, call, position, syntax)
        return add(object, style)
    }

    private mutating func add(_ object: JSONObject, _ style: KeyedArguments) -> Bool {
        let members = style.sortsKeys ? object.members.sorted { $0.key < $1.key } : object.members
        for (position, member) in members.enumerated() {
            if position > 0 { add(style.separator, key: "") }
            guard let affixes = style.affixes[ValueKind(member.value)] else { return false }
            add(member.key)
            let quotes = style.quotes.flatMap { member.value.needsQuotes ? $0 : nil }
            add(affixes.before + (quotes?.before ?? []), key: member.key)
            guard add(member.value, style) else { return false }
            add((quotes?.after ?? []) + affixes.after, key: member.key)
        }
        return true
    }

    private mutating func add(_ value: JSONValue, _ style: KeyedArguments) -> Bool {
        switch value {
        case .string(let text): add(text)
        case .bool, .null: add(style.wordsArePython ? PythonLiteral.text(of: value) : value.text())
        case .number(let number): add(number.text)
        case .object(let object):
            switch style.objects {
            case .json: add(value.text(.spaced))
            case .python: add(PythonLiteral.text(of: value))
            case .members(let begin, let end):
                add(begin, key: "")
                guard add(object, style) else { return false }
                add(end, key: "")
            case .unknown: return false
            }
        case .array(let items):
            switch style.arrays {
            case .json: add(value.text(.spaced))
            case .python: add(PythonLiteral.text(of: value))
            case .items(let begin, let separator, let end, let string):
                add(begin, key: "")
                for (position, item) in items.enumerated() {
                    if position > 0 { add(separator, key: "") }
                    let isQuoted = ValueKind(item) == .string
                    if isQuoted { add(string.before, key: "") }
                    guard add(item, style) else { return false }
                    if isQuoted || string.before.isEmpty { add(string.after, key: "") }
                }
                add(end, key: "")
            case .unknown: return false
            }
        }
        return true
    }
}

extension JSONValue {
    /// Whether it is a text with signs that a format of tags may take for its own.
    fileprivate var needsQuotes: Bool {
        stringValue?.unicodeScalars.contains { "<&\n".unicodeScalars.contains($0) } ?? false
    }
}

extension PythonLiteral {
    /// The value as Python writes it.
    static func text(of value: JSONValue) -> String {
        switch value {
        case .null: return "None"
        case .bool(let value): return value ? "True" : "False"
        case .number(let number): return number.text
        case .string(let text): return quoted(text)
        case .array(let items): return "[" + items.map(PythonLiteral.text).joined(separator: ", ") + "]"
        case .object(let object):
            return "{"
                + object.map { quoted($0.key) + ": " + PythonLiteral.text(of: $0.value) }.joined(
                    separator: ", ")
                + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let quote: Unicode.Scalar = scalars.contains("'") && !scalars.contains("\"") ? "\"" : "'"
        var written = String.UnicodeScalarView([quote])
        for scalar in scalars {
            switch scalar {
            case "\\", quote: written += [Unicode.Scalar("\\"), scalar]
            case "\n": written += "\\n".unicodeScalars
            case "\r": written += "\\r".unicodeScalars
            case "\t": written += "\\t".unicodeScalars
            default: written.append(scalar)
            }
        }
        written.append(quote)
        return String(written)
    }
}
