/// Why a template could not be read or rendered.
public struct TemplateError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it is.
    public enum Kind: Sendable, Hashable {
        /// The source is not a template.
        case syntax
        /// The template itself refused the conversation, by `raise_exception`.
        case raised
        /// An expression has no value: a wrong type, an unknown filter, something undefined.
        case runtime
        /// The template did more than it may: steps, depth or output.
        case limit
    }

    /// The kind.
    public var kind: Kind
    /// The line, from 1.
    public var line: Int
    /// The column in Unicode scalars, from 1.
    public var column: Int
    /// What is wrong, in one line.
    public var message: String

    /// One line: the place and what is wrong.
    public var description: String { "chat template, line \(line), column \(column): \(message)" }
}

/// A failure whose place is known to the interpreter only.
struct Fault: Error {
    var kind = TemplateError.Kind.runtime
    let message: String

    init(_ message: String, kind: TemplateError.Kind = .runtime) {
        self.message = message
        self.kind = kind
    }

    static func type(_ message: String) -> Fault { Fault(message) }
}

/// A place in a template's source.
struct Position: Sendable, Hashable {
    var line: Int
    var column: Int
}
