import Agent
import Foundation
import Terminal

/// Every candidate at one token, in the order of their raw logits.
struct MaskTable: Sendable {
    /// How much of the distribution is known.
    enum Kind: Sendable, Hashable {
        /// Every token's logit.
        case full
        /// The most probable candidates only, out of a vocabulary of that size.
        case partial(vocabularySize: Int?)
        /// No probability at all; the candidates are what the mask allowed, and the chosen token.
        case unknown
    }

    /// Where the mask comes from.
    enum Origin: Sendable, Hashable {
        /// The model's, as it was recorded; where none was, none ruled that is known of.
        case recorded
        /// Our grammar over the vocabulary that the workflow names, beside what a server told.
        case computedHere
    }

    /// One candidate.
    struct Candidate: Sendable, Hashable {
        /// Its place by raw logit, from 1.
        let rank: Int
        /// Its ID, where it is known.
        let token: Int?
        let text: SafeText
        /// The raw logit, or the log-probability of a partial distribution.
        let logit: Double?
        /// The probability before the mask, at temperature 1.
        let before: Double?
        /// The probability after the mask; zero for a masked token, `nil` where it is not known.
        let after: Double?
        let isAllowed: Bool
        let isChosen: Bool
    }

    /// The session's step at which the token was chosen.
    let step: Int
    let token: TokenStep
    let kind: Kind
    let origin: Origin
    private let vocabulary: VocabularyRecord?
    private let partial: [TokenDistribution.Candidate]
    /// Indices into `partial` of tokens without an ID that a mask computed here refuses by their bytes.
    private let refused: Set<Int>
    /// Tokens that a mask computed here allows beside those of `partial`.
    private let further: [Int32]
    private let logits: [Float]
    /// Token IDs, or indices into `partial` and, after its end, into `further`; the highest logit first.
    private let order: [Int32]
    private let greatest: Double
    private let sumBefore: Double
    private let sumAfter: Double

    init(
        _ token: TokenStep, step: Int, vocabulary: VocabularyRecord?, origin: Origin = .recorded,
        refused: Set<Int> = []
    ) {
        self.token = token
        self.origin = origin
        self.refused = refused
        self.step = step
        self.vocabulary = vocabulary
        var partial: [TokenDistribution.Candidate] = []
        var logits: [Float] = []
        var further: [Int32] = []
        let most = vocabulary?.entries.count ?? (token.allowed?.count ?? 0) * 64
        let isWhole = if case .full = token.distribution { true } else { false }
        let allowed = isWhole || token.allowed == nil ? [] : (0..<most).filter { token.allows($0) }
        switch token.distribution {
        case .full(let all):
            kind = .full
            logits = all
            order = MaskTable.descending(all)
        case .partial(let candidates, let size):
            kind = .partial(vocabularySize: size)
            partial = candidates
            if origin == .computedHere {
                let told = Set(candidates.compactMap(\.token))
                further = allowed.filter { !told.contains($0) }.map { Int32(clamping: $0) }
            }
            order =
                MaskTable.descending(candidates.map { Float($0.logProbability) })
                + further.indices.map { Int32(clamping: candidates.count + $0) }
        case .unknown:
            kind = .unknown
            // A token that a mask computed here would not have allowed was taken all the same.
            let taken = origin == .computedHere && token.token >= 0 && !token.allows(token.token)
            order = ((allowed.isEmpty || taken ? [token.token] : []) + allowed).map { Int32(clamping: $0) }
        }
        self.partial = partial
        self.logits = logits
        self.further = further
        var greatest = -Double.infinity
        for logit in logits where Double(logit) > greatest { greatest = Double(logit) }
        var (before, after) = (0.0, 0.0)
        for (id, logit) in logits.enumerated() where logit > -.infinity {
            let weight = exp(Double(logit) - greatest)
            before += weight
            if token.allows(id) { after += weight }
        }
        self.greatest = greatest
        sumBefore = before
        sumAfter = after
    }

    /// The number of candidates.
    var count: Int { order.count }

    /// The number of tokens that there are, as far as it is known.
    var vocabularySize: Int? {
        switch kind {
        case .full: logits.count
        case .partial(let size): size ?? vocabulary?.entries.count
        case .unknown: vocabulary?.entries.count
        }
    }

