import Agent
import ArgumentParser
import Foundation
import Sessions

/// `callgate import`: other programs' conversations as sessions.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a session of another program's conversation.",
        discussion: """
            Reads OpenAI messages (JSON, or JSONL for fine-tuning), Anthropic messages, and session files of Claude Code.
            What the file cannot say, or what is not read of it, is listed on standard error.

            Examples:
              callgate import request.json --record sessions/request.jsonl
              callgate import conversations.jsonl --format openai
              callgate replay sessions/request.jsonl

            Exit codes: 0 written, 2 usage or a file that cannot be read.
            """)

    @Argument(help: "The file.")
    var file: String

    @Option(help: "The format, where it is not told by the content: openai, anthropic, claude-code.")
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
        let base = path.hasSuffix(".jsonl") ? String(path.dropLast(6)) : path
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
        abstract: "Write a session as Markdown, HTML, or messages for a provider.",
        discussion: """
            What the form cannot say is listed on standard error.

            Examples:
              callgate export sessions/two-rounds.jsonl > run.md
              callgate export sessions/two-rounds.jsonl --format html --output run.html
              callgate export sessions/two-rounds.jsonl --format openai --output request.json

            Exit codes: 0 written, 2 usage.
            """)

    @Argument(help: "The journal.")
    var session: String

    @Option(help: "markdown, html, openai or anthropic.")
    var format: SessionExport.Format = .markdown

    @Option(name: .shortAndLong, help: "The file to write; standard output by default.")
    var output: String?

    func run() throws {
        let journal = try failing(.usage) { try Journal(path: session, upToDamage: true) }
        for notice in journal.notices { Notice.print(notice) }
        let export = SessionExport(journal.events, as: format)
        if let output {
            do { try Data(export.text.utf8).write(to: URL(fileURLWithPath: output)) } catch {
                throw Failure(.usage, "\(output) cannot be written: \(error.localizedDescription)")
            }
        } else {
            FileHandle.standardOutput.write(Data(export.text.utf8))
        }
        for line in export.losses.lines { Notice.print("left out: \(line)") }
    }
}

extension SessionImport.Format: ExpressibleByArgument {}
extension SessionExport.Format: ExpressibleByArgument {}
