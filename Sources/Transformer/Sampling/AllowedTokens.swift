/// The tokens that a mask allows: one bit a token, token 0 the lowest bit of the first word.
///
/// Tokens at or past `count` are never allowed, whatever the words say: a logit vector may be longer than the
/// vocabulary, and its surplus stands for nothing.
public struct AllowedTokens: Equatable, Sendable {
    private let words: [UInt64]
    private let count: Int

    /// A mask over the first `count` tokens; words past the end of `words` are zero.
    public init(words: [UInt64], count: Int) {
        self.words = words
        self.count = count
    }

    /// All of the first `count` tokens.
    public static func all(_ count: Int) -> AllowedTokens {
        AllowedTokens(words: Array(repeating: .max, count: (count + 63) / 64), count: count)
    }

    /// Whether a token is allowed.
    public func contains(_ token: Int) -> Bool {
        token < count && token >> 6 < words.count && words[token >> 6] >> UInt64(token & 63) & 1 == 1
    }
}
