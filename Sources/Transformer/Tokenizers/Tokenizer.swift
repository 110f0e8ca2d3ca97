/// A part of a prompt: text that is tokenised, or a special token by its name.
public enum PromptPart: Equatable, Sendable {
    case text(String)
    case special(String)
}

/// Text to tokens and back, with the vocabulary that a GGUF file carries.
///
/// Text never becomes a special token, however it is spelled: those are asked for by name. Thus a person or a tool
/// that writes `<|im_end|>` has written ten characters and not ended a turn.
public struct Tokenizer: Sendable {
    private enum Encoder: Sendable {
        case bytePair(BytePairEncoder)
        case sentencePiece(SentencePieceEncoder)
    }

    /// The tokens.
    public let vocabulary: Vocabulary
    private let encoder: Encoder

    /// Reads the vocabulary, the merges or scores, and the pre-tokeniser's name.
    ///
    /// - Throws: ``TokenizerError`` for a kind of vocabulary that is not supported or not sound.
    public init(_ file: GGUFFile) throws(TokenizerError) {
        vocabulary = try Vocabulary(file)
        let (model, name) = try TokenizerError.wrapping { () throws(GGUFError) in
            (try file.string("tokenizer.ggml.model"), try file.string("tokenizer.ggml.pre"))
        }
        if model == "llama" {
            encoder = .sentencePiece(try SentencePieceEncoder(file, vocabulary))
        } else {
            let known = model == "gemma4" ? "gemma4" : name
            guard let preTokenizer = PreTokenizer(named: known) else {
                throw .unsupportedPreTokenizer(known ?? "default")
            }
            encoder = .bytePair(try BytePairEncoder(file, vocabulary, preTokenizer))
        }
    }

    /// Whether a file's kind of vocabulary and its pre-tokeniser are known; the tokens are not read.
    ///
    /// - Throws: ``TokenizerError`` where they are not.
    public static func check(_ file: GGUFFile) throws(TokenizerError) {
        let (model, name) = try TokenizerError.wrapping { () throws(GGUFError) in
            guard let model = try file.string("tokenizer.ggml.model") else {
                throw .missingKey("tokenizer.ggml.model")
            }
            return (model, try file.string("tokenizer.ggml.pre"))
        }
        guard Vocabulary.models.contains(model) else { throw .unsupportedModel(model) }
        if model == "gpt2", PreTokenizer(named: name) == nil {
            throw .unsupportedPreTokenizer(name ?? "default")
        }
    }

    /// The tokens of a text that stands at the beginning or after a special token.
    ///
    /// None of them is special, and no beginning-of-text token is added. A SentencePiece vocabulary may put a space
    /// before the text, as its model expects.
    public func encode(_ text: String) -> [Int] { encode(text, continues: false) }

    /// The tokens of a prompt, each part by itself.
    ///
    /// - Throws: ``TokenizerError/unknownSpecialToken(_:)``.
    public func encode(_ parts: [PromptPart]) throws(TokenizerError) -> [Int] {
        var tokens: [Int] = []
        var continues = false
        for part in parts {
            switch part {
            case .text(let text):
                tokens += encode(text, continues: continues)
                continues = continues || !text.isEmpty
            case .special(let name):
                guard let token = vocabulary.specialToken(named: name) else {
                    throw .unknownSpecialToken(name)
                }
                tokens.append(token)
                continues = false
            }
        }
        return tokens
    }

    /// The bytes that tokens write; those without bytes, and numbers outside the vocabulary, write none.
    public func decode(_ tokens: some Sequence<Int>) -> [UInt8] {
        tokens.flatMap { (0..<vocabulary.count).contains($0) ? vocabulary.bytes(of: $0) ?? [] : [] }
    }

    private func encode(_ text: String, continues: Bool) -> [Int] {
        let bytes = Array(text.utf8)
        var tokens: [Int] = []
        var continues = continues
        for part in vocabulary.addedTexts.parts(of: bytes) {
            switch part {
            case .token(let token):
                tokens.append(token)
                continues = false
            case .plain(let range):
                let plain = range.count == bytes.count ? text : String(decoding: bytes[range], as: UTF8.self)
                switch encoder {
                case .bytePair(let encoder): tokens += encoder.encode(plain)
                case .sentencePiece(let encoder): tokens += encoder.encode(plain, continues: continues)
                }
                continues = true
            }
        }
        return tokens
    }
}
