import ArgumentParser
import Foundation
import MaskTrials
import Masking

/// `callgate-bench hostile`: schemas made to exhaust the mask engine.
struct MaskBenchHostile: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hostile", abstract: "Runs hostile schemas through the mask engine.",
        discussion: """
            Exits with a failure where a named case takes more than 5 seconds, a random schema more than 1 second to its
            first mask or 5 ms for a token, or the process more than 500 MB.
            Examples:
              callgate-bench hostile --vocab ../shared/vocab/tekken-131k.tiktoken
              callgate-bench hostile --random 100000 --vocab ../shared/vocab/tekken-131k.tiktoken
            """)

    @Option(help: "Vocabulary: a tiktoken file.") var vocab: String
    @Option(help: "Tokens to write in each case.") var tokens = 20
    @Option(help: "Only the case of this name.") var only: String?
    @Option(help: "So many random schemas instead of the named cases.") var random: Int?
    @Option(help: "The first of the random schemas.") var from = 0
    @Option(help: "The seed of the random schemas.") var seed: UInt64 = 1
    @Flag(help: "Print the random schemas instead of trying them.") var show = false

    func run() throws {
        let vocabulary = try Vocabulary.tiktoken(contentsOf: URL(fileURLWithPath: vocab))
        if let random, show {
            for number in from..<from + random {
                print(HostileMaker.schema(number, seed: seed).schema.text())
            }
            return
        }
        if let random { return try run(random: random, vocabulary) }
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

    private func run(random count: Int, _ vocabulary: Vocabulary) throws {
        var trial = HostileTrial(vocabulary: vocabulary, seed: seed)
        var told = 0
        for number in from..<from + count {
            trial.run(number)
            // At once, since the whole takes long.
            var lines = Array(trial.tally.excesses.dropFirst(told))
            told = trial.tally.excesses.count
            if number % 1_000 == 999 { lines.append("… \(number + 1)") }
            if !lines.isEmpty {
                FileHandle.standardOutput.write(Data((lines.joined(separator: "\n") + "\n").utf8))
            }
        }
        let tally = trial.tally
        let slowest = [
            ("compilation", tally.slowestCompilation, tally.slowestCompiled),
            ("token", tally.slowestStep, tally.slowestStepped),
        ].map { what, time, name in "slowest \(what) \(time / 1_000) µs, of \(name)" }
        print(
            "\(count) random schemas: \(tally.compiled) compiled, \(tally.refused) refused, \(tally.steps) tokens; "
                + slowest.joined(separator: "; ")
                + "; peak \(Int(ProcessMemory.peak ?? 0)) MB; \(tally.excesses.count) over a bound")
        if !tally.excesses.isEmpty { throw ExitCode.failure }
    }
}
