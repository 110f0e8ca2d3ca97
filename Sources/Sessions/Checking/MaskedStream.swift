import Agent
import JSON
import Masking

/// The grammars along the stream of a session.
struct MaskedStream {
    private var grammar: StreamGrammar
    /// The grammar of whole turns, for models that were decoded under one of ours: at its start, and where it stands.
    private var turnStart: Matcher?
    private var turn: Matcher?
    /// The values of the round that have left their schema.
    private var lost: Set<Int> = []
    /// Whether some token of the round was held as part of the answer.
    private var hasAnswer = false

    init(_ header: SessionHeader, _ answer: JSONValue?, _ check: inout MaskCheck) throws(VocabularyError) {
        grammar = try StreamGrammar(header: header, answer: answer)
        guard let style = header.model.turnStyle, header.model.vocabulary != nil,
            let language = Grammar(
                turnWith: header.catalogue, style: style, settings: header.sampling.mask)
        else { return }
        do {
            turnStart = try grammar.engine.matcher(for: language)
        } catch {
            check.unheld.append("the turns: \(error)")
        }
    }

    mutating func begin(_ check: inout MaskCheck) {
        grammar.begin()
        (turn, lost, hasAnswer) = (turnStart, [], false)
        if turn != nil { check.values += 1 }
    }

    // MARK: Tokens

    mutating func take(_ step: TokenStep, _ check: inout MaskCheck) {
        if let matcher = turn {
            hold(step, matcher, &check)
            return
        }
        let place = grammar.place
        let number = grammar.current ?? -1
        defer { grammar.take(step) }
        guard step.special == nil, case .value(let tool, let matcher) = place else { return }
        if number < 0 { hasAnswer = true }
        check.tokens += 1
        if step.allowed != nil { check.signs.recorded += 1 }
        weigh(step, &check) { matcher.canEnd || matcher.takes($0) }
        if matcher.takes(step.bytes) {
            check.passed += 1
        } else if lost.insert(number).inserted {
            MaskedStream.depart(step, tool, matcher.explain(bytes: step.bytes), &check)
        }
    }

    /// Holds a token of a turn that a mask of ours can have ruled, by its ID.
    private mutating func hold(_ step: TokenStep, _ matcher: Matcher, _ check: inout MaskCheck) {
        check.tokens += 1
        if step.allowed != nil { check.signs.recorded += 1 }
        var next = matcher
        do {
            try next.advance(step.token)
            check.passed += 1
            turn = next
        } catch {
            MaskedStream.depart(step, nil, error.explanation, &check)
            // One departure a turn: after it nothing is known.
            turn = nil
        }
    }

    private static func depart(
        _ step: TokenStep, _ tool: String?, _ explanation: Explanation, _ check: inout MaskCheck
    ) {
        check.departures.append(
            MaskCheck.Departure(
                round: step.round, position: step.position, tool: tool,
                text: step.special ?? StreamGrammar.visible(step.bytes),
                explanation: explanation))
    }

    /// What the rivals of a token say of a mask.
    private func weigh(_ step: TokenStep, _ check: inout MaskCheck, _ isTaken: ([UInt8]) -> Bool) {
        guard case .partial(let candidates, _) = step.distribution else { return }
        let rivals = candidates.filter { $0.bytes != step.bytes && !$0.bytes.isEmpty }
        guard !rivals.isEmpty else { return }
        check.signs.rivalled += 1
        if rivals.contains(where: { !isTaken($0.bytes) }) { check.signs.forbidden += 1 }
        let best = candidates.max { $0.logProbability < $1.logProbability }
        if let best, best.bytes != step.bytes, !best.bytes.isEmpty, !isTaken(best.bytes) {
            check.signs.overruled += 1
        }
    }

    // MARK: Ends

    /// Holds what has ended with the response; calls without tokens of their own are held whole.
    mutating func close(_ round: Int, _ response: ModelResponse, _ check: inout MaskCheck) {
        let isCut = response.finishReason == .length
        defer {
            grammar.begin()
            turn = nil
        }
        if turnStart != nil { return }
        for (number, call) in response.calls.enumerated() where number >= grammar.calls.count {
            holdWhole(Array(call.arguments.text.utf8), tool: call.name, round, isCut, &check)
        }
        for (number, place) in ([grammar.words] + grammar.calls).enumerated() {
            switch place {
            case .words: continue
            case .value(let tool, let matcher):
                if number == 0, !hasAnswer {
                    let answer = Array(response.content.utf8)
                    if !answer.isEmpty { holdWhole(answer, tool: nil, round, isCut, &check) }
                    continue
                }
                check.values += 1
                if !matcher.canEnd, !isCut { check.departures.append(.early(round, tool, matcher)) }
            case .lost(let reason):
                check.values += 1
                if !lost.contains(number - 1) { check.unheld.append(reason) }
            }
        }
    }

    private func holdWhole(
        _ text: [UInt8], tool: String?, _ round: Int, _ isCut: Bool, _ check: inout MaskCheck
    ) {
        check.values += 1
        let start = tool.map { grammar.start(of: $0) } ?? grammar.words
        guard case .value(_, var matcher) = start else {
            if case .lost(let reason) = start { check.unheld.append(reason) }
            return
        }
        check.tokens += 1
        do {
            try matcher.advance(bytes: text)
            if matcher.canEnd || isCut {
                check.passed += 1
            } else {
                check.departures.append(.early(round, tool, matcher))
            }
        } catch {
            check.departures.append(
                MaskCheck.Departure(
                    round: round, position: nil, tool: tool,
                    text: StreamGrammar.visible(Array(text.prefix(60))), explanation: error.explanation))
        }
    }
}

extension MaskCheck.Departure {
    fileprivate init(
        round: Int, position: Int?, tool: String?, text: String, explanation: Explanation
    ) {
        self.init(
            round: round, position: position, tool: tool, text: text,
            reasons: explanation.reasons.map { "\($0)" },
            isOurPolicy: explanation.reasons.allSatisfy {
                if case .policy(let name) = $0.source { name != "JSON" } else { false }
            })
    }

    fileprivate static func early(_ round: Int, _ tool: String?, _ matcher: Matcher) -> Self {
        Self(
            round: round, position: nil, tool: tool, text: "the end",
            reasons: ["\(matcher.expectation.words) was expected"], isOurPolicy: false)
    }
}
