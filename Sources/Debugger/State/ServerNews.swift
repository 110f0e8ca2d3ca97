import JSON

/// What an MCP server does besides answering calls.
public enum ServerNews: Sendable, Hashable {
    /// It can be called; these tools of the catalogue are its own.
    case opened(server: String, tools: [String])
    /// A line of its standard error.
    case output(server: String, String)
    /// A line about it: the protocol that it speaks, how far a call is, what it wanted logged.
    case note(server: String, String)
    /// It cannot be called any more; why.
    case ended(server: String, String)
    /// It asks the person something.
    case asks(ServerQuestion)
    /// Nobody waits for the answer to the question of that number any more.
    case withdrawn(Int)
}

/// A server's question to the person (MCP, "Elicitation").
public struct ServerQuestion: Sendable, Hashable {
    /// Tells it apart from every other question of the run.
    public let number: Int
    /// The server that asks, by its name in the configuration.
    public let server: String
    /// What it asks, in its words.
    public let message: String
    /// The JSON Schema of the answer; `nil` where a page is to be visited instead.
    public let schema: JSONValue?
    /// The page that the person is to visit.
    public let url: String?

    /// A question with its parts.
    public init(number: Int, server: String, message: String, schema: JSONValue?, url: String?) {
        self.number = number
        self.server = server
        self.message = message
        self.schema = schema
        self.url = url
    }
}

/// What the person answers a server.
public enum ServerAnswer: Sendable, Hashable {
    /// The form's values; `nil` where a page was to be visited.
    case accept(JSONValue?)
    /// The person will not say.
    case decline
    /// The person went away from the question.
    case cancel
}
