import Agent
import ArgumentParser
import Debugger
import Sessions
import Terminal

/// `callgate replay`: a recorded session, without its model, its tools or a network.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Step through a recorded session; needs no model, no tools and no network.",
        discussion: """
            Examples:
              callgate replay sessions/two-rounds.jsonl
              callgate replay sessions/two-rounds.jsonl --print
              callgate replay sessions/two-rounds.jsonl --print --filter '~err | ~unseen'
              callgate replay sessions/two-rounds.jsonl --at 42 --screen 120x40
            """)

    @Argument(help: "The journal.")
    var file: String

    @Flag(help: "Print every event as readable text.")
    var print = false

    @Flag(help: "With --print: every token on a line of its own.")
    var tokens = false

    @Option(
        help: "With --print: only the events that match; see 'docs/filters.md'.",
        transform: { try Filter($0) })
    var filter: Filter?

    @Option(help: "Print the screen at this step as plain text.")
    var at: Int?

    @Option(help: "The size of the screen, WIDTHxHEIGHT.")
    var screen: ScreenSize?

    @Option(help: "Play these keys on a screen in memory and print it at the end.")
    var keys: String?

    func validate() throws {
        if print, at != nil {
            throw ValidationError("--print and --at are two different outputs; choose one")
        }
        if filter != nil, !print { throw ValidationError("--filter goes with --print") }
        if tokens, !print { throw ValidationError("--tokens goes with --print") }
        if screen != nil, at == nil, keys == nil {
            throw ValidationError("--screen goes with --at N or --keys")
        }
    }

    func run() throws {
        if print {
            try printEvents()
            return
        }
        let journal = try failing(.usage) { try IndexedJournal(path: file) }
        if let at {
            let size = screen?.size ?? Size(120, 40)
            let (text, count, notices) = try failing(.usage) {
                try ScreenText.render(journal, at: at, size: size)
            }
            for notice in notices { Notice.print(notice) }
            guard let text else {
                throw Failure(.usage, "there is no step \(at); \(file) has steps 1 to \(count)")
            }
            StandardOutput.write(text)
        } else {
            try MainActor.assumeIsolated {
                try DebuggerProgram.replay(journal, screen: ScreenChoice(keysFile: keys, size: screen))
            }
        }
    }

    /// Prints as it reads: one line of the file is in memory at a time, and the state only where a filter asks for it.
    private func printEvents() throws {
        // Of a response's tokens only some may match, so that a summary of them would mislead.
        var printer = SessionPrinter(eachToken: tokens || filter != nil)
        try SessionFiles.read(file, folding: filter != nil) { event, state in
            if let filter, !filter.matches(event, in: state) { return }
            for line in printer.lines(of: event) { StandardOutput.write(ScreenedText.lines(line) + "\n") }
        }
        for line in printer.finish() { StandardOutput.write(ScreenedText.lines(line) + "\n") }
    }
}
