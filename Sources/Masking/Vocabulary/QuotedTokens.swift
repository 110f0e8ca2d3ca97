/// The tokens with a closing quote whose part before it may follow a boundary in a free string.
struct QuotedTokens: Sendable {
    /// A token with a closing quote.
    struct Quoted: Sendable {
        var token: Int32
        /// Characters before the quote.
        var length: Int32
    }

    /// All of them.
    let trie: VocabularyTrie
    /// Those with an escape before the quote.
    let escapes: VocabularyTrie
    /// What follows the quote: a trie of suffixes, `suffixTokens` by suffix number.
    let suffixes: VocabularyTrie
    let suffixTokens: [[Quoted]]
    /// Those that end in the quote.
    let closing: [Quoted]

    /// The tokens as they are found.
    struct Building {
        fileprivate var quoted: [Int32] = []
        fileprivate var escaped: [Int32] = []
        fileprivate var suffixIDs: [ArraySlice<UInt8>: Int] = [:]
        fileprivate var suffixTokens: [[Quoted]] = []
        fileprivate var closing: [Quoted] = []

        /// Adds a token.
        /// - Parameters:
        ///   - length: characters before the quote.
        ///   - isPlain: whether there is no escape before the quote.
        ///   - suffix: what follows the quote.
        mutating func add(_ id: Int32, length: Int, isPlain: Bool, suffix: ArraySlice<UInt8>) {
            quoted.append(id)
            if !isPlain { escaped.append(id) }
            let entry = Quoted(token: id, length: Int32(length))
            if suffix.isEmpty {
                closing.append(entry)
            } else if let known = suffixIDs[suffix] {
                suffixTokens[known].append(entry)
            } else {
                suffixIDs[suffix] = suffixTokens.count
                suffixTokens.append([entry])
            }
        }
    }

    init(_ found: Building, buffer: [UInt8], offsets: [Int32]) {
        trie = VocabularyTrie(tokens: found.quoted, buffer: buffer, offsets: offsets)
        escapes = VocabularyTrie(tokens: found.escaped, buffer: buffer, offsets: offsets)
        suffixTokens = found.suffixTokens
        closing = found.closing
        var suffixBuffer: [UInt8] = []
        var suffixOffsets: [Int32] = [0]
        for (suffix, _) in found.suffixIDs.sorted(by: { $0.value < $1.value }) {
            suffixBuffer.append(contentsOf: suffix)
            suffixOffsets.append(Int32(suffixBuffer.count))
        }
        suffixes = VocabularyTrie(
            tokens: (0..<Int32(suffixTokens.count)).map { $0 }, buffer: suffixBuffer, offsets: suffixOffsets)
    }
}
