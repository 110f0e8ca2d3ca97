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
        let journal = try failing(.usage) { try Journal(path: file, upToDamage: true) }
        for notice in journal.notices { Notice.print(notice) }
        if print {
            printEvents(of: journal)
        } else if let at {
            guard (1...max(1, journal.events.count)).contains(at) else {
                throw Failure(
                    .usage, "there is no step \(at); \(file) has steps 1 to \(journal.events.count)")
            }
            Swift.print(
                ScreenText.render(journal.events, at: at, size: screen?.size ?? Size(120, 40)), terminator: ""
            )
        } else {
            try MainActor.assumeIsolated {
                try DebuggerProgram.replay(
                    journal, file: file, screen: ScreenChoice(keysFile: keys, size: screen))
            }
        }
    }

    private func printEvents(of journal: Journal) {
        // Of a response's tokens only some may match, so that a summary of them would mislead.
        var printer = SessionPrinter(eachToken: tokens || filter != nil)
        var state = RunState()
        for event in journal.events {
            state.apply(event)
            if let filter, !filter.matches(event, in: state) { continue }
            for line in printer.lines(of: event) { Swift.print(line) }
        }
        for line in printer.finish() { Swift.print(line) }
    }
}
