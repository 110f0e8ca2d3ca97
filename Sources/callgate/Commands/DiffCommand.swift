import Agent
import ArgumentParser
import Foundation
import JSON
import Sessions

/// `callgate diff`: where two sessions parted, and in what.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two sessions, aligned by round and call.",
        discussion: """
            Names and times never count. Lines with - are of A, lines with + of B.

            Examples:
              callgate diff sessions/monday.jsonl sessions/tuesday.jsonl
              callgate diff a.jsonl b.jsonl --only arguments --only result
              callgate diff a.jsonl b.jsonl --tolerance 0.01 --json

            Exit codes: 0 no difference, 1 differences, 2 usage.
            """)

    @Argument(help: "A journal.")
    var first: String

    @Argument(help: "Another journal.")
    var second: String

    @Option(help: "By how much a token's probability may differ without counting.")
    var tolerance = 1e-4

    @Option(
        help: ArgumentHelp(
            "Only differences of this kind: \(SessionDifference.Kind.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "kind"))
    var only: [SessionDifference.Kind] = []

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if !(tolerance >= 0) { throw ValidationError("--tolerance takes 0 or more") }
    }

    func run() throws {
        let outlines = try [first, second].map { path in
            var outline = SessionOutline()
            try SessionFiles.read(path) { event, _ in outline.add(event) }
            return outline
        }
        let comparison = SessionComparison(outlines[0], outlines[1], tolerance: tolerance)
        let shown = comparison.differences.filter { only.isEmpty || only.contains($0.kind) }
        if json {
            let divergence = comparison.firstDivergence?.json ?? .null
            let report: JSONValue = ["first": divergence, "differences": .array(shown.map(\.json))]
            StandardOutput.writeJSON(report.text(.pretty) + "\n")
        } else {
            printReport(comparison, shown, outlines)
        }
        if !shown.isEmpty { throw ExitCode(1) }
    }

    private func printReport(
        _ comparison: SessionComparison, _ shown: [SessionDifference], _ outlines: [SessionOutline]
    ) {
        for (name, (path, outline)) in zip(["-", "+"], zip([first, second], outlines)) {
            print("\(name) \(path): \(outline.rounds.count) rounds, \(outline.lastStep) steps")
        }
        if let divergence = comparison.firstDivergence {
            print("", "first divergence", separator: "\n")
            for line in divergence.lines { print("  \(line)") }
        }
        print("")
        for difference in shown { for line in difference.lines { print(line) } }
        let tally = shown.count == 1 ? "1 difference" : "\(shown.count) differences"
        print(shown.isEmpty ? "no difference" : tally)
    }
}

extension SessionDifference.Kind: ExpressibleByArgument {}
