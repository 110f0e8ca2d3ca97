import Masking

/// What the mask needs of a session, made from what the journal has of it.
///
/// The model that decodes and the screen that explains a recorded mask build the same grammar from the same header.
extension Masking.Vocabulary {
    /// The vocabulary that a journal recorded.
    /// - Throws: `VocabularyError` when the record contradicts itself.
    public convenience init(_ record: VocabularyRecord) throws(VocabularyError) {
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

extension CallFormat {
    /// The format that a journal names; `nil` for one that is not known here.
    public init?(named name: String) {
        switch name {
        case "hermes": self = .hermes
        case "llama-3": self = .llama3
        case "mistral": self = .mistral
        default: return nil
        }
    }
}