    /// The candidate at a position by logit, from 0.
    func candidate(at position: Int) -> Candidate {
        var index = Int(order[position])
        if case .partial = kind, index < partial.count {
            let candidate = partial[index]
            let isChosen = candidate.token.map { $0 == token.token } ?? (candidate.bytes == token.bytes)
            return Candidate(
                rank: position + 1, token: candidate.token,
                text: candidate.bytes.isEmpty && isChosen
                    ? TokenText.visible(token) : TokenText.visible(candidate.bytes),
                logit: candidate.logProbability, before: exp(candidate.logProbability), after: nil,
                isAllowed: isAllowed(index), isChosen: isChosen)
        }
        if case .partial = kind { index = Int(further[index - partial.count]) }
        let isAllowed = token.allows(index)
        let logit = logits.element(index).map(Double.init)
        let weight = logit.map { exp($0 - greatest) }
        return Candidate(
            rank: position + 1, token: index < 0 ? nil : index, text: text(of: index), logit: logit,
            before: weight.map { sumBefore > 0 ? $0 / sumBefore : 0 },
            after: weight.map { isAllowed && sumAfter > 0 ? $0 / sumAfter : 0 },
            isAllowed: isAllowed, isChosen: index == token.token)
    }

    /// The token as a person reads it; the chosen one even where no vocabulary is known.
    func text(of id: Int) -> SafeText {
        if let entry = vocabulary?.entries.element(id) { return TokenText.visible(entry) }
        return id == token.token ? TokenText.visible(token) : SafeText("(token \(id))")
    }

    /// The candidates' positions that a pane's filter lets through, in the pane's order.
    func positions(of pane: MaskPane) -> [Int32] {
        var positions: [Int32] =
            switch pane.filter {
            case .all: Array(0..<Int32(count))
            case .allowed: filtered(isAllowed: true)
            case .masked: filtered(isAllowed: false)
            case .forced: token.isForced ? filtered(isAllowed: true) : []
            }
        if pane.order == .id { positions.sort { order[Int($0)] < order[Int($1)] } }
        return positions
    }

    private func filtered(isAllowed wanted: Bool) -> [Int32] {
        order.indices.filter { position in
            let index = Int(order[position])
            // A token without an ID may be either, unless its bytes have told.
            if case .partial = kind, partial.element(index)?.token == nil, index < partial.count,
                origin == .recorded
            {
                return true
            }
            return isAllowed(index) == wanted
        }.map { Int32($0) }
    }

    /// Whether the mask lets the candidate of an entry of `order` through.
    private func isAllowed(_ index: Int) -> Bool {
        guard case .partial = kind else { return token.allows(index) }
        guard index < partial.count else { return true }
        return partial[index].token.map { token.allows($0) } ?? !refused.contains(index)
    }

    /// How many candidates the server told.
    var givenCount: Int { count - further.count }

    /// How many of those that the server told a mask computed here refuses.
    var refusedCount: Int { partial.indices.count(where: { !isAllowed($0) }) }

    /// The greatest share, 0 to 1, of what a recorded mask allowed that the candidates told leave out; `nil` where no mask
    /// ruled, or more is known.
    var leftOut: Double? {
        guard case .partial = kind, origin == .recorded, let allowedCount = token.allowedCount else {
            return nil
        }
        let allowed = partial.indices.filter { partial[$0].token != nil && isAllowed($0) }
        guard allowed.count < allowedCount else { return 0 }
        let rest = max(0, 1 - partial.reduce(0) { $0 + exp($1.logProbability) })
        let kept = allowed.reduce(0) { $0 + exp(partial[$1].logProbability) }
        return rest > 0 ? rest / (rest + kept) : 0
    }

    /// The position of the chosen token; `nil` where a partial distribution leaves it out.
    var chosen: Int? {
        if case .partial = kind { return order.indices.first { candidate(at: $0).isChosen } }
        return order.firstIndex(of: Int32(clamping: token.token))
    }

    /// The candidate that is written like that, else the one with that ID.
    func find(_ name: String) -> (position: Int, token: Int?)? {
        let wanted = Array(name.utf8)
        for position in order.indices {
            let candidate = candidate(at: position)
            let raw = candidate.token.flatMap { vocabulary?.entries.element($0) }.flatMap { entry in
                if case .bytes(let bytes) = entry { bytes } else { nil }
            }
            if raw == wanted || Array(candidate.text.plain.utf8) == wanted {
                return (position, candidate.token)
            }
        }
        guard let id = Int(name) else { return nil }
        return order.indices.first { candidate(at: $0).token == id }.map { ($0, id) }
    }

    /// Indices by descending value, equal ones by ascending index; what is no number comes last.
    private static func descending(_ values: [Float]) -> [Int32] {
        var keys = values.enumerated().map { index, value -> UInt64 in
            let bits = value.isNaN ? (-Float.infinity).bitPattern : value.bitPattern
            // Bit patterns in the order of their values, turned round: the greatest value has the least key.
            let ascending = bits >> 31 == 1 ? ~bits : bits | 1 << 31
            return UInt64(~ascending) << 32 | UInt64(UInt32(index))
        }
        keys.sort()
        return keys.map { Int32(truncatingIfNeeded: $0 & 0xFFFF_FFFF) }
    }
}
