import ArgumentParser
import Foundation
import Masking

/// `callgate-bench explain`: how often explanations are true.
struct MaskBenchExplain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Holds explanations against the oracle of MaskBench cases.",
        discussion: """
            Example:
              callgate-bench explain ../shared/maskbench --vocab ../shared/vocab/tekken-131k.tiktoken
            """)

    @Argument(help: "Folder of MaskBench files with oracle.jsonl.", completion: .directory) var folder: String
    @Option(help: "Vocabulary: a tiktoken file.") var vocab: String
    @Flag(help: "List what was missed.") var misses = false
    @Option(help: "Only the first N lines of the oracle.") var limit: Int?

    func run() throws {
        let vocabulary = try Vocabulary.tiktoken(contentsOf: URL(fileURLWithPath: vocab))
        let report = try ExplanationBenchmark(vocabulary: vocabulary)
            .run(folder: URL(fileURLWithPath: folder), limit: limit)
        func share(_ part: Int, _ whole: Int) -> String {
            String(format: "%.1f %%", whole == 0 ? 0 : 100 * Double(part) / Double(whole))
        }
        print(
            "named keyword and pointer: \(report.named) of \(report.instances) (\(share(report.named, report.instances)))"
        )
        print(
            "byte passes when relaxed: \(report.relaxed) of \(report.tried) (\(share(report.relaxed, report.tried)))"
        )
        if misses { report.misses.forEach { print($0) } }
    }
}
