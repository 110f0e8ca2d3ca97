import JSON

/// What a model thought on the way to its answer, apart from its words and calls.
public struct Thinking: Sendable, Hashable {
    /// What can be read of it; empty where the provider keeps all of it from us.
    public var text: String
    /// How many of its parts the provider hands on encrypted or redacted.
    public var hiddenParts: Int
    /// Its tokens, where the provider tells them.
    public var tokens: Int?

    /// Thinking of the given parts.
    public init(text: String, hiddenParts: Int = 0, tokens: Int? = nil) {
        self.text = text
        self.hiddenParts = hiddenParts
        self.tokens = tokens
    }

    /// How much there is of it, and how much of that can be read: `412 tokens`, `1,234 characters, partly hidden`.
    public var size: String {
        let amount: String? =
            if let tokens {
                tokens == 1 ? "1 token" : "\(tokens) tokens"
            } else if !text.isEmpty {
                text.unicodeScalars.count == 1 ? "1 character" : "\(text.unicodeScalars.count) characters"
            } else {
                nil
            }
        let hidden = text.isEmpty ? "hidden by the provider" : hiddenParts > 0 ? "partly hidden" : nil
        return [amount, hidden].compactMap { $0 }.joined(separator: ", ")
    }
}

/// Parts of a response as their provider wrote them, which must be sent back unaltered (thinking, signatures).
public struct ProviderBlocks: Sendable, Hashable {
    /// The wire format that they belong to, by its name; another format has no use for them.
    public var format: String
    /// The parts.
    public var blocks: JSONValue

    /// Blocks of the given parts.
    public init(format: String, blocks: JSONValue) {
        self.format = format
        self.blocks = blocks
    }
}
