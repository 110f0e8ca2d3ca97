/// What the mask engine says of one position, recomputed from the catalogue and the vocabulary in the session's header.
struct MaskInsight: Sendable {
    /// What the engine's words rest on.
    enum Origin: Sendable, Hashable {
        /// The mask that ruled.
        case ruled
        /// Our grammar over the vocabulary that the workflow named for a server that tells none.
        case vocabulary
        /// Our grammar over bytes, since no vocabulary is known.
        case bytes
    }

    /// The session's step.
    let step: Int
    /// What can follow, in words.
    var expected: String
    /// The schema cursor: the tool, and the places in its schema that the value being written is held against.
    var cursor: String
    /// What each alternative of the schema that is still alive asks for.
    var alternatives: [String]
    /// Whether the engine allows other tokens than those that were recorded.
    var differs: Bool
    /// What the words rest on.
    var origin = Origin.ruled
    /// The bytes that can follow, where no vocabulary is known.
    var bytes: String?
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
    /// For an allowed token: the alternatives of the schema that it leaves alive.
    let leaves: [String]

    /// The first reason in about `width` columns: the end of its place, which names the keyword, and as much of the
    /// sentence as there is room for.
    func summary(width: Int) -> String {
        guard let first = reasons.first else { return "allowed" }
        let more = reasons.count > 1 ? " (and \(reasons.count - 1) more)" : ""
        let sentence = first.sentence + more
        func end(_ room: Int) -> String {
            first.place.count > room ? "…" + first.place.suffix(max(0, room - 1)) : first.place
        }
        return width < 48 ? end(width) : "\(end(max(width - sentence.count - 2, width / 2))): \(sentence)"
    }
}
