/// The most that is read of anything which another program, a server or a file can make longer.
///
/// One table for every reader, so that no way of a kind is without a bound; docs/limits.md lists them, and a test walks
/// the table and drives each reader over its bound.
public enum ReadingLimits {
    /// Bytes of one message of an MCP server, as a line, as an event, or as a body.
    public static let serverMessage = 16 << 20
    /// Bytes of one line of an MCP server's log; what follows is left out.
    public static let logLine = 64 << 10
    /// Bytes of a line of the program that `attach` runs; a longer one is several.
    public static let programLine = 4 << 10
    /// Bytes of a model's stream that have no line's or event's end.
    public static let streamEvent = 64 << 20
    /// Bytes of a model's server's answer that is one JSON text, such as its vocabulary.
    public static let serverAnswer = 256 << 20
    /// Bytes of an error's body that are looked at.
    public static let errorBody = 64 << 10
    /// Bytes of a request that comes to the proxy.
    public static let requestBody = 256 << 20
    /// Bytes of a line of a journal.
    public static let journalLine = 512 << 20
    /// Bytes of a workflow, a configuration, a script, a schema, or a decision.
    public static let document = 16 << 20
    /// Bytes of a session of another program, or of a list of tokens.
    public static let transcript = 1 << 30
    /// Bytes that the compressed parts of an imported file may unfold into, all together.
    public static let unpacked = 256 << 20
    /// Calls, items or blocks of a model's response.
    public static let calls = 2_048
    /// Levels of JSON within JSON.
    public static let depth = 512
    /// Bytes of a shell command that a rule looks at.
    public static let shellLine = 64 << 10
    /// Questions of servers that wait for an answer; further ones are declined.
    public static let questions = 100

    /// One bound: its name above, how docs/limits.md begins its row, and what is counted.
    public struct Row: Sendable, Hashable {
        /// What counts.
        public enum Unit: Sendable, Hashable {
            /// Bytes, which the docs give in KiB, MiB or GiB.
            case bytes
            /// Levels, or things.
            case count
        }

        /// The name that the code has for it.
        public let name: String
        /// The beginning of its row in the docs.
        public let what: String
        /// The bound.
        public let most: Int
        /// What it counts.
        public let unit: Unit

        init(_ name: String, _ what: String, _ most: Int, _ unit: Unit = .bytes) {
            self.name = name
            self.what = what
            self.most = most
            self.unit = unit
        }
    }

    /// Every bound.
    public static let table = [
        Row("serverMessage", "a message of an MCP server", serverMessage),
        Row("logLine", "a line of a server's or tool's standard error", logLine),
        Row("programLine", "a line of the program that `attach` runs", programLine),
        Row("streamEvent", "a line or event of a model's stream", streamEvent),
        Row("serverAnswer", "an answer of a model's server that is no stream", serverAnswer),
        Row("errorBody", "an error's body", errorBody),
        Row("requestBody", "a request to the proxy", requestBody),
        Row("journalLine", "a line of a journal", journalLine),
        Row("document", "a workflow, a configuration, a script, a schema", document),
        Row("transcript", "a session of another program, a list of tokens", transcript),
        Row("unpacked", "what the compressed parts of an imported file unfold into", unpacked),
        Row("calls", "calls, items or blocks of a model's response", calls, .count),
        Row("depth", "JSON within JSON", depth, .count),
        Row("shellLine", "a shell command that a rule looks at", shellLine),
        Row("questions", "questions of servers that wait", questions, .count),
    ]

    /// A number of bytes as the docs and messages have it: `64 KiB`.
    public static func figure(_ bytes: Int) -> String {
        for (unit, shift) in [("GiB", 30), ("MiB", 20), ("KiB", 10)]
        where bytes >= 1 << shift && bytes % (1 << shift) == 0 {
            return "\(bytes >> shift) \(unit)"
        }
        return "\(bytes) bytes"
    }
}
