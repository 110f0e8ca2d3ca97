import Foundation
import Testing

@Suite struct HeadlessTests {
    private static let question = "which high-priority tickets is Maya not making progress on?"

    @Test func theDemoQuestionIsAnsweredTrulyAndReplaysWithoutDatabase() throws {
        let folder = try Folder()
        let run = try CommandLineRun(
            [
                "run", "--headless", "--approve", "all", "--prompt", HeadlessTests.question, "--record",
                "x.jsonl",
            ],
            in: folder)
        #expect(run.status == 0, "\(run.errors)")
        for id in ["T-1042", "T-1057"] { #expect(run.output.contains(id), "\(run.output)") }
        #expect(!run.output.contains("T-1048"), "\(run.output)")
        try FileManager.default.removeItem(at: folder.url.appendingPathComponent("support-desk.sqlite"))
        let replay = try CommandLineRun(["replay", "x.jsonl", "--print"], in: folder)
        #expect(replay.status == 0)
        #expect(replay.output.contains("get_comments") && replay.output.contains("by --approve all"))
        #expect(
            !FileManager.default.fileExists(
                atPath: folder.url.appendingPathComponent("support-desk.sqlite").path))
    }

    @Test func withApproveNoneNothingRuns() throws {
        let folder = try Folder()
        let run = try CommandLineRun(
            ["run", "--headless", "--approve", "none", "--prompt", "look up T-1042", "--record", "x.jsonl"],
            in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(!(try folder.read("x.jsonl")).contains(#""kind":"started""#))
    }

    @Test func withApprovePolicyACallThatNeedsAPersonStopsTheRunWithCode3() throws {
        let run = try CommandLineRun(
            ["run", "--headless", "--approve", "policy", "--prompt", "look up T-1042"], in: try Folder())
        #expect(run.status == 3)
        #expect(run.errors.contains("needs a person"))
    }

    @Test func eventsArePrintedAsTheJournalHasThem() throws {
        let folder = try Folder()
        let run = try CommandLineRun(
            ["run", "--headless", "--approve", "all", "--json", "--prompt", "hello", "--record", "x.jsonl"],
            in: folder)
        #expect(run.output == (try folder.read("x.jsonl")))
    }

    @Test func aScriptedModelThatEndsEarlyFailsTheRun() throws {
        let folder = try Folder()
        try folder.write(
            #"[{"calls": [{"id": "a", "name": "get_ticket", "arguments": {"id": "T-1042"}}]}]"#,
            to: "script.json")
        try folder.write(
            "model: {scripted: script.json}\ntools: [{builtin: support-desk}]\nprompt: go\n", to: "w.yaml")
        let run = try CommandLineRun(["run", "w.yaml", "--headless", "--approve", "all"], in: folder)
        #expect(run.status == 1)
        #expect(run.errors.contains("script.json has no response for round 2"), "\(run.errors)")
    }
}

@Suite struct UsageTests {
    @Test(arguments: [
        (["nonsense-file.yaml"], "nonsense-file.yaml cannot be read"), (["--no-such-flag"], "Unknown option"),
        (["run", "--headless"], "--headless needs --approve"),
        (["run", "--approve", "all"], "go with --headless"),
        (["replay", "missing.jsonl"], "missing.jsonl"), (["replay"], "Missing expected argument"),
        (["tools", "lint", "missing.json"], "missing.json cannot be read"),
        (["mask", "--schema", "missing.json", "--vocab", "x"], "missing.json cannot be read"),
        (["run", "--keys", "missing.keys"], "missing.keys cannot be read"),
    ])
    func whatCannotBeUsedIsOneLineAndCode2(arguments: [String], reason: String) throws {
        let run = try CommandLineRun(arguments, in: try Folder())
        #expect(run.status == 2)
        let lines = run.errors.split(separator: "\n")
        #expect(lines.count == 1 && run.errors.contains(reason), "\(run.errors)")
    }

    @Test func aFaultyWorkflowIsNamedWithItsPlace() throws {
        let folder = try Folder()
        try folder.write("name: x\ntoools: []\n", to: "w.yaml")
        let run = try CommandLineRun(["run", "w.yaml"], in: folder)
        #expect(run.status == 2)
        #expect(run.errors.contains("w.yaml:2:1:") && run.errors.contains("tools"), "\(run.errors)")
    }

    /// Help is wrapped at 80 columns where it isn't shown in a terminal.
    @Test func helpHasExamplesAndNoneOfThemIsBroken() throws {
        let commands = [
            "", "approve", "attach", "audit", "check", "config", "demo", "diff", "export", "fork", "grep",
            "import", "init", "mask", "models check", "models list", "models template", "provenance",
            "replay", "rules try", "run", "start", "tools call", "tools lint", "tools list", "tools pin",
            "tutor", "validate",
        ]
        for command in commands {
            let run = try CommandLineRun(
                command.split(separator: " ").map(String.init) + ["--help"], in: try Folder())
            #expect(run.status == 0, "\(command)")
            let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
            let examples = lines.drop { !$0.hasPrefix("Example") }.dropFirst().prefix { !$0.isEmpty }
            #expect(examples.contains { $0.contains("callgate ") }, "\(command)")
            for example in examples {
                let isWhole = example.hasPrefix("  ") && example.unicodeScalars.count <= 80
                #expect(isWhole, "\(command): \(example)")
            }
        }
    }
}

@Suite struct MaskCommandTests {
    @Test func allowedTokensAndReasonsComeFromTheSchema() throws {
        let folder = try Folder()
        try folder.write(
            #"{"type": "object", "properties": {"priority": {"enum": ["low", "medium", "high"]}}}"#,
            to: "s.json")
        let model = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources/callgate/Resources/support-desk.gguf").standardizedFileURL
            .path
        let run = try CommandLineRun(
            ["mask", "--schema", "s.json", "--vocab", model, "--text", #"{"priority": ""#, "--why", "u"],
            in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("/properties/priority/enum"), "\(run.output)")
        let refused = try CommandLineRun(
            ["mask", "--schema", "s.json", "--vocab", model, "--text", #"{"priority": "u"#], in: folder)
        #expect(
            refused.status == 2 && refused.errors.contains("/properties/priority/enum"), "\(refused.errors)")
    }

    @Test func aFolderOfLocalSchemasCanBeGiven() throws {
        let folder = try Folder()
        try folder.write(#"{"enum": ["yes", "no"]}"#, to: "answer.json")
        try folder.write(#"{"$ref": "https://example.org/answer.json"}"#, to: "s.json")
        let model = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources/callgate/Resources/support-desk.gguf").standardizedFileURL
            .path
        let ask = ["mask", "--schema", "s.json", "--vocab", model, "--text", #""y"#, "--why", "x"]
        let alone = try CommandLineRun(ask, in: folder)
        #expect(alone.status == 2 && alone.errors.contains("answer.json"), "\(alone.errors)")
        let given = try CommandLineRun(
            ask + ["--documents", ".", "--base", "https://example.org/"], in: folder)
        #expect(given.status == 0 && given.output.contains("yes"), "\(given.output) \(given.errors)")
    }
}

@Suite struct ValidateCommandTests {
    @Test func violationsAreNamedAndLocalSchemasCanBeGiven() throws {
        let folder = try Folder()
        try folder.write(#"{"enum": ["yes", "no"]}"#, to: "answer.json")
        try folder.write(
            #"{"properties": {"a": {"$ref": "https://example.org/answer.json"}}}"#, to: "s.json")
        try folder.write(#"{"a": "yes"}"#, to: "good.json")
        try folder.write(#"{"a": "perhaps"}"#, to: "bad.json")
        let alone = try CommandLineRun(["validate", "--schema", "s.json", "good.json"], in: folder)
        #expect(alone.status == 2 && alone.errors.contains("answer.json"), "\(alone.errors)")
        let given = ["validate", "--schema", "s.json", "--documents", ".", "--base", "https://example.org/"]
        let good = try CommandLineRun(given + ["good.json"], in: folder)
        #expect(good.status == 0 && good.output == "good.json: valid\n", "\(good.output) \(good.errors)")
        let both = try CommandLineRun(given + ["good.json", "bad.json"], in: folder)
        #expect(both.status == 1 && both.output.contains("bad.json: "), "\(both.output)")
        #expect(both.output.contains("enum") && both.output.contains("/a"), "\(both.output)")
        let broken = try CommandLineRun(given + ["none.json"], in: folder)
        #expect(broken.status == 2 && broken.errors.contains("none.json cannot be read"), "\(broken.errors)")
    }
}
