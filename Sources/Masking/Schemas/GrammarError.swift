import JSON

/// Why a schema cannot become a grammar.
public enum GrammarError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A keyword that the engine does not know how to enforce.
    case unsupported(keyword: String, at: JSONPointer, reason: String)
    /// A keyword whose value is no such thing as the keyword takes.
    case malformed(keyword: String, at: JSONPointer, reason: String)
    /// The schema is larger than the engine takes.
    case tooLarge(reason: String)
    /// No value at all satisfies the schema.
    case unsatisfiable(at: JSONPointer)
    /// A tool's schema cannot be used.
    indirect case tool(String, GrammarError)
    /// The choice names a tool that is not in the catalogue.
    case noSuchTool(String)

    /// One line with the place and the reason.
    public var description: String {
        switch self {
        case .unsupported(let keyword, let pointer, let reason):
            "#\(pointer): the keyword \"\(keyword)\" cannot be enforced: \(reason)"
        case .malformed(let keyword, let pointer, let reason): "#\(pointer): \"\(keyword)\" \(reason)"
        case .tooLarge(let reason): "the schema is too large: \(reason)"
        case .unsatisfiable(let pointer): "#\(pointer): no value satisfies this schema"
        case .tool(let name, let error): "tool \"\(name)\": \(error)"
        case .noSuchTool(let name): "no tool named \"\(name)\" is in the catalogue"
        }
    }
}
