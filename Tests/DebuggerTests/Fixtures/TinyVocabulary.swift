import Agent
import Foundation

/// A vocabulary of printable ASCII, a few words and three control tokens, and logits that depend on the place alone.
enum TinyVocabulary {
    static let specials = ["<|im_end|>", "<tool_call>", "</tool_call>"]
    static let words = [
        "\"name", "\"arguments", "get_open_tickets", "get_comments", "notify_user", "\": \"", "\": ",
        "\", \"",
        "assignee", "priority", "high", "low", "medium", "urgent", " Maya", "Maya", "maya", "ticket_id",
        " ticket",
        " is", " not", " making", " progress", "The", " the", " 17", "42", "{\"", "\"}", "}}", "\n", "é",
        "日本",
    ]
    static let characters = (0x20...0x7E).map { String(Unicode.Scalar(UInt8($0))) }
    /// Half of a character, an ID without a token, and characters that must not reach a terminal.
    static let odd: [VocabularyRecord.Entry] = [
        .bytes([0xE6, 0x97]), .unused, .bytes([0x1B, 0x5B]), .bytes(Array("\u{202E}".utf8)),
    ]

    static let texts = specials + words + characters
    static let record = VocabularyRecord(
        entries: specials.map { .special($0) } + (words + characters).map { .bytes(Array($0.utf8)) } + odd,
        endTokens: [0])
    private static let ids = Dictionary(
        texts.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })

    static func id(_ text: String) -> Int { ids[text] ?? 0 }
    static func text(_ id: Int) -> String { texts[id] }

    /// The longest tokens that fit, one after the other.
    static func tokenize(_ text: String) -> [Int] {
        var rest = text[...]
        var tokens: [Int] = []
        let byLength = texts.sorted { $0.utf8.count > $1.utf8.count }
        while !rest.isEmpty {
            guard let token = byLength.first(where: { rest.hasPrefix($0) }) else {
                rest = rest.dropFirst()
                continue
            }
            tokens.append(id(token))
            rest = rest.dropFirst(token.count)
        }
        return tokens
    }

    static func step(_ token: Int, round: Int, position: Int, rule: SessionBuilder.Rule?) -> TokenStep {
        let count = record.entries.count
        var logits = (0..<count).map { id -> Float in
            let mixed = UInt64(id &* 2_654_435_761 &+ position &* 40_503 &+ round &* 97) % 1_000
            return Float(mixed) / 125 - 6
        }
        logits[token] = 7
        if let preferred = rule?.preferred { logits[id(preferred)] = 7.5 }
        let allowedIDs =
            rule.map { $0.allowed.map(id) } ?? Array(0..<specials.count + words.count + characters.count)
        var allowed = [UInt64](repeating: 0, count: (count + 63) / 64)
        for id in allowedIDs + [token] { allowed[id / 64] |= 1 << UInt64(id % 64) }
        var step = TokenStep(
            round: round, position: position, token: token,
            bytes: token < specials.count ? [] : Array(texts[token].utf8),
            special: token < specials.count ? texts[token] : nil, distribution: .full(logits),
            allowed: allowed,
            figures: nil, milliseconds: 8)
        step.figures = figures(of: step, logits: logits)
        return step
    }

    /// The figures by their definitions.
    static func figures(of step: TokenStep, logits: [Float]) -> TokenFigures {
        let weights = logits.map { exp(Double($0)) }
        let all = weights.reduce(0, +)
        let kept = weights.indices.filter(step.allows).map { weights[$0] }.reduce(0, +)
        func entropy(_ probabilities: [Double]) -> Double {
            -probabilities.filter { $0 > 0 }.map { $0 * log2($0) }.reduce(0, +)
        }
        return TokenFigures(
            probabilityBefore: weights[step.token] / all, probabilityAfter: weights[step.token] / kept,
            rejectedMass: 1 - kept / all, entropyBefore: entropy(weights.map { $0 / all }),
            entropyAfter: entropy(weights.indices.filter(step.allows).map { weights[$0] / kept }),
            unmaskedChoice: logits.indices.max { logits[$0] < logits[$1] } ?? 0)
    }
}
