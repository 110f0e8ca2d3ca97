/// A response that is not as its format says, or that the server itself ended with an error.
public struct StreamFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// One sentence: what came, and what became of it.
    public let description: String
    /// Whether another attempt may fare better: the server reports a passing trouble of its own, or the stream broke.
    public let isTransient: Bool
    /// Whether it is the provider that says so, in words that its client understands.
    public let isProviders: Bool
    /// The pause that the provider asks for before the next attempt, in milliseconds.
    public let retryAfter: Int?

    /// A fault of the given sentence.
    public init(
        _ description: String, isTransient: Bool = false, isProviders: Bool = false, retryAfter: Int? = nil
    ) {
        self.description = description
        self.isTransient = isTransient
        self.isProviders = isProviders
        self.retryAfter = retryAfter
    }

    /// The fault of a stream that ended too early.
    public static let cut = StreamFault(
        "the stream was cut before the response was complete; nothing of it is used", isTransient: true)
}
