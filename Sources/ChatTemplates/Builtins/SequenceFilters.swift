import Foundation

/// Filters of sequences and of numbers.
extension Filters {
    static let sequences: [String: Body] = [
        "length": { value, _, interpreter in .int(try length(value)) },
        "count": { value, _, interpreter in .int(try length(value)) },
        "list": { value, _, interpreter in .list(try interpreter.items(of: value)) },
        "first": { value, _, interpreter in
            if case .object(let iterator as IteratorObject) = value {
                return iterator.next() ?? .undefined(why: "the sequence has no first item")
            }
            return try interpreter.items(of: value).first ?? .undefined(why: "the sequence has no first item")
        },
        "last": { value, _, interpreter in
            switch value {
            case .object, .undefined: throw Fault("a \(value.typeName) cannot be walked over backwards")
            default: try interpreter.items(of: value).last ?? .undefined(why: "the sequence has no last item")
            }
        },
        "reverse": { value, _, interpreter in
            if case .text(let text) = value { return .text(MarkedText(units: text.units.reversed())) }
            return .object(IteratorObject(try interpreter.items(of: value).reversed()))
        },
        "join": { value, arguments, interpreter in
            let values = try arguments.bound(to: "d", "attribute", of: "join")
            var items = try interpreter.items(of: value)
            if let path = AttributePath(values[1]) {
                items = try items.map { try path.value(in: $0, interpreter) }
            }
            let separator = try values[0].map { try interpreter.printed($0) } ?? MarkedText()
            return .text(
                try TextMethods.joined(
                    try items.map { try interpreter.printed($0) }, by: separator, interpreter))
        },
        "items": { value, _, interpreter in
            switch value {
            case .undefined: return .object(IteratorObject([]))
            case .dictionary(let dictionary): return .object(IteratorObject(dictionary.items))
            default: throw Fault("only a dict has items, not a \(value.typeName)")
            }
        },
        "dictsort": { value, arguments, interpreter in
            let values = try arguments.bound(to: "case_sensitive", "by", "reverse", of: "dictsort")
            guard case .dictionary(let dictionary) = value else { throw Fault("only a dict has items") }
            let by = try values[1].map { try TextMethods.text($0, "by") } ?? MarkedText("key", .template)
            guard by.isSpelled("key") || by.isSpelled("value") else {
                throw Fault("by must be 'key' or 'value'")
            }
            let part = by.isSpelled("key") ? 0 : 1
            return .list(
                try sorted(dictionary.items, reverse: values[2]?.isTrue ?? false, interpreter) { item in
                    guard case .tuple(let pair) = item else { return item }
                    return values[0]?.isTrue ?? false ? pair[part] : lowered(pair[part])
                })
        },
        "sort": { value, arguments, interpreter in
            let values = try arguments.bound(to: "reverse", "case_sensitive", "attribute", of: "sort")
            let paths = AttributePath.several(values[2])
            let isSensitive = values[1]?.isTrue ?? false
            return .list(
                try sorted(try interpreter.items(of: value), reverse: values[0]?.isTrue ?? false, interpreter)
                { item in
                    .list(
                        try paths.map {
                            let part = try $0.value(in: item, interpreter)
                            return isSensitive ? part : lowered(part)
                        })
                })
        },
        "unique": { value, arguments, interpreter in
            let values = try arguments.bound(to: "case_sensitive", "attribute", of: "unique")
            let path = AttributePath(values[1])
            var seen = ValueDictionary()
            var kept: [Value] = []
            for item in try interpreter.items(of: value) {
                var key = try path?.value(in: item, interpreter) ?? item
                if !(values[0]?.isTrue ?? false) { key = lowered(key) }
                guard key.isHashable else { throw Fault("a \(key.typeName) cannot be a key") }
                try interpreter.spend(1 + seen.count >> 6)
                if seen[key] == nil {
                    seen[key] = .null
                    kept.append(item)
                }
            }
            return .object(IteratorObject(kept))
        },
        "min": { try extreme($0, $1, $2, "min") { $0 < 0 } },
        "max": { try extreme($0, $1, $2, "max") { $0 > 0 } },
        "sum": { value, arguments, interpreter in
            let values = try arguments.bound(to: "attribute", "start", of: "sum")
            let path = AttributePath(values[0])
            var total = values[1] ?? .int(0)
            if case .text = total { throw Fault("texts have no sum") }
            for item in try interpreter.items(of: value) {
                let part = try path?.value(in: item, interpreter) ?? item
                total = try Operators.apply(.add, total, part, interpreter)
            }
            return total
        },
        "batch": { value, arguments, interpreter in
            let values = try arguments.bound(to: "linecount", "fill_with", of: "batch", needing: 1)
            let count = try TextMethods.integer(values[0] ?? .null, "linecount")
            let items = try interpreter.items(of: value)
            guard count > 0 else { return .object(IteratorObject([.list(items)])) }
            try interpreter.spend(making: count)
            return .object(
                IteratorObject(
                    stride(from: 0, to: items.count, by: count).map { start in
                        var part = Array(items[start..<min(start + count, items.count)])
                        if let fill = values[1], fill.isNotNull {
                            part += Array(repeating: fill, count: count - part.count)
                        }
                        return .list(part)
                    }))
        },
        "slice": { value, arguments, interpreter in
            let values = try arguments.bound(to: "slices", "fill_with", of: "slice", needing: 1)
            let count = try TextMethods.integer(values[0] ?? .null, "slices")
            guard count > 0 else { throw Fault("the number of slices must be above zero") }
            try interpreter.spend(making: count)
            let items = try interpreter.items(of: value)
            let (size, extra) = items.count.quotientAndRemainder(dividingBy: count)
            var start = 0
            return .object(
                IteratorObject(
                    (0..<count).map { number in
                        let end = start + size + (number < extra ? 1 : 0)
                        defer { start = end }
                        var part = Array(items[start..<end])
                        if let fill = values[1], fill.isNotNull, number >= extra { part.append(fill) }
                        return .list(part)
                    }))
        },
        "groupby": { value, arguments, interpreter in
            let values = try arguments.bound(
                to: "attribute", "default", "case_sensitive", of: "groupby", needing: 1)
            let path = AttributePath(values[0]) ?? AttributePath(parts: [])
            let isSensitive = values[2]?.isTrue ?? false
            func key(_ item: Value) throws -> Value {
                let part = try path.value(in: item, interpreter, preset: values[1])
                return isSensitive ? part : lowered(part)
            }
            var groups: [(key: Value, items: [Value])] = []
            for item in try sorted(try interpreter.items(of: value), reverse: false, interpreter, by: key) {
                let itsKey = try key(item)
                if let last = groups.last, last.key.equals(itsKey) {
                    groups[groups.count - 1].items.append(item)
                } else {
                    groups.append((itsKey, [item]))
                }
            }
            return .list(
                try groups.map {
                    .view(
                        .group,
                        [try path.value(in: $0.items[0], interpreter, preset: values[1]), .list($0.items)])
                })
        },
    ]

