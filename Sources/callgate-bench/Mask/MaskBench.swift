import ArgumentParser
import Foundation
import Masking

/// `callgate-bench mask`: every MaskBench file of a folder through the mask engine.
struct MaskBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mask", abstract: "Runs MaskBench cases through the mask engine.",
        discussion: """
            Example:
              callgate-bench mask ../shared/maskbench --vocab ../shared/vocab/tekken-131k.tiktoken
            """)

    @Argument(help: "Folder of MaskBench files.", completion: .directory) var folder: String
    @Option(help: "Vocabulary: a tiktoken file or a Hugging Face tokenizer.json.") var vocab: String
    @Flag(help: "Print the figures as JSON.") var json = false
    @Flag(help: "List each failing file with its reason.") var failures = false
    @Option(help: "List the N files with the slowest tokens and compilations.") var slowest = 0
    @Option(help: "Only the first N files.") var limit: Int?

    func run() throws {
        let url = URL(fileURLWithPath: vocab)
        let vocabulary =
            vocab.hasSuffix(".json")
            ? try Vocabulary.huggingFace(tokenizerJSON: url) : try Vocabulary.tiktoken(contentsOf: url)
        let report = try MaskBenchmark(vocabulary: vocabulary).run(
            folder: URL(fileURLWithPath: folder), limit: limit)
        print(json ? report.json.text(.pretty) : report.text(failures: failures, slowest: slowest))
    }
}
