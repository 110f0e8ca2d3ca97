/// The methods of Python's `str`.
enum TextMethods {
    /// The method of that name; `nil` where there is none.
    static func method(_ name: String, of text: MarkedText) -> Method? {
        if let body = parts(name, text) ?? searches(name, text) ?? shapes(name, text) {
            return .function(body)
        }
        guard let predicate = predicates[name] else { return nil }
        return .function { arguments, _ in
            _ = try arguments.bound(of: name)
            return .bool(predicate(text))
        }
    }

    typealias Body = (CallArguments, Interpreter) throws -> Value

    static func text(_ value: Value, _ what: String) throws -> MarkedText {
        guard case .text(let text) = value else {
            if case .undefined(let why) = value { throw Fault(why) }
            throw Fault("\(what) must be text, not \(value.typeName)")
        }
        return text
    }

    static func integer(_ value: Value, _ what: String) throws -> Int {
        guard let integer = value.integer else {
            throw Fault("\(what) must be an integer, not \(value.typeName)")
        }
        return integer
    }

    private static func isNull(_ value: Value?) -> Bool {
        guard let value else { return true }
        if case .null = value { return true }
        return false
    }

    // MARK: Parts

    private static func parts(_ name: String, _ text: MarkedText) -> Body? {
        switch name {
        case "split", "rsplit":
            return { arguments, interpreter in
                let values = try arguments.bound(to: "sep", "maxsplit", of: name)
                let most = try values[1].map { try integer($0, "maxsplit") } ?? -1
                try interpreter.spend(making: text.count)
                let limit = most < 0 ? Int.max : most
                guard let separator = values[0], !isNull(separator) else {
                    return list(name == "split" ? text.words(limit) : text.wordsFromEnd(limit))
                }
                let mark = try TextMethods.text(separator, "the separator")
                guard !mark.isEmpty else { throw Fault("the separator is empty") }
                return list(
                    name == "split" ? text.split(by: mark, limit) : text.splitFromEnd(by: mark, limit))
            }
        case "splitlines":
            return { arguments, _ in
                let values = try arguments.bound(to: "keepends", of: name)
                return list(text.lines(keepingEnds: values[0]?.isTrue ?? false))
            }
        case "partition", "rpartition":
            return { arguments, _ in
                let values = try arguments.bound(to: "sep", of: name, needing: 1)
                let mark = try TextMethods.text(values[0] ?? .null, "the separator")
                guard !mark.isEmpty else { throw Fault("the separator is empty") }
                let empty = Value.text(MarkedText())
                guard let position = name == "partition" ? text.find(mark) : text.findLast(mark) else {
                    return .tuple(
                        name == "partition" ? [.text(text), empty, empty] : [empty, empty, .text(text)])
                }
                let end = position + mark.count
                return .tuple([
                    .text(text[0..<position]), .text(text[position..<end]), .text(text[end..<text.count]),
                ])
            }
        case "strip", "lstrip", "rstrip":
            return { arguments, _ in
                let values = try arguments.bound(to: "chars", of: name)
                let set = isNull(values[0]) ? nil : try TextMethods.text(values[0] ?? .null, "the characters")
                return .text(text.stripped(set, start: name != "rstrip", end: name != "lstrip"))
            }
        case "removeprefix", "removesuffix":
            return { arguments, _ in
                let part = try TextMethods.text(
                    try arguments.bound(to: "part", of: name, needing: 1)[0] ?? .null, "the argument")
                if name == "removeprefix" {
                    return .text(text.hasPrefix(part) ? text[part.count..<text.count] : text)
                }
                return .text(text.hasSuffix(part) ? text[0..<text.count - part.count] : text)
            }
        case "join":
            return { arguments, interpreter in
                let items = try interpreter.items(
                    of: try arguments.bound(to: "items", of: name, needing: 1)[0] ?? .null)
                return .text(
                    try joined(
                        try items.map { try TextMethods.text($0, "an item of join") }, by: text, interpreter))
            }
        default: return nil
        }
    }

    static func list(_ texts: [MarkedText]) -> Value { .list(texts.map { .text($0) }) }

    static func joined(
        _ texts: [MarkedText], by separator: MarkedText, _ interpreter: Interpreter
    ) throws -> MarkedText {
        let size = texts.reduce(0) { $0 + $1.count } + separator.count * max(0, texts.count - 1)
        try interpreter.spend(making: size)
        return MarkedText(units: texts.map(\.units).joined(separator: separator.units))
    }

    // MARK: Searches

