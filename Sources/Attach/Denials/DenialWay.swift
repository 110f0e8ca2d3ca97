import Agent
import JSON

/// How a model learns that a call was denied or answered, when its client knows nothing of that.
public enum DenialWay: String, Sendable, Hashable, CaseIterable {
    /// As the client can be told: by a call in the place of the kept one, else by asking the model again.
    case auto
    /// The client gets a call that it must refuse; its error gives way to the reviewer's words in every later request.
    case swap
    /// The client gets nothing of the response: the model is asked again, with the reviewer's words.
    case askAgain = "ask-again"

    /// How often in a row a model is asked again before its client gets an answer whatever it is.
    static let limit = 3
}

/// Clients that lose a call which they cannot run, so that its result has no place in what they send next.
enum ForgetfulClients {
    /// Whether such a client has sent the request, by what it writes into all of them.
    static func sent(_ request: AgentRequest) -> Bool { isSmolagents(request) || isMiniSWEAgent(request) }

    /// Whether the client runs a call that it finds in the words of an answer without calls.
    static func readsCallsInWords(_ request: AgentRequest) -> Bool { isSmolagents(request) }

    /// smolagents tells its model of calls and results in a text of its own.
    private static func isSmolagents(_ request: AgentRequest) -> Bool {
        let stops = request.reading.others["stop"]?.arrayValue ?? []
        if stops.contains("Calling tools:") { return true }
        guard case .system(let text)? = request.reading.messages.first else { return false }
        return text.utf8.starts(
            with: "You are an expert assistant who can solve any task using tool calls.".utf8)
    }

    /// mini-swe-agent throws an answer away in which one call is none of its only tool.
    private static func isMiniSWEAgent(_ request: AgentRequest) -> Bool {
        let tools = request.reading.catalogue
        return tools.count == 1 && tools[0].name == "bash" && tools[0].description == "Execute a bash command"
    }
}
