import Foundation
import Testing

/// The file of settings, and what the program does with it.
@Suite struct ConfigCommandTests {
    private let folder: Folder
    private var environment: [String: String] {
        [
            "CALLGATE_CONFIG": folder.url.appendingPathComponent("config.yaml").path,
            "XDG_STATE_HOME": folder.url.path,
        ]
    }

    init() throws { folder = try Folder() }

    private func run(_ words: String...) throws -> CommandLineRun {
        try CommandLineRun(words, in: folder, environment: environment)
    }

    @Test func aSettingIsWrittenAndTheRestStays() throws {
        #expect(try run("config", "check").output.contains("is not there"))
        #expect(try run("config", "set", "theme", "light").status == 0)
        try folder.write("# mine\nlayout:\n  rows: 40   # low\n\nkeys:\n  zoom: f5\n", to: "config.yaml")
        for (name, value) in [
            ("theme", "mono"), ("layout.rows", "60"), ("layout.columns", "70"), ("keys.help", "f1"),
        ] {
            let set = try run("config", "set", name, value)
            #expect(set.status == 0, "\(set.errors)")
            #expect(try run("config", "get", name).output.contains(value))
        }
        let text = try folder.read("config.yaml")
        #expect(
            text.hasPrefix("# mine\n") && text.contains("rows: 60 # low") && text.contains("zoom: f5"),
            "\(text)")
        #expect(try run("config", "check").output.contains("can be used"))
        #expect(try run("config", "path").output.contains("config.yaml"))
        let list = try run("config", "list").output
        #expect(list.contains("layout.columns = 70") && list.contains("The share of the left panes"))
    }

    @Test(arguments: [
        ("theme: drak\n", ":1:1: theme: there is no theme 'drak'"),
        ("layout:\n  colums: 60\n", ":2:3: there is no key \"colums\" here; did you mean columns?"),
        ("layout:\n  columns: 99\n", ":2:12: layout.columns: "),
        (
            "keys:\n  zoom: f5\n  approve: s\n",
            ":3:3: keys.approve: the key s is bound to both approve and token"
        ),
        ("colours:\n  good: gren\n", ":2:3: colours.good: 'gren' is no colour"),
        ("theme: [\n", ": this is no YAML"),
    ])
    func aBrokenFileIsNamedByLineAndColumnAndTheProgramStarts(text: String, message: String) throws {
        try folder.write(text, to: "config.yaml")
        let check = try run("config", "check")
        #expect(check.status == 2 && check.errors.contains(message), "\(check.errors)")
        try folder.write("q\n", to: "keys.txt")
        let start = try run("start", "--keys", "keys.txt", "--screen", "80x24")
        #expect(
            start.status == 0 && start.errors.contains(message)
                && start.errors.contains("standard settings are used"))
    }

    @Test func aSettingThatCannotBeIsNotWritten() throws {
        try folder.write("theme: light\n", to: "config.yaml")
        let set = try run("config", "set", "layout.columns", "5")
        #expect(set.status == 2 && set.errors.contains("layout.columns"), "\(set.errors)")
        #expect(try folder.read("config.yaml") == "theme: light\n")
    }

    @Test func keysAndFoldersOfTheFileHold() throws {
        try folder.write("keys:\n  last: f6\ndefaults:\n  sessions: kept\n", to: "config.yaml")
        let made = try run("run", "--headless", "--approve", "all", "--prompt", "hello")
        #expect(made.status == 0 && made.errors.contains("journal: kept/"), "\(made.errors)")
        try folder.write("f6\n", to: "keys.txt")
        let journal = try #require(made.errors.split(separator: " ").last).trimmingCharacters(in: .newlines)
        let replay = try run("replay", journal, "--keys", "keys.txt", "--screen", "120x40")
        #expect(replay.output.contains("replay, answered"), "\(replay.output)")
    }

    @Test func theSchemaIsInTheDocs() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/settings.schema.json")
        let printed = try run("config", "schema").output
        if ProcessInfo.processInfo.environment["CALLGATE_RECORD_SCREENS"] == "1" {
            try Data(printed.utf8).write(to: file)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == printed)
    }
}

