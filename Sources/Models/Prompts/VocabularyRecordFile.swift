import Agent
import Foundation
import Masking
import Transformer

extension VocabularyRecord {
    /// Reads the vocabulary in a file: GGUF, tiktoken, or Hugging Face's `tokenizer.json`, told by its first bytes.
    /// - Throws: ``ModelError``; one line with the file and what is wrong with it.
    public init(file path: String) throws(Agent.ModelError) {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw Agent.ModelError("\(path), named as vocabulary, cannot be read")
        }
        do {
            let start = try handle.read(upToCount: 4) ?? Data()
            if start == Data("GGUF".utf8) {
                self = EmbeddedVocabulary.record(of: try Transformer.Vocabulary(GGUFFile(path)))
                return
            }
            let url = URL(fileURLWithPath: path)
            let vocabulary =
                start.first(where: { $0 > 0x20 }) == UInt8(ascii: "{")
                ? try Masking.Vocabulary.huggingFace(tokenizerJSON: url)
                : try Masking.Vocabulary.tiktoken(contentsOf: url)
            let entries = (0..<vocabulary.count).map { token -> Entry in
                switch vocabulary[token] {
                case .bytes(let bytes): .bytes(bytes)
                case .special(let name): .special(name)
                case .unused: .unused
                }
            }
            self.init(entries: entries, endTokens: vocabulary.endOfTurn)
        } catch {
            throw Agent.ModelError("\(path), named as vocabulary: \(error)")
        }
    }
}
