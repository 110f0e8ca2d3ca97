/// What a loop's body sees as `loop`.
final class LoopObject: TemplateObject {
    private var source: ArraySlice<Value>
    private let condition: ((Value) throws -> Bool)?
    private let depth: Int
    /// Renders the loop over other items, one level deeper; `nil` where the loop is not recursive.
    let recurse: ((Value, Int) throws -> Value)?

    private var index = -1
    private var before: Value?
    private var current: Value?
    private var lastChanged: [Value]?

    init(
        _ items: [Value], depth: Int, condition: ((Value) throws -> Bool)?,
        recurse: ((Value, Int) throws -> Value)?
    ) {
        source = items[...]
        self.depth = depth
        self.condition = condition
        self.recurse = recurse
    }

    override var typeName: String { "LoopContext" }

    /// Moves on to the next item.
    func next() throws -> Value? {
        guard let value = try peek() else { return nil }
        source.removeFirst()
        index += 1
        before = current
        current = value
        return value
    }

    /// The next item that the condition admits, left where it is.
    private func peek() throws -> Value? {
        while let value = source.first {
            if try condition?(value) ?? true { return value }
            source.removeFirst()
        }
        return nil
    }

    private func length() throws -> Int {
        if let condition { source = try source.filter(condition)[...] }
        return source.count + index + 1
    }

    /// Renders the loop over other items.
    func call(_ arguments: CallArguments) throws -> Value {
        guard let recurse else {
            throw Fault("the loop is not recursive: 'recursive' is missing in its tag")
        }
        guard let items = arguments.positional.first, arguments.positional.count == 1 else {
            throw Fault("loop takes one argument")
        }
        return try recurse(items, depth + 1)
    }

    override func attribute(_ name: String) throws -> Value? {
        switch name {
        case "index0": .int(index)
        case "index": .int(index + 1)
        case "first": .bool(index == 0)
        case "last": .bool(try peek() == nil)
        case "length": .int(try length())
        case "revindex": .int(try length() - index)
        case "revindex0": .int(try length() - index - 1)
        case "depth": .int(depth + 1)
        case "depth0": .int(depth)
        case "previtem": before ?? .undefined(why: "there is no previous item")
        case "nextitem": try peek() ?? .undefined(why: "there is no next item")
        case "cycle":
            .object(
                FunctionObject("cycle") { [index] arguments, _ in
                    guard !arguments.positional.isEmpty else { throw Fault("no items for cycling given") }
                    return arguments.positional[index % arguments.positional.count]
                })
        case "changed":
            .object(
                FunctionObject("changed") { [self] arguments, _ in
                    let values = arguments.positional
                    if let lastChanged, Value.list(lastChanged).equals(.list(values)) { return .bool(false) }
                    lastChanged = values
                    return .bool(true)
                })
        default: nil
        }
    }
}
