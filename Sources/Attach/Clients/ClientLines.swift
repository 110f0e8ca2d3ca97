/// How programs are pointed at the proxy: what to paste, and what to set for a program that is started by it.
public struct ClientLines: Sendable {
    private let base: String

    /// - Parameter base: the proxy's address, `http://127.0.0.1:8787`.
    public init(base: String) { self.base = base }

    /// The variables that the known clients and SDKs read, for a program that is started under them.
    public var environment: [String: String] {
        [
            "OPENAI_BASE_URL": base + "/v1", "OPENAI_API_BASE": base + "/v1", "ANTHROPIC_BASE_URL": base,
            "ANTHROPIC_API_URL": base, "ANTHROPIC_API_BASE": base, "GOOGLE_GEMINI_BASE_URL": base,
            "OLLAMA_HOST": base, "CALLGATE_PROXY": base,
        ]
    }

    /// A program's words with those that it needs besides its environment: Codex reads no base URL of its provider there.
    public func command(_ words: [String], has key: Bool) -> [String] {
        let name = words.first?.split(separator: "/").last.map(String.init)
        guard name == "codex" else { return words }
        let provider = "model_providers.callgate"
        let login = key ? "\(provider).env_key=\"OPENAI_API_KEY\"" : "\(provider).requires_openai_auth=true"
        let settings = [
            "model_provider=\"callgate\"", "\(provider).name=\"callgate\"",
            "\(provider).base_url=\"\(base)/v1\"",
            "\(provider).wire_api=\"responses\"", login, "\(provider).supports_websockets=false",
            "\(provider).stream_idle_timeout_ms=3600000",
        ]
        return words.prefix(1) + settings.flatMap { ["-c", $0] } + words.dropFirst()
    }

    /// What to paste, by client.
    public var lines: [(client: String, lines: [String])] {
        [
            ("Claude Code", ["ANTHROPIC_BASE_URL=\(base) claude"]),
            (
                "Codex",
                [
                    "in ~/.codex/config.toml:", "  model_provider = \"callgate\"",
                    "  [model_providers.callgate]",
                    "  name = \"callgate\"", "  base_url = \"\(base)/v1\"", "  wire_api = \"responses\"",
                    "  requires_openai_auth = true", "  supports_websockets = false",
                    "  stream_idle_timeout_ms = 3600000",
                ]
            ),
            ("OpenAI SDKs, LangChain, Pydantic AI, OpenAI Agents", ["OPENAI_BASE_URL=\(base)/v1"]),
            ("Anthropic SDKs", ["ANTHROPIC_BASE_URL=\(base)"]),
            ("Gemini CLI, Google GenAI SDKs", ["GOOGLE_GEMINI_BASE_URL=\(base)"]),
            ("aider, LiteLLM", ["OPENAI_API_BASE=\(base)/v1"]),
            ("Ollama clients", ["OLLAMA_HOST=\(base)"]),
        ]
    }
}
