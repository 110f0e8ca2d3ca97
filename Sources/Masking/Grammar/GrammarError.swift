import JSON
import Schema

/// Why a schema cannot become a grammar.
public enum GrammarError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A reference that leads nowhere, or a dialect that is not known.
    case schema(SchemaError)
    /// A keyword whose value is no such thing as the keyword takes.
    case malformed(keyword: String, at: JSONPointer, reason: String)
    /// The schema is larger than the engine takes.
    case tooLarge(reason: String)
    /// No value at all satisfies the schema.
    case unsatisfiable(at: JSONPointer)
    /// A tool's schema cannot be used.
    indirect case tool(String, GrammarError)
    /// A grammar of rules cannot be used.
    case text(String)
    /// The choice names a tool that is not in the catalogue.
    case noSuchTool(String)

    /// One line with the place and the reason.
    public var description: String {
        switch self {
        case .schema(let error): error.description
        case .malformed(let keyword, let pointer, let reason): "#\(pointer): \"\(keyword)\" \(reason)"
        case .tooLarge(let reason): "the schema is too large: \(reason)"
        case .unsatisfiable(let pointer): "#\(pointer): no value satisfies this schema"
        case .tool(let name, let error): "tool \"\(name)\": \(error)"
        case .text(let reason): reason
        case .noSuchTool(let name): "no tool named \"\(name)\" is in the catalogue"
        }
    }
}
