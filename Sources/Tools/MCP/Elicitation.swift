import JSON

/// A question that a server has for the person while a call runs.
public struct Elicitation: Sendable, Hashable {
    /// The server that asks.
    public let server: String
    /// What it asks, in its words.
    public let message: String
    /// The JSON Schema of the answer: an object of plain properties.
    ///
    /// `nil` where a page is to be visited instead.
    public let schema: JSONValue?
    /// The page that the person is to visit.
    public let url: String?

    init(server: String, params: JSONValue) {
        self.server = server
        message = params["message"]?.stringValue ?? ""
        url = params["url"]?.stringValue
        schema = url == nil ? params["requestedSchema"] : nil
    }

    private init(server: String, message: String, schema: JSONValue?, url: String?) {
        self.server = server
        self.message = message
        self.schema = schema
        self.url = url
    }

    /// The same question with its words and its form changed; an address stays what it is, since it is to be visited.
    func mapped(_ change: (JSONValue) -> JSONValue) -> Elicitation {
        Elicitation(
            server: server, message: change(.string(message)).stringValue ?? "", schema: schema.map(change),
            url: url)
    }
}

/// What the person answered.
public enum ElicitationAnswer: Sendable, Hashable {
    /// The answer's properties; `nil` where a page was visited.
    case accept(JSONValue?)
    /// The person will not say.
    case decline
    /// The person went away from the question.
    case cancel

    /// The answer on the wire.
    var value: JSONValue {
        switch self {
        case .accept(let content?): ["action": "accept", "content": content]
        case .accept(nil): ["action": "accept"]
        case .decline: ["action": "decline"]
        case .cancel: ["action": "cancel"]
        }
    }
}

/// Asks the person; what is said of servers goes there too.
public protocol MCPHost: Sendable {
    /// Asks the person a server's question. The clock of the call stands still meanwhile.
    func answer(_ question: Elicitation) async -> ElicitationAnswer

    /// A line about a server, or a line of its own.
    func log(server: String, _ line: String, _ kind: MCPLogKind)
}

/// What a line of a server's log is.
public enum MCPLogKind: Sendable, Hashable {
    /// Its standard error.
    case output
    /// What it sent as a log message, how far a call is, and what became of the connection.
    case note
    /// Which protocol it speaks: it can be called from here on.
    case opened
    /// Why the server cannot be called any more.
    case ended
}
