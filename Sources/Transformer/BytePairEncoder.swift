/// Byte pair encoding by ranked merges (Sennrich et al., 2016), over bytes.
struct BytePairEncoder: Sendable {
    private let preTokenizer: PreTokenizer
    /// The token of each byte.
    private let byteTokens: [Int32]
    private let merges: [UInt64: PairMerger.Merge]
    /// The vocabulary's strings, and after them those that are made on the way and are no tokens.
    private let symbols: ByteStringTable
    private let tokenCount: Int

    init(_ file: GGUFFile, _ vocabulary: Vocabulary, _ preTokenizer: PreTokenizer) throws(TokenizerError) {
        self.preTokenizer = preTokenizer
        tokenCount = vocabulary.count
        var symbols = vocabulary.strings
        var byteTokens: [Int32] = []
        for byte in UInt8.min...UInt8.max {
            guard let token = symbols.find([byte]) else { throw .missingByte(byte) }
            byteTokens.append(Int32(token))
        }
        self.byteTokens = byteTokens

        let list: GGUFArray?
        do { list = try file.stringArray("tokenizer.ggml.merges") } catch { throw .file(error) }
        var merges: [UInt64: PairMerger.Merge] = [:]
        merges.reserveCapacity(list?.count ?? 0)
        for rank in 0..<(list?.count ?? 0) {
            guard let list, let (left, right) = Self.halves(list.bytes(at: rank)) else {
                throw .malformedMerge(list?.strings[rank] ?? "", index: rank)
            }
            func symbol(_ string: [UInt8]) -> Int32 {
                Int32(symbols.find(string[...]) ?? symbols.append(string, indexed: true))
            }
            let key = Self.key(symbol(left), symbol(right))
            // A pair that is listed twice keeps its first rank.
            if merges[key] == nil {
                merges[key] = PairMerger.Merge(rank: Double(rank), symbol: symbol(left + right))
            }
        }
        self.merges = merges
        self.symbols = symbols
    }

    /// The tokens of a text; none of them is special.
    func encode(_ text: String) -> [Int] {
        let bytes = Array(text.utf8)
        var tokens: [Int] = []
        for piece in preTokenizer.pieces(of: ScannedText(text)) {
            if preTokenizer.ignoresMerges, let whole = token(of: bytes[piece]) {
                tokens.append(whole)
            } else {
                merge(bytes[piece], into: &tokens)
            }
        }
        return tokens
    }

    private func token(of string: ArraySlice<UInt8>) -> Int? {
        guard let symbol = symbols.find(string), symbol < tokenCount else { return nil }
        return symbol
    }

    /// Merges the bytes of one piece.
    private func merge(_ piece: ArraySlice<UInt8>, into tokens: inout [Int]) {
        var symbols = piece.map { byteTokens[Int($0)] }
        if !merges.isEmpty {
            PairMerger.merge(&symbols) { left, right, _, symbols in
                merges[Self.key(symbols[left], symbols[right])]
            }
        }
        for symbol in symbols where symbol >= 0 {
            if Int(symbol) < tokenCount {
                tokens.append(Int(symbol))
            } else {
                tokens += self.symbols[Int(symbol)].map { Int(byteTokens[Int($0)]) }
            }
        }
    }

    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    /// The two sides of a merge, written with one space between them.
    private static func halves(_ merge: UnsafeRawBufferPointer) -> (left: [UInt8], right: [UInt8])? {
        // The first byte is never the separator.
        guard let space = merge.dropFirst().firstIndex(of: 0x20),
            let left = ByteAlphabet.decode(UnsafeRawBufferPointer(rebasing: merge[..<space])),
            let right = ByteAlphabet.decode(UnsafeRawBufferPointer(rebasing: merge[(space + 1)...])),
            !left.isEmpty, !right.isEmpty
        else { return nil }
        return (left, right)
    }
}
