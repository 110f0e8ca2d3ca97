import Foundation
import Testing

@testable import Transformer

/// The weights that the program carries, held against torch (`Scripts/train/reference_logits.py`).
@Suite("The embedded model's file")
struct SupportDeskModelTests {
    private struct Reference: Decodable {
        struct Row: Decodable {
            let position: Int
            let logits: [Float]
        }

        let tokens: [Int]
        let rows: [Row]
    }

    @Test("gives torch's logits to 1e-3, on every instruction set")
    func logits() throws {
        let weights = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent(
                "Sources/callgate/Resources/support-desk.gguf")
        let model = try LlamaModel(GGUFFile(weights.path))
        let reference = try JSONDecoder().decode(
            Reference.self, from: Data(try Fixture.bytes("support-desk-logits.json")))
        #expect(reference.rows.count == 3)
        for kernels in Kernels.all {
            let found = try InferenceSession(model, kernels: kernels).evaluateAll(reference.tokens)
            let differences = reference.rows.map { largestDifference(found[$0.position], $0.logits) }
            print("\(kernels): differs from torch by at most \(differences.max() ?? .infinity)")
            for difference in differences { #expect(difference < 1e-3, "\(kernels)") }
        }
    }
}
