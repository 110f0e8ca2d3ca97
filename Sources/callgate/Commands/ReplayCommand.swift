import Agent
import ArgumentParser
import Debugger
import Foundation
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
              callgate replay sessions/two-rounds.jsonl --at 42 --print --pane mask
              callgate replay sessions/two-rounds.jsonl --at 42 --svg light > screen.svg
              callgate replay sessions                         a list to choose from
            """)

    @Argument(help: "The journal, or a folder of them to choose from.")
    var file: String

    @Flag(help: "Print every event as readable text; with --at what each pane has, whole and without frames.")
    var print = false

    @Option(help: "With --at and --print: only this pane: conversation, calls, mask or results.")
    var pane: [PaneText.Name] = []

    @Option(help: "With --at: the screen as a picture, an SVG in these colours: dark or light.")
    var svg: CanvasPicture.Ground?

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
        if !pane.isEmpty, at == nil || !print {
            throw ValidationError("--pane goes with --at and --print")
        }
        if svg != nil, at == nil || print { throw ValidationError("--svg goes with --at, without --print") }
        if at != nil, filter != nil || tokens {
            throw ValidationError("--filter and --tokens go with --print alone, without --at")
        }
        if filter != nil, !print { throw ValidationError("--filter goes with --print") }
        if tokens, !print { throw ValidationError("--tokens goes with --print") }
        if screen != nil, at == nil, keys == nil {
            throw ValidationError("--screen goes with --at N or --keys")
        }
    }

    func run() throws {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), isFolder.boolValue {
            return try choose()
        }
        if print, at == nil {
            try printEvents()
            return
        }
        let journal = try failing(.usage) { try IndexedJournal(path: file) }
        if let at, print {
            try printPanes(journal, at: at)
        } else if let at {
            let size = screen?.size ?? Size(120, 40)
            let (view, count, notices) = try failing(.usage) {
                try ScreenText.view(journal, at: at, size: size)
            }
            for notice in notices { Notice.print(notice) }
            guard let view else { throw noStep(at, of: count) }
            StandardOutput.write(svg.map { view.canvas.svg(on: $0) } ?? view.canvas.plainText)
        } else {
            try MainActor.assumeIsolated {
                try DebuggerProgram.replay(
                    journal, screen: ScreenChoice(keysFile: keys, size: screen, instead: "--print prints it"))
            }
        }
    }

    private func noStep(_ step: Int, of count: Int) -> Failure {
        Failure(.usage, "there is no step \(step); \(file) has steps 1 to \(count)")
    }

    /// Lets the person choose a journal of the folder, and goes on with it.
    private func choose() throws {
        guard at == nil, !print else {
            throw Failure(.usage, "\(file) is a folder; name one of the journals in it")
        }
        let list = StartPage.sessionList(
            in: file.count > 1 && file.hasSuffix("/") ? String(file.dropLast()) : file)
        guard !list.items.isEmpty else { throw Failure(.usage, "\(file) holds no journal (.jsonl)") }
        try MainActor.assumeIsolated {
            let choice = ScreenChoice(
                keysFile: keys, size: screen, instead: "name one of the journals in \(file)")
            guard let id = try ChooserProgram.choose(list.title, list.items, screen: choice) else { return }
            try Restart.program(id.split(separator: " ", maxSplits: 1).map(String.init))
        }
    }

    /// Prints what the panes have at a step, one after the other, for screen readers and scripts.
    private func printPanes(_ journal: IndexedJournal, at step: Int) throws {
        let width = screen?.size.width ?? 80
        let (text, count, notices) = try failing(.usage) {
            try PaneText.render(journal, at: step, panes: pane, width: width)
        }
        for notice in notices { Notice.print(notice) }
        guard let text else { throw noStep(step, of: count) }
        StandardOutput.write(text)
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

extension PaneText.Name: ExpressibleByArgument {}
extension CanvasPicture.Ground: ExpressibleByArgument {}
