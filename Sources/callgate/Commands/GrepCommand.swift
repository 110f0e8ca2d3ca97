import Agent
import ArgumentParser
import Sessions

/// `callgate grep`: the steps of saved sessions that match an expression.
struct GrepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grep",
        abstract: "Find the steps of saved sessions that match an expression.",
        discussion: """
            Prints FILE:STEP: and what happened there. Of a folder every .jsonl file is read.

            Examples:
              callgate grep '~err' sessions/
              callgate grep '~tool notify_user & ~taint result' sessions/
              callgate grep '~p<0.2 | ~rejected>0.5' sessions/two-rounds.jsonl --count

            Exit codes: 0 found, 1 nothing found, 2 usage. The expressions: docs/filters.md.
            """)

    @Argument(help: "What to look for, for example '~tool get_ticket & !~err'.")
    var expression: String

    @Argument(help: "Journals, or folders of them.")
    var paths: [String]

    @Flag(name: .shortAndLong, help: "Print only how many steps of each file match.")
    var count = false

    @Flag(name: [.customShort("l"), .long], help: "Print only the names of the files with a match.")
    var files = false

    func run() throws {
        let filter = try failing(.usage) { try Filter(expression) }
        var total = 0
        for path in try SessionFiles.expand(paths) {
            var found = 0
            try SessionFiles.read(path) { event, state in
                guard filter.matches(event, in: state) else { return }
                found += 1
                if !count, !files { print("\(path):\(event.number): \(SessionPrinter.summary(of: event))") }
            }
            if count { print("\(path):\(found)") }
            if files, found > 0 { print(path) }
            total += found
        }
        if total == 0 { throw ExitCode(1) }
    }
}
