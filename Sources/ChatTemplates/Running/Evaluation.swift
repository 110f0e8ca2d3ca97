/// The values of expressions.
extension Interpreter {
    func evaluate(_ expression: Expression, _ scope: Scope) throws -> Value {
        try spend()
        return try deeper { try value(of: expression, scope) }
    }

    private func value(of expression: Expression, _ scope: Scope) throws -> Value {
        switch expression.form {
        case .literal(let literal): return Interpreter.value(literal)
        case .name(let name): return scope[name] ?? .undefined(why: "'\(name)' is undefined")
        case .list(let items): return try weighed(.list(try items.map { try evaluate($0, scope) }))
        case .tuple(let items): return try weighed(.tuple(try items.map { try evaluate($0, scope) }))
        case .dictionary(let pairs): return try dictionary(pairs, scope)
        case .attribute(let object, let name, let spelled):
            let object = try evaluate(object, scope)
            position = expression.position
            return try attribute(name, spelled, of: object)
        case .item(let object, let index):
            let object = try evaluate(object, scope)
            let index = try evaluate(index, scope)
            position = expression.position
            return try item(index, of: object)
        case .slice(let object, let from, let to, let step):
            let object = try evaluate(object, scope)
            let bounds = try [from, to, step].map { try $0.map { try evaluate($0, scope) } }
            position = expression.position
            return try made(try Subscripts.slice(object, from: bounds[0], to: bounds[1], by: bounds[2]))
        case .call: return try evaluate(expression, scope, caller: nil)
        case .filter(let value, _, _):
            guard let value else { throw Fault("a filter has nothing to filter") }
            return try evaluate(expression, scope, filtering: try evaluate(value, scope))
        case .test(let value, let name, let arguments):
            let value = try evaluate(value, scope)
            let arguments = try self.arguments(arguments, scope)
            position = expression.position
            return .bool(try Tests.test(name, value, arguments, self))
        case .not(let operand): return .bool(!(try evaluate(operand, scope).isTrue))
        case .and(let left, let right):
            let left = try evaluate(left, scope)
            return left.isTrue ? try evaluate(right, scope) : left
        case .or(let left, let right):
            let left = try evaluate(left, scope)
            return left.isTrue ? left : try evaluate(right, scope)
        case .negative(let operand), .positive(let operand):
            let value = try evaluate(operand, scope)
            position = expression.position
            if case .negative = expression.form { return try Operators.negative(value) }
            return try Operators.positive(value)
        case .arithmetic(let operation, let left, let right):
            let left = try evaluate(left, scope)
            let right = try evaluate(right, scope)
            position = expression.position
            return try made(try Operators.apply(operation, left, right, self))
        case .concatenation(let parts):
            var text = MarkedText()
            for part in parts { text.append(try printed(try evaluate(part, scope))) }
            return try made(.text(text))
        case .comparison(let first, let rest): return try comparison(first, rest, expression.position, scope)
        case .conditional(let test, let then, let otherwise):
            if try evaluate(test, scope).isTrue { return try evaluate(then, scope) }
            return try otherwise.map { try evaluate($0, scope) }
                ?? .undefined(why: "the condition is false, and there is no 'else'")
        }
    }

    private static func value(_ literal: Literal) -> Value {
        switch literal {
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .int(value)
        case .float(let value): .float(value)
        case .text(let text): .text(text)
        }
    }

    private func dictionary(_ pairs: [(key: Expression, value: Expression)], _ scope: Scope) throws -> Value {
        var dictionary = ValueDictionary()
        for pair in pairs {
            let key = try evaluate(pair.key, scope)
            guard key.isHashable else { throw Fault("a \(key.typeName) cannot be a key") }
            dictionary[key] = try evaluate(pair.value, scope)
        }
        return try weighed(.dictionary(dictionary))
    }

    private func comparison(
        _ first: Expression, _ rest: [(Comparison, Expression)], _ place: Position, _ scope: Scope
    ) throws -> Value {
        var left = try evaluate(first, scope)
        for (comparison, operand) in rest {
            let right = try evaluate(operand, scope)
            position = place
            guard try Operators.holds(comparison, left, right, self) else { return .bool(false) }
            left = right
        }
        return .bool(true)
    }

    // MARK: Calls

