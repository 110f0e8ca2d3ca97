import Foundation
import Testing

@testable import Transformer

@Suite("A model of each architecture")
struct ArchitectureTests {
    static let names = [
        "llama-experts", "llama-yarn", "smollm3", "minicpm", "qwen2", "qwen3", "qwen3moe", "gemma3", "phi3",
        "granite",
        "olmo2", "olmo2-window",
    ]

    @Test("gives llama.cpp's log-probabilities within 1e-3", arguments: names)
    func reference(_ name: String) throws {
        let model = try Fixture.model("arch-\(name)")
        let expected = try Fixture.logits("arch-\(name)", columns: model.logitCount)
        var largest: Float = 0
        for kernels in Kernels.all {
            let session = InferenceSession(model, kernels: kernels)
            let found = try session.evaluateAll(Fixture.prompt("arch-\(name)"))
            #expect(found.count == expected.count)
            for (row, reference) in zip(found, expected) {
                largest = max(largest, largestDifference(logarithms(row), reference))
            }
        }
        #expect(largest < 1e-3)
        print("\(name): differs from llama.cpp by at most \(largest)")
    }

    @Test(
        "gives the same bits however the tokens are divided, and with any number of threads", arguments: names
    )
    func division(_ name: String) throws {
        let model = try Fixture.model("arch-\(name)")
        let tokens = (0..<90).map { $0 * 7 % 94 }
        let whole = try InferenceSession(model, contextLength: 90, threads: 1).evaluateAll(tokens)
        for threads in [1, 3] {
            let single = InferenceSession(model, contextLength: 90, threads: threads)
            for (index, token) in tokens.enumerated() {
                #expect(try single.evaluate([token]) == whole[index], "token \(index)")
            }
            let divided = InferenceSession(model, contextLength: 90, threads: threads)
            try divided.read(tokens[..<70])
            #expect(try divided.evaluate(tokens[70...]) == whole[89])
        }
    }

    private func logarithms(_ logits: [Float]) -> [Float] {
        let peak = Double(logits.max() ?? 0)
        let total = logits.reduce(0.0) { $0 + exp(Double($1) - peak) }
        return logits.map { Float(Double($0) - peak - log(total)) }
    }
}
