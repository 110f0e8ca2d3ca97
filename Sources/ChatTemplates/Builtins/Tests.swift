/// jinja2's tests.
enum Tests {
    /// Whether `value` passes the test of that name.
    /// - Throws: ``Fault`` for a test that is not known, or one that fails.
    static func test(
        _ name: String, _ value: Value, _ arguments: CallArguments, _ interpreter: Interpreter
    ) throws -> Bool {
        if let comparison = comparisons[name] {
            let other = try arguments.bound(to: "other", of: name, needing: 1)[0] ?? .null
            return try Operators.holds(comparison, value, other, interpreter)
        }
        if let kind = kinds[name] {
            _ = try arguments.bound(of: name)
            return kind(value)
        }
        return try special(name, value, arguments, interpreter)
    }

    static func isKnown(_ name: String) -> Bool {
        comparisons[name] != nil || kinds[name] != nil || others.contains(name)
    }

    private static let others: Set<String> = [
        "divisibleby", "odd", "even", "lower", "upper", "sameas", "filter", "test",
    ]

    private static let comparisons: [String: Comparison] = [
        "==": .equal, "eq": .equal, "equalto": .equal, "!=": .unequal, "ne": .unequal, ">": .greater,
        "gt": .greater,
        "greaterthan": .greater, "<": .less, "lt": .less, "lessthan": .less, ">=": .greaterOrEqual,
        "ge": .greaterOrEqual, "<=": .lessOrEqual, "le": .lessOrEqual, "in": .isIn,
    ]

    private static let kinds: [String: @Sendable (Value) -> Bool] = [
        "defined": { !$0.isUndefined },
        "undefined": { $0.isUndefined },
        "none": { if case .null = $0 { true } else { false } },
        "boolean": { if case .bool = $0 { true } else { false } },
        "true": { if case .bool(true) = $0 { true } else { false } },
        "false": { if case .bool(false) = $0 { true } else { false } },
        "string": { if case .text = $0 { true } else { false } },
        "escaped": { if case .text(let text) = $0 { text.isHTML } else { false } },
        "number": { $0.number != nil },
        "integer": {
            switch $0 {
            case .int, .long: true
            default: false
            }
        },
        "float": { if case .float = $0 { true } else { false } },
        "mapping": { if case .dictionary = $0 { true } else { false } },
        "callable": {
            switch $0 {
            case .object(let object): object is FunctionObject || object is LoopObject
            case .undefined: true
            default: false
            }
        },
        "iterable": {
            switch $0 {
            case .text, .list, .tuple, .view, .dictionary, .undefined: true
            case .object(let object): object is IteratorObject || object is LoopObject
            default: false
            }
        },
        "sequence": {
            switch $0 {
            case .text, .list, .tuple, .dictionary, .undefined, .view(.range, _), .view(.group, _): true
            default: false
            }
        },
    ]

    private static func special(
        _ name: String, _ value: Value, _ arguments: CallArguments, _ interpreter: Interpreter
    ) throws -> Bool {
        switch name {
        case "divisibleby":
            let other = try arguments.bound(to: "num", of: name, needing: 1)[0] ?? .null
            return try interpreter.equal(try Operators.apply(.modulo, value, other, interpreter), .int(0))
        case "odd":
            return try interpreter.equal(try Operators.apply(.modulo, value, .int(2), interpreter), .int(1))
        case "even":
            return try interpreter.equal(try Operators.apply(.modulo, value, .int(2), interpreter), .int(0))
        case "lower": return TextMethods.predicates["islower"]?(try interpreter.printed(value)) ?? false
        case "upper": return TextMethods.predicates["isupper"]?(try interpreter.printed(value)) ?? false
        case "sameas":
            let other = try arguments.bound(to: "other", of: name, needing: 1)[0] ?? .null
            return value.typeName == other.typeName ? try interpreter.equal(value, other) : false
        case "filter": return Filters.isKnown(try TextMethods.text(value, "the name").text)
        case "test": return isKnown(try TextMethods.text(value, "the name").text)
        default: throw Fault("there is no test '\(name)'")
        }
    }
}