    /// The value of a call, to which the body of a call block is handed as `caller`.
    func evaluate(_ expression: Expression, _ scope: Scope, caller: Value?) throws -> Value {
        guard case .call(let callee, let arguments) = expression.form else {
            throw Fault("a call is expected here")
        }
        if let change = ListChange(callee), dialect == .llamaCpp,
            let value = try apply(change, expression, arguments, scope)
        {
            return value
        }
        let function = try evaluate(callee, scope)
        var values = try self.arguments(arguments, scope)
        if let caller { values.named.append(("caller", caller)) }
        position = expression.position
        return try made(try call(function, values))
    }

    private func call(_ function: Value, _ arguments: CallArguments) throws -> Value {
        switch function {
        case .object(let object as FunctionObject): return try object.body(arguments, self)
        case .object(let object as LoopObject): return try object.call(arguments)
        case .undefined(let why): throw Fault(why)
        default: throw Fault("a \(function.typeName) cannot be called")
        }
    }

    /// The value of the filters in `expression`, the innermost of which takes `value`.
    func evaluate(_ expression: Expression, _ scope: Scope, filtering value: Value) throws -> Value {
        guard case .filter(let inner, let name, let arguments) = expression.form else { return value }
        var value = value
        // In a filter block the innermost filter has no value of its own.
        if let inner, case .filter(_, _, _) = inner.form, Interpreter.isOpen(inner) {
            value = try evaluate(inner, scope, filtering: value)
        }
        let values = try self.arguments(arguments, scope)
        position = expression.position
        return try made(try Filters.apply(name, value, values, self))
    }

    /// Whether the innermost filter lacks its value.
    private static func isOpen(_ expression: Expression) -> Bool {
        guard case .filter(let inner, _, _) = expression.form else { return false }
        return inner.map(isOpen) ?? true
    }

    func arguments(_ arguments: Expression.Arguments, _ scope: Scope) throws -> CallArguments {
        var values = CallArguments()
        for argument in arguments.positional { values.positional.append(try evaluate(argument, scope)) }
        for argument in arguments.named {
            values.named.append((argument.name, try evaluate(argument.value, scope)))
        }
        if let more = arguments.moreValues {
            values.positional += try items(of: try evaluate(more, scope))
        }
        if let more = arguments.moreNamed {
            guard case .dictionary(let dictionary) = try evaluate(more, scope) else {
                throw Fault("what follows ** must be a dict")
            }
            for (key, value) in zip(dictionary.keys, dictionary.values) {
                guard case .text(let name) = key else { throw Fault("names of arguments must be texts") }
                values.named.append((name.text, value))
            }
        }
        return values
    }

    // MARK: Values

    /// The items of a walk over `value`.
    func items(of value: Value) throws -> [Value] {
        switch value {
        case .list(let items), .tuple(let items), .view(_, let items):
            try spend(1 + items.count >> 3)
            return items
        case .text(let text):
            try spend(making: text.count)
            return text.units.indices.map { .text(text[$0..<$0 + 1]) }
        case .dictionary(let dictionary): return dictionary.keys
        case .undefined: return []
        case .object(let object):
            if let items = object.items() { return items }
            throw Fault("a \(object.typeName) cannot be walked over")
        default: throw Fault("a \(value.typeName) cannot be walked over")
        }
    }

    /// The value as text.
    func printed(_ value: Value) throws -> MarkedText {
        var output = MarkedText()
        switch value {
        case .text(let text): return text
        case .undefined: return output
        default:
            try value.represent(into: &output, limit: limits.characters)
            try spend(making: output.count)
            return output
        }
    }

    /// Whether the two are equal as Python sees it.
    func equal(_ left: Value, _ right: Value) throws -> Bool {
        var cost = 0
        let isEqual = left.equals(right, cost: &cost, limit: limits.steps)
        try spend(cost)
        return isEqual
    }

    /// `value`, its parts counted: lists in lists must not grow without bound by naming one another.
    func weighed(_ value: Value) throws -> Value {
        var weight = 0
        try Interpreter.weigh(value, depth: 0, &weight)
        try spend(weight >> 2)
        return value
    }

    private static func weigh(_ value: Value, depth: Int, _ weight: inout Int) throws {
        weight += 1
        guard weight < 1_000_000, depth < 200 else {
            throw Fault("the template makes a list or dict that is too large", kind: .limit)
        }
        switch value {
        case .list(let items), .tuple(let items), .view(_, let items):
            for item in items { try weigh(item, depth: depth + 1, &weight) }
        case .dictionary(let dictionary):
            for item in dictionary.values { try weigh(item, depth: depth + 1, &weight) }
        default: break
        }
    }
}
