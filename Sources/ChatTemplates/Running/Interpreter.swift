/// Runs the statements of a template.
final class Interpreter {
    let dialect: ChatTemplate.Dialect
    let limits: RenderLimits
    let clock: TemplateClock
    /// What is being evaluated, for messages.
    var position = Position(line: 1, column: 1)
    private var output = MarkedText()
    private var steps = 0
    private var depth = 0
    private var scopesOfMacros: [Scope] = []

    init(_ dialect: ChatTemplate.Dialect, limits: RenderLimits, clock: TemplateClock) {
        self.dialect = dialect
        self.limits = limits
        self.clock = clock
    }

    private enum Flow {
        case on
        case leave
        case next
    }

    /// The whole output of `statements`.
    func render(_ statements: [Statement], with names: [(String, Value)]) throws -> MarkedText {
        let scope = Scope(in: nil)
        defer { for scope in scopesOfMacros { scope.clear() } }
        for (name, value) in Globals.values { scope[name] = value }
        for (name, value) in names { scope[name] = value }
        _ = try run(statements, Scope(in: scope))
        return output
    }

    // MARK: Limits

    /// Counts `count` steps.
    func spend(_ count: Int = 1) throws {
        steps += count
        guard steps <= limits.steps else {
            throw Fault("the template takes more than \(limits.steps) steps", kind: .limit)
        }
    }

    /// Counts the making of that many characters or items.
    func spend(making count: Int) throws {
        guard count <= limits.characters else {
            throw Fault("the template makes more than \(limits.characters) characters", kind: .limit)
        }
        try spend(1 + count >> 3)
    }

    /// `value`, its making counted.
    func made(_ value: Value) throws -> Value {
        switch value {
        case .text(let text): try spend(making: text.count)
        case .list(let items), .tuple(let items), .view(_, let items): try spend(making: items.count)
        default: break
        }
        return value
    }

