/// One decoded token with all that ruled its choice.
public struct TokenStep: Sendable, Hashable {
    /// The round whose response the token belongs to, from 1.
    public var round: Int
    /// The token's position in the response, from 0.
    public var position: Int
    /// The chosen token; ``unknownToken`` where the model does not tell.
    public var token: Int
    /// The bytes that the token stands for; empty for a control token.
    public var bytes: [UInt8]
    /// The name of a control token, such as `<|im_end|>`; `nil` for a token of text.
    public var special: String?
    /// What is known of the logits at this position.
    public var distribution: TokenDistribution
    /// The allowed-token set as a bit set, token `t` at bit `t % 64` of word `t / 64`; `nil` where no mask ruled.
    public var allowed: [UInt64]?
    /// Figures of the choice; `nil` where the model gives no probabilities.
    public var figures: TokenFigures?
    /// Time from the previous token to this one.
    public var milliseconds: Double
    /// Who chose the token in the sampler's place; `nil` where the sampler chose.
    public var chosenBy: Decider?

    /// A step of the given parts.
    public init(
        round: Int, position: Int, token: Int, bytes: [UInt8], special: String? = nil,
        distribution: TokenDistribution, allowed: [UInt64]?, figures: TokenFigures?, milliseconds: Double,
        chosenBy: Decider? = nil
    ) {
        self.round = round
        self.position = position
        self.token = token
        self.bytes = bytes
        self.special = special
        self.distribution = distribution
        self.allowed = allowed
        self.figures = figures
        self.milliseconds = milliseconds
        self.chosenBy = chosenBy
    }

    /// What stands for the token of a piece of text whose token, or tokens, the model does not tell.
    public static let unknownToken = -1

    /// The number of allowed tokens; `nil` where no mask ruled.
    public var allowedCount: Int? { allowed?.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Whether the mask allowed this token; true where no mask ruled.
    public func allows(_ token: Int) -> Bool {
        guard let allowed else { return true }
        return token >= 0 && token >> 6 < allowed.count && allowed[token >> 6] >> UInt64(token & 63) & 1 == 1
    }

    /// Whether the mask left one token only.
    public var isForced: Bool { allowedCount == 1 }
}

/// What is known of the logits at one position, and of how much of the vocabulary.
public enum TokenDistribution: Sendable, Hashable {
    /// The raw logit of every token, by token ID.
    case full([Float])
    /// The most probable tokens only, out of a vocabulary of that size (`nil` where the size is unknown).
    case partial([Candidate], vocabularySize: Int?)
    /// The model tells nothing.
    case unknown

    /// One token of a partial distribution.
    public struct Candidate: Sendable, Hashable {
        /// The token's ID, where the model tells it.
        public var token: Int?
        /// The bytes that the token stands for.
        public var bytes: [UInt8]
        /// The natural logarithm of its probability before any mask.
        public var logProbability: Double

        /// A candidate of the given parts.
        public init(token: Int?, bytes: [UInt8], logProbability: Double) {
            self.token = token
            self.bytes = bytes
            self.logProbability = logProbability
        }
    }
}

/// Figures of one choice, over the whole vocabulary.
public struct TokenFigures: Sendable, Hashable {
    /// The chosen token's probability before the mask, at temperature 1.
    public var probabilityBefore: Double
    /// The chosen token's probability after the mask, at temperature 1.
    public var probabilityAfter: Double
    /// The raw probability of all masked tokens together.
    public var rejectedMass: Double
    /// Shannon entropy before the mask, in bits.
    public var entropyBefore: Double
    /// Shannon entropy after the mask, in bits.
    public var entropyAfter: Double
    /// The token that would have been the most probable without the mask.
    public var unmaskedChoice: Int

    /// Figures of the given values.
    public init(
        probabilityBefore: Double, probabilityAfter: Double, rejectedMass: Double, entropyBefore: Double,
        entropyAfter: Double, unmaskedChoice: Int
    ) {
        self.probabilityBefore = probabilityBefore
        self.probabilityAfter = probabilityAfter
        self.rejectedMass = rejectedMass
        self.entropyBefore = entropyBefore
        self.entropyAfter = entropyAfter
        self.unmaskedChoice = unmaskedChoice
    }
}
