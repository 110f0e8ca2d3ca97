import Agent
import ArgumentParser
import Debugger
import Foundation
import Sessions
import Terminal

/// `callgate import`: other programs' conversations as sessions.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a session of another program's conversation.",
        discussion: """
            Reads OpenAI messages (JSON, or JSONL for fine-tuning), Anthropic messages, session files of Claude Code and
            of Codex, logs of Inspect AI (JSON), and spans of OpenTelemetry's conventions for generative AI (OTLP JSON).
            What the file cannot say, or what is not read of it, is listed on standard error.

            Examples:
              callgate import request.json --record sessions/request.jsonl
              callgate import conversations.jsonl --format openai
              callgate replay sessions/request.jsonl

            Exit codes: 0 written, 2 usage or a file that cannot be read.
            """)

    @Argument(help: "The file.")
    var file: String

    @Option(
        help: """
            The format, where it is not told by the content: openai, anthropic, claude-code, codex, inspect or otel.
            """)
    var format: SessionImport.Format?

    @Option(help: "The journal to write; by default sessions/NAME.jsonl. Further conversations get -2, -3 …")
    var record: String?

    func run() throws {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw Failure(.usage, "\(file) cannot be read")
        }
        let stem = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
        let path = record ?? "sessions/\(stem).jsonl"
        let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        let imported: SessionImport
        do { imported = try SessionImport(Array(data), format: format, name: name) } catch {
            throw Failure(.usage, "\(file): \(error)")
        }
        let base = JournalStem.of(path)
        for (index, events) in imported.sessions.enumerated() {
            let target = index == 0 ? path : "\(base)-\(index + 1).jsonl"
            try failing(.usage) { try JournalWriter.copy(events, to: target) }
            print("\(target): \(events.count) steps from \(imported.format.rawValue)")
        }
        for line in imported.losses.lines { Notice.print("not in the session: \(line)") }
    }
}

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
              callgate export sessions/two-rounds.jsonl --format openai --output request.json
              callgate export sessions/two-rounds.jsonl --format asciinema --size 120x40 --output run.cast

            Exit codes: 0 written, 2 usage.
            """)

    @Argument(help: "The journal.")
    var session: String

    @Option(help: "markdown, html, openai, anthropic, inspect, otel or asciinema.")
    var format = Form.markdown

    @Option(name: .shortAndLong, help: "The file to write; standard output by default.")
    var output: String?

    @Option(help: "With --format asciinema: the size of the screen, WIDTHxHEIGHT.")
    var size: ScreenSize?

    @Option(help: "With --format asciinema: the longest time between two steps, in seconds.")
    var idle: Double?

    /// The forms: those of a text, and a recording of the screen.
    enum Form: String, CaseIterable, ExpressibleByArgument {
        case markdown
        case html
        case openai
        case anthropic
        case inspect
        case otel
        case asciinema
    }

    func validate() throws {
        if format != .asciinema, size != nil || idle != nil {
            throw ValidationError("--size and --idle go with --format asciinema")
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
        let export = SessionExport(journal.events, as: format)
        if let output {
            try FileOutput.write(export.text, path: output)
        } else {
            StandardOutput.write(export.text)
        }
        for line in export.losses.lines { Notice.print("left out: \(line)") }
    }

    /// Writes the recording step by step.
    private func record() throws {
        let journal = try failing(.usage) { try IndexedJournal(path: session) }
        let screen = size?.size ?? Size(120, 40)
        let cast = SessionCast(journal, size: screen, idleLimit: idle ?? 2)
        let notices: [String]
        if let output {
            let file = try FileOutput(path: output)
            notices = try failing(.usage) { try cast.write { try file.write($0) } }
        } else {
            notices = try failing(.usage) { try cast.write { StandardOutput.write($0) } }
        }
        for notice in notices { Notice.print(notice) }
        Notice.print("left out: what a step has beyond a screen of \(screen)")
    }
}

extension SessionImport.Format: ExpressibleByArgument {}
