/// Byte pair encoding by ranked merges (Sennrich et al., 2016), over bytes or over characters.
struct BytePairEncoder: Sendable {
    private let preTokenizer: PreTokenizer
    private let merges: [UInt64: PairMerger.Merge]
    /// The vocabulary's strings, and after them those that are made on the way and are no tokens.
    private let symbols: ByteStringTable
    private let tokenCount: Int
    /// What merging begins with where it is bytes: the symbol of each.
    private let byteSymbols: [Int32]
    /// The token that writes each byte of a symbol that is none; -1 where there is none.
    private let byteTokens: [Int32]
    /// Whether merging begins with characters rather than bytes, a space among them (Gemma 4).
    private let mergesCharacters: Bool
    /// What stands in a prompt for a character that the vocabulary cannot write: U+FFFD, if it can write that.
    private let replacement: [Int]

    init(_ file: GGUFFile, _ vocabulary: Vocabulary, _ preTokenizer: PreTokenizer) throws(TokenizerError) {
        self.preTokenizer = preTokenizer
        tokenCount = vocabulary.count
        mergesCharacters = vocabulary.spelling == .sentencePiece
        var symbols = vocabulary.strings
        byteSymbols = (UInt8.min...UInt8.max).map { byte in
            Int32(symbols.find([byte]) ?? symbols.append([byte], indexed: true))
        }
        let byteTokens =
            mergesCharacters
            ? Self.tokensOfBytes(vocabulary) : byteSymbols.map { $0 < Int32(vocabulary.count) ? $0 : -1 }
        self.byteTokens = byteTokens

        let list: GGUFArray?
        do { list = try file.stringArray("tokenizer.ggml.merges") } catch { throw .file(error) }
        var merges: [UInt64: PairMerger.Merge] = [:]
        merges.reserveCapacity(list?.count ?? 0)
        for rank in 0..<(list?.count ?? 0) {
            guard let list, let (left, right) = Self.halves(list.bytes(at: rank), vocabulary.spelling) else {
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
        let stand = symbols.find([0xEF, 0xBF, 0xBD]).flatMap { $0 < vocabulary.count ? [$0] : nil }
        let spelled = [0xEF, 0xBF, 0xBD].map { Int(byteTokens[$0]) }
        replacement = stand ?? (spelled.contains(-1) ? [] : spelled)
    }

    /// The tokens of a text; none of them is special.
    func encode(_ text: String) -> [Int] {
        let bytes = Array(text.utf8)
        var tokens: [Int] = []
        for piece in preTokenizer.pieces(of: ScannedText(text)) {
            let isWhole = preTokenizer.ignoresMerges || mergesCharacters && bytes[piece].first == 0x0A
            if isWhole, let whole = token(of: bytes[piece]) {
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

    /// Merges the bytes or characters of one piece.
    private func merge(_ piece: ArraySlice<UInt8>, into tokens: inout [Int]) {
        let starts =
            mergesCharacters ? piece.indices.filter { piece[$0] & 0xC0 != 0x80 } : Array(piece.indices)
        // A character that is no symbol merges with nothing, as all sides of merges are symbols.
        let none = Int32.max
        var units = starts.enumerated().map { place, start in
            guard mergesCharacters else { return byteSymbols[Int(piece[start])] }
            let end = place + 1 < starts.count ? starts[place + 1] : piece.endIndex
            return symbols.find(piece[start..<end]).map(Int32.init) ?? none
        }
        if !merges.isEmpty {
            PairMerger.merge(&units) { left, right, _, units in
                merges[Self.key(units[left], units[right])]
            }
        }
        var leavesOut = false
        for (place, unit) in units.enumerated() where unit >= 0 {
            if Int(unit) < tokenCount,
                !leavesOut || symbols[Int(unit)].first.map({ $0 & 0xC0 != 0x80 }) ?? true
            {
                tokens.append(Int(unit))
                leavesOut = false
            } else if unit == none {
                let end = place + 1 < starts.count ? starts[place + 1] : piece.endIndex
                write(piece[starts[place]..<end], &leavesOut, into: &tokens)
            } else {
                write(symbols[Int(unit)], &leavesOut, into: &tokens)
            }
        }
    }

    /// Writes a symbol that is no token byte by byte.
    ///
    /// - Parameter leavesOut: whether what goes on belongs to a character whose first byte could not be written.
    private func write(_ bytes: ArraySlice<UInt8>, _ leavesOut: inout Bool, into tokens: inout [Int]) {
        for byte in bytes {
            if leavesOut, byte & 0xC0 == 0x80 { continue }
            let token = byteTokens[Int(byte)]
            leavesOut = token < 0
            tokens += leavesOut ? replacement : [Int(token)]
        }
    }

    private static func tokensOfBytes(_ vocabulary: Vocabulary) -> [Int32] {
        var tokens = [Int32](repeating: -1, count: 256)
        for token in 0..<vocabulary.count where vocabulary.kind(of: token) == .byte {
            if let byte = vocabulary.strings[token].first { tokens[Int(byte)] = Int32(token) }
        }
        return tokens
    }

    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    /// The two sides of a merge, written with one space between them.
    private static func halves(
        _ merge: UnsafeRawBufferPointer, _ spelling: Vocabulary.Spelling
    ) -> (left: [UInt8], right: [UInt8])? {
        // The first byte is never the separator.
        guard let space = merge.dropFirst().firstIndex(of: 0x20) else { return nil }
        func side(_ bytes: Slice<UnsafeRawBufferPointer>) -> [UInt8]? {
            let bytes = UnsafeRawBufferPointer(rebasing: bytes)
            guard !bytes.isEmpty else { return nil }
            return spelling == .sentencePiece
                ? SentencePieceSpelling.unescaped(bytes) : ByteAlphabet.decode(bytes)
        }
        guard let left = side(merge[..<space]), let right = side(merge[(space + 1)...]) else { return nil }
        return (left, right)
    }
}
