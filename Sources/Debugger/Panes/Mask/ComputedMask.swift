import Agent
import JSON
import Masking

/// Our own grammar at the places of a stream whose server tells nothing of a mask.
///
/// A server streams words and calls apart; the arguments of each call are held against its tool's schema here, token by
/// token as they came. Over a named vocabulary that gives the mask that would have ruled; with none, what may follow
/// in words and bytes. White space is free: such a server was never held to ours.
struct ComputedMask {
    private var grammar: StreamGrammar
    private let catalogue: [ToolDefinition]
    /// The vocabulary that the workflow named; `nil` where bytes stand for tokens.
    private let record: VocabularyRecord?

    /// The mask of a session whose model is behind a server; `nil` where no engine can be built for it.
    init?(header: SessionHeader) {
        guard let grammar = try? StreamGrammar(header: header) else { return nil }
        self.grammar = grammar
        catalogue = header.catalogue
        record = header.model.vocabulary
    }

    /// What our grammar expects where the trail's token was written.
    mutating func insight(for trail: TokenTrail) -> MaskInsight {
        var insight = MaskInsight(
            step: trail.step, expected: "", cursor: "", alternatives: [], differs: false,
            origin: record == nil ? .bytes : .vocabulary)
        switch place(before: trail) {
        case .words:
            let tools = catalogue.prefix(4).map(\.name).joined(separator: ", ")
            let more = catalogue.count > 4 ? " and \(catalogue.count - 4) more" : ""
            insight.expected = catalogue.isEmpty ? "words" : "words, or a call of \(tools)\(more)"
        case .lost(let reason): insight.expected = "our grammar is lost: \(reason)"
        case .value(let tool, let matcher):
            let expectation = matcher.expectation
            insight.expected = matcher.canEnd ? "the end of the arguments" : expectation.words
            insight.cursor = MaskExplainer.cursor(of: expectation, tool: tool)
            insight.alternatives = expectation.alternatives.map(\.description)
            if record == nil { insight.bytes = ComputedMask.words(matcher.allowed()) }
        }
        return insight
    }

    /// The table of our mask over the named vocabulary, with what the server told marked in it; `nil` where no grammar
    /// rules, or no vocabulary is known.
    mutating func table(for trail: TokenTrail) -> MaskTable? {
        guard let record, trail.token.special == nil,
            case .value(_, let matcher) = place(before: trail)
        else { return nil }
        var step = trail.token
        step.allowed = matcher.allowed().words
        step.token = token(step.bytes, given: step.token)
        var refused: Set<Int> = []
        if case .partial(var candidates, let size) = step.distribution {
            for index in candidates.indices {
                let bytes = candidates[index].bytes
                let token = token(bytes, given: candidates[index].token ?? TokenStep.unknownToken)
                candidates[index].token = token >= 0 ? token : nil
                var copy = matcher
                // A token that the vocabulary does not know is held against the grammar by its bytes.
                if token < 0, (try? copy.advance(bytes: bytes)) == nil { refused.insert(index) }
            }
            step.distribution = .partial(candidates, vocabularySize: size)
        }
        return MaskTable(
            step, step: trail.step, vocabulary: record, origin: .computedHere, refused: refused)
    }

    /// What our grammar has against a token of the named vocabulary.
    mutating func explanation(of token: Int, after trail: TokenTrail) -> (Explanation, Matcher, String)? {
        guard record != nil, case .value(let tool?, let matcher) = place(before: trail),
            (0..<matcher.vocabulary.count).contains(token)
        else { return nil }
        return (matcher.explain(token), matcher, tool)
    }

    /// The token of the named vocabulary that stands for these bytes; the server's own number only where it agrees.
    private func token(_ bytes: [UInt8], given: Int) -> Int {
        let vocabulary = grammar.engine.vocabulary
        if given >= 0, vocabulary.bytes(of: given).elementsEqual(bytes), !bytes.isEmpty { return given }
        if let tokens = vocabulary.tokenize(bytes), tokens.count == 1 { return tokens[0] }
        return vocabulary.specialTokens[String(decoding: bytes, as: UTF8.self)] ?? TokenStep.unknownToken
    }

    /// A set over single bytes and the end after them.
    private static func words(_ set: TokenSet) -> String {
        let parts = ByteWords.words { set.contains(Int($0)) } + (set.contains(256) ? ["the end"] : [])
        return parts.isEmpty ? "nothing" : parts.joined(separator: " ")
    }

    private mutating func place(before trail: TokenTrail) -> StreamGrammar.Place {
        let written = grammar.written
        let isBefore =
            written.count <= trail.before.count
            && zip(written, trail.before).allSatisfy { $0.bytes == $1.bytes && $0.special == $1.special }
        if !isBefore { grammar.begin() }
        for step in trail.before.dropFirst(grammar.written.count) { grammar.take(step) }
        return grammar.place
    }
}
