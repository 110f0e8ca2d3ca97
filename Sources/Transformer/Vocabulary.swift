/// What a token is for, numbered as in `tokenizer.ggml.token_type`.
public enum TokenKind: Int, Sendable {
    /// A piece of text.
    case normal = 1
    /// The token for what the vocabulary cannot write.
    case unknown
    /// A mark that stands for no text, such as the end of a turn.
    case control
    /// A whole string that was added to the vocabulary and is never made from parts.
    case userDefined
    /// A reserved number.
    case unused
    /// One byte, in vocabularies whose other entries are whole characters.
    case byte
}

/// The tokens of a model: their bytes, their kinds, and which of them end a turn.
public struct Vocabulary: Sendable {
    /// How many tokens there are; a model's logit vector may be longer.
    public var count: Int { kinds.count }
    /// The token that begins a text, where there is one.
    public let beginningOfText: Int?
    /// Whether the model expects ``beginningOfText`` at the start of a prompt.
    public let addsBeginningOfText: Bool
    /// The tokens that end generation, in ascending order.
    public let endTokens: [Int]

    /// Bytes of the tokens' text; names of those that have none.
    ///
    /// Only pieces of text are indexed.
    let strings: ByteStringTable
    private let kinds: [TokenKind]
    /// The control and user-defined tokens by name, keyed by UTF-8 since equality of `String` is looser.
    private let special: [[UInt8]: Int]

    /// What the token is for.
    ///
    /// - Precondition: `token` is below ``count``, as for all that follows.
    public func kind(of token: Int) -> TokenKind { kinds[token] }

    /// The bytes that a token writes; nil for tokens that write nothing: control, unknown and unused ones.
    public func bytes(of token: Int) -> [UInt8]? {
        switch kinds[token] {
        case .normal, .userDefined, .byte: Array(strings[token])
        case .control, .unknown, .unused: nil
        }
    }

    /// A token as text for people: its bytes, repaired where they are no UTF-8, or its name.
    public func text(of token: Int) -> String { String(decoding: strings[token], as: UTF8.self) }

    /// The control or user-defined token of a name, such as `<|im_end|>`.
    public func specialToken(named name: String) -> Int? { special[Array(name.utf8)] }

    /// All control and user-defined tokens, in ascending order.
    public var specialTokens: [Int] { special.values.sorted() }
}

extension Vocabulary {
    /// How the entries for pieces of text are written in the file.
    enum Spelling {
        /// In the stand-ins of ``ByteAlphabet``.
        case byteAlphabet
        /// As they are, with U+2581 for a space, and single bytes as `<0x0A>`.
        case sentencePiece

        func bytes(_ entry: UnsafeRawBufferPointer, _ kind: TokenKind) -> [UInt8] {
            switch self {
            // An entry outside the alphabet was added whole and stands for itself.
            case .byteAlphabet: ByteAlphabet.decode(entry) ?? Array(entry)
            case .sentencePiece where kind == .byte: SentencePieceEncoder.byte(entry).map { [$0] } ?? []
            case .sentencePiece: SentencePieceEncoder.unescaped(Array(entry))
            }
        }
    }

    /// Names by which llama.cpp, too, knows the end of a turn where the file does not say.
    private static let endNames = [
        "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|end_of_text|>", "<|endoftext|>", "<|end|>",
        "<end_of_turn>",
        "<EOT>", "</s>",
    ]

    init(_ file: GGUFFile, spelling: Spelling, addsBeginningByDefault: Bool) throws(TokenizerError) {
        let tokens = try TokenizerError.wrapping { () throws(GGUFError) in
            guard let tokens = try file.stringArray("tokenizer.ggml.tokens") else {
                throw .missingKey("tokenizer.ggml.tokens")
            }
            return tokens
        }
        let kinds = try Self.kinds(file, count: tokens.count)
        var strings = ByteStringTable()
        strings.reserve(tokens.count)
        var special: [[UInt8]: Int] = [:]
        for (token, kind) in kinds.enumerated() {
            let entry = tokens.bytes(at: token)
            switch kind {
            case .normal, .byte:
                // SentencePiece keeps a byte apart from the character with the same byte.
                let isIndexed = kind == .normal || spelling == .byteAlphabet
                strings.append(spelling.bytes(entry, kind), indexed: isIndexed)
            case .control, .userDefined:
                strings.append(entry, indexed: false)
                if special[Array(entry)] == nil { special[Array(entry)] = token }
            case .unknown, .unused:
                strings.append(entry, indexed: false)
            }
        }
        (self.strings, self.kinds, self.special) = (strings, kinds, special)

        func token(_ name: String) throws(TokenizerError) -> Int? {
            try TokenizerError.wrapping { () throws(GGUFError) in
                try file.integer("tokenizer.ggml.\(name)_token_id")
            }.flatMap { kinds.indices.contains($0) ? $0 : nil }
        }
        beginningOfText = try token("bos")
        let adds = try TokenizerError.wrapping { () throws(GGUFError) in
            try file.bool("tokenizer.ggml.add_bos_token")
        }
        addsBeginningOfText = adds ?? (addsBeginningByDefault && beginningOfText != nil)
        var ends = Set(Self.endNames.compactMap { special[Array($0.utf8)] })
        for name in ["eos", "eot", "eom"] {
            if let id = try token(name) { ends.insert(id) }
        }
        endTokens = ends.sorted()
    }

    private static func kinds(_ file: GGUFFile, count: Int) throws(TokenizerError) -> [TokenKind] {
        let key = "tokenizer.ggml.token_type"
        let types = try TokenizerError.wrapping { () throws(GGUFError) in try file.array(key) }
        guard let types else { return Array(repeating: .normal, count: count) }
        guard types.count == count else {
            throw .differentCounts(tokens: count, key: key, found: types.count)
        }
        // Numbers that no version of the format names are taken for plain text, as llama.cpp does.
        return types.values.map { $0.integer.flatMap(TokenKind.init) ?? .normal }
    }
}
