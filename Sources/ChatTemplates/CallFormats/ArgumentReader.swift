import JSON

/// Reads arguments that are written key by key.
struct ArgumentReader {
    private(set) var units: ArraySlice<ReadUnit>
    private let keyed: KeyedArguments
    private var depth = 0

    init(_ units: ArraySlice<ReadUnit>, _ keyed: KeyedArguments) {
        self.units = units
        self.keyed = keyed
    }

    /// The arguments; `nil` where they are not written so.
    mutating func arguments(_ schema: ArgumentSchema?) -> JSONValue? {
        let before = self
        if takeCounted(keyed.begin), let object = members(schema) { return object }
        let reached = units
        self = before
        if let empty = keyed.empty, takeCounted(empty) { return .object(JSONObject()) }
        units = reached
        return nil
    }

    /// Takes pieces in which calls may be counted.
    private mutating func takeCounted(_ pieces: [CallSyntax.Piece]) -> Bool {
        var here = ReadCursor(units, syntax: CallSyntax(), schemas: [:])
        guard here.take(pieces) else { return false }
        units = here.units
        return true
    }

    private mutating func take(_ pieces: [CallSyntax.Piece], key: String = "") -> Bool {
        let wanted = ReadCursor.units(pieces, key: key)
        guard units.starts(with: wanted) else { return false }
        units.removeFirst(wanted.count)
        return true
    }

    /// Members up to where no further one follows.
    private mutating func members(_ schema: ArgumentSchema?) -> JSONValue? {
        depth += 1
        defer { depth -= 1 }
        guard depth < 64 else { return nil }
        guard let first = member(schema) else { return nil }
        var object = JSONObject()
        object[first.key] = first.value
        while true {
            let before = units
            guard take(keyed.separator), let next = member(schema) else {
                units = before
                return .object(object)
            }
            object[next.key] = next.value
        }
    }

    private mutating func member(_ schema: ArgumentSchema?) -> (key: String, value: JSONValue)? {
        guard let (key, kinds) = key(), let value = value(kinds, schema.flatMap { $0[key] }, key: key) else {
            return nil
        }
        return (key, value)
    }

    /// A key, and the kinds of values that what follows it lets expect.
    private mutating func key() -> (key: String, kinds: Set<ValueKind>)? {
        var taken: [ReadUnit] = []
        while taken.count < 256 {
            if !taken.isEmpty {
                let name = taken[...].text
                let matching = keyed.affixes.compactMap { kind, affixes -> (ValueKind, [ReadUnit])? in
                    let before = ReadCursor.units(affixes.before, key: name)
                    return units.starts(with: before) ? (kind, before) : nil
                }
                if let longest = matching.map(\.1.count).max() {
                    units.removeFirst(longest)
                    return (name, Set(matching.filter { $0.1.count == longest }.map(\.0)))
                }
            }
            guard case .byte? = units.first else { return nil }
            taken.append(units.removeFirst())
        }
        return nil
    }

    private mutating func value(
        _ kinds: Set<ValueKind>, _ schema: ArgumentSchema?, key: String
    ) -> JSONValue? {
        guard kinds.contains(.string), let after = keyed.affixes[.string]?.after else {
            guard let value = bare(schema, kinds) else { return nil }
            guard let after = keyed.affixes[ValueKind(value)]?.after, take(after, key: key) else {
                return nil
            }
            return value
        }
        var here = ReadCursor(units, syntax: CallSyntax(), schemas: [:])
        if let quotes = keyed.quotes, here.take(quotes.before) {
            let raw = here.text(upTo: quotes.after + after, key: key)
            units = here.units
            if raw == nil { units = [] }
            return raw.map { .string($0.text) }
        }
        guard let raw = here.text(upTo: after, key: key) else {
            units = []
            return nil
        }
        units = here.units
        return interpreted(raw, schema?.kinds ?? Set(ValueKind.allCases), kinds, schema)
    }

    /// What a raw text stands for, by the kinds that its schema lets through.
    private func interpreted(
        _ raw: ArraySlice<ReadUnit>, _ allowed: Set<ValueKind>, _ written: Set<ValueKind>,
        _ schema: ArgumentSchema?
    ) -> JSONValue? {
        let both = allowed.intersection(written)
        let kinds = both.isEmpty ? written : both
        if kinds != [.string] {
            let text = raw.trimmedText
            if raw.isPlain, let value = ArgumentReader.plain(text), kinds.contains(ValueKind(value)),
                value.stringValue == nil
            {
                return value
            }
            var inner = ArgumentReader(raw, keyed)
            inner.depth = depth
            if kinds.contains(.object) || kinds.contains(.array), let value = inner.nested(schema),
                inner.units.isEmpty
            {
                return value
            }
        }
        return kinds.contains(.string) ? .string(raw.text) : nil
    }

    /// A value of JSON or Python that the whole text is.
    private static func plain(_ text: String) -> JSONValue? {
        (try? JSONParser.parse(text)) ?? PythonLiteral.value(of: text)
    }

    /// A value that is no raw text: a number or a word, or something in brackets.
    private mutating func bare(_ schema: ArgumentSchema?, _ kinds: Set<ValueKind>) -> JSONValue? {
        let before = units
        if kinds.contains(.object) || kinds.contains(.array), let value = nested(schema) { return value }
        units = before
        if let length = ReadCursor.lengthOfBrackets(units),
            let value = ArgumentReader.plain(units.prefix(length).text)
        {
            units.removeFirst(length)
            return value
        }
        let word = units.prefix {
            guard case .byte(let byte) = $0 else { return false }
            return (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte) || "+-.".utf8.contains(byte)
        }
        guard let value = ArgumentReader.plain(word.text) else { return nil }
        units.removeFirst(word.count)
        return value
    }

    /// An object or an array written like the arguments themselves.
    private mutating func nested(_ schema: ArgumentSchema?) -> JSONValue? {
        let before = units
        if case .members(let begin, let end) = keyed.objects, schema?.kinds.contains(.object) ?? true {
            if !end.isEmpty, take(begin + end) { return .object(JSONObject()) }
            if take(begin), let object = members(schema), take(end) { return object }
            units = before
        }
        guard case .items(let begin, let separator, let end, let string) = keyed.arrays else { return nil }
        guard take(begin) else { return nil }
        var items: [JSONValue] = []
        let isEmpty = !end.isEmpty && take(end)
        while !isEmpty {
            guard let item = item(string, schema?.items) else {
                units = before
                return nil
            }
            items.append(item)
            if take(separator) { continue }
            guard take(end) else {
                units = before
                return nil
            }
            break
        }
        return .array(items)
    }

    private mutating func item(_ string: KeyedArguments.Affixes, _ schema: ArgumentSchema?) -> JSONValue? {
        let before = units
        if !string.before.isEmpty, !take(string.before) { return bare(schema, Set(ValueKind.allCases)) }
        var here = ReadCursor(units, syntax: CallSyntax(), schemas: [:])
        guard let raw = here.text(upTo: string.after) else {
            units = before
            return nil
        }
        units = here.units
        guard string.before.isEmpty else { return .string(raw.text) }
        return interpreted(
            raw, schema?.kinds ?? Set(ValueKind.allCases), Set(ValueKind.allCases), schema)
    }
}
