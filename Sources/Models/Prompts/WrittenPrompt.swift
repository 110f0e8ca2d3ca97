import Agent
import ChatTemplates
import Transformer

/// A prompt as it is tokenised, and whose each stretch of it is.
struct WrittenPrompt {
    /// Text and special tokens in order.
    let parts: [PromptPart]
    /// For each part its owners, from a byte of it on; empty where they are not known.
    let owners: [[(start: Int, owner: PromptShare.Owner)]]

    /// The prompt as text, special tokens spelled out.
    var text: String { parts.text }

    /// The stretches of a prompt whose parts became `tokens`.
    ///
    /// - Parameter tokens: for each part, the number of bytes of each of its tokens.
    func shares(_ tokens: [[Int]]) -> [PromptShare] {
        guard !owners.isEmpty, tokens.count == parts.count else { return [] }
        var shares: [PromptShare] = []
        for (index, part) in parts.enumerated() {
            switch part {
            case .special(let name):
                shares.append(
                    PromptShare(
                        owner: owners[index].first?.owner ?? .template, bytes: name.utf8.count, tokens: 1,
                        isSpecial: true))
            case .text(let text):
                shares += WrittenPrompt.shares(text.utf8.count, owners[index], tokens[index])
            }
        }
        return shares
    }

    /// A text's stretches; a token belongs to whom its first byte belongs to.
    private static func shares(
        _ size: Int, _ owners: [(start: Int, owner: PromptShare.Owner)], _ tokens: [Int]
    ) -> [PromptShare] {
        var shares: [PromptShare] = []
        var offset = 0
        var token = 0
        for (index, share) in owners.enumerated() {
            let end = index + 1 < owners.count ? owners[index + 1].start : size
            var count = 0
            while token < tokens.count, offset < end || index + 1 == owners.count {
                offset += tokens[token]
                token += 1
                count += 1
            }
            shares.append(
                PromptShare(owner: share.owner, bytes: end - share.start, tokens: count, isSpecial: false))
        }
        return shares
    }
}
