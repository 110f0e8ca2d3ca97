import Foundation

/// The probabilities at one position, before and after a mask, as functions of the logits.
///
/// Before: the softmax of all logits. After: every masked logit set to -inf, then the softmax. Both are at temperature
/// 1, and in `Double`. Only the normalisers are stored, so any token's probability costs one exponential.
public struct Distribution: Equatable, Sendable {
    /// log Σ exp(logit) over all tokens.
    public let logTotalBefore: Double
    /// log Σ exp(logit) over the allowed tokens; -inf if there are none.
    public let logTotalAfter: Double
    /// Entropy before the mask, in bits.
    public let entropyBefore: Double
    /// Entropy after the mask, in bits; 0 if at most one token is allowed.
    public let entropyAfter: Double
    /// The probability before the mask of all masked tokens together.
    public let rejectedMass: Double
    /// How many tokens are allowed.
    public let allowedCount: Int

    /// Measures the logits of one position.
    ///
    /// - Throws: ``SamplingError/notANumber(token:)``.
    public init(logits: [Float], allowed: AllowedTokens) throws(SamplingError) {
        var all = LogSum()
        var permitted = LogSum()
        all.peak = try Self.peak(logits)
        var count = 0
        for (token, logit) in logits.enumerated() where allowed.contains(token) {
            permitted.peak = max(permitted.peak, Double(logit))
            count += 1
        }
        var rejected = 0.0
        for (token, logit) in logits.enumerated() {
            let logit = Double(logit)
            all.add(logit)
            if allowed.contains(token) { permitted.add(logit) } else { rejected += exp(logit - all.peak) }
        }
        logTotalBefore = all.logTotal
        logTotalAfter = permitted.logTotal
        entropyBefore = all.entropy
        entropyAfter = permitted.entropy
        // Summed over the masked rather than taken from 1, so that a small mass keeps its digits.
        rejectedMass = all.total > 0 ? rejected / all.total : 0
        allowedCount = count
    }

    /// Probability before the mask of a token with this logit.
    public func probabilityBefore(_ logit: Float) -> Double { exp(Double(logit) - logTotalBefore) }

    /// Probability after the mask of an allowed token with this logit; that of a masked one is 0.
    public func probabilityAfter(_ logit: Float) -> Double {
        logTotalAfter == -.infinity ? 0 : exp(Double(logit) - logTotalAfter)
    }

    private static func peak(_ logits: [Float]) throws(SamplingError) -> Double {
        var peak = -Float.infinity
        for (token, logit) in logits.enumerated() {
            guard !logit.isNaN, logit != .infinity else { throw .notANumber(token: token) }
            peak = max(peak, logit)
        }
        return Double(peak)
    }

    /// Σ exp(x - peak) and Σ (x - peak) exp(x - peak), from which total and entropy follow.
    private struct LogSum {
        var peak = -Double.infinity
        var total = 0.0
        var weighted = 0.0

        mutating func add(_ logit: Double) {
            guard logit > -.infinity else { return }
            let weight = exp(logit - peak)
            total += weight
            weighted += (logit - peak) * weight
        }

        var logTotal: Double { total > 0 ? peak + log(total) : -.infinity }

        /// H = log Σ - Σ x p, in bits; rounding must not make it negative.
        var entropy: Double { total > 0 ? max(0, (log(total) - weighted / total) / log(2)) : 0 }
    }
}
