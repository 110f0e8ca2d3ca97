import CallTemplates
import ChatTemplates
import MaskTrials

@testable import Masking

/// A vocabulary of bytes, of a template's tags and of pieces of some texts, cut wherever chance will.
struct TurnVocabulary {
    static let end = "<the end>"
    let vocabulary: Vocabulary
    private let chunks: [[UInt8]: Int]
    private let tags: [String: Int]

    init(texts: [[TokenPiece]], ends: [String], seed: UInt64) throws {
        var entries: [VocabularyEntry] = (0...255).map { .bytes([UInt8($0)]) }
        var random = SeededGenerator(seed: seed)
        var chunks: [[UInt8]: Int] = [:]
        var tags: [String: Int] = [:]
        func add(tag: String) {
            guard tags[tag] == nil else { return }
            tags[tag] = entries.count
            entries.append(.special(tag))
        }
        for piece in texts.joined() {
            switch piece {
            case .special(let name): add(tag: name)
            case .text(let text):
                let bytes = Array(text.utf8)
                for _ in 0..<(bytes.count / 3) {
                    let start = Int.random(in: bytes.indices, using: &random)
                    let chunk = Array(bytes[start...].prefix(Int.random(in: 2...9, using: &random)))
                    guard chunk.count > 1, chunks[chunk] == nil else { continue }
                    chunks[chunk] = entries.count
                    entries.append(.bytes(chunk))
                }
            }
        }
        ends.forEach { add(tag: $0) }
        add(tag: TurnVocabulary.end)
        vocabulary = try Vocabulary(
            entries: entries, endOfTurn: (ends + [TurnVocabulary.end]).compactMap { tags[$0] })
        self.chunks = chunks
        self.tags = tags
    }

    /// A way to write the pieces in tokens.
    func tokens(_ pieces: [TokenPiece], _ random: inout SeededGenerator) -> [Int] {
        pieces.flatMap { piece -> [Int] in
            switch piece {
            case .special(let name): return [tags[name] ?? -1]
            case .text(let text):
                var tokens: [Int] = []
                var rest = Array(text.utf8)[...]
                while !rest.isEmpty {
                    let known = (2...9).filter { $0 <= rest.count && chunks[Array(rest.prefix($0))] != nil }
                    let length = (known + [1]).randomElement(using: &random) ?? 1
                    let bytes = Array(rest.prefix(length))
                    tokens.append(length == 1 ? Int(bytes[0]) : chunks[bytes] ?? -1)
                    rest.removeFirst(length)
                }
                return tokens
            }
        }
    }
}
