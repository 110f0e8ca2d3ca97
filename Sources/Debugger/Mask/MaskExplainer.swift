import Agent
import Masking

/// Explains masks: the engine's answers at the steps that were looked at.
///
/// The engine is built from the catalogue and the vocabulary in the session's header, so that a replay explains as a
/// live run does; nothing is asked of it before somebody looks.
struct MaskExplainer {
    private let start: Matcher
    /// The matcher after the tokens before one step, since its rows are asked for one by one.
    private var last: (step: Int, matcher: Matcher)?

    /// An explainer of the session's masks; `nil` where none ruled, or the engine cannot build it.
    init?(header: SessionHeader) {
        guard let record = header.model.vocabulary,
            let format = header.model.callFormat.flatMap({ CallFormat(named: $0) }),
            let vocabulary = try? Vocabulary(record),
            let start = try? MaskEngine(vocabulary: vocabulary)
                .matcher(for: Grammar(turnWith: header.catalogue, format: format))
        else { return nil }
        self.start = start
    }

    /// What was expected where the trail's token was chosen.
    mutating func insight(for trail: TokenTrail) -> MaskInsight? {
        guard let matcher = matcher(before: trail) else { return nil }
        let expectation = matcher.expectation
        let cursor =
            expectation.path.last?.map(\.description).filter { !$0.isEmpty }.joined(separator: ", ") ?? ""
        let place = [expectation.tool, cursor.isEmpty ? nil : cursor].compactMap { $0 }.joined(separator: " ")
        return MaskInsight(
            step: trail.step, expected: expectation.words + (place.isEmpty ? "" : " (at \(place))"),
            differs: trail.token.allowed.map { $0 != matcher.allowed().words } ?? true)
    }

    /// What the engine has against a token where the trail's token was chosen.
    mutating func verdict(on token: Int, after trail: TokenTrail) -> TokenVerdict? {
        guard let matcher = matcher(before: trail), (0..<matcher.vocabulary.count).contains(token) else {
            return nil
        }
        let explanation = matcher.explain(token)
        let reasons = explanation.reasons.map { reason in
            let place: String
            switch reason.source {
            case .keyword:
                place = [reason.tool, reason.pointer.description].compactMap { $0 }.joined(separator: " ")
            case .policy(let name): place = "policy, \(name)"
            }
            return TokenVerdict.Reason(place: place, sentence: reason.sentence)
        }
        return TokenVerdict(offset: explanation.offset, written: explanation.written, reasons: reasons)
    }

    private mutating func matcher(before trail: TokenTrail) -> Matcher? {
        if let last, last.step == trail.step { return last.matcher }
        var matcher = start
        for token in trail.before {
            guard (try? matcher.advance(token.token)) != nil else { return nil }
        }
        last = (trail.step, matcher)
        return matcher
    }
}
