import Agent
import Foundation

extension TokenStep {
    /// The step as it would have been had somebody chosen another token: the same logits, the same mask.
    ///
    /// - Throws: ``ForkError`` for a token that the mask did not allow, that there is not, or that was chosen anyway.
    func choosing(_ token: Int, among vocabulary: VocabularyRecord?) throws(ForkError) -> TokenStep {
        guard let entries = vocabulary?.entries, entries.indices.contains(token) else {
            throw ForkError("there is no token \(token) in the session's vocabulary")
        }
        let name = ChosenToken.text(of: entries[token])
        guard token != self.token else { throw ForkError("\(name) (\(token)) was chosen there anyway") }
        guard allows(token) else {
            throw ForkError(
                "the mask did not allow \(name) (\(token)) there; 'callgate replay' shows the allowed tokens")
        }
        var step = self
        step.token = token
        step.milliseconds = 0
        step.chosenBy = .option("fork --token")
        switch entries[token] {
        case .bytes(let bytes): (step.bytes, step.special) = (bytes, nil)
        case .special(let special): (step.bytes, step.special) = ([], special)
        case .unused: throw ForkError("\(token) is the number of no token")
        }
        step.figures = figures(of: token)
        return step
    }

    /// The figures with another token chosen; those of the position stay.
    private func figures(of token: Int) -> TokenFigures? {
        guard var figures, case .full(let logits) = distribution, logits.indices.contains(token) else {
            return nil
        }
        let greatest = Double(logits.max() ?? 0)
        var (before, after) = (0.0, 0.0)
        for (id, logit) in logits.enumerated() where logit > -.infinity {
            let weight = exp(Double(logit) - greatest)
            before += weight
            if allows(id) { after += weight }
        }
        let weight = exp(Double(logits[token]) - greatest)
        figures.probabilityBefore = before > 0 ? weight / before : 0
        figures.probabilityAfter = after > 0 ? weight / after : 0
        return figures
    }
}

/// Finding a token of a recorded session by what a person writes.
public enum ChosenToken {
    /// The token that a text means at a step: its number, or its own text (`␣`, `⏎` and `⇥` stand for white space).
    ///
    /// A text of digits is a number; after `=` it is the token's text: `=5`.
    /// - Throws: ``ForkError`` where no token is written so.
    public static func find(_ text: String, in vocabulary: VocabularyRecord?) throws(ForkError) -> Int {
        guard let entries = vocabulary?.entries else {
            throw ForkError("the session does not have its model's vocabulary, so no token can be chosen")
        }
        if let number = Int(text) { return number }
        let wanted = text.hasPrefix("=") && text != "=" ? String(text.dropFirst()) : text
        let bytes = Array(
            wanted.replacing("␣", with: " ").replacing("⏎", with: "\n").replacing("⇥", with: "\t").utf8)
        let found = entries.firstIndex { entry in
            switch entry {
            case .bytes(let own): own == bytes
            case .special(let name): Array(name.utf8) == bytes
            case .unused: false
            }
        }
        guard let found else {
            throw ForkError("no token is written '\(text)' (␣ and ⏎ stand for a space and a line end)")
        }
        return found
    }

    static func text(of entry: VocabularyRecord.Entry) -> String {
        switch entry {
        case .bytes(let bytes): "\"\(PlainText.line(String(decoding: bytes, as: UTF8.self)))\""
        case .special(let name): name
        case .unused: "(unused)"
        }
    }
}
