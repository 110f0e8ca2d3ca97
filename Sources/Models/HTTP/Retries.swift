import Agent
import Transformer

/// When a failed attempt is made again: exponential back-off with jitter, or what the server asks for.
public struct Retries: Sendable, Hashable {
    /// The most attempts, the first one counted.
    public var attempts: Int
    /// The longest pause before the second attempt, in milliseconds; it doubles from attempt to attempt.
    public var firstDelay: Int
    /// The longest pause of all, in milliseconds; a server that asks for more is given up.
    public var longestDelay: Int
    /// The seed of the jitter.
    public var seed: UInt64

    /// Retries of the given values.
    public init(attempts: Int = 5, firstDelay: Int = 1_000, longestDelay: Int = 60_000, seed: UInt64) {
        self.attempts = attempts
        self.firstDelay = firstDelay
        self.longestDelay = longestDelay
        self.seed = seed
    }

    /// The pause after the attempt of that number, from 1, in milliseconds; `nil` where no further one is made.
    ///
    /// - Parameter retryAfter: the milliseconds that the server asked for.
    func delay(after attempt: Int, retryAfter: Int?) -> Int? {
        guard attempt < attempts else { return nil }
        if let retryAfter { return retryAfter <= longestDelay ? max(0, retryAfter) : nil }
        let bound = min(Double(longestDelay), Double(firstDelay) * Double(1 << min(attempt - 1, 20)))
        // Half of the pause is certain, half is drawn, so that many clients do not come back at the same moment.
        var random = RandomSource(seed: seed, drawn: UInt64(attempt))
        return Int(bound / 2 + bound / 2 * random.uniform())
    }
}

extension Retries {
    /// What is to be said of a pause that is longer than any that is waited; empty where none is.
    func refusal(of failure: AttemptFailure) -> String {
        guard failure.isTransient, let asked = failure.retryAfter, asked > longestDelay else { return "" }
        return
            "; it asks for a pause of \(Retries.words(asked)), longer than the \(Retries.words(longestDelay)) that "
            + "are waited: start again then"
    }

    /// A time in words, rounded up.
    private static func words(_ milliseconds: Int) -> String {
        let seconds = (milliseconds + 999) / 1_000
        if seconds <= 120 { return "\(seconds) s" }
        return seconds <= 7_200 ? "\((seconds + 59) / 60) min" : "\((seconds + 3_599) / 3_600) h"
    }
}

/// An attempt that came to nothing.
struct AttemptFailure: Error, Sendable, CustomStringConvertible {
    /// What went wrong, cleaned of keys.
    var reason: String
    /// Whether another attempt may fare better.
    var isTransient: Bool
    /// The pause that the server asked for, in milliseconds.
    var retryAfter: Int?

    var description: String { reason }
}
