/// What the mask engine says of one position, recomputed from the catalogue and the vocabulary in the session's header.
struct MaskInsight: Sendable {
    /// The session's step.
    let step: Int
    /// What can follow, in words.
    var expected: String
    /// Whether the engine allows other tokens than those that were recorded.
    var differs: Bool
    /// Why tokens are masked, as far as it has been asked.
    var verdicts: [Int: TokenVerdict] = [:]
}

/// What the mask engine has against a token.
struct TokenVerdict: Sendable, Hashable {
    /// One alternative of the grammar, and what it has against the token.
    struct Reason: Sendable, Hashable {
        /// The tool, and the place in its schema or the policy of the engine.
        let place: String
        let sentence: String
    }

    /// The offset of the first byte that cannot follow.
    let offset: Int
    /// That byte.
    let written: String
    /// Nothing where the token is allowed.
    let reasons: [Reason]

    /// The first reason on one line.
    var summary: String {
        guard let first = reasons.first else { return "allowed" }
        return "\(first.place): \(first.sentence)"
            + (reasons.count > 1 ? " (and \(reasons.count - 1) more)" : "")
    }
}