    private static func searches(_ name: String, _ text: MarkedText) -> Body? {
        switch name {
        case "startswith", "endswith":
            return { arguments, _ in
                let values = try arguments.bound(to: "part", "start", "end", of: name, needing: 1)
                let (start, end) = try range(values[1], values[2], in: text)
                guard start <= end else { return .bool(false) }
                let part = text[start..<end]
                let candidates: [Value]
                if case .tuple(let items)? = values[0] {
                    candidates = items
                } else {
                    candidates = [values[0] ?? .null]
                }
                return .bool(
                    try candidates.contains {
                        let wanted = try TextMethods.text($0, "the argument of \(name)")
                        return name == "startswith" ? part.hasPrefix(wanted) : part.hasSuffix(wanted)
                    })
            }
        case "find", "rfind", "index", "rindex":
            return { arguments, interpreter in
                let values = try arguments.bound(to: "part", "start", "end", of: name, needing: 1)
                let part = try TextMethods.text(values[0] ?? .null, "the argument of \(name)")
                let (start, end) = try range(values[1], values[2], in: text)
                try interpreter.spend(making: text.count)
                let isLast = name.first == "r"
                let found =
                    isLast ? text.findLast(part, from: start, to: end) : text.find(part, from: start, to: end)
                if found == nil, name.hasSuffix("index") { throw Fault("the text of \(name) does not occur") }
                return .int(found ?? -1)
            }
        case "count":
            return { arguments, interpreter in
                let values = try arguments.bound(to: "part", "start", "end", of: name, needing: 1)
                let part = try TextMethods.text(values[0] ?? .null, "the argument of count")
                let (start, end) = try range(values[1], values[2], in: text)
                try interpreter.spend(making: text.count)
                guard start <= end else { return .int(0) }
                return .int(
                    part.isEmpty ? end - start + 1 : text[start..<end].split(by: part, .max).count - 1)
            }
        case "replace":
            return { arguments, interpreter in
                let values = try arguments.bound(to: "old", "new", "count", of: name, needing: 2)
                let most = try values[2].map { try integer($0, "count") } ?? -1
                return .text(
                    try text.replacing(
                        try TextMethods.text(values[0] ?? .null, "what is replaced"),
                        by: try TextMethods.text(values[1] ?? .null, "the replacement"), most: most,
                        interpreter))
            }
        default: return nil
        }
    }

    private static func range(_ start: Value?, _ end: Value?, in text: MarkedText) throws -> (Int, Int) {
        func bound(_ value: Value?, _ preset: Int) throws -> Int {
            guard let value, !isNull(value) else { return preset }
            let index = try integer(value, "a bound")
            return index < 0 ? max(0, index + text.count) : index
        }
        return (try bound(start, 0), min(text.count, try bound(end, text.count)))
    }

    // MARK: Shapes

    private static func shapes(_ name: String, _ text: MarkedText) -> Body? {
        let plain: [String: (MarkedText) -> MarkedText] = [
            "upper": { $0.uppercased() }, "lower": { $0.lowercased() }, "capitalize": { $0.capitalized() },
            "title": { $0.titled() }, "swapcase": { $0.swappedCase() },
        ]
        if let shape = plain[name] {
            return { arguments, interpreter in
                _ = try arguments.bound(of: name)
                try interpreter.spend(making: text.count)
                return .text(shape(text))
            }
        }
        switch name {
        case "format": return { .text(try BraceFormat.apply(text, $0, $1)) }
        case "format_map":
            return { arguments, interpreter in
                guard
                    case .dictionary(let values)? = try arguments.bound(to: "mapping", of: name, needing: 1)[
                        0]
                else {
                    throw Fault("format_map takes a dict")
                }
                var named = CallArguments()
                for (key, value) in zip(values.keys, values.values) {
                    if case .text(let text) = key { named.named.append((text.text, value)) }
                }
                return .text(try BraceFormat.apply(text, named, interpreter))
            }
        case "center", "ljust", "rjust":
            return { arguments, interpreter in
                let values = try arguments.bound(to: "width", "fillchar", of: name, needing: 1)
                let fill =
                    try values[1].map { try TextMethods.text($0, "the filling") }
                    ?? MarkedText(" ", .template)
                guard fill.count == 1 else { throw Fault("the filling must be one character") }
                let width = try integer(values[0] ?? .null, "the width")
                return .text(try text.padded(to: width, with: fill, name, interpreter))
            }
        case "zfill":
            return { arguments, interpreter in
                let width = try integer(
                    try arguments.bound(to: "width", of: name, needing: 1)[0] ?? .null, "the width")
                let isSigned = text.count > 0 && (text.code(0) == 0x2B || text.code(0) == 0x2D)
                let digits = text[(isSigned ? 1 : 0)..<text.count]
                let zero = MarkedText("0", .template)
                let padded = try digits.padded(
                    to: width - (isSigned ? 1 : 0), with: zero, "rjust", interpreter)
                return .text(text[0..<(isSigned ? 1 : 0)] + padded)
            }
        case "expandtabs":
            return { arguments, interpreter in
                let size =
                    try arguments.bound(to: "tabsize", of: name)[0].map { try integer($0, "tabsize") } ?? 8
                return .text(try text.expandingTabs(size, interpreter))
            }
        default: return nil
        }
    }

    // MARK: Predicates

    static let predicates: [String: @Sendable (MarkedText) -> Bool] = [
        "isalpha": { $0.isAll(PythonCharacters.isAlphabetic) },
        "isdecimal": { $0.isAll(PythonCharacters.isDecimal) },
        "isdigit": { $0.isAll(PythonCharacters.isDigit) },
        "isnumeric": { $0.isAll(PythonCharacters.isNumeric) },
        "isalnum": { $0.isAll { PythonCharacters.isAlphabetic($0) || PythonCharacters.isNumeric($0) } },
        "isspace": { $0.isAll { PythonCharacters.isSpace($0.value) } },
        "isascii": { $0.isEmpty || $0.isAll(\.isASCII) },
        "isprintable": { $0.isEmpty || $0.isAll(PythonCharacters.isPrintable) },
        "isidentifier": { text in
            guard let first = text.units.first.map(MarkedText.scalar) else { return false }
            return (first == "_" || first.properties.isXIDStart)
                && text.isAll { $0.properties.isXIDContinue }
        },
        "islower": { $0.hasCase { !PythonCharacters.isUppercase($0) && !PythonCharacters.isTitlecase($0) } },
        "isupper": { $0.hasCase { !PythonCharacters.isLowercase($0) && !PythonCharacters.isTitlecase($0) } },
        "istitle": { text in text.hasCase { _ in true } && text.isSpelled(like: text.titled()) },
    ]
}
