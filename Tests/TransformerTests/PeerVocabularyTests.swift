import Foundation
import Testing

@testable import Transformer

/// The vocabularies that llama.cpp's source carries, where it is unpacked (`Scripts/peers/llama-server.sh`).
enum PeerVocabularies {
    static let folder: URL? = {
        let environment = ProcessInfo.processInfo.environment
        let cache =
            environment["CALLGATE_PEERS"].map { URL(fileURLWithPath: $0) }
            ?? URL(fileURLWithPath: NSHomeDirectory()).appendingPathComponent(".cache/callgate-peers")
        let packages =
            (try? FileManager.default.contentsOfDirectory(at: cache, includingPropertiesForKeys: nil)) ?? []
        return packages.map { $0.appendingPathComponent("vendor/llama.cpp/models") }.first {
            FileManager.default.fileExists(atPath: $0.appendingPathComponent("ggml-vocab-gpt-2.gguf").path)
        }
    }()

    /// Those of models that write text; the other two are of encoders.
    static let names = [
        "aquila", "baichuan", "command-r", "deepseek-coder", "deepseek-llm", "falcon", "gemma-4", "gpt-2",
        "gpt-neox",
        "llama-bpe", "llama-spm", "mpt", "phi-3", "qwen2", "qwen35", "refact", "starcoder",
    ]

    static func file(_ name: String) throws -> GGUFFile? {
        guard let folder else {
            print("skipped: llama.cpp's source is not in the cache; Scripts/peers/llama-server.sh fetches it")
            return nil
        }
        return try GGUFFile(folder.appendingPathComponent("ggml-vocab-\(name).gguf").path)
    }

    /// The texts of a vocabulary's `.inp` file and the tokens of its `.out` file; none where there are no such files.
    static func pairs(_ name: String) throws -> [(text: String, tokens: [Int])] {
        guard let base = folder?.appendingPathComponent("ggml-vocab-\(name).gguf").path,
            let texts = FileManager.default.contents(atPath: base + ".inp"),
            let tokens = FileManager.default.contents(atPath: base + ".out")
        else { return [] }
        let lines = String(decoding: tokens, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        // Newlines around the separator belong to it; split on unicode scalars, as \r\n is one Character.
        let parts = String(decoding: texts, as: UTF8.self).components(separatedBy: "\n__ggml_vocab_test__\n")
        return zip(parts, lines).map { ($0, $1.split(separator: " ").compactMap { Int($0) }) }
    }
}

@Suite("The vocabularies in llama.cpp's source")
struct PeerVocabularyTests {
    @Test("give the tokens that llama.cpp's own tests want", arguments: PeerVocabularies.names)
    func pairs(_ name: String) throws {
        guard let file = try PeerVocabularies.file(name) else { return }
        let tokenizer = try Tokenizer(file)
        let pairs = try PeerVocabularies.pairs(name)
        for pair in pairs {
            #expect(tokenizer.encode(pair.text) == pair.tokens, "\(pair.text.debugDescription)")
        }
        print("\(name): \(tokenizer.vocabulary.count) tokens, \(pairs.count) pairs")
    }

    @Test("never make a mark from text", arguments: ["command-r", "gemma-4", "mpt", "phi-3"])
    func marks(_ name: String) throws {
        guard let file = try PeerVocabularies.file(name) else { return }
        let tokenizer = try Tokenizer(file)
        let marks = Set(tokenizer.vocabulary.specialTokens)
        for mark in marks.sorted().prefix(400) {
            let text = "a \(tokenizer.vocabulary.text(of: mark)) b"
            #expect(marks.isDisjoint(with: tokenizer.encode(text)), "\(text)")
        }
    }
}
