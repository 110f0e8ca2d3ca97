/// A value as jinja2 knows it, Python's types included.
///
/// Lists and dictionaries are values: transformers' sandbox lets no template change one, and ``ListChange`` gives the
/// name of a list another one.
indirect enum Value {
    /// Nothing of that name: it prints as nothing, and most uses of it fail by `why`.
    case undefined(why: String)
    case null
    case bool(Bool)
    case int(Int)
    /// An integer beyond `Int`, by its digits: it can be printed and compared, and nothing else.
    case long(String)
    case float(Double)
    case text(MarkedText)
    case list([Value])
    case tuple([Value])
    case dictionary(ValueDictionary)
    /// What is like a list and none.
    case view(View, [Value])
    case object(TemplateObject)

    enum View: String {
        case range
        case keys = "dict_keys"
        case values = "dict_values"
        case items = "dict_items"
        /// A pair of `groupby`.
        case group
    }

    static func text(_ text: String) -> Value { .text(MarkedText(text, .input)) }

    /// Text that a special token may be made of.
    static func template(_ text: String) -> Value { .text(MarkedText(text, .template)) }

    var isUndefined: Bool { if case .undefined = self { true } else { false } }

    /// Python's name of the type, for messages.
    var typeName: String {
        switch self {
        case .undefined: "undefined"
        case .null: "None"
        case .bool: "bool"
        case .int, .long: "int"
        case .float: "float"
        case .text: "str"
        case .list: "list"
        case .tuple: "tuple"
        case .dictionary: "dict"
        case .view(let kind, _): kind.rawValue
        case .object(let object): object.typeName
        }
    }

    /// Whether Python counts the value as true.
    var isTrue: Bool {
        switch self {
        case .undefined, .null: false
        case .bool(let value): value
        case .int(let value): value != 0
        case .long: true
        case .float(let value): value != 0
        case .text(let text): !text.isEmpty
        case .list(let items), .tuple(let items): !items.isEmpty
        case .dictionary(let dictionary): dictionary.count > 0
        case .view(_, let items): !items.isEmpty
        case .object(let object): object.isTrue
        }
    }

    /// The value as a whole number, where Python takes it for one (`True` is 1).
    var integer: Int? {
        switch self {
        case .int(let value): value
        case .bool(let value): value ? 1 : 0
        default: nil
        }
    }

    /// The value as a number.
    var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .bool(let value): value ? 1 : 0
        case .float(let value): value
        case .long(let digits): Double(digits)
        default: nil
        }
    }

    /// Whether the value can be a key.
    var isHashable: Bool {
        switch self {
        case .list, .dictionary: false
        case .tuple(let items): items.allSatisfy(\.isHashable)
        default: true
        }
    }

    /// Python's `==` for what can be a key; false for more than a key would ever hold.
    func equals(_ other: Value) -> Bool {
        var cost = 0
        return equals(other, cost: &cost, limit: 10_000)
    }

    /// Python's `==`; adds the values looked at to `cost`, and is false where that exceeds `limit`.
    func equals(_ other: Value, cost: inout Int, limit: Int) -> Bool {
        cost += 1
        guard cost < limit else { return false }
        switch (self, other) {
        case (.undefined, .undefined), (.null, .null): return true
        case (.text(let a), .text(let b)): return a.isSpelled(like: b)
        case (.long(let a), .long(let b)): return a == b
        case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)),
            (.view(.range, let a), .view(.range, let b)),
            (.view(.group, let a), .view(.group, let b)), (.view(.group, let a), .tuple(let b)),
            (.tuple(let a), .view(.group, let b)):
            guard a.count == b.count else { return false }
            for (left, right) in zip(a, b) where !left.equals(right, cost: &cost, limit: limit) {
                return false
            }
            return true
        case (.dictionary(let a), .dictionary(let b)):
            guard a.count == b.count else { return false }
            for (key, value) in zip(a.keys, a.values) {
                guard let other = b[key], value.equals(other, cost: &cost, limit: limit) else { return false }
            }
            return true
        case (.object(let a), .object(let b)): return a === b
        default:
            if let a = integer, let b = other.integer { return a == b }
            if let a = number, let b = other.number { return a == b }
            return false
        }
    }

    /// Negative, zero or positive, as Python orders the two.
    /// - Throws: ``Fault`` where it does not.
    func order(_ other: Value, _ symbol: String = "<") throws -> Int {
        switch (self, other) {
        case (.text(let a), .text(let b)): return a.order(b)
        case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
            for (left, right) in zip(a, b) where !left.equals(right) { return try left.order(right, symbol) }
            return a.count - b.count
        case (.undefined(let why), _), (_, .undefined(let why)): throw Fault(why)
        default:
            if let a = integer, let b = other.integer { return a < b ? -1 : a == b ? 0 : 1 }
            guard let a = number, let b = other.number else {
                throw Fault("'\(symbol)' does not compare \(typeName) with \(other.typeName)")
            }
            return a < b ? -1 : a == b ? 0 : 1
        }
    }
}
