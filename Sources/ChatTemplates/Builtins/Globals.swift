/// The functions that every template sees.
enum Globals {
    static var values: [(String, Value)] {
        functions.map { name, body in (name, .object(FunctionObject(name, body))) }
    }

    /// As many items as a sandboxed `range` may have.
    private static let longestRange = 100_000

    private static let functions: [(String, @Sendable (CallArguments, Interpreter) throws -> Value)] = [
        ("range", range),
        ("dict", dictionary),
        ("namespace", { .object(NamespaceObject(try members($0, $1))) }),
        (
            "cycler",
            { arguments, _ in
                guard !arguments.positional.isEmpty else { throw Fault("cycler needs at least one value") }
                return .object(CyclerObject(arguments.positional))
            }
        ),
        (
            "joiner",
            { arguments, _ in
                let separator = try arguments.bound(to: "sep", of: "joiner")[0] ?? .template(", ")
                var isUsed = false
                return .object(
                    FunctionObject("joiner") { _, _ in
                        defer { isUsed = true }
                        return isUsed ? separator : .text(MarkedText())
                    })
            }
        ),
        (
            "raise_exception",
            { arguments, interpreter in
                let message =
                    try arguments.bound(to: "message", of: "raise_exception", needing: 1)[0] ?? .null
                throw Fault(try interpreter.printed(message).text, kind: .raised)
            }
        ),
        (
            "strftime_now",
            { arguments, interpreter in
                let format = try arguments.bound(to: "format", of: "strftime_now", needing: 1)[0] ?? .null
                return .template(interpreter.clock.text(try TextMethods.text(format, "the format").text))
            }
        ),
    ]

    private static func range(_ arguments: CallArguments, _ interpreter: Interpreter) throws -> Value {
        guard arguments.named.isEmpty, (1...3).contains(arguments.positional.count) else {
            throw Fault("range takes one to three integers")
        }
        let numbers = try arguments.positional.map { try TextMethods.integer($0, "an argument of range") }
        let step = numbers.count == 3 ? numbers[2] : 1
        guard step != 0 else { throw Fault("the step of range cannot be zero") }
        let (start, end) = numbers.count == 1 ? (0, numbers[0]) : (numbers[0], numbers[1])
        let (distance, overflow) = end.subtractingReportingOverflow(start)
        guard !overflow, distance / step <= longestRange else {
            throw Fault("a range has at most \(longestRange) items")
        }
        return .view(.range, stride(from: start, to: end, by: step).map { .int($0) })
    }

    private static func members(_ arguments: CallArguments, _ interpreter: Interpreter) throws
        -> ValueDictionary
    {
        var members = ValueDictionary()
        guard arguments.positional.count <= 1 else { throw Fault("a dict is made of one value at most") }
        switch arguments.positional.first {
        case .dictionary(let dictionary)?: members = dictionary
        case let value?:
            for pair in try interpreter.items(of: value) {
                let parts = try interpreter.items(of: pair)
                guard parts.count == 2, parts[0].isHashable else { throw Fault("a dict is made of pairs") }
                members[parts[0]] = parts[1]
            }
        case nil: break
        }
        for argument in arguments.named { members[.template(argument.name)] = argument.value }
        return members
    }

    private static func dictionary(_ arguments: CallArguments, _ interpreter: Interpreter) throws -> Value {
        try interpreter.weighed(.dictionary(try members(arguments, interpreter)))
    }
}
