import Foundation
import Mutations
import Testing

@testable import Transformer

@Suite struct GGUFParserFuzzTests {
    @Test func damagedModelsAreReadOrRefused() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Fixtures")
        let corpus = try ["metadata.gguf", "spm-plain.gguf", "bpe-words.gguf", "llama-q4_0.gguf"].map {
            Array(try Data(contentsOf: folder.appendingPathComponent($0)))
        }
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(
            "callgate-\(UUID().uuidString).gguf"
        ).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let outcome = ParserFuzz.run("models", corpus: corpus, largest: 1 << 20) { bytes in
            guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else { return false }
            return (try? GGUFFile(path)) != nil
        }
        #expect(outcome.slowest < 10)
    }
}
