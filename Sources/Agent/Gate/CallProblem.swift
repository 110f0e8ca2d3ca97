import JSON

/// Something wrong with a call, found before the gate.
public struct CallProblem: Sendable, Hashable {
    /// What kind of fault it is.
    public enum Kind: String, Sendable, Hashable {
        /// No tool of the catalogue has that name.
        case unknownTool = "unknown tool"
        /// The arguments are no JSON.
        case malformed = "malformed arguments"
        /// The arguments do not match the tool's schema.
        case invalid = "invalid arguments"
        /// Another call of the round has the same ID, or the call has none.
        case pairing = "ambiguous ID"
    }

    /// What kind of fault it is.
    public var kind: Kind
    /// Where in the arguments, where that is known.
    public var pointer: JSONPointer?
    /// One sentence.
    public var message: String

    /// A problem of the given parts.
    public init(kind: Kind, pointer: JSONPointer? = nil, message: String) {
        self.kind = kind
        self.pointer = pointer
        self.message = message
    }
}
