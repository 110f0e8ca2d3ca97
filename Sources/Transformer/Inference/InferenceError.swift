/// Why tokens could not be evaluated.
public enum InferenceError: Error, Equatable, Sendable {
    case noTokens
    case unknownToken(Int, vocabulary: Int)
    case contextOverflow(needed: Int, limit: Int)
    case invalidPosition(Int, evaluated: Int)
    case cancelled
}

extension InferenceError: CustomStringConvertible {
    /// One line: what is wrong, where, and where there is one, the way out.
    public var description: String {
        switch self {
        case .noTokens:
            "there are no tokens to evaluate"
        case .unknownToken(let token, let vocabulary):
            "the token \(token) is not one of the model's \(vocabulary)"
        case .contextOverflow(let needed, let limit):
            "the conversation needs \(needed) tokens and the context holds \(limit); "
                + "shorten the prompt or the tools' results"
        case .invalidPosition(let position, let evaluated):
            "cannot go back to position \(position): \(evaluated) tokens are evaluated"
        case .cancelled:
            "the evaluation was cancelled"
        }
    }
}
