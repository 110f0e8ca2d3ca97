import Agent
import JSON
import Masking

/// Explains masks: the engine's answers at the steps that were looked at.
///
/// The engine is built from the catalogue and the vocabulary in the session's header, so that a replay explains as a
/// live run does; nothing is asked of it before somebody looks.
struct MaskExplainer {
    private enum Source {
        /// A mask that ruled, from the turn's first token on.
        case ruled(Matcher)
        /// None that is known of; ours is computed from what came.
        case computed(ComputedMask)
    }

    private var source: Source
    /// The matcher after the tokens before one step, since its rows are asked for one by one.
    private var last: (step: Int, matcher: Matcher)?

    /// An explainer of the session's masks; `nil` where the engine cannot build one.
    init?(header: SessionHeader) {
        guard let style = header.model.turnStyle else {
            guard let computed = ComputedMask(header: header) else { return nil }
            source = .computed(computed)
            return
        }
        guard let record = header.model.vocabulary,
            let language = Grammar(
                turnWith: header.catalogue, style: style, settings: header.sampling.mask),
            let vocabulary = try? Vocabulary(record),
            let start = try? MaskEngine(vocabulary: vocabulary).matcher(for: language)
        else { return nil }
        source = .ruled(start)
    }

    /// What was expected where the trail's token was chosen.
    mutating func insight(for trail: TokenTrail) -> MaskInsight? {
        if case .computed(var computed) = source {
            defer { source = .computed(computed) }
            return computed.insight(for: trail)
        }
        guard let matcher = matcher(before: trail) else { return nil }
        let expectation = matcher.expectation
        return MaskInsight(
            step: trail.step, expected: expectation.words,
            cursor: MaskExplainer.cursor(of: expectation, tool: expectation.tool),
            alternatives: expectation.alternatives.map(\.description),
            differs: trail.token.allowed.map { $0 != matcher.allowed().words } ?? true)
    }

    /// The table of a mask that is computed here; `nil` where one was recorded, or none can be computed.
    mutating func computedTable(for trail: TokenTrail) -> MaskTable? {
        guard case .computed(var computed) = source, trail.token.allowed == nil else { return nil }
        defer { source = .computed(computed) }
        return computed.table(for: trail)
    }

    /// The places that the value being written is held against; those of what encloses it where it has none.
    static func cursor(of expectation: Expectation, tool: String?) -> String {
        var places = expectation.alternatives.map(\.pointer)
        if places.isEmpty { places = expectation.path.last ?? [] }
        var seen: Set<JSONPointer> = []
        let written = places.filter { seen.insert($0).inserted }.map(\.description).filter { !$0.isEmpty }
        let shown = written.prefix(3).joined(separator: ", ")
        let more = written.count > 3 ? " and \(written.count - 3) more" : ""
        return ([tool].compactMap { $0 } + (shown.isEmpty ? [] : [shown + more])).joined(separator: " ")
    }

    /// What the engine has against a token where the trail's token was chosen.
    mutating func verdict(on token: Int, after trail: TokenTrail) -> TokenVerdict? {
        if case .computed(var computed) = source {
            defer { source = .computed(computed) }
            return computed.explanation(of: token, after: trail).map { explanation, matcher, tool in
                MaskExplainer.verdict(explanation, of: token, matcher, tool: tool)
            }
        }
        guard let matcher = matcher(before: trail), (0..<matcher.vocabulary.count).contains(token) else {
            return nil
        }
        return MaskExplainer.verdict(matcher.explain(token), of: token, matcher, tool: nil)
    }

    private static func verdict(
        _ explanation: Explanation, of token: Int, _ matcher: Matcher, tool: String?
    ) -> TokenVerdict {
        let reasons = explanation.reasons.map { reason in
            let place: String
            switch reason.source {
            case .keyword:
                place = [reason.tool ?? tool, reason.pointer.description].compactMap { $0 }
                    .joined(separator: " ")
            case .rule(let name, let line): place = line.map { "\(name), line \($0)" } ?? name
            case .policy(let name): place = "policy, \(name)"
            }
            return TokenVerdict.Reason(place: place, sentence: reason.sentence)
        }
        let leaves = reasons.isEmpty ? matcher.alternatives(after: token)?.map(\.description) ?? [] : []
        return TokenVerdict(
            offset: explanation.offset, written: explanation.written, reasons: reasons, leaves: leaves)
    }

    private mutating func matcher(before trail: TokenTrail) -> Matcher? {
        if let last, last.step == trail.step { return last.matcher }
        guard case .ruled(var matcher) = source else { return nil }
        for token in trail.before {
            guard (try? matcher.advance(token.token)) != nil else { return nil }
        }
        last = (trail.step, matcher)
        return matcher
    }
}
