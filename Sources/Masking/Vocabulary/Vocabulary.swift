/// What one token ID stands for.
public enum VocabularyEntry: Sendable, Hashable {
    /// A token that appends these bytes to the text.
    case bytes([UInt8])
    /// A control token; it has a name such as `<|im_end|>` and no bytes.
    case special(String)
    /// An ID that no tokenizer produces.
    case unused
}

/// A tokenizer's vocabulary as the mask engine needs it: the bytes of every token, indexed for walking.
///
/// Immutable and shared; everything that depends on the vocabulary alone (the byte trie, the masks of free string
/// text) is built once here.
public final class Vocabulary: Sendable {
    /// The number of token IDs, unused ones included.
    public let count: Int
    /// Tokens that end the model's turn.
    public let endOfTurn: [Int]
    /// IDs of special tokens by name; of two with one name the lower.
    public let specialTokens: [String: Int]

    let buffer: [UInt8]
    let offsets: [Int32]
    let names: [Int: String]
    let trie: VocabularyTrie
    let strings: StringTokens

    /// A vocabulary of the given entries, indexed by token ID.
    /// - Parameters:
    ///   - entries: what each ID stands for; a byte token without bytes counts as unused.
    ///   - endOfTurn: the IDs that end a turn.
    /// - Throws: ``VocabularyError`` when there are 2^24 entries or more, or an end token is out of range.
    public init(entries: [VocabularyEntry], endOfTurn: [Int]) throws(VocabularyError) {
        guard entries.count < VocabularyTrie.noToken else { throw .tooLarge(entries.count) }
        if let id = endOfTurn.first(where: { $0 < 0 || $0 >= entries.count }) { throw .noSuchToken(id) }
        var buffer: [UInt8] = []
        buffer.reserveCapacity(entries.count * 7)
        var offsets: [Int32] = [0]
        offsets.reserveCapacity(entries.count + 1)
        var names: [Int: String] = [:]
        var special: [String: Int] = [:]
        var tokens: [Int32] = []
        tokens.reserveCapacity(entries.count)
        let ends = Set(endOfTurn)
        for (id, entry) in entries.enumerated() {
            switch entry {
            case .bytes(let bytes):
                buffer.append(contentsOf: bytes)
                // An end token that has bytes ends the turn all the same; it never writes them.
                if !bytes.isEmpty, !ends.contains(id) { tokens.append(Int32(id)) }
            case .special(let name):
                names[id] = name
                if special[name] == nil { special[name] = id }
            case .unused: break
            }
            offsets.append(Int32(buffer.count))
        }
        count = entries.count
        self.endOfTurn = endOfTurn
        specialTokens = special
        self.buffer = buffer
        self.offsets = offsets
        self.names = names
        trie = VocabularyTrie(tokens: tokens, buffer: buffer, offsets: offsets)
        strings = StringTokens(tokens: tokens, buffer: buffer, offsets: offsets, count: entries.count)
    }

    /// The bytes that a token appends; empty for special and unused IDs.
    public func bytes(of token: Int) -> ArraySlice<UInt8> {
        guard token >= 0, token < count else { return [] }
        return buffer[Int(offsets[token])..<Int(offsets[token + 1])]
    }

    /// What a token ID stands for; `unused` beyond the vocabulary.
    public subscript(token: Int) -> VocabularyEntry {
        if let name = names[token] { return .special(name) }
        let bytes = bytes(of: token)
        return bytes.isEmpty ? .unused : .bytes(Array(bytes))
    }

    /// Splits bytes into tokens, each the longest that fits.
    /// - Returns: `nil` where some byte starts no token.
    public func tokenize(_ text: some Sequence<UInt8>) -> [Int]? {
        let bytes = Array(text)
        var tokens: [Int] = []
        var position = 0
        while position < bytes.count {
            var node = -1
            var best: (token: Int, end: Int)?
            var index = position
            while index < bytes.count, let child = trie.child(of: node, on: bytes[index]) {
                node = child
                index += 1
                if let token = trie.token(at: node) { best = (token, index) }
            }
            guard let best else { return nil }
            tokens.append(best.token)
            position = best.end
        }
        return tokens
    }
}

/// Why a vocabulary cannot be used.
public enum VocabularyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// More entries than the trie can number.
    case tooLarge(Int)
    /// An end token outside the vocabulary.
    case noSuchToken(Int)
    /// The file cannot be read as a vocabulary; the place and the reason.
    case unreadable(String)

    /// One line that says what is wrong.
    public var description: String {
        switch self {
        case .tooLarge(let count):
            "a vocabulary of \(count) entries is too large: fewer than 2^24 - 1 are supported"
        case .noSuchToken(let id): "the end-of-turn token \(id) is not in the vocabulary"
        case .unreadable(let reason): reason
        }
    }
}
