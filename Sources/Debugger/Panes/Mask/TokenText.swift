import Agent
import Terminal

/// Tokens as a person reads them: white space visible, what is not UTF-8 in hexadecimal, control tokens by name.
enum TokenText {
    /// The bytes with signs for spaces, line ends and tabs: `␣Maya`, `⏎`.
    ///
    /// Of a piece that no tokenizer would make (a server that does not stream sends all arguments as one) the beginning.
    static func visible(_ bytes: [UInt8]) -> SafeText {
        let beginning = ShownText.token(bytes)
        var shown: [UInt8] = []
        for byte in beginning {
            switch byte {
            case 0x20: shown += Array("␣".utf8)
            case 0x0A: shown += Array("⏎".utf8)
            case 0x09: shown += Array("⇥".utf8)
            default: shown.append(byte)
            }
        }
        return SafeText(bytes: beginning.count < bytes.count ? shown + Array("…".utf8) : shown)
    }

    /// The bytes on one line, spaces as they are.
    static func line(_ bytes: some Sequence<UInt8>) -> SafeText {
        var shown: [UInt8] = []
        for byte in bytes {
            switch byte {
            case 0x0A: shown += Array("⏎".utf8)
            case 0x09: shown += Array("⇥".utf8)
            default: shown.append(byte)
            }
        }
        return SafeText(bytes: shown)
    }

    static func visible(_ step: TokenStep) -> SafeText {
        step.special.map { SafeText($0) } ?? visible(step.bytes)
    }

    static func visible(_ entry: VocabularyRecord.Entry) -> SafeText {
        switch entry {
        case .bytes(let bytes): visible(bytes)
        case .special(let name): SafeText(name)
        case .unused: SafeText("(unused)")
        }
    }
}

/// What the model had written in a round before one of its tokens.
struct TokenTrail: Sendable {
    /// The tokens before it, in order; of a session in a file, their outlines.
    let before: [TokenStep]
    /// The token itself.
    let token: TokenStep
    /// The step of the session at which it was chosen.
    let step: Int

    /// The last token at or before `step`, when it belongs to the round that was under way there.
    init?(log: EventLog, step: Int, round: Int) {
        let index = log.index
        guard let position = index.tokenPosition(at: step),
            case .token(let token)? = log[index.tokens[position]]?.body,
            token.round == round
        else { return nil }
        let request = index.rounds.firstIndex(above: index.tokens[position])
        let start = request > 0 ? index.rounds[request - 1] : 0
        var before: [TokenStep] = []
        for earlier in stride(from: position - 1, through: 0, by: -1) {
            if index.tokens[earlier] <= start { break }
            guard case .token(let step)? = log.outline(index.tokens[earlier])?.body, step.round == round
            else {
                break
            }
            before.append(step)
        }
        self.before = before.reversed()
        self.token = token
        self.step = index.tokens[position]
    }

    /// The last of the bytes written before the token.
    func written(last count: Int) -> [UInt8] {
        var pieces: [[UInt8]] = []
        var size = 0
        for step in before.reversed() where size < count {
            let piece = step.special.map { Array($0.utf8) } ?? step.bytes
            pieces.append(piece)
            size += piece.count
        }
        return pieces.reversed().flatMap { $0 }
    }

    /// The bytes written before the token, control tokens by their names.
    var writtenBefore: [UInt8] { before.flatMap { $0.special.map { Array($0.utf8) } ?? $0.bytes } }
}
