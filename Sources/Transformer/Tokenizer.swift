/// A part of a prompt: text that is tokenised, or a special token by its name.
public enum PromptPart: Equatable, Sendable {
    case text(String)
    case special(String)
}

/// Text to tokens and back, with the vocabulary that a GGUF file carries.
///
/// Text never becomes a special token, however it is spelled: those are asked for by name. Thus a person or a tool
/// that writes `<|im_end|>` has written eleven characters and not ended a turn.
public struct Tokenizer: Sendable {
    /// The tokens.
    public let vocabulary: Vocabulary
    private let encoder: BytePairEncoder

    /// Reads the vocabulary, the merges and the pre-tokeniser's name.
    ///
    /// - Throws: ``TokenizerError`` for a kind of vocabulary that is not supported or not sound.
    public init(_ file: GGUFFile) throws(TokenizerError) {
        let (model, name) = try TokenizerError.wrapping { () throws(GGUFError) in
            guard let model = try file.string("tokenizer.ggml.model") else {
                throw .missingKey("tokenizer.ggml.model")
            }
            return (model, try file.string("tokenizer.ggml.pre"))
        }
        guard model == "gpt2" else { throw .unsupportedModel(model) }
        let preTokenizer = try PreTokenizer(named: name)
        vocabulary = try Vocabulary(file, addsBeginningByDefault: preTokenizer.addsBeginningOfText)
        encoder = try BytePairEncoder(file, vocabulary, preTokenizer)
    }

    /// The tokens of a text.
    ///
    /// None of them is special, and no beginning-of-text token is added.
    public func encode(_ text: String) -> [Int] { encoder.encode(text) }

    /// The tokens of a prompt, each part by itself.
    ///
    /// - Throws: ``TokenizerError/unknownSpecialToken(_:)``.
    public func encode(_ parts: [PromptPart]) throws(TokenizerError) -> [Int] {
        var tokens: [Int] = []
        for part in parts {
            switch part {
            case .text(let text): tokens += encode(text)
            case .special(let name):
                guard let token = vocabulary.specialToken(named: name) else {
                    throw .unknownSpecialToken(name)
                }
                tokens.append(token)
            }
        }
        return tokens
    }

    /// The bytes that tokens write; those without bytes, and numbers outside the vocabulary, write none.
    public func decode(_ tokens: some Sequence<Int>) -> [UInt8] {
        tokens.flatMap { (0..<vocabulary.count).contains($0) ? vocabulary.bytes(of: $0) ?? [] : [] }
    }
}