    func deeper<Result>(_ body: () throws -> Result) throws -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth <= limits.depth else {
            throw Fault("the template's calls are nested more than \(limits.depth) deep", kind: .limit)
        }
        return try body()
    }

    // MARK: Statements

    private func write(_ text: MarkedText) throws {
        try spend(
            making: output.count + text.count > limits.characters ? output.count + text.count : text.count)
        output.append(text)
    }

    /// What `body` writes.
    private func captured(_ body: () throws -> Void) throws -> MarkedText {
        let before = output
        output = MarkedText()
        defer { output = before }
        try body()
        return output
    }

    private func run(_ statements: [Statement], _ scope: Scope) throws -> Flow {
        for statement in statements {
            let flow = try deeper { try run(statement, scope) }
            if flow != .on { return flow }
        }
        return .on
    }

    private func run(_ statement: Statement, _ scope: Scope) throws -> Flow {
        position = statement.position
        try spend()
        switch statement.form {
        case .data(let text): try write(text)
        case .output(let expression):
            let value = try evaluate(expression, scope)
            try write(try printed(value))
        case .choice(let branches, let otherwise):
            for branch in branches where try evaluate(branch.test, scope).isTrue {
                return try run(branch.body, scope)
            }
            return try run(otherwise, scope)
        case .loop(let loop):
            let items = try evaluate(loop.sequence, scope)
            position = statement.position
            return try run(loop, over: items, depth: 0, scope)
        case .set(let target, let expression):
            let value = try evaluate(expression, scope)
            position = statement.position
            try assign(value, to: target, scope)
        case .setBlock(let target, let filter, let body):
            var text = Value.text(try captured { _ = try run(body, Scope(in: scope)) })
            if let filter { text = try evaluate(filter, scope, filtering: text) }
            try assign(text, to: target, scope)
        case .macro(let macro): scope[macro.name] = .object(function(macro, scope))
        case .call(let call, let body):
            let value = try evaluate(call, scope, caller: .object(function(body, scope)))
            try write(try printed(value))
        case .filter(let filter, let body):
            let inner = Scope(in: scope)
            let text = try captured { _ = try run(body, inner) }
            try write(try printed(try evaluate(filter, inner, filtering: .text(text))))
        case .with(let assignments, let body):
            let inner = Scope(in: scope)
            for (target, expression) in assignments {
                try assign(try evaluate(expression, scope), to: target, inner)
            }
            return try run(body, inner)
        case .scope(let body): return try run(body, Scope(in: scope))
        case .leave: return .leave
        case .next: return .next
        }
        return .on
    }

    private func run(_ loop: LoopStatement, over items: Value, depth: Int, _ scope: Scope) throws -> Flow {
        let values = try self.items(of: items)
        let condition = loop.condition.map { condition in
            { [self] (value: Value) throws -> Bool in
                let inner = Scope(in: scope)
                try assign(value, to: loop.target, inner)
                return try evaluate(condition, inner).isTrue
            }
        }
        let recurse = { [self] (items: Value, depth: Int) throws -> Value in
            .text(try captured { _ = try deeper { try run(loop, over: items, depth: depth, scope) } })
        }
        let object = LoopObject(
            values, depth: depth, condition: condition, recurse: loop.isRecursive ? recurse : nil)
        var hasRun = false
        while let value = try object.next() {
            hasRun = true
            try spend()
            let inner = Scope(in: scope)
            inner["loop"] = .object(object)
            try assign(value, to: loop.target, inner)
            if try run(loop.body, inner) == .leave { break }
        }
        return hasRun ? .on : try run(loop.otherwise, Scope(in: scope))
    }

    private func assign(_ value: Value, to target: Target, _ scope: Scope) throws {
        switch target {
        case .name(let name): scope[name] = value
        case .tuple(let targets):
            let values = try items(of: value)
            guard values.count == targets.count else {
                throw Fault("\(targets.count) names cannot take \(values.count) values")
            }
            for (target, value) in zip(targets, values) { try assign(value, to: target, scope) }
        case .attribute(let name, let attribute):
            guard case .object(let object)? = scope[name], let namespace = object as? NamespaceObject else {
                throw Fault("'\(name)' is no namespace: its attributes cannot be set")
            }
            namespace.members[.text(attribute)] = value
        }
    }

    // MARK: Macros

    private func function(_ macro: MacroStatement, _ scope: Scope) -> FunctionObject {
        scopesOfMacros.append(scope)
        let attributes: [String: Value] = [
            "name": .template(macro.name), "arguments": .tuple(macro.parameters.map { .template($0) }),
            "caller": .bool(macro.uses.contains("caller")),
            "catch_kwargs": .bool(macro.uses.contains("kwargs")),
            "catch_varargs": .bool(macro.uses.contains("varargs")),
        ]
        return FunctionObject(macro.name, attributes: attributes) { arguments, interpreter in
            try interpreter.deeper { try interpreter.call(macro, arguments, scope) }
        }
    }

    /// Runs a macro; values are matched to parameters as jinja2 does.
    private func call(_ macro: MacroStatement, _ arguments: CallArguments, _ scope: Scope) throws -> Value {
        let inner = Scope(in: scope)
        var named = arguments.named
        func takeNamed(_ name: String) -> Value? {
            named.firstIndex { $0.name == name }.map { named.remove(at: $0).value }
        }
        let count = macro.parameters.count
        var missing: [Int] = []
        for (position, parameter) in macro.parameters.enumerated() {
            if position < arguments.positional.count {
                inner[parameter] = arguments.positional[position]
            } else if let value = takeNamed(parameter) {
                inner[parameter] = value
            } else {
                missing.append(position)
            }
        }
        if macro.uses.contains("caller"), !macro.parameters.contains("caller") {
            inner["caller"] = takeNamed("caller") ?? .undefined(why: "no caller is defined")
        }
        if macro.uses.contains("kwargs") {
            inner["kwargs"] = .dictionary(ValueDictionary(named.map { ($0.name, $0.value) }))
        } else if let extra = named.first {
            throw Fault("macro '\(macro.name)' takes no argument '\(extra.name)'")
        }
        if macro.uses.contains("varargs") {
            inner["varargs"] = .tuple(Array(arguments.positional.dropFirst(count)))
        } else if arguments.positional.count > count {
            throw Fault("macro '\(macro.name)' takes not more than \(count) arguments")
        }
        for position in missing {
            let parameter = macro.parameters[position]
            inner[parameter] = .undefined(why: "parameter '\(parameter)' was not provided")
            let index = position - (count - macro.defaults.count)
            if index >= 0 { inner[parameter] = try evaluate(macro.defaults[index], inner) }
        }
        return .text(try captured { _ = try run(macro.body, inner) })
    }
}
