import ArgumentParser
import JSON
import Transformer

/// `callgate-bench speed`: how fast a GGUF file reads a prompt and decodes after it, without a mask.
struct SpeedBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "speed", abstract: "Read a prompt and decode after it, and print tokens a second.",
        discussion: """
            Scripts/bench/speed.sh runs it beside llama.cpp's server on the same file and prints the ratios.

            Example:
              callgate-bench speed model.gguf --threads 2
            """)

    @Argument(help: "The model, a GGUF file.")
    var model: String

    @Option(help: "Tokens of the prompt.")
    var prompt = 512

    @Option(help: "Tokens that are decoded after it.")
    var decode = 64

    @Option(help: "Threads that compute; by default what pays for a model of this size.")
    var threads: Int?

    @Option(help: "Only this instruction set, by its name in the report.")
    var kernels: String?

    @Flag(help: "Print the figures as JSON.")
    var json = false

    func validate() throws {
        guard prompt > 0, decode > 0, threads.map({ $0 > 0 }) ?? true else {
            throw ValidationError("prompt, decode and threads must be positive")
        }
    }

    func run() throws {
        guard let kernels = Kernels.all.last(where: { kernels == nil || $0.description == kernels }) else {
            throw ValidationError(
                "this processor has \(Kernels.all.map(\.description).joined(separator: ", "))")
        }
        let opened = try LlamaModel(GGUFFile(model))
        // Bytes come first in the vocabularies of our own files; which tokens they are makes no difference.
        let tokens = (0..<prompt).map { (32 + $0 % 64) % opened.logitCount }
        // A first short run touches every page of the file.
        _ = try DecodeSpeed.measure(
            opened, prompt: [tokens[0]], decode: 2, threads: threads, kernels: kernels)
        let speed = try DecodeSpeed.measure(
            opened, prompt: tokens, decode: decode, threads: threads, kernels: kernels)
        guard json else { return print(speed) }
        let report = JSONObject([
            JSONObject.Member(key: "prompt", value: number(speed.promptRate)),
            JSONObject.Member(key: "decode", value: number(speed.decodeRate)),
            JSONObject.Member(key: "kernels", value: .string(speed.instructionSet)),
        ])
        print(JSONValue.object(report).text(.spaced))
    }

    private func number(_ value: Double) -> JSONValue { JSONNumber(value).map { .number($0) } ?? .null }
}
