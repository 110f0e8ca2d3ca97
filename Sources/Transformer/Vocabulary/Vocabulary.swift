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

    /// Texts that were added whole; they are of the kind ``TokenKind/normal``.
    let addedTexts: AddedTexts
    /// How the file writes pieces of text.
    let spelling: Spelling
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

    /// The bytes that no token writes alone.
    ///
    /// A text that needs one can be written only where a longer token has it.
    public var missingBytes: [UInt8] {
        var isThere = [Bool](repeating: false, count: 256)
        for token in kinds.indices where kinds[token] == .normal || kinds[token] == .byte {
            let bytes = strings[token]
            if bytes.count == 1, let byte = bytes.first { isThere[Int(byte)] = true }
        }
        return (UInt8.min...UInt8.max).filter { !isThere[Int($0)] }
    }

    /// All control and user-defined tokens, in ascending order.
    public var specialTokens: [Int] { special.values.sorted() }
}

extension Vocabulary {
    /// How the entries for pieces of text are written in the file.
    enum Spelling: Sendable {
        /// In the stand-ins of ``ByteAlphabet``.
        case byteAlphabet
        /// As ``SentencePieceSpelling`` says.
        case sentencePiece

        func bytes(_ entry: UnsafeRawBufferPointer, _ kind: TokenKind) -> [UInt8] {
            switch self {
            // An entry outside the alphabet was added whole and stands for itself.
            case .byteAlphabet: ByteAlphabet.decode(entry) ?? Array(entry)
            case .sentencePiece where kind == .byte: SentencePieceSpelling.byte(entry).map { [$0] } ?? []
            case .sentencePiece: SentencePieceSpelling.unescaped(entry)
            }
        }

        /// Whether the entry is reached by merging: SentencePiece keeps a byte apart from the character with the same
        /// byte, and an entry outside the byte alphabet is a string of its own beside the one with the same bytes.
        func isMadeOfParts(_ entry: UnsafeRawBufferPointer, _ kind: TokenKind) -> Bool {
            switch self {
            case .byteAlphabet: ByteAlphabet.decode(entry) != nil
            case .sentencePiece: kind == .normal
            }
        }
    }

    /// Names by which llama.cpp, too, knows the end of a turn where the file does not say.
    private static let endNames = [
        "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|end_of_text|>", "<|endoftext|>", "<|end|>", "<|return|>",
        "<|call|>", "<end_of_turn>", "<turn|>", "<end_of_utterance>", "<EOT>", "[EOT]", "[EOS]", "</s>",
        "<｜end▁of▁sentence｜>",
    ]

    /// The values of `tokenizer.ggml.model` that can be read.
    static let models = ["gpt2", "llama", "gemma4"]

    /// Reads the tokens alone: what a mask needs.
    ///
    /// Neither merges nor the pre-tokeniser are looked at.
    ///
    /// - Throws: ``TokenizerError`` for a kind of vocabulary that is not supported or not sound.
    public init(_ file: GGUFFile) throws(TokenizerError) {
        let (model, name) = try TokenizerError.wrapping { () throws(GGUFError) in
            guard let model = try file.string("tokenizer.ggml.model") else {
                throw .missingKey("tokenizer.ggml.model")
            }
            return (model, try file.string("tokenizer.ggml.pre"))
        }
        switch model {
        case "gpt2":
            let adds = PreTokenizer(named: name)?.addsBeginningOfText ?? false
            try self.init(file, spelling: .byteAlphabet, addsBeginningByDefault: adds)
        case "llama", "gemma4":
            try self.init(file, spelling: .sentencePiece, addsBeginningByDefault: true)
        default:
            throw .unsupportedModel(model)
        }
    }

    private init(_ file: GGUFFile, spelling: Spelling, addsBeginningByDefault: Bool) throws(TokenizerError) {
        let tokens = try TokenizerError.wrapping { () throws(GGUFError) in
            guard let tokens = try file.stringArray("tokenizer.ggml.tokens") else {
                throw .missingKey("tokenizer.ggml.tokens")
            }
            return tokens
        }
        var kinds = try Self.kinds(file, count: tokens.count)
        var strings = ByteStringTable()
        strings.reserve(tokens.count)
        var special: [[UInt8]: Int] = [:]
        var added: [(text: [UInt8], token: Int)] = []
        for token in kinds.indices {
            let entry = tokens.bytes(at: token)
            switch kinds[token] {
            case .normal, .byte:
                strings.append(
                    spelling.bytes(entry, kinds[token]), indexed: spelling.isMadeOfParts(entry, kinds[token]))
            case .userDefined where AddedTexts.isText(entry):
                kinds[token] = .normal
                let text = spelling == .sentencePiece ? SentencePieceSpelling.unescaped(entry) : Array(entry)
                strings.append(text, indexed: false)
                added.append((text, token))
            case .control, .userDefined:
                strings.append(entry, indexed: false)
                if special[Array(entry)] == nil { special[Array(entry)] = token }
            case .unknown, .unused:
                strings.append(entry, indexed: false)
            }
        }
        (self.strings, self.kinds, self.special, self.spelling) = (strings, kinds, special, spelling)
        addedTexts = AddedTexts(added)

        let count = kinds.count
        func token(_ name: String) throws(TokenizerError) -> Int? {
            try TokenizerError.wrapping { () throws(GGUFError) in
                try file.integer("tokenizer.ggml.\(name)_token_id")
            }.flatMap { (0..<count).contains($0) ? $0 : nil }
        }
        beginningOfText = try token("bos")
        let adds = try TokenizerError.wrapping { () throws(GGUFError) in
            try file.bool("tokenizer.ggml.add_bos_token")
        }
        addsBeginningOfText = adds ?? (addsBeginningByDefault && beginningOfText != nil)
        var ends = Set(Self.endNames.compactMap { special[Array($0.utf8)] })
        // Where a turn has other ends, <|end|> closes a message within it.
        if let within = special[Array("<|end|>".utf8)], special[Array("<|return|>".utf8)] != nil {
            ends.remove(within)
        }
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
