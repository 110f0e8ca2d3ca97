import ArgumentParser
import Foundation
import JSON
import Masking

/// `callgate-bench grammars`: the texts that other programs' tests accept and reject under a grammar.
struct MaskBenchGrammars: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grammars", abstract: "Holds grammars against texts that must be accepted or rejected.",
        discussion: """
            Reads one trial a line, as Scripts/bench/grammars.sh takes them from the tests of llama.cpp and llguidance.
            Exits with a failure where a trial comes out another way.
            Example:
              Scripts/bench/grammars.sh
            """)

    @Argument(help: "The trials, one JSON object a line.", completion: .file()) var trials: String
    @Option(help: "Vocabulary: a tiktoken file.") var vocab: String

    func run() throws {
        let vocabulary = try Vocabulary.tiktoken(contentsOf: URL(fileURLWithPath: vocab))
        let engine = MaskEngine(vocabulary: vocabulary)
        var tallies: [String: GrammarTally] = [:]
        for line in try String(contentsOfFile: trials, encoding: .utf8).split(separator: "\n") {
            let trial = try GrammarTrial(JSONParser.parse(String(line)))
            trial.run(engine, &tallies[trial.file, default: GrammarTally()])
        }
        for (file, tally) in tallies.sorted(by: { $0.key < $1.key }) {
            print(
                "\(file): \(tally.grammars) grammars, \(tally.texts) texts, \(tally.differences.count) differ, "
                    + "\(tally.meant.values.reduce(0, +)) on purpose")
            for (reason, count) in tally.meant.sorted(by: { $0.key < $1.key }) {
                print("  \(count) on purpose: \(reason)")
            }
            tally.differences.forEach { print("  \($0)") }
        }
        if tallies.values.contains(where: { !$0.differences.isEmpty }) { throw ExitCode.failure }
    }
}

/// What became of one file's trials.
struct GrammarTally {
    var grammars = 0
    var texts = 0
    var differences: [String] = []
    /// How often each reason to differ was met.
    var meant: [String: Int] = [:]
}

/// A grammar with texts, or one that must not be read at all.
struct GrammarTrial {
    let file: String
    private let line: Int
    private let notation: String
    private let grammar: String
    private let accepted: [String]
    private let rejected: [String]
    private let mustFail: Bool
    /// Why a text comes out another way on purpose; the empty text stands for the grammar.
    private let meant: JSONValue?

    init(_ value: JSONValue) {
        file = value["file"]?.stringValue ?? ""
        line = value["line"]?.intValue ?? 0
        notation = value["notation"]?.stringValue ?? ""
        grammar = value["grammar"]?.stringValue ?? ""
        accepted = (value["accepted"]?.arrayValue ?? []).compactMap(\.stringValue)
        rejected = (value["rejected"]?.arrayValue ?? []).compactMap(\.stringValue)
        mustFail = value["fails"]?.boolValue ?? false
        meant = value["meant"]
    }

    private func note(_ text: String, _ difference: String, _ tally: inout GrammarTally) {
        if let reason = meant?[text]?.stringValue {
            tally.meant[reason, default: 0] += 1
        } else {
            tally.differences.append("line \(line): \(difference)")
        }
    }

    func run(_ engine: MaskEngine, _ tally: inout GrammarTally) {
        tally.grammars += 1
        let start: Matcher
        do {
            start = try engine.matcher(for: language())
        } catch {
            if !mustFail { note("", "refused: \(error)", &tally) }
            return
        }
        if mustFail {
            return note("", "read, though it has a fault", &tally)
        }
        for (texts, isAccepted) in [(accepted, true), (rejected, false)] {
            for text in texts {
                tally.texts += 1
                let fault = refusal(of: text, start)
                if (fault == nil) != isAccepted {
                    let shown = text.utf8.count < 80 ? text : String(text.prefix(60)) + "…"
                    let outcome = fault.map { "refused, \($0)" } ?? "accepted"
                    note(text, "\(shown.debugDescription) \(outcome)", &tally)
                }
            }
        }
    }

    private func language() throws -> Grammar {
        // The others write members in the order in which the schema lists them.
        let options = GrammarOptions(whiteSpace: .any(), keyOrder: .schema)
        guard notation != "schema" else {
            return Grammar(schema: try JSONParser.parse(grammar), options: options)
        }
        let known = GrammarNotation(rawValue: notation) ?? .gbnf
        return Grammar(text: try TextGrammar(grammar, notation: known, options: options))
    }

    /// Why a text is refused, as a whole or at some token; `nil` where it is accepted.
    private func refusal(of text: String, _ start: Matcher) -> String? {
        guard let tokens = start.vocabulary.tokenize(text.utf8) else { return "not tokens" }
        var matcher = start
        for (position, token) in tokens.enumerated() {
            guard matcher.allowed().contains(token) else {
                return "token \(position): \(matcher.explain(token))"
            }
            do {
                try matcher.advance(token)
            } catch {
                return "token \(position) is in the mask and refused: \(error)"
            }
        }
        return matcher.canEnd ? nil : "not at its end"
    }
}
