import ArgumentParser
import Foundation
import Masking

/// `callgate-bench hostile`: schemas made to exhaust the mask engine.
struct MaskBenchHostile: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hostile", abstract: "Runs hostile schemas through the mask engine.",
        discussion: """
            Exits with a failure where a case takes more than 5 seconds or the process more than 500 MB.
            Example:
              callgate-bench hostile --vocab ../shared/vocab/tekken-131k.tiktoken
            """)

    @Option(help: "Vocabulary: a tiktoken file.") var vocab: String
    @Option(help: "Tokens to write in each case.") var tokens = 20
    @Option(help: "Only the case of this name.") var only: String?

    func run() throws {
        let vocabulary = try Vocabulary.tiktoken(contentsOf: URL(fileURLWithPath: vocab))
        var failed = false
        for (name, _) in HostileSchemas.cases where only == nil || only == name {
            guard let outcome = HostileSchemas.run(name, vocabulary: vocabulary, tokens: tokens) else {
                continue
            }
            let memory = outcome.peakMegabytes ?? 0
            let isBad = outcome.seconds > 5 || memory > 500
            failed = failed || isBad
            print(
                String(format: "%7.2f s %5.0f MB ", outcome.seconds, memory), isBad ? "FAIL " : "",
                "\(name): \(outcome.outcome)", separator: "")
        }
        if failed { throw ExitCode.failure }
    }
}
