import Agent
import Transformer

/// Text and special tokens in order; neighbouring texts are one.
struct PromptPieces {
    private(set) var parts: [PromptPart] = []

    /// The prompt as text, tags spelled out.
    var text: String { parts.text }

    mutating func append(text: String) {
        if case .text(let before) = parts.last {
            parts[parts.count - 1] = .text(before + text)
        } else if !text.isEmpty {
            parts.append(.text(text))
        }
    }

    mutating func append(tag: String) { parts.append(.special(tag)) }
}

extension [PromptPart] {
    /// The parts as one text, special tokens spelled out.
    var text: String {
        map { part in
            switch part {
            case .text(let text): text
            case .special(let name): name
            }
        }.joined()
    }
}

extension [Message] {
    /// All that the system says, in one text.
    var systemText: String {
        compactMap { if case .system(let text) = $0 { text } else { nil } }.joined(separator: "\n\n")
    }
}
