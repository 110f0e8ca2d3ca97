import Foundation
import Masking

/// How much of what a mask allows is among the candidates that a server gave, at a temperature.
///
/// The candidates are the most probable tokens, with their log-probabilities over the whole vocabulary. What they leave
/// of the mass is known, and so is that no token left out is more probable than the last of them; that bounds the
/// share of a draw that tokens left out would have had.
struct CandidateCoverage: Sendable, Hashable {
    /// A share that no draw can tell from none.
    static let negligible = 1e-4

    /// The greatest share, 0 to 1, of the allowed tokens' weight that the candidates leave out; 1 where they allow none.
    let leftOut: Double

    init(_ candidates: [LlamaServer.Candidate], allowed: TokenSet, temperature: Double) {
        var (mass, kept, count) = (0.0, 0.0, 0)
        var least = 0.0
        for candidate in candidates {
            mass += exp(candidate.logProbability)
            least = min(least, candidate.logProbability)
            guard allowed.contains(candidate.token) else { continue }
            count += 1
            kept += exp(candidate.logProbability / temperature)
        }
        let others = Double(allowed.count - count)
        guard others > 0 else {
            leftOut = 0
            return
        }
        let rest = max(0, 1 - mass)
        let greatest = min(exp(least), rest)
        guard greatest > 0 else {
            leftOut = kept > 0 ? 0 : 1
            return
        }
        // The weights are p^(1/T): above 1 the rest weighs most when spread evenly, below 1 when heaped up.
        let weight =
            temperature > 1
            ? others * pow(min(rest / others, greatest), 1 / temperature)
            : min(others, rest / greatest) * pow(greatest, 1 / temperature)
        leftOut = kept + weight > 0 ? weight / (kept + weight) : 1
    }
}
