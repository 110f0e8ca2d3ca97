/// Why a GGUF file's vocabulary cannot be used.
public enum TokenizerError: Error, Equatable, Sendable {
    case file(GGUFError)
    case unsupportedModel(String)
    case unsupportedPreTokenizer(String)
    case differentCounts(tokens: Int, key: String, found: Int)
    case malformedMerge(String, index: Int)
    case unknownSpecialToken(String)

    /// Runs something that reads the file, and takes its errors as the tokenizer's own.
    static func wrapping<Value>(_ read: () throws(GGUFError) -> Value) throws(TokenizerError) -> Value {
        do { return try read() } catch { throw .file(error) }
    }
}

extension TokenizerError: CustomStringConvertible {
    /// One line: what is wrong, where, and where there is one, the way out.
    public var description: String {
        switch self {
        case .file(let error):
            error.description
        case .unsupportedModel(let name):
            "the tokenizer model \(name) is not supported; gpt2, llama and gemma4 are"
        case .unsupportedPreTokenizer(let name):
            "the pre-tokeniser \(name) is not supported; \(PreTokenizer.names.joined(separator: ", ")) are"
        case .differentCounts(let tokens, let key, let found):
            "the vocabulary has \(tokens) tokens and \(key) has \(found) elements"
        case .malformedMerge(let merge, let index):
            "merge \(index), \"\(merge)\", is not two strings with a space between"
        case .unknownSpecialToken(let name):
            "the vocabulary has no special token \(name)"
        }
    }
}
