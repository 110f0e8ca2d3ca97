/// jinja2's filters, and transformers' `tojson`.
enum Filters {
    typealias Body = @Sendable (Value, CallArguments, Interpreter) throws -> Value

    private static let all: [String: Body] = texts.merging(sequences) { first, _ in first }
        .merging(values) { first, _ in first }.merging(selections) { first, _ in first }

    /// The filter's value.
    /// - Throws: ``Fault`` for a filter that is not known.
    static func apply(
        _ name: String, _ value: Value, _ arguments: CallArguments, _ interpreter: Interpreter
    ) throws -> Value {
        guard let filter = all[name] else { throw Fault("there is no filter '\(name)'") }
        return try filter(value, arguments, interpreter)
    }

    static func isKnown(_ name: String) -> Bool { all[name] != nil }

    // MARK: Texts

    private static func shaped(
        _ name: String, _ shape: @escaping @Sendable (MarkedText) -> MarkedText
    ) -> Body {
        { value, arguments, interpreter in
            _ = try arguments.bound(of: name)
            return .text(shape(try interpreter.printed(value)))
        }
    }

    private static let texts: [String: Body] = [
        "upper": shaped("upper") { $0.uppercased() },
        "lower": shaped("lower") { $0.lowercased() },
        "capitalize": shaped("capitalize") { $0.capitalized() },
        "title": shaped("title") { $0.titledWords() },
        "string": shaped("string") { $0 },
        "safe": shaped("safe") {
            var text = $0
            text.isHTML = true
            return text
        },
        "escape": shaped("escape") { $0.isHTML ? $0 : $0.escapedHTML },
        "e": shaped("e") { $0.isHTML ? $0 : $0.escapedHTML },
        "forceescape": shaped("forceescape") { $0.escapedHTML },
        "trim": { value, arguments, interpreter in
            let values = try arguments.bound(to: "chars", of: "trim")
            var set: MarkedText?
            if case .text(let text)? = values[0] { set = text }
            return .text(try interpreter.printed(value).stripped(set))
        },
        "replace": { value, arguments, interpreter in
            let values = try arguments.bound(to: "old", "new", "count", of: "replace", needing: 2)
            var most = -1
            if let count = values[2]?.integer { most = count }
            var text = try interpreter.printed(value)
            text.isHTML = false
            return .text(
                try text.replacing(
                    try interpreter.printed(values[0] ?? .null),
                    by: try interpreter.printed(values[1] ?? .null),
                    most: most, interpreter))
        },
        "center": { value, arguments, interpreter in
            let width = try arguments.bound(to: "width", of: "center")[0].map {
                try TextMethods.integer($0, "width")
            }
            let space = MarkedText(" ", .template)
            return .text(
                try interpreter.printed(value).padded(to: width ?? 80, with: space, "center", interpreter))
        },
        "indent": { value, arguments, interpreter in
            let values = try arguments.bound(to: "width", "first", "blank", of: "indent")
            let indention: MarkedText
            if case .text(let text)? = values[0] {
                indention = text
            } else {
                let width = try values[0].map { try TextMethods.integer($0, "width") } ?? 4
                try interpreter.spend(making: max(0, width))
                indention = MarkedText(String(repeating: " ", count: max(0, width)), .template)
            }
            return .text(
                try TextMethods.text(value, "what is indented").indented(
                    by: indention, first: values[1]?.isTrue ?? false, blank: values[2]?.isTrue ?? false,
                    interpreter))
        },
        "truncate": { value, arguments, interpreter in
            let values = try arguments.bound(to: "length", "killwords", "end", "leeway", of: "truncate")
            let text = try TextMethods.text(value, "what is truncated")
            let length = try values[0].map { try TextMethods.integer($0, "length") } ?? 255
            let end = try values[2].map { try TextMethods.text($0, "end") } ?? MarkedText("...", .template)
            let leeway = values[3]?.integer ?? 5
            guard length >= end.count, leeway >= 0 else { throw Fault("truncate: the length is too small") }
            if text.count <= length + leeway { return .text(text) }
            let kept = text[0..<length - end.count]
            if values[1]?.isTrue ?? false { return .text(kept + end) }
            let space = kept.findLast(MarkedText(" ", .template))
            return .text(kept[0..<(space ?? kept.count)] + end)
        },
        "wordcount": { value, arguments, interpreter in
            let text = try interpreter.printed(value)
            var (count, isInWord) = (0, false)
            for unit in text.units {
                let scalar = MarkedText.scalar(unit)
                let isWord =
                    scalar == "_" || PythonCharacters.isAlphabetic(scalar)
                    || PythonCharacters.isNumeric(scalar)
                if isWord, !isInWord { count += 1 }
                isInWord = isWord
            }
            return .int(count)
        },
        "urlencode": { value, arguments, interpreter in
            guard case .dictionary(let pairs) = value else {
                return .text(try interpreter.printed(value).percentEncoded(keepingSlash: true))
            }
            let parts = try zip(pairs.keys, pairs.values).map { key, value in
                let name = try interpreter.printed(key).percentEncoded(keepingSlash: false)
                return name + MarkedText("=", .template)
                    + (try interpreter.printed(value).percentEncoded(keepingSlash: false))
            }
            return .text(try TextMethods.joined(parts, by: MarkedText("&", .template), interpreter))
        },
        "format": { value, arguments, interpreter in
            guard arguments.positional.isEmpty || arguments.named.isEmpty else {
                throw Fault("format takes named or other arguments, not both")
            }
            let named = ValueDictionary(arguments.named.map { ($0.name, $0.value) })
            return .text(
                try PercentFormat.apply(
                    try interpreter.printed(value),
                    arguments.named.isEmpty ? .tuple(arguments.positional) : .dictionary(named), interpreter))
        },
        "tojson": { value, arguments, interpreter in
            let values = try arguments.bound(
                to: "ensure_ascii", "indent", "separators", "sort_keys", of: "tojson")
            return .text(try JSONSpelling(values, interpreter).text(of: value))
        },
    ]
}

