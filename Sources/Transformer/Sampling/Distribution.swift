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
        let peak = try Self.peak(logits)
        var (all, permitted) = (LogSum(peak: peak), LogSum(peak: peak))
        var rejected = 0.0
        var count = 0
        for (token, logit) in logits.enumerated() {
            let weight = LogSum.Weight(Double(logit), peak: peak)
            all.add(weight)
            if allowed.contains(token) {
                permitted.add(weight)
                count += 1
            } else {
                rejected += weight.value
            }
        }
        // A few are summed by their own peak, so that a forced token has exactly the probability 1; and those so far below
        // the peak of all that their weights lose digits, or vanish.
        if count > 0, count <= 64 || permitted.total < 1e-250 { permitted = Self.sum(of: logits, allowed) }
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

    /// The sum over the allowed tokens by their own peak.
    private static func sum(of logits: [Float], _ allowed: AllowedTokens) -> LogSum {
        var peak = -Double.infinity
        for (token, logit) in logits.enumerated() where allowed.contains(token) {
            peak = max(peak, Double(logit))
        }
        var sum = LogSum(peak: peak)
        for (token, logit) in logits.enumerated() where allowed.contains(token) {
            sum.add(LogSum.Weight(Double(logit), peak: peak))
        }
        return sum
    }

    /// Σ exp(x - peak) and Σ (x - peak) exp(x - peak), from which total and entropy follow.
    private struct LogSum {
        let peak: Double
        var total = 0.0
        var weighted = 0.0

        init(peak: Double) { self.peak = peak }

        /// exp(x - peak), the costly part, and the same times x - peak.
        struct Weight {
            let value: Double
            let moment: Double

            init(_ logit: Double, peak: Double) {
                guard logit > -.infinity else {
                    (value, moment) = (0, 0)
                    return
                }
                value = exp(logit - peak)
                moment = (logit - peak) * value
            }
        }

        mutating func add(_ weight: Weight) {
            total += weight.value
            weighted += weight.moment
        }

        var logTotal: Double { total > 0 ? peak + log(total) : -.infinity }

        /// H = log Σ - Σ x p, in bits; rounding must not make it negative.
        var entropy: Double { total > 0 ? max(0, (log(total) - weighted / total) / log(2)) : 0 }
    }
}