/// The first page, the folder of sessions, and the tutor.
@Suite struct StartCommandTests {
    private func run(_ words: [String], in folder: Folder) throws -> CommandLineRun {
        try CommandLineRun(
            words, in: folder,
            environment: ["CALLGATE_CONFIG": "/nowhere/config.yaml", "XDG_STATE_HOME": folder.url.path])
    }

    @Test func thePageOffersWhatTheFolderHas() throws {
        let folder = try Folder()
        try folder.write("", to: "keys.txt")
        let empty = try run(["start", "--keys", "keys.txt", "--screen", "100x30"], in: folder)
        #expect(empty.status == 0, "\(empty.errors)")
        for words in ["the demo", "the tutor", "a workflow of my own", "a transcript of another program"] {
            #expect(empty.output.contains(words), "\(empty.output)")
        }
        #expect(!empty.output.contains("a session of this folder"))
        #expect(try run(["init", "mine.yaml"], in: folder).status == 0)
        #expect(
            try run(["run", "--headless", "--approve", "all", "--prompt", "hello"], in: folder).status == 0)
        let full = try run(["start", "--keys", "keys.txt", "--screen", "100x30"], in: folder)
        #expect(full.output.contains("run mine.yaml") && full.output.contains("a session of this folder"))
    }

    @Test func aFolderOfSessionsIsAListToChooseFrom() throws {
        let folder = try Folder()
        for name in ["one", "two"] {
            let made = try run(
                [
                    "run", "--headless", "--approve", "all", "--prompt", "hello", "--record",
                    "s/\(name).jsonl",
                ], in: folder)
            #expect(made.status == 0, "\(made.errors)")
        }
        try folder.write("", to: "keys.txt")
        let list = try run(["replay", "s/", "--keys", "keys.txt", "--screen", "80x24"], in: folder)
        #expect(list.output.contains("one.jsonl") && list.output.contains("two.jsonl"), "\(list.output)")
        let at = try run(["replay", "s", "--at", "3"], in: folder)
        #expect(at.status == 2 && at.errors.contains("s is a folder; name one of the journals in it"))
    }

    @Test func panesArePlainTextAndScreensArePictures() throws {
        let folder = try Folder()
        let made = try run(
            ["run", "--headless", "--approve", "all", "--prompt", "look up T-1042", "--record", "x.jsonl"],
            in: folder)
        #expect(made.status == 0, "\(made.errors)")
        let all = try run(["replay", "x.jsonl", "--at", "60", "--print"], in: folder)
        for title in ["1 conversation", "2 calls", "3 mask · round", "4 results"] {
            #expect(all.output.contains("\n\(title)"), "\(all.output)")
        }
        #expect(!all.output.contains("│") && !all.output.contains("┌"))
        let one = try run(["replay", "x.jsonl", "--at", "60", "--print", "--pane", "calls"], in: folder)
        #expect(one.output.contains("2 calls") && !one.output.contains("1 conversation"))
        let picture = try run(["replay", "x.jsonl", "--at", "60", "--svg", "light"], in: folder)
        #expect(picture.output.hasPrefix("<svg ") && picture.output.contains("conversation"))
        #expect(try run(["replay", "x.jsonl", "--svg", "light"], in: folder).status == 2)
    }

    @Test func theTutorLeadsToTheFault() throws {
        let folder = try Folder()
        try folder.write(
            """
            await:1/9
            s s s s s s s s
            await:2/9
            3 enter
            await:3/9
            esc c
            await:4/9
            await:for 1.00 s
            a
            await:6/9
            await:ended, answered
            2
            await:7/9
            : s e s s i o n enter
            await:8/9
            esc
            :
            paste:rule ask ~tool notify_user
            enter
            await:9/9
            y
            await:That was it

            """, to: "keys.txt")
        let run = try run(["tutor", "--keys", "keys.txt", "--screen", "120x40"], in: folder)
        #expect(run.status == 0, "\(run.errors)\n\(run.output)")
        #expect(run.output.contains("found one that nobody was asked about"), "\(run.output)")
        let workflow = try folder.read("callgate/tutor/workflow.yaml")
        #expect(workflow.contains("~tool notify_user"))
    }
}