    private static func length(_ value: Value) throws -> Int {
        switch value {
        case .text(let text): return text.count
        case .list(let items), .tuple(let items), .view(_, let items): return items.count
        case .dictionary(let dictionary): return dictionary.count
        case .undefined: return 0
        case .object(let loop as LoopObject):
            if case .int(let count)? = try loop.attribute("length") { return count }
            return 0
        default: throw Fault("a \(value.typeName) has no length")
        }
    }

    /// Text in lower case, anything else as it is: how filters compare without regard to case.
    static func lowered(_ value: Value) -> Value {
        if case .text(let text) = value { .text(text.lowercased()) } else { value }
    }

    private static func sorted(
        _ items: [Value], reverse: Bool, _ interpreter: Interpreter, by key: (Value) throws -> Value
    ) throws -> [Value] {
        let keyed = try items.enumerated().map {
            (position: $0.offset, key: try key($0.element), item: $0.element)
        }
        let sorted = try keyed.sorted { left, right in
            try interpreter.spend()
            let order = try left.key.order(right.key)
            return order == 0 ? left.position < right.position : reverse ? order > 0 : order < 0
        }
        return sorted.map(\.item)
    }

    private static func extreme(
        _ value: Value, _ arguments: CallArguments, _ interpreter: Interpreter, _ name: String,
        _ isBetter: (Int) -> Bool
    ) throws -> Value {
        let values = try arguments.bound(to: "case_sensitive", "attribute", of: name)
        let path = AttributePath(values[1])
        var best: (key: Value, item: Value)?
        for item in try interpreter.items(of: value) {
            var key = try path?.value(in: item, interpreter) ?? item
            if !(values[0]?.isTrue ?? false) { key = lowered(key) }
            if let current = best, !isBetter(try key.order(current.key)) { continue }
            best = (key, item)
        }
        return best?.item ?? .undefined(why: "an empty sequence has no \(name)")
    }
}

/// A path of attributes, as filters take it: names and positions with points between them.
struct AttributePath {
    let parts: [Value]

    init(parts: [Value]) { self.parts = parts }

    /// `nil` where no path is given.
    init?(_ value: Value?) {
        guard let value, value.isNotNull else { return nil }
        if case .text(let text) = value { self.init(text) } else { self.init(parts: [value]) }
    }

    private init(_ text: MarkedText) {
        parts = text.split(by: MarkedText(".", .template), .max).map { part in
            part.isAll(PythonCharacters.isDigit)
                ? Int(part.text).map { .int($0) } ?? .text(part) : .text(part)
        }
    }

    /// The paths of a text with commas in it; one that changes nothing where none is given.
    static func several(_ value: Value?) -> [AttributePath] {
        guard case .text(let text)? = value else { return [AttributePath(value) ?? AttributePath(parts: [])] }
        return text.split(by: MarkedText(",", .template), .max).map { AttributePath($0) }
    }

    func value(in item: Value, _ interpreter: Interpreter, preset: Value? = nil) throws -> Value {
        var value = item
        for part in parts {
            value = try interpreter.item(part, of: value)
            if let preset, preset.isNotNull, value.isUndefined { value = preset }
        }
        return value
    }
}

extension Value {
    var isNotNull: Bool { if case .null = self { false } else { true } }
}
