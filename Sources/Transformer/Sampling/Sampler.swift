import Foundation

/// How the next token is chosen from the allowed ones.
public struct SamplerSettings: Equatable, Sendable {
    /// Logits are divided by this; 0 chooses the likeliest token always.
    public let temperature: Double
    /// Only the likeliest tokens that together have this probability are drawn from (nucleus sampling, Holtzman et
    /// al., 2020).
    public let topP: Double
    /// The seed of the random draws.
    public let seed: UInt64

    /// The likeliest token always, the lowest number of equals.
    public static let greedy = SamplerSettings(checkedTemperature: 0, topP: 1, seed: 0)

    /// Settings for seeded sampling.
    ///
    /// - Throws: ``SamplingError/invalidSetting(_:)`` unless the temperature is finite and not negative, and top-p is
    ///   above 0 and at most 1.
    public init(temperature: Double, topP: Double = 1, seed: UInt64) throws(SamplingError) {
        guard temperature >= 0, temperature.isFinite else {
            throw .invalidSetting("the temperature is \(temperature) and should be 0 or more")
        }
        guard topP > 0, topP <= 1 else {
            throw .invalidSetting("top-p is \(topP) and should be above 0 and at most 1")
        }
        self.init(checkedTemperature: temperature, topP: topP, seed: seed)
    }

    private init(checkedTemperature temperature: Double, topP: Double, seed: UInt64) {
        (self.temperature, self.topP, self.seed) = (temperature, topP, seed)
    }
}

/// Why no token could be chosen.
public enum SamplingError: Error, Equatable, Sendable, CustomStringConvertible {
    case nothingAllowed
    case notANumber(token: Int)
    case invalidSetting(String)

    /// One line: what is wrong.
    public var description: String {
        switch self {
        case .nothingAllowed: "the mask allows no token with a logit above -inf"
        case .notANumber(let token):
            "the logit of token \(token) is not a number or +inf; the weights are damaged"
        case .invalidSetting(let problem): problem
        }
    }
}

/// A chosen token and what is known about its position.
public struct Choice: Equatable, Sendable {
    /// The token.
    public let token: Int
    /// Its probability before the mask, at temperature 1.
    public let probabilityBefore: Double
    /// Its probability after the mask, at temperature 1.
    public let probabilityAfter: Double
    /// The probability with which the sampler drew it, after temperature and top-p; 1 when greedy.
    public let probabilityDrawn: Double
    /// The position's figures.
    public let distribution: Distribution

    /// The probability before the mask of all masked tokens together.
    public var rejectedMass: Double { distribution.rejectedMass }
    /// Entropy before the mask, in bits.
    public var entropyBefore: Double { distribution.entropyBefore }
    /// Entropy after the mask, in bits.
    public var entropyAfter: Double { distribution.entropyAfter }
}

/// Chooses tokens, reproducibly: the same seed, draws, logits and masks give the same tokens.
public struct Sampler: Sendable {
    /// The settings.
    public let settings: SamplerSettings
    /// The source of the draws, of which a choice takes exactly one, greedy choices none.
    public private(set) var random: RandomSource

    /// Starts with the seed's first number, or after the first `drawn`.
    public init(_ settings: SamplerSettings, drawn: UInt64 = 0) {
        self.settings = settings
        random = RandomSource(seed: settings.seed, drawn: drawn)
    }

    /// Chooses a token among the allowed ones.
    ///
    /// A token of logit -inf is never chosen.
    ///
    /// - Throws: ``SamplingError``; no number is drawn then.
    public mutating func sample(logits: [Float], allowed: AllowedTokens) throws(SamplingError) -> Choice {
        let distribution = try Distribution(logits: logits, allowed: allowed)
        guard distribution.logTotalAfter > -.infinity else { throw .nothingAllowed }
        let (token, drawn) =
            settings.temperature == 0
            ? (Self.likeliest(logits, allowed), 1) : draw(logits, allowed)
        return Choice(
            token: token, probabilityBefore: distribution.probabilityBefore(logits[token]),
            probabilityAfter: distribution.probabilityAfter(logits[token]), probabilityDrawn: drawn,
            distribution: distribution)
    }

    /// The allowed token of the highest logit, the lowest number of equals.
    private static func likeliest(_ logits: [Float], _ allowed: AllowedTokens) -> Int {
        var best = -1
        for (token, logit) in logits.enumerated() where allowed.contains(token) && logit > -.infinity {
            if best < 0 || logit > logits[best] { best = token }
        }
        return best
    }

    private mutating func draw(_ logits: [Float], _ allowed: AllowedTokens) -> (
        token: Int, probability: Double
    ) {
        var candidates: [(token: Int, weight: Double)] = []
        let peak = Double(logits[Self.likeliest(logits, allowed)])
        for (token, logit) in logits.enumerated() where allowed.contains(token) && logit > -.infinity {
            candidates.append((token, exp((Double(logit) - peak) / settings.temperature)))
        }
        if settings.topP < 1 { candidates = Self.nucleus(candidates, settings.topP) }
        let total = candidates.reduce(0) { $0 + $1.weight }
        var rest = random.uniform() * total
        for candidate in candidates {
            rest -= candidate.weight
            if rest < 0 { return (candidate.token, candidate.weight / total) }
        }
        // Rounding may leave a crumb past the last candidate; it belongs to the last that weighs anything.
        let last = candidates.last { $0.weight > 0 } ?? candidates[0]
        return (last.token, last.weight / total)
    }

    /// The fewest of the likeliest candidates that together reach the share `topP`, likeliest first.
    private static func nucleus(
        _ candidates: [(token: Int, weight: Double)], _ topP: Double
    ) -> [(token: Int, weight: Double)] {
        let sorted = candidates.sorted { ($1.weight, $0.token) < ($0.weight, $1.token) }
        let wanted = topP * sorted.reduce(0) { $0 + $1.weight }
        var sum = 0.0
        let end = sorted.firstIndex { candidate in
            sum += candidate.weight
            return sum >= wanted
        }
        return Array(sorted.prefix((end ?? sorted.count - 1) + 1))
    }
}
