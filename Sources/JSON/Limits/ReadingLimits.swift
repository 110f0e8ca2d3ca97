/// The most that is read of anything which another program, a server or a file can make longer.
///
/// One table for every reader, so that no way of a kind is without a bound; docs/limits.md lists them.
public enum ReadingLimits {
    /// Bytes of one message of an MCP server, as a line, as an event, or as a body.
    public static let serverMessage = 16 << 20
    /// Bytes of one line of an MCP server's log; what follows is left out.
    public static let logLine = 64 << 10
    /// Bytes of a model's stream that have no line's or event's end.
    public static let streamEvent = 64 << 20
    /// Bytes of an error's body that are looked at.
    public static let errorBody = 64 << 10
    /// Bytes of a line of a journal.
    public static let journalLine = 512 << 20
    /// Bytes of a workflow, a configuration, a script, or a decision.
    public static let document = 16 << 20
    /// Bytes that the compressed parts of an imported file may unfold into, all together.
    public static let unpacked = 256 << 20
    /// Levels of JSON within JSON.
    public static let depth = 512
    /// Bytes of a shell command that a rule looks at.
    public static let shellLine = 64 << 10
    /// Questions of servers that wait for an answer; further ones are declined.
    public static let questions = 100
}
