/// SentencePiece's byte pair encoding (Kudo and Richardson, 2018): characters are merged into pieces of the vocabulary,
/// the highest score first, and a character that is no piece falls to bytes.
struct SentencePieceEncoder: Sendable {
    private let pieces: ByteStringTable
    private let scores: [Float]
    /// The token of each byte; the unknown token for those that have none, and nothing where there is no such either.
    private let byteTokens: [Int?]
    /// Whether a text that begins or follows a special token gets a space before it.
    private let addsSpace: Bool

    /// Stands for a character that is no piece by itself; it may yet be a part of one.
    private static let noPiece = Int32.max

    init(_ file: GGUFFile, _ vocabulary: Vocabulary) throws(TokenizerError) {
        pieces = vocabulary.strings
        let key = "tokenizer.ggml.scores"
        let (addsSpace, scores, unknown) = try TokenizerError.wrapping { () throws(GGUFError) in
            guard let scores = try file.array(key) else { throw .missingKey(key) }
            return (
                try file.bool("tokenizer.ggml.add_space_prefix") ?? true, scores,
                try file.integer("tokenizer.ggml.unknown_token_id")
            )
        }
        guard scores.count == vocabulary.count else {
            throw .differentCounts(tokens: vocabulary.count, key: key, found: scores.count)
        }
        self.addsSpace = addsSpace
        self.scores = scores.values.map { Float($0.number ?? 0) }

        var byteTokens = [Int?](
            repeating: unknown.flatMap { (0..<vocabulary.count).contains($0) ? $0 : nil }, count: 256)
        for token in 0..<vocabulary.count where vocabulary.kind(of: token) == .byte {
            if let byte = vocabulary.strings[token].first { byteTokens[Int(byte)] = token }
        }
        self.byteTokens = byteTokens
    }

    /// The tokens of a text; none of them is special.
    ///
    /// - Parameter continues: whether text precedes it.
    func encode(_ text: String, continues: Bool) -> [Int] {
        guard !text.isEmpty else { return [] }
        let normal = SentencePieceSpelling.unescaped(
            addsSpace && !continues ? [0x20] + text.utf8 : Array(text.utf8))
        // Where each character begins, and where the last ends.
        var starts = normal.indices.filter { normal[$0] & 0xc0 != 0x80 }
        starts.append(normal.count)

        var symbols = (0..<starts.count - 1).map { place in
            pieces.find(normal[starts[place]..<starts[place + 1]]).map(Int32.init) ?? Self.noPiece
        }
        PairMerger.merge(&symbols) { left, _, end, _ in
            guard let piece = pieces.find(normal[starts[left]..<starts[end]]) else { return nil }
            return PairMerger.Merge(rank: -Double(scores[piece]), symbol: Int32(piece))
        }
        var tokens: [Int] = []
        for (place, symbol) in symbols.enumerated() where symbol >= 0 {
            if symbol == Self.noPiece {
                tokens += normal[starts[place]..<starts[place + 1]].compactMap { byteTokens[Int($0)] }
            } else {
                tokens.append(Int(symbol))
            }
        }
        return tokens
    }
}
