import Wire

/// Who sends a request, as far as its headers tell.
struct ClientIdentity: Sendable, Hashable {
    /// The program's name for a person to read: `Claude Code`, `Codex`, or what the client calls itself.
    var client: String
    /// The client's own name for the conversation, where it gives one; unique among all clients.
    var thread: String?
    /// The same of the conversation that started this one.
    var parent: String?
    /// How the client names the agent within the conversation, where it is not the first one.
    var agent: String?
    /// What the client's loop makes of a call that it was never asked for.
    var tolerance = Tolerance.unknownTools

    /// The header by which any client can name its conversation.
    static let sessionField = "x-callgate-session"

    /// Reads the headers of a request.
    init(_ fields: HTTPFields) {
        let agentName = fields["user-agent"] ?? ""
        client = ClientIdentity.name(agentName)
        tolerance = ClientIdentity.tolerance(of: agentName)
        if let name = fields[ClientIdentity.sessionField] {
            thread = "named:\(name)"
        } else if let session = fields["x-claude-code-session-id"] {
            client = "Claude Code"
            agent = fields["x-claude-code-agent-id"]
            thread = "claude:\(session)" + (agent.map { "/\($0)" } ?? "")
            if agent != nil {
                let above = fields["x-claude-code-parent-agent-id"]
                parent = "claude:\(session)" + (above.map { "/\($0)" } ?? "")
            }
        } else if let session = fields["session-id"], let id = fields["thread-id"] {
            client = "Codex"
            thread = "codex:\(id)"
            agent = fields["x-openai-subagent"]
            if id != session { parent = "codex:\(session)" }
        }
    }

    /// Whether a conversation of the other may be one of this client's.
    func isSame(as other: ClientIdentity) -> Bool {
        thread == nil && other.thread == nil ? client == other.client : thread == other.thread
    }

    /// What a client answers by an error that its model reads, so that its loop goes on.
    enum Tolerance: Sendable, Hashable {
        /// A call of a tool that it does not know.
        case unknownTools
        /// Arguments that the tool's schema refuses; an unknown tool ends its loop.
        case refusedArguments
        /// Neither: an unknown tool ends its loop, and of arguments it leaves out those that the tool does not know.
        case nothing
    }

    /// Whether the client's loop ends where a call names a tool that it does not know.
    var failsOnUnknownTools: Bool { tolerance != .unknownTools }

    private static func tolerance(of agent: String) -> Tolerance {
        if agent.utf8.starts(with: "Agents/".utf8) { return .refusedArguments }
        let google = "google-genai-sdk/"
        guard agent.utf8.starts(with: google.utf8) else { return .unknownTools }
        // Google's SDK looks the functions that it calls by itself up by their names, and dies of a name that it has not. From
        // 3.0 on it says when it does so; before, nothing tells it from a loop written by hand.
        let version = agent.dropFirst(google.count).prefix { $0 != " " }
        let major = version.prefix { $0 != "." && $0 != "+" }
        let saysSo = Int(major).map { $0 >= 3 } ?? false
        return saysSo && !version.split(separator: "+").dropFirst().contains("afc") ? .unknownTools : .nothing
    }

    private static let known: [(prefix: String, name: String)] = [
        ("claude-cli", "Claude Code"), ("codex", "Codex"), ("Agents/", "OpenAI Agents"),
        ("GeminiCLI", "Gemini CLI"), ("google-genai-sdk", "Google GenAI SDK"), ("opencode", "opencode"),
        ("OpenAI/", "OpenAI SDK"), ("AsyncOpenAI/", "OpenAI SDK"), ("Anthropic/", "Anthropic SDK"),
        ("AsyncAnthropic/", "Anthropic SDK"), ("ollama", "Ollama"), ("litellm", "LiteLLM"),
        ("pydantic-ai", "Pydantic AI"),
    ]

    private static func name(_ agent: String) -> String {
        if let match = known.first(where: { agent.utf8.starts(with: $0.prefix.utf8) }) { return match.name }
        let word = agent.prefix { $0 != "/" && $0 != " " }
        return word.isEmpty ? "a client" : String(word.prefix(40))
    }
}
