import Agent
import ArgumentParser
import Debugger
import Foundation
import Sessions
import Terminal

/// `callgate export`: a session for others to read.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a session as Markdown, HTML, messages, a log, spans, or a terminal recording.",
        discussion: """
            What the form cannot say is listed on standard error.

            Examples:
              callgate export sessions/two-rounds.jsonl > run.md
              callgate export sessions/two-rounds.jsonl --format html --output run.html
              callgate export sessions/two-rounds.jsonl --format openai > request.json
              callgate export sessions/x.jsonl --redact-key email --redact 'Maya Lindqvist'
              callgate export sessions/x.jsonl --format asciinema --size 120x40 > run.cast

            Exit codes: 0 written, 2 usage.
            """)

    @Argument(help: "The journal.")
    var session: String

    @Option(help: "markdown, html, openai, anthropic, responses, gemini, inspect, otel or asciinema.")
    var format = Form.markdown

    @Option(name: .shortAndLong, help: "The file to write; standard output by default.")
    var output: String?

    @Option(help: "With --format asciinema: the size of the screen, WIDTHxHEIGHT.")
    var size: ScreenSize?

    @Option(help: "With --format asciinema: the longest time between two steps, in seconds.")
    var idle: Double?

    @OptionGroup(title: "Redaction")
    var redaction: RedactionOptions

    /// The forms: those of a text, and a recording of the screen.
    enum Form: String, CaseIterable, ExpressibleByArgument {
        case markdown
        case html
        case openai
        case anthropic
        case inspect
        case otel
        case responses
        case gemini
        case asciinema
    }

    func validate() throws {
        if format != .asciinema, size != nil || idle != nil {
            throw ValidationError("--size and --idle go with --format asciinema")
        }
        if format == .asciinema, !redaction.isEmpty {
            throw ValidationError("a recording of the screen shows tokens; redact another form")
        }
        if let idle, !(idle > 0 && idle <= 3_600) {
            throw ValidationError("--idle is a number of seconds above 0")
        }
    }

    func run() throws {
        guard let format = SessionExport.Format(rawValue: format.rawValue) else {
            try record()
            return
        }
        let journal = try failing(.usage) { try Journal(path: session, upToDamage: true) }
        for notice in journal.notices { Notice.print(notice) }
        let (events, taken) = try redaction.applied(to: journal.events)
        let export = SessionExport(events, as: format)
        if let output {
            try FileOutput.write(export.text, path: output, sparing: [session])
        } else if format == .markdown || format == .html {
            StandardOutput.write(export.text)
        } else {
            StandardOutput.writeJSON(export.text)
        }
        for line in export.losses.lines { Notice.print("left out: \(line)") }
        for line in taken { Notice.print("redacted: \(line)") }
    }

    /// Writes the recording step by step.
    private func record() throws {
        let journal = try failing(.usage) { try IndexedJournal(path: session) }
        let screen = size?.size ?? Size(120, 40)
        let cast = SessionCast(journal, size: screen, idleLimit: idle ?? 2)
        let notices: [String]
        if let output {
            let file = try FileOutput(path: output, sparing: [session])
            notices = try failing(.usage) { try cast.write { try file.write($0) } }
        } else {
            notices = try failing(.usage) { try cast.write { StandardOutput.write($0) } }
        }
        for notice in notices { Notice.print(notice) }
        Notice.print("left out: what a step has beyond a screen of \(screen)")
    }
}

extension SessionImport.Format: ExpressibleByArgument {}
