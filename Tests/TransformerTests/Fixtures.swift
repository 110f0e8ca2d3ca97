import Foundation
import Testing

@testable import Transformer

/// The files that Scripts/fixtures writes.
enum Fixture {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "Fixtures")

    /// Every model with reference logits: both architectures, every weight format, tied and untied heads.
    static let models = [
        "llama-f32", "llama-f16", "llama-q8_0", "llama-q4_0", "llama-k", "qwen2-bf16", "qwen2-q8_0",
    ]

    static func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appendingPathComponent(name)))
    }

    static func file(_ name: String) throws -> GGUFFile { try GGUFFile(path("\(name).gguf")) }

    static func model(_ name: String) throws -> LlamaModel { try LlamaModel(file(name)) }

    static func prompt(_ name: String) throws -> [Int] {
        try #require(try file(name).array("test.prompt")).values.compactMap(\.integer)
    }

    /// Texts with the tokens that the reference makes of them.
    static func tokenized(_ name: String) throws -> [(text: String, tokens: [Int])] {
        let json = try JSONSerialization.jsonObject(with: Data(try bytes("\(name).json")))
        return try #require(json as? [[Any]]).map {
            (try #require($0[0] as? String), try #require($0[1] as? [Int]))
        }
    }

    /// The reference's logits, a row for each token of the prompt.
    static func logits(_ name: String, columns: Int) throws -> [[Float]] {
        let values = try bytes("\(name).logits").withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        return stride(from: 0, to: values.count, by: columns).map { Array(values[$0..<$0 + columns]) }
    }
}

/// The largest difference of two rows.
func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).map { abs($0 - $1) }.max() ?? 0
}

extension GGUFError {
    var isTruncation: Bool {
        if case .truncated = self { true } else { false }
    }
}
