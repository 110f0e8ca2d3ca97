import JSON

/// The identifier that ties a tool call to its result, as the model or its adapter gave it.
public struct ToolCallID: Sendable, Hashable, CustomStringConvertible {
    /// The identifier's text; never empty for a call that may run.
    public let text: String

    /// Wraps an identifier.
    public init(_ text: String) { self.text = text }

    /// The identifier's text.
    public var description: String { text }

    /// Equality of the UTF-8 bytes: an ID that only looks the same is another ID.
    public static func == (left: ToolCallID, right: ToolCallID) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    /// Feeds the UTF-8 bytes.
    public func hash(into hasher: inout Hasher) { hasher.combine(ByteString(text)) }
}

/// A request of the model that a tool be run; it has no effect until our side carries it out.
public struct ToolCall: Sendable, Hashable {
    /// The identifier that the result must carry.
    public var id: ToolCallID
    /// The tool's name, as the model wrote it.
    public var name: String
    /// The arguments as the model wrote them, to the byte; not necessarily valid JSON.
    public var arguments: ByteString

    /// A call of the given parts.
    public init(id: ToolCallID, name: String, arguments: ByteString) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }

    /// Whether ID, name and arguments are the same bytes; `==` takes a name that is only canonically equivalent for it.
    func isSame(as other: ToolCall) -> Bool {
        id == other.id && name.utf8.elementsEqual(other.name.utf8) && arguments == other.arguments
    }
}

/// A call's place in a session: models may use an ID again in a later round, never twice in one.
public struct CallKey: Sendable, Hashable, CustomStringConvertible {
    /// The round whose response asked for the call, from 1.
    public let round: Int
    /// The call's ID.
    public let id: ToolCallID

    /// The key of the given parts.
    public init(round: Int, id: ToolCallID) {
        self.round = round
        self.id = id
    }

    /// `round R, ID`.
    public var description: String { "round \(round), \(id)" }
}
