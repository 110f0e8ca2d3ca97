import Foundation

/// Arithmetic and comparison with Python's meaning.
enum Operators {
    static func negative(_ value: Value) throws -> Value {
        if let integer = value.integer { return .int(try checked(0.subtractingReportingOverflow(integer))) }
        if case .float(let number) = value { return .float(-number) }
        throw fault("-", value)
    }

    static func positive(_ value: Value) throws -> Value {
        if let integer = value.integer { return .int(integer) }
        if case .float = value { return value }
        throw fault("+", value)
    }

    private static func fault(_ symbol: String, _ values: Value...) -> Fault {
        for case .undefined(let why) in values { return Fault(why) }
        return Fault("'\(symbol)' is not defined for \(values.map(\.typeName).joined(separator: " and "))")
    }

    private static func checked(_ result: (partialValue: Int, overflow: Bool)) throws -> Int {
        guard !result.overflow else { throw Fault("the number is too large") }
        return result.partialValue
    }

    static func apply(
        _ operation: Arithmetic, _ left: Value, _ right: Value, _ interpreter: Interpreter
    ) throws -> Value {
        switch (operation, left, right) {
        case (.add, .text(let a), .text(let b)): return .text(sum(a, b))
        case (.add, .list(let a), .list(let b)):
            try interpreter.spend(making: a.count + b.count)
            return .list(a + b)
        case (.add, .tuple(let a), .tuple(let b)):
            try interpreter.spend(making: a.count + b.count)
            return .tuple(a + b)
        case (.modulo, .text(let format), _):
            return .text(try PercentFormat.apply(format, right, interpreter))
        case (.multiply, .text, _), (.multiply, .list, _), (.multiply, .tuple, _):
            guard let count = right.integer else { throw fault("*", left, right) }
            return try repeated(left, count, interpreter)
        case (.multiply, _, .text), (.multiply, _, .list), (.multiply, _, .tuple):
            guard let count = left.integer else { throw fault("*", left, right) }
            return try repeated(right, count, interpreter)
        default:
            if let a = left.integer, let b = right.integer { return try integers(operation, a, b) }
            if case .long = left { throw Fault("the number is too large") }
            if case .long = right { throw Fault("the number is too large") }
            guard let a = left.number, let b = right.number else {
                throw fault(operation.rawValue, left, right)
            }
            return .float(try floats(operation, a, b))
        }
    }

    /// The sum of two texts; HTML makes HTML of what is added to it.
    static func sum(_ left: MarkedText, _ right: MarkedText) -> MarkedText {
        guard left.isHTML || right.isHTML else { return left + right }
        var sum = (left.isHTML ? left : left.escapedHTML) + (right.isHTML ? right : right.escapedHTML)
        sum.isHTML = true
        return sum
    }

    private static func repeated(_ value: Value, _ count: Int, _ interpreter: Interpreter) throws -> Value {
        let count = max(0, count)
        func total(_ size: Int) throws {
            let (product, overflow) = size.multipliedReportingOverflow(by: count)
            try interpreter.spend(making: overflow ? .max >> 8 : product)
        }
        switch value {
        case .text(let text):
            try total(text.count)
            var result = MarkedText(
                units: repeatElement(text.units, count: text.isEmpty ? 0 : count).joined())
            result.isHTML = text.isHTML
            return .text(result)
        case .list(let items):
            try total(items.count)
            return .list(Array(repeatElement(items, count: items.isEmpty ? 0 : count).joined()))
        case .tuple(let items):
            try total(items.count)
            return .tuple(Array(repeatElement(items, count: items.isEmpty ? 0 : count).joined()))
        default: return value
        }
    }

    private static func integers(_ operation: Arithmetic, _ a: Int, _ b: Int) throws -> Value {
        switch operation {
        case .add: return .int(try checked(a.addingReportingOverflow(b)))
        case .subtract: return .int(try checked(a.subtractingReportingOverflow(b)))
        case .multiply: return .int(try checked(a.multipliedReportingOverflow(by: b)))
        case .divide: return .float(try floats(.divide, Double(a), Double(b)))
        case .floorDivide:
            guard b != 0 else { throw Fault("a number is divided by zero") }
            let quotient = try checked(a.dividedReportingOverflow(by: b))
            return .int(a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient)
        case .modulo:
            guard b != 0 else { throw Fault("a number is divided by zero") }
            let rest = b == -1 ? 0 : a % b
            return .int(rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest)
        case .power:
            guard b >= 0 else { return .float(try floats(.power, Double(a), Double(b))) }
            var (result, base, exponent) = (1, a, b)
            while exponent > 0 {
                if exponent & 1 == 1 { result = try checked(result.multipliedReportingOverflow(by: base)) }
                exponent >>= 1
                if exponent > 0 { base = try checked(base.multipliedReportingOverflow(by: base)) }
            }
            return .int(result)
        }
    }

    private static func floats(_ operation: Arithmetic, _ a: Double, _ b: Double) throws -> Double {
        switch operation {
        case .add: return a + b
        case .subtract: return a - b
        case .multiply: return a * b
        case .power:
            let result = pow(a, b)
            guard result.isFinite || !a.isFinite || !b.isFinite else {
                throw Fault("the number is too large")
            }
            return result
        case .divide, .floorDivide, .modulo:
            guard b != 0 else { throw Fault("a number is divided by zero") }
            if operation == .divide { return a / b }
            var rest = fmod(a, b)
            if rest != 0, (rest < 0) != (b < 0) { rest += b }
            if operation == .modulo { return rest }
            return ((a - rest) / b).rounded()
        }
    }

    // MARK: Comparison

    static func holds(
        _ comparison: Comparison, _ left: Value, _ right: Value, _ interpreter: Interpreter
    ) throws -> Bool {
        switch comparison {
        case .equal: return try interpreter.equal(left, right)
        case .unequal: return !(try interpreter.equal(left, right))
        case .isIn: return try contains(right, left, interpreter)
        case .isNotIn: return !(try contains(right, left, interpreter))
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            for case .float(let number) in [left, right] where number.isNaN { return false }
            let order = try left.order(right, comparison.rawValue)
            switch comparison {
            case .less: return order < 0
            case .lessOrEqual: return order <= 0
            case .greater: return order > 0
            default: return order >= 0
            }
        }
    }

    private static func contains(_ container: Value, _ value: Value, _ interpreter: Interpreter) throws
        -> Bool
    {
        switch container {
        case .text(let text):
            guard case .text(let part) = value else {
                throw Fault("a \(value.typeName) cannot be looked for in text")
            }
            try interpreter.spend(making: text.count)
            return text.find(part) != nil
        case .dictionary(let dictionary):
            guard value.isHashable else { throw Fault("a \(value.typeName) cannot be a key") }
            return dictionary[value] != nil
        default:
            for item in try interpreter.items(of: container) where try interpreter.equal(item, value) {
                return true
            }
            return false
        }
    }
}

extension MarkedText {
    /// The text with what HTML reads as markup spelled as entities of the same origin.
    var escapedHTML: MarkedText {
        var result = MarkedText()
        result.units.reserveCapacity(count)
        for unit in units {
            let entity: String
            switch MarkedText.scalar(unit) {
            case "&": entity = "&amp;"
            case "<": entity = "&lt;"
            case ">": entity = "&gt;"
            case "'": entity = "&#39;"
            case "\"": entity = "&#34;"
            default:
                result.units.append(unit)
                continue
            }
            result.append(MarkedText(entity, unit & MarkedText.templateBit == 0 ? .input : .template))
        }
        result.isHTML = true
        return result
    }
}
