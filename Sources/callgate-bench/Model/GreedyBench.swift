import ArgumentParser
import JSON
import Transformer

/// `callgate-bench greedy`: what a GGUF file goes on with, the likeliest token always and without a mask.
struct GreedyBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "greedy",
        abstract: "Go on after prompts of token IDs, and print the likeliest tokens of each step.",
        discussion: """
            Reads one prompt a line from standard input, token IDs with commas between them, and prints a JSON array for
            each: the steps, a step an array of the likeliest tokens and their logits. Scripts/bench/greedy.sh holds
            them against llama.cpp's.

            Example:
              echo 1,2,3 | callgate-bench greedy model.gguf --count 8
            """)

    @Argument(help: "The model, a GGUF file.")
    var model: String

    @Option(help: "Tokens that are written after each prompt.")
    var count = 64

    @Option(help: "How many of the likeliest tokens a step tells.")
    var candidates = 8

    func validate() throws {
        guard count > 0, candidates > 0 else {
            throw ValidationError("count and candidates must be positive")
        }
    }

    func run() throws {
        let session = InferenceSession(try LlamaModel(GGUFFile(model)))
        while let line = readLine() {
            let prompt = line.split(separator: ",").compactMap { Int($0) }
            var logits = try session.evaluate(prompt: prompt)
            var steps: [JSONValue] = []
            while steps.count < count {
                let best = logits.indices.sorted { (logits[$1], $0) < (logits[$0], $1) }.prefix(candidates)
                steps.append(.array(best.map { .array([.number(JSONNumber($0)), number(logits[$0])]) }))
                guard let first = best.first, steps.count < count else { break }
                logits = try session.evaluate([first])
            }
            print(JSONValue.array(steps).text())
        }
    }

    private func number(_ logit: Float) -> JSONValue {
        JSONNumber(Double(logit)).map { .number($0) } ?? .null
    }
}