extension MarkedText {
    /// Each word's first letter in upper case and its rest in lower case, as jinja2 cuts words.
    func titledWords() -> MarkedText {
        func isBoundary(_ code: UInt32) -> Bool {
            PythonCharacters.isSpace(code) || [0x2D, 0x28, 0x7B, 0x5B, 0x3C].contains(code)
        }
        var result = MarkedText()
        var start = 0
        while start < count {
            var end = start + 1
            let kind = isBoundary(code(start))
            while end < count, isBoundary(code(end)) == kind { end += 1 }
            result.append(self[start..<start + 1].uppercased())
            result.append(self[start + 1..<end].lowercased())
            start = end
        }
        return result
    }

    func indented(
        by indention: MarkedText, first: Bool, blank: Bool, _ interpreter: Interpreter
    ) throws -> MarkedText {
        let feed = MarkedText("\n", .template)
        let lines = (self + feed).lines()
        try interpreter.spend(making: count + lines.count * (indention.count + 1))
        var result = first ? indention : MarkedText()
        for (position, line) in lines.enumerated() {
            if position > 0 {
                result.append(feed)
                if blank || !line.isEmpty { result.append(indention) }
            }
            result.append(line)
        }
        result.isHTML = isHTML
        return result
    }

    /// Bytes beyond letters, digits and `_.-~` as `%XX` (RFC 3986, section 2.1).
    func percentEncoded(keepingSlash: Bool) -> MarkedText {
        var result = MarkedText()
        for unit in units {
            let scalar = MarkedText.scalar(unit)
            let isPlain =
                scalar.isASCII
                && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    || "_.-~".unicodeScalars.contains(scalar)
                    || keepingSlash && scalar == "/")
            if isPlain {
                result.units.append(unit)
            } else if scalar == " ", !keepingSlash {
                result.append(MarkedText("+", .input))
            } else {
                for byte in String(Character(scalar)).utf8 {
                    let digits = String(byte, radix: 16, uppercase: true)
                    result.append(MarkedText("%" + (digits.count < 2 ? "0" : "") + digits, .input))
                }
            }
        }
        return result
    }
}
