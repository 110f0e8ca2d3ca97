/// A value with an identity: what can change, be called or be walked over once.
class TemplateObject {
    var typeName: String { "object" }
    var isTrue: Bool { true }
    /// The value of an attribute; `nil` where there is none.
    func attribute(_ name: String) throws -> Value? { nil }
    /// The items of a walk; `nil` where there is none.
    func items() -> [Value]? { nil }
    /// The number of items, where that can be asked.
    var count: Int? { nil }
}

/// What `namespace(…)` makes: the one value that a template can change.
final class NamespaceObject: TemplateObject {
    var members: ValueDictionary

    init(_ members: ValueDictionary) { self.members = members }

    override var typeName: String { "Namespace" }

    override func attribute(_ name: String) throws -> Value? { members.find(MarkedText(name, .template)) }
}

/// What a filter such as `map` yields: it can be walked over once.
final class IteratorObject: TemplateObject {
    private var rest: [Value]

    init(_ items: [Value]) { rest = items }

    override var typeName: String { "generator" }

    override func items() -> [Value]? {
        defer { rest = [] }
        return rest
    }

    /// The first of the rest.
    func next() -> Value? { rest.isEmpty ? nil : rest.removeFirst() }
}

/// A function: a global one, a method with its receiver, a macro.
final class FunctionObject: TemplateObject {
    let name: String
    let body: (CallArguments, Interpreter) throws -> Value
    private let attributes: [String: Value]

    init(
        _ name: String, attributes: [String: Value] = [:],
        _ body: @escaping (CallArguments, Interpreter) throws -> Value
    ) {
        self.name = name
        self.attributes = attributes
        self.body = body
    }

    override var typeName: String { "function" }

    override func attribute(_ name: String) throws -> Value? { attributes[name] }
}

/// `cycler(…)`.
final class CyclerObject: TemplateObject {
    private let values: [Value]
    private var position = 0

    init(_ values: [Value]) { self.values = values }

    override var typeName: String { "Cycler" }

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "current": values[position]
        case "next":
            .object(
                FunctionObject("next") { [self] _, _ in
                    defer { position = (position + 1) % values.count }
                    return values[position]
                })
        case "reset":
            .object(
                FunctionObject("reset") { [self] _, _ in
                    position = 0
                    return .null
                })
        default: nil
        }
    }
}

/// The values of a call.
struct CallArguments {
    var positional: [Value] = []
    var named: [(name: String, value: Value)] = []

    /// The values by parameter, `nil` where none is given.
    /// - Throws: ``Fault`` for one too many or of an unknown name.
    func bound(to parameters: String..., of function: String, needing least: Int = 0) throws -> [Value?] {
        guard positional.count <= parameters.count else {
            throw Fault("\(function) takes at most \(parameters.count) arguments, not \(positional.count)")
        }
        var values: [Value?] = positional + Array(repeating: nil, count: parameters.count - positional.count)
        for (name, value) in named {
            guard let position = parameters.firstIndex(of: name), values[position] == nil else {
                throw Fault("\(function) takes no such argument '\(name)'")
            }
            values[position] = value
        }
        if let missing = (0..<least).first(where: { values[$0] == nil }) {
            throw Fault("\(function) needs the argument '\(parameters[missing])'")
        }
        return values
    }
}
