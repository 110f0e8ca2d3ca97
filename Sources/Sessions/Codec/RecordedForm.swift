import Agent
import Foundation

// What a journal keeps of a figure is all that anybody sees of it: events take this form before they are numbered,
// so that a live run and its replay show the same.

extension EventBody {
    /// The event as a journal keeps it: logits rounded, large distributions cut to their head, times in microseconds.
    ///
    /// Applying it twice changes nothing.
    public func recorded(vocabulary: VocabularyRecord?) -> EventBody {
        switch self {
        case .token(var step):
            step.distribution = step.distribution.recorded(
                allowed: step.allowed, chosen: step.token, vocabulary: vocabulary)
            step.milliseconds = step.milliseconds.inMicroseconds
            return .token(step)
        case .responseReceived(let round, let response, let milliseconds):
            return .responseReceived(round: round, response, milliseconds: milliseconds.inMicroseconds)
        case .callFinished(let key, let result): return .callFinished(key, result.recorded)
        case .callLate(let key, let result): return .callLate(key, result.recorded)
        default: return self
        }
    }
}

extension TokenDistribution {
    /// The largest vocabulary whose logits are recorded one by one.
    public static let largestFullVocabulary = 8_192
    /// The most probable tokens that are kept of a larger one: as many of all tokens, and as many of the allowed.
    public static let keptCandidates = 256

    /// The distribution with its figures as a journal keeps them: logits as Float16, log-probabilities to a millionth.
    ///
    /// Finite logits beyond ±65,504 become ±65,504, the largest finite Float16.
    public var rounded: TokenDistribution {
        switch self {
        case .full(let logits): return .full(logits.map(HalfPrecision.rounded))
        case .partial(let candidates, let size):
            let rounded = candidates.map { candidate in
                var candidate = candidate
                candidate.logProbability = candidate.logProbability.inMillionths
                return candidate
            }
            return .partial(rounded, vocabularySize: size)
        case .unknown: return .unknown
        }
    }

    /// The distribution as a journal keeps it.
    ///
    /// Beyond ``largestFullVocabulary`` these are the most probable of all and the most probable of the allowed
    /// tokens, and the chosen one; log-probabilities are exact, by the normaliser over the whole vocabulary.
    func recorded(allowed: [UInt64]?, chosen: Int, vocabulary: VocabularyRecord?) -> TokenDistribution {
        guard case .full(let logits) = self, logits.count > TokenDistribution.largestFullVocabulary else {
            return rounded
        }
        let largest = Double(logits.max() ?? 0)
        let normaliser = largest + log(logits.reduce(0.0) { $0 + exp(Double($1) - largest) })
        var kept = Set(TokenDistribution.head(logits) { _ in true })
        if let allowed {
            kept.formUnion(
                TokenDistribution.head(logits) {
                    $0 >> 6 < allowed.count && allowed[$0 >> 6] >> UInt64($0 & 63) & 1 == 1
                })
        }
        if logits.indices.contains(chosen) { kept.insert(chosen) }
        let candidates = kept.sorted { (-logits[$0], $0) < (-logits[$1], $1) }.map { token in
            Candidate(
                token: token, bytes: vocabulary?.bytes(of: token) ?? [],
                logProbability: (Double(logits[token]) - normaliser).inMillionths)
        }
        return .partial(candidates, vocabularySize: logits.count)
    }

    /// The tokens of the largest logits among those that `isCounted` takes.
    private static func head(_ logits: [Float], isCounted: (Int) -> Bool) -> ArraySlice<Int> {
        // A threshold that rises with the heap of the best spares sorting the whole vocabulary.
        var best: [Int] = []
        var threshold = -Float.infinity
        for token in logits.indices where isCounted(token) && (logits[token] > threshold || best.isEmpty) {
            best.append(token)
            guard best.count >= keptCandidates * 4 else { continue }
            best.sort { (-logits[$0], $0) < (-logits[$1], $1) }
            best.removeSubrange(keptCandidates...)
            threshold = logits[best[keptCandidates - 1]]
        }
        return best.sorted { (-logits[$0], $0) < (-logits[$1], $1) }.prefix(keptCandidates)
    }
}

extension VocabularyRecord {
    /// The bytes of a token of text; none for a control token and an ID without a token.
    fileprivate func bytes(of token: Int) -> [UInt8] {
        guard entries.indices.contains(token), case .bytes(let bytes) = entries[token] else { return [] }
        return bytes
    }
}

extension CallResult {
    fileprivate var recorded: CallResult {
        var result = self
        result.milliseconds = milliseconds.inMicroseconds
        return result
    }
}

extension Double {
    /// Milliseconds to the microsecond.
    fileprivate var inMicroseconds: Double { isFinite ? (self * 1_000).rounded() / 1_000 : self }

    fileprivate var inMillionths: Double {
        isFinite && abs(self) < 1e9 ? (self * 1e6).rounded() / 1e6 : self
    }
}
