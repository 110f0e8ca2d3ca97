import CallTemplates
import ChatTemplates
import JSON
import MaskTrials

@testable import Masking

/// A learnt format with a mask over some vocabulary, for texts to be held against.
struct MaskedTurn {
    let conversation: CallConversation
    let vocabulary: TurnVocabulary
    private let engine: MaskEngine
    private let ends: [String]

    /// - Parameter answers: what is to be written; those that the template refuses are left out.
    init(_ conversation: CallConversation, answers: [CallConversation.Answer], seed: UInt64 = 1) throws {
        self.conversation = conversation
        let texts = answers.compactMap { try? conversation.turn($0) }
        // The token that ends the template's own turns ends the model's.
        let syntax = conversation.syntax
        ends = [syntax.turnEnd, syntax.textEnd].compactMap { pieces in
            pieces.reversed().lazy.compactMap { if case .token(let name) = $0 { name } else { nil } }.first
        }.prefix(1).map { $0 }
        vocabulary = try TurnVocabulary(texts: texts, ends: ends, seed: seed)
        engine = MaskEngine(vocabulary: vocabulary.vocabulary)
    }

    func matcher(_ choice: CallChoice = .auto) throws -> Matcher {
        let tools = CallConversation.tools.map { CallableTool(name: $0.name, parameters: $0.parameters) }
        return try engine.matcher(
            for: Grammar(learnt: LearntTurn(tools: tools, syntax: conversation.syntax, choice: choice)))
    }

    /// The turn without the text with which a template ends it, where its tags are no tokens.
    private func withoutEnd(_ turn: [TokenPiece]) -> [TokenPiece] {
        guard case .text(let text)? = turn.last, case .text(let end)? = conversation.syntax.turnEnd.first,
            text.hasSuffix(end), conversation.syntax.turnEnd.count == 1
        else { return turn }
        return turn.dropLast() + [.text(String(text.dropLast(end.count)))]
    }

    /// Whether tokens are the end of what the template ends turns with.
    private func isEnd(_ tokens: ArraySlice<Int>) -> Bool {
        let end = conversation.syntax.turnEnd.map { piece in
            switch piece {
            case .text(let text), .token(let text): text
            default: ""
            }
        }.joined()
        let rest = tokens.map { token in
            switch vocabulary.vocabulary[token] {
            case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
            case .special(let name): name
            case .unused: ""
            }
        }.joined()
        return end.hasSuffix(rest)
    }

    /// Writes a turn token by token, each of which must be in the mask; what ends the turn is left out.
    /// - Returns: why it cannot be written so, or `nil`.
    func fault(_ turn: [TokenPiece], _ choice: CallChoice = .auto, seed: UInt64 = 7) throws -> String? {
        var matcher = try matcher(choice)
        var random = SeededGenerator(seed: seed)
        var written = ""
        let tokens = vocabulary.tokens(withoutEnd(turn), &random)
        for (position, token) in tokens.enumerated() {
            if matcher.isFinished { return nil }
            guard matcher.allowed().contains(token) else {
                // The template's own end of a turn is no matter of the model's.
                if matcher.canEnd, isEnd(tokens[position...]) { return nil }
                return "\(vocabulary.vocabulary[token]) after …\(written.suffix(60).debugDescription): "
                    + matcher.explain(token).description
            }
            try matcher.advance(token)
            switch vocabulary.vocabulary[token] {
            case .bytes(let bytes): written += String(decoding: bytes, as: UTF8.self)
            case .special(let name): written += name
            case .unused: break
            }
        }
        return matcher.isFinished || matcher.canEnd
            ? nil : "the turn cannot end after \(written.suffix(60).debugDescription)"
    }
}
