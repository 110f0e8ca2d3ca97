/// The bounds within which a run must end.
public struct Limits: Sendable, Hashable {
    /// The most requests to the model.
    public var rounds: Int
    /// The most tokens that the model may write over all rounds.
    public var tokens: Int
    /// The most tokens of one response.
    public var responseTokens: Int
    /// The most seconds of model and tool time; time in which a person decides does not count.
    public var seconds: Int
    /// The seconds after which a tool that has not answered is given up.
    public var toolSeconds: Int
    /// The most bytes of one result.
    public var resultBytes: Int
    /// The most calls that run at the same time.
    public var parallelCalls: Int

    /// Limits of the given values.
    public init(
        rounds: Int = 8, tokens: Int = 8_192, responseTokens: Int = 1_024, seconds: Int = 600,
        toolSeconds: Int = 30,
        resultBytes: Int = 262_144, parallelCalls: Int = 4
    ) {
        self.rounds = rounds
        self.tokens = tokens
        self.responseTokens = responseTokens
        self.seconds = seconds
        self.toolSeconds = toolSeconds
        self.resultBytes = resultBytes
        self.parallelCalls = parallelCalls
    }
}

extension Limits {
    /// The bounds of a run that has none of its own.
    public static let unbounded = Limits(
        rounds: 1_000_000, tokens: 1_000_000_000, responseTokens: 1_000_000_000, seconds: 1_000_000_000,
        toolSeconds: 1_000_000_000, resultBytes: 1_000_000_000, parallelCalls: 1_000_000)
}

/// Why a run ended.
public enum RunOutcome: Sendable, Hashable {
    /// The model answered in words.
    case answered(String)
    /// A limit was met; the text names it.
    case limit(String)
    /// A person ended the run.
    case stopped(String)
    /// The policy ended the run.
    case policy(String)
    /// Something failed; one line.
    case failed(String)

    /// The word for it in the journal.
    public var name: String {
        switch self {
        case .answered: "answered"
        case .limit: "limit"
        case .stopped: "stopped"
        case .policy: "policy"
        case .failed: "failed"
        }
    }

    /// The answer, or what ended the run.
    public var text: String {
        switch self {
        case .answered(let text), .limit(let text), .stopped(let text), .policy(let text), .failed(let text):
            text
        }
    }
}
