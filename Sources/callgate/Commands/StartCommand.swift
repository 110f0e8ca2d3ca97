import ArgumentParser
import Debugger
import Foundation
import JSON
import Sessions
import Terminal
import Workflows

/// `callgate` alone: the workflow of this folder, else a page to start from.
struct StartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Choose what to begin with: the demo, a session, a transcript, a workflow.",
        discussion: """
            Where the folder has a workflow.yaml, 'callgate' alone runs it; this page is there all the same.

            Example:
              callgate start
            """)

    @Option(help: "Play these keys on a screen in memory and print it at the end; see 'docs/keys.md'.")
    var keys: String?

    @Option(help: "The size of the screen in memory.")
    var screen: ScreenSize?

    func run() throws {
        let page = StartPage(folder: ".")
        let choice = ScreenChoice(
            keysFile: keys, size: screen, instead: "'callgate --help' lists the commands")
        try MainActor.assumeIsolated {
            var list = StartPage.List(title: "callgate", head: StartPage.welcome, items: page.items)
            while let id = try ChooserProgram.choose(list.title, head: list.head, list.items, screen: choice)
            {
                switch page.next(after: id) {
                case .list(let next): list = next
                case .program(let words): try Restart.program(words)
                case .say(let lines):
                    for line in lines { print(line) }
                    return
                }
                if list.items.isEmpty { return }
            }
        }
    }
}

/// What there is to begin with in a folder.
struct StartPage {
    /// A list of the page.
    struct List {
        let title: String
        var head: [String] = []
        let items: [Chooser.Item]
    }

    /// What comes after a choice.
    enum Next {
        case list(List)
        /// The program begins anew with these arguments.
        case program([String])
        case say([String])
    }

    static let welcome = [
        "Step through an agent that calls tools: hold each call, see each token, go back in time.",
        "New here? Begin with the tutor: ten minutes, a real model, a real fault.",
    ]

    let folder: String

    /// The first list.
    var items: [Chooser.Item] {
        var items = [
            Chooser.Item(
                id: "demo", title: "the demo", note: "callgate demo",
                about:
                    "A support desk over a real database and a small model in this program. Nothing leaves "
                    + "your machine."),
            Chooser.Item(
                id: "tutor", title: "the tutor: find a real fault", note: "callgate tutor",
                about:
                    "A guided session: hold a call, look behind it, and find the rule that lets too much through."
            ),
        ]
        let workflows = files([".yaml", ".yml"]).filter(StartPage.isWorkflow)
        for file in workflows {
            items.append(
                Chooser.Item(
                    id: "run \(file)", title: "run \(file)", note: "callgate run \(file)",
                    about: "A workflow of this folder."))
        }
        items.append(
            Chooser.Item(
                id: "init", title: "a workflow of my own", note: "callgate init",
                about: "Writes workflow.yaml, a commented file to start from, and says how to run it."))
        let sessions = StartPage.sessions(in: SettingsFile.current.defaults.sessions)
        if !sessions.isEmpty {
            items.append(
                Chooser.Item(
                    id: "sessions", title: "a session of this folder", note: "\(sessions.count) recorded",
                    about: "Step through what was recorded in \(SettingsFile.current.defaults.sessions)/."))
        }
        let transcripts = transcripts
        items.append(
            Chooser.Item(
                id: "import", title: "a transcript of another program",
                note: transcripts.isEmpty ? "callgate import FILE" : "\(transcripts.count) here",
                about:
                    "Conversations of OpenAI, Anthropic, Claude Code, Codex, Inspect and OpenTelemetry become "
                    + "sessions."))
        if Callgate.configuration.subcommands.contains(where: { $0.configuration.commandName == "attach" }) {
            items.append(
                Chooser.Item(
                    id: "attach", title: "an agent of mine, as it is", note: "callgate attach",
                    about: "Stand between an agent that you have and its model; nothing in it is changed."))
        }
        return items
    }

    /// What comes after a choice.
    func next(after id: String) -> Next {
        let words = id.split(separator: " ", maxSplits: 1).map(String.init)
        switch words[0] {
        case "demo", "tutor": return .program([words[0]])
        case "init": return .program(["init"])
        case "attach": return .program(["attach", "--help"])
        case "run": return .program(["run", words[1]])
        case "replay": return .program(["replay", words[1]])
        case "take": return .program(["import", words[1]])
        case "sessions":
            return .list(StartPage.sessionList(in: SettingsFile.current.defaults.sessions))
        default:
            guard !transcripts.isEmpty else {
                return .say([
                    "no transcript lies in this folder; import one with: callgate import FILE",
                    "formats and where programs keep them: docs/exchange.md",
                ])
            }
            return .list(
                List(
                    title: "callgate · a transcript to import",
                    items: transcripts.map { Chooser.Item(id: "take \($0)", title: $0) }))
        }
    }

    /// The journals of a folder, the latest first.
    static func sessionList(in folder: String) -> List {
        List(
            title: "callgate · sessions in \(folder)",
            items: sessions(in: folder).map { path in
                let header = (try? SessionFiles.header(of: path)).flatMap { $0 }
                let name = path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : path
                return Chooser.Item(
                    id: "replay \(path)", title: name,
                    note: header.map { "\($0.workflow) · \($0.model.name)" } ?? "no header",
                    about: about(path))
            })
    }

    /// When it was written, and how much there is of it.
    private static func about(_ path: String) -> String {
        let attributes = (try? FileManager.default.attributesOfItem(atPath: path)) ?? [:]
        let size = (attributes[.size] as? Int) ?? 0
        guard let date = attributes[.modificationDate] as? Date else { return "\(size) bytes" }
        let style = Date.ISO8601FormatStyle(
            dateSeparator: .dash, dateTimeSeparator: .space, timeZone: .current)
        return
            "\(size) bytes, last written \(date.formatted(style.year().month().day().time(includingFractionalSeconds: false)))"
    }

    static func sessions(in folder: String) -> [String] {
        guard let paths = try? SessionFiles.expand([folder]) else { return [] }
        let dated = paths.map { path -> (path: String, date: Date) in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            return (path, attributes?[.modificationDate] as? Date ?? .distantPast)
        }
        return dated.sorted { $0.date > $1.date }.map(\.path)
    }

    private static func isWorkflow(_ file: String) -> Bool {
        guard let text = try? BoundedFile.text(file) else { return false }
        return (try? Workflow.parse(text, file: file)) != nil
    }

    private var transcripts: [String] { files([".json", ".jsonl"]).filter { !$0.hasSuffix(".schema.json") } }

    private func files(_ endings: [String]) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { name in
            !name.hasPrefix(".") && endings.contains { name.hasSuffix($0) }
        }.sorted()
    }
}
