import Foundation
import Testing

/// Runs that wait for decisions, and `callgate approve`, which makes them.
@Suite struct ApproveCommandTests {
    static let workflow = #"""
        name: acting
        model: {scripted: script.json}
        prompt: act
        tools:
          - name: act
            description: Acts.
            parameters: {type: object, properties: {id: {type: string}, to: {type: string}}, required: [id]}
            command: {shell: 'echo "$ARG_id" >> ran.txt; echo done', folder: .}
        policy:
          ask: [{name: acting, tool: act, reason: it acts}]
        """#

    static func folder(_ calls: [(id: String, arguments: String)]) throws -> Folder {
        let folder = try Folder()
        try folder.write(workflow, to: "w.yaml")
        let asked = calls.map { #"{"id": "\#($0.id)", "name": "act", "arguments": \#($0.arguments)}"# }
        try folder.write(
            #"[{"calls": [\#(asked.joined(separator: ", "))]}, {"content": "I am done."}]"#, to: "script.json"
        )
        return folder
    }

    private func start(_ folder: Folder, _ more: String...) throws -> RunningProgram {
        try RunningProgram(
            ["run", "w.yaml", "--headless", "--approve", "await", "--record", "s/x.jsonl"] + more, in: folder)
    }

    private func approve(_ folder: Folder, _ arguments: String...) throws -> CommandLineRun {
        try CommandLineRun(["approve", "s"] + arguments, in: folder)
    }

    /// Waits until so many calls wait, and gives their hashes in order.
    private func hashes(_ run: RunningProgram, _ folder: Folder, count: Int) throws -> [String] {
        try run.wait(for: "\(count) calls to wait") {
            guard FileManager.default.fileExists(atPath: folder.url.appendingPathComponent("s").path) else {
                return nil
            }
            let found = try approve(folder, "--list").output.matches(of: /(?m)^[0-9a-f]{64}$/)
                .map { String($0.output) }
            return found.count == count ? found : nil
        }
    }

    private func ran(_ folder: Folder) -> String { (try? folder.read("ran.txt")) ?? "" }

    @Test func callsWaitAreDecidedAndTheJournalSaysByWhom() throws {
        let folder = try ApproveCommandTests.folder([
            ("c1", #"{"id": "one", "to": "mаya"}"#), ("c2", #"{"id": "two"}"#), ("c3", #"{"id": "three"}"#),
            ("c4", #"{"id": "four"}"#),
        ])
        let run = try start(folder)
        let hash = try hashes(run, folder, count: 4)
        let list = try approve(folder, "--list").output
        #expect(list.contains("session x · round 1 · c1 · act"), "\(list)")
        #expect(list.contains("ask (rule acting: it acts)") && list.contains("CYRILLIC SMALL LETTER A"))
        #expect(ran(folder).isEmpty, "nothing runs before it was decided")

        // A hash that is not what waits decides nothing; half a hash is none.
        let forged = String(hash[0].dropLast()) + (hash[0].hasSuffix("0") ? "1" : "0")
        let other = try approve(folder, "--approve", forged)
        #expect(other.status == 1 && other.errors.contains("no call with that hash waits"), "\(other.errors)")
        #expect(try approve(folder, "--approve", String(hash[0].prefix(20))).status == 2)
        #expect(try approve(folder, "--approve", hash[0], "--deny", hash[1]).status == 2)
        #expect(ran(folder).isEmpty)

        let approved = try approve(folder, "--approve", hash[0])
        #expect(approved.status == 0 && approved.output == "approve: c1 of x\n", "\(approved.errors)")
        #expect(try approve(folder, "--approve", hash[0]).status == 1, "one decision a call")
        #expect(try approve(folder, "--deny", hash[1], "--reason", "not on a Sunday").status == 0)
        let invalid = try approve(folder, "--edit", hash[2], "--args", #"{"no": 1}"#)
        #expect(invalid.status == 2 && invalid.errors.contains("cannot run"), "\(invalid.errors)")
        #expect(try approve(folder, "--edit", hash[2], "--args", #"{"id": "drei"}"#).status == 0)
        #expect(try approve(folder, "--respond", hash[3], "--content", "I say four").status == 0)
        #expect(run.end() == 0 && run.output == "I am done.\n", "\(run.errors)")
        #expect(ran(folder).split(separator: "\n").sorted() == ["drei", "one"])

        let journal = try folder.read("s/x.jsonl")
        #expect(
            journal.contains("not on a Sunday\",\"error\"") || journal.contains("Reason: not on a Sunday"))
        let audit = try CommandLineRun(["audit", "s/x.jsonl"], in: folder)
        #expect(audit.status == 0, "\(audit.output)\(audit.errors)")
        let user = "by \(NSUserName()) (user \(getuid()))"
        #expect(
            audit.output.contains("c1 (act): approve \(user)\n    asked: ask (rule acting: it acts)"),
            "\(audit.output)")
        #expect(audit.output.contains("c2 (act): deny \(user): not on a Sunday"))
        #expect(
            audit.output.contains(
                "c3 (act): edit \(user), annotate\n    - /id: \"three\"\n    + /id: \"drei\""))
        #expect(audit.output.contains("c4 (act): respond \(user)\n    + I say four"))
        let empty = try approve(folder, "--list")
        #expect(empty.output == "nothing waits; 0 runs await decisions\n", "\(empty.output)")
    }

    @Test func whatNobodyDecidesIsDeniedByTimeOut() throws {
        let folder = try ApproveCommandTests.folder([("c1", #"{"id": "one"}"#)])
        let run = try start(folder, "--approval-timeout", "1")
        #expect(run.end() == 0, "\(run.errors)")
        #expect(ran(folder).isEmpty)
        #expect(run.errors.contains("c1: deny by time-out after 1 s"), "\(run.errors)")
        let audit = try CommandLineRun(["audit", "s/x.jsonl"], in: folder)
        #expect(audit.output.contains("deny by time-out after 1 s: nobody decided within 1 seconds"))
        #expect(try folder.read("s/x.jsonl").contains("a time-out rejected this call. It did not run."))
    }

    /// The call holds until its file is there, which never comes: only the cancellation ends it.
    @Test func aRunningCallIsGivenUpByHashAndTheJournalSaysByWhom() throws {
        let folder = try ApproveCommandTests.folder([("c1", #"{"id": "one"}"#)])
        let held = ApproveCommandTests.workflow.replacing(
            "echo done", with: "until test -e go; do sleep 0.05; done")
        try folder.write(held, to: "w.yaml")
        let run = try start(folder)
        let hash = try hashes(run, folder, count: 1)[0]
        let early = try approve(folder, "--cancel", hash)
        #expect(early.status == 1 && early.errors.contains("no call with that hash runs"), "\(early.errors)")
        #expect(try approve(folder, "--approve", hash).status == 0)
        _ = try run.wait(for: "the call to run") {
            try approve(folder, "--list").output.contains("  runs ") ? true : nil
        }
        let forged = String(hash.reversed())
        #expect(try approve(folder, "--cancel", forged).status == 1)
        let cancelled = try approve(folder, "--cancel", hash)
        #expect(cancelled.status == 0 && cancelled.output == "cancel: c1 of x\n", "\(cancelled.errors)")
        #expect(run.end() == 0, "\(run.errors)")
        let audit = try CommandLineRun(["audit", "s/x.jsonl"], in: folder)
        #expect(
            audit.output.contains("c1 (act) cancelled by \(NSUserName()) (user \(getuid()))"),
            "\(audit.output)")
    }

    @Test func aDecisionOfOtherBytesIsRefusedByTheRunItself() throws {
        let folder = try ApproveCommandTests.folder([("c1", #"{"id": "one"}"#)])
        let run = try start(folder)
        let hash = try hashes(run, folder, count: 1)[0]
        // Written by hand into the folder, past every check of the approver: the run looks for itself.
        let wrong = String(hash.reversed())
        let name = "s/x.jsonl.approvals/5-\(wrong).decision"
        try folder.write(
            #"{"callgate-decision":1,"session":"x","round":1,"id":"c1","since":5,"hash":"\#(wrong)","decision":"approve"}"#,
            to: name + ".new")
        chmod(folder.url.appendingPathComponent(name + ".new").path, 0o600)
        rename(
            folder.url.appendingPathComponent(name + ".new").path,
            folder.url.appendingPathComponent(name).path)
        let refusal = try run.wait(for: "the refusal") {
            try? folder.read("s/x.jsonl.approvals/5-\(wrong).refused")
        }
        #expect(refusal.contains("its tool, ID or argument bytes have another hash"), "\(refusal)")
        let journal = try folder.read("s/x.jsonl")
        #expect(ran(folder).isEmpty && !journal.contains(#""kind":"decision""#))
        #expect(try approve(folder, "--approve", hash).status == 0)
        #expect(run.end() == 0 && ran(folder) == "one\n")
    }

    @Test func whoeverDecidesMayBeThereBeforeTheFirstRun() throws {
        let folder = try Folder()
        try folder.write("await:nothing waits\n? esc q\n", to: "keys.txt")
        let run = try CommandLineRun(
            ["approve", "nowhere", "--keys", "keys.txt", "--screen", "60x12"], in: folder)
        #expect(run.status == 0 && run.output.contains("nothing waits"), "\(run.errors)")
        #expect(run.errors == "there is no folder nowhere yet; it is watched for\n")
        // Esc takes the keys' names away, and leaves only then.
        try folder.write("? esc ?\n", to: "keys.txt")
        let keys = try CommandLineRun(
            ["approve", "nowhere", "--keys", "keys.txt", "--screen", "60x12"], in: folder)
        #expect(keys.output.contains("q quit"), "\(keys.output)")
    }

    @Test func optionsThatDoNotGoTogetherAreUsage() throws {
        let folder = try ApproveCommandTests.folder([("c1", #"{"id": "one"}"#)])
        for arguments in [
            ["approve", "nowhere", "--list"], ["approve", ".", "--reason", "x"],
            ["approve", ".", "--args", "{}"],
            ["run", "w.yaml", "--headless", "--approve", "all", "--approval-timeout", "3"],
            ["tools", "call", "act", "--args", "{}", "--workflow", "w.yaml", "--approve", "await"],
        ] {
            let run = try CommandLineRun(arguments, in: folder)
            #expect(
                run.status == 2 && run.errors.split(separator: "\n").count == 1, "\(arguments): \(run.errors)"
            )
        }
    }
}

/// The queue on a real terminal.
@Suite(.enabled(if: TmuxScreen.objection == nil, "\(TmuxScreen.objection ?? "")"))
struct ApproveTerminalTests {
    @Test func twoRunsAreDecidedFromOneScreen() throws {
        let folder = try ApproveCommandTests.folder([
            ("c1", #"{"id": "one", "to": "mаya"}"#), ("c2", #"{"id": "two"}"#),
        ])
        func start(_ name: String, _ more: String...) throws -> RunningProgram {
            try RunningProgram(
                ["run", "w.yaml", "--headless", "--approve", "await", "--record", "s/\(name).jsonl"] + more,
                in: folder, name: name)
        }
        try FileManager.default.createDirectory(
            at: folder.url.appendingPathComponent("s"), withIntermediateDirectories: true)
        let screen = try TmuxScreen(["approve", "s"], in: folder)
        try screen.await("nothing waits", "No run awaits decisions")
        let first = try start("first")
        try screen.await("2 calls waiting for you", "CYRILLIC SMALL LETTER A", "c1 · act · round 1")
        let second = try start("second", "--approval-timeout", "100000")
        try screen.await("4 calls waiting for you", "2 runs", "denied in 1666:")

        // Enter never approves; c1 of the first run is run as written.
        try screen.press("Enter")
        try screen.await("Enter decides nothing")
        try screen.decide("a", until: "3 calls waiting for you")
        // c2 is changed: the difference stands before it is sent.
        try screen.decide("e", until: "edit the arguments of c2")
        try screen.press("C-End")
        try screen.press("C-a", "Up", "C-e", "BSpace", "BSpace", "BSpace", "BSpace")
        try screen.type("zwei\"")
        try screen.press("C-s")
        try screen.await("as the model asked, + as it will run", #"-   "id": "two""#, #"+   "id": "zwei""#)
        // What runs must have been on the screen for a moment.
        usleep(1_000_000)
        try screen.press("a")
        try screen.await("2 calls waiting for you", "1 run here")
        #expect(first.end() == 0, "\(first.errors)")

        // The second run's calls are denied, with a reason and without.
        try screen.decide("d", until: "deny c1, reason")
        try screen.type("not him")
        try screen.press("Enter")
        try screen.await("1 call waiting for you")
        try screen.decide("d", until: "deny c2, reason")
        try screen.press("Enter")
        try screen.await("nothing waits")
        #expect(second.end() == 0, "\(second.errors)")
        try screen.press("q")
        #expect(try screen.end() == 0)

        #expect(try folder.read("ran.txt").split(separator: "\n").sorted() == ["one", "zwei"])
        let audit = try CommandLineRun(["audit", "s/second.jsonl"], in: folder)
        #expect(audit.status == 0 && audit.output.contains(": not him"), "\(audit.output)")
    }

    /// The screens that docs/approve.md shows.
    @Test func callsOfThreeRunsAreSeenDecidedAndGivenUp() throws {
        let folder = try Folder()
        try FileManager.default.createDirectory(
            at: folder.url.appendingPathComponent("s"), withIntermediateDirectories: true)
        let screen = try TmuxScreen(["approve", "s"], in: folder, size: (100, 24))
        try screen.await("nothing waits")
        var runs: [RunningProgram] = []
        func start(_ name: String, _ arguments: String, command: String, _ more: String...) throws {
            let workflow = ApproveCommandTests.workflow.replacing("script.json", with: "\(name).json")
                .replacing("echo done", with: command)
            try folder.write(workflow, to: "\(name).yaml")
            try folder.write(
                #"[{"calls": [{"id": "call_1", "name": "act", "arguments": \#(arguments)}]}, {"content": "Done."}]"#,
                to: "\(name).json")
            runs.append(
                try RunningProgram(
                    [
                        "run", "\(name).yaml", "--headless", "--approve", "await", "--record",
                        "s/\(name).jsonl",
                    ]
                        + more, in: folder, name: name))
            try screen.await("\(runs.count) call\(runs.count == 1 ? "" : "s") waiting for you")
        }
        try start("monday", #"{"id": "one", "to": "mаya"}"#, command: "echo done")
        try start(
            "tuesday", #"{"id": "two", "to": "lena"}"#, command: "echo done", "--approval-timeout", "3600")
        // Held until a file is there that never comes: only the cancellation ends it.
        try start("wednesday", #"{"id": "three"}"#, command: "until test -e go; do sleep 0.05; done")
        try TerminalScreens.expect(screen, "queue-waiting")

        try screen.press("j", "j")
        try screen.decide("a", until: "1 call running")
        try screen.press("k", "j")
        try screen.await("▸ runs", "x cancel")
        try TerminalScreens.expect(screen, "queue-running")
        try screen.decide("x", until: "2 runs here")
        #expect(runs[2].end() == 0, "\(runs[2].errors)")

        try screen.press("k", "k")
        try screen.decide("d", until: "deny call_1, reason")
        try screen.type("that is not Maya")
        try screen.await("that is not Maya")
        try TerminalScreens.expect(screen, "queue-denying")
        try screen.press("Enter")
        try screen.await("1 call waiting for you")
        try screen.decide("a", until: "nothing waits")
        #expect(runs[0].end() == 0 && runs[1].end() == 0, "\(runs[0].errors)\(runs[1].errors)")
        try screen.press("q")
        #expect(try screen.end() == 0)
        #expect(try folder.read("ran.txt").split(separator: "\n").sorted() == ["three", "two"])
        let audit = try CommandLineRun(["audit", "s/monday.jsonl"], in: folder)
        #expect(audit.output.contains("deny by \(NSUserName()) (user \(getuid())): that is not Maya"))
    }

    @Test func theScreensInTheDocumentationAreThoseThatWereRecorded() throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let page = try String(
            contentsOf: tests.appendingPathComponent("../../docs/approve.md").standardizedFileURL,
            encoding: .utf8)
        for name in ["queue-waiting", "queue-running", "queue-denying"] {
            let recorded = try String(
                contentsOf: tests.appendingPathComponent("Screens/\(name).txt"), encoding: .utf8)
            let rows = recorded.split(separator: "\n").map { "    \($0)" }
            #expect(
                page.contains(rows.joined(separator: "\n")), "\(name).txt is not in docs/approve.md as it is")
        }
    }
}
