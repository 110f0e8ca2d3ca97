import Agent
import Masking
import Transformer

/// A tokenizer's vocabulary in the shapes that the mask and the journal need.
public enum EmbeddedVocabulary {
    /// The entries for the journal: text as bytes, tags and control tokens by name.
    public static func record(of vocabulary: Transformer.Vocabulary) -> VocabularyRecord {
        let entries = (0..<vocabulary.count).map { token -> VocabularyRecord.Entry in
            switch vocabulary.kind(of: token) {
            case .normal, .byte: vocabulary.bytes(of: token).map { .bytes($0) } ?? .unused
            case .control, .userDefined: .special(vocabulary.text(of: token))
            default: .unused
            }
        }
        return VocabularyRecord(entries: entries, endTokens: vocabulary.endTokens)
    }
}

extension Masking.Vocabulary {
    /// The vocabulary that a journal recorded.
    /// - Throws: `VocabularyError` when the record contradicts itself.
    public convenience init(_ record: VocabularyRecord) throws {
        let entries = record.entries.map { entry -> VocabularyEntry in
            switch entry {
            case .bytes(let bytes): .bytes(bytes)
            case .special(let name): .special(name)
            case .unused: .unused
            }
        }
        try self.init(entries: entries, endOfTurn: record.endTokens)
    }
}
