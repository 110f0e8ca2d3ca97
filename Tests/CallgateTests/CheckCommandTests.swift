import Foundation
import Testing

@Suite struct CheckCommandTests {
    @Test func theSessionsThatComeWithTheProgramHold() throws {
        let folder = try Folder()
        let run = try CommandLineRun(
            ["check", RecordedSessions.folder, "--junit", "report.xml", "--tap", "report.tap"], in: folder)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        #expect(run.output.contains("3 of 3 sessions hold"))
        #expect(try folder.read("report.xml").contains("tests=\"3\" failures=\"0\""))
        #expect(try folder.read("report.tap").contains("\nok 3 - "))
    }

    /// The embedded model decodes greedily: the same weights must take the same way.
    @Test func theRealModelAndTheRealToolsGoTheRecordedWay() throws {
        let folder = try Folder()
        let run = try CommandLineRun(
            ["check", RecordedSessions.path("two-rounds"), "--live", "model", "--live", "tools"], in: folder)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
    }

    @Test func aWorkflowThatChangedFailsWithAReadableDiff() throws {
        let folder = try Folder()
        try folder.write(
            """
            tools: [{builtin: support-desk}]
            system: Answer in French.
            policy: {deny: [{tool: get_comments, reason: comments are private}]}
            """, to: "w.yaml")
        let run = try CommandLineRun(
            ["check", RecordedSessions.path("two-rounds"), "--workflow", "w.yaml", "--tap", "t.tap"],
            in: folder)
        #expect(run.status == 1, "\(run.errors)")
        #expect(run.output.contains("FAIL") && run.output.contains("policy"), "\(run.output)")
        #expect(try folder.read("t.tap").contains("not ok 1"))
    }

    @Test func assertionsBesideASessionAreHeld() throws {
        let folder = try Folder()
        try FileManager.default.copyItem(
            atPath: RecordedSessions.path("failing-tool"),
            toPath: folder.url.appendingPathComponent("x.jsonl").path)
        try folder.write("must ~tool get_ticket & ~err\n", to: "x.assert")
        #expect(try CommandLineRun(["check", "x.jsonl"], in: folder).status == 0)
        try folder.write("must ~tool get_ticket\nmust not ~err\n", to: "x.assert")
        let run = try CommandLineRun(["check", "x.jsonl"], in: folder)
        #expect(run.status == 1 && run.output.contains("must not ~err: step "), "\(run.output)")
        try folder.write("must ~tool\n", to: "x.assert")
        let wrong = try CommandLineRun(["check", "x.jsonl"], in: folder)
        #expect(wrong.status == 2 && wrong.errors.contains("x.assert:1:11: "), "\(wrong.errors)")
    }

    /// Nobody recorded an imported session's policy and decisions: they are not judged, and the line says so.
    @Test func anImportedSessionIsHeldToWhatWasRecorded() throws {
        let folder = try Folder()
        let imports = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/imports").standardizedFileURL.path
        for name in ["openai.json", "claude-code.jsonl", "codex.jsonl", "inspect.json", "otel.json"] {
            let run = try CommandLineRun(
                ["import", "\(imports)/\(name)", "--record", "\(name).s.jsonl"], in: folder)
            #expect(run.status == 0, "\(run.errors)")
            let check = try CommandLineRun(["check", "\(name).s.jsonl"], in: folder)
            #expect(
                check.status == 0 && check.output.contains("not recorded: policy"), "\(name) \(check.output)")
        }
        let openAI = "openai.json.s.jsonl"
        try folder.write("must ~tool no_such_tool\n", to: "openai.json.s.assert")
        #expect(try CommandLineRun(["check", openAI], in: folder).status == 1)
        try folder.write("must ~tool get_ticket\n", to: "openai.json.s.assert")
        // What a workflow denies or its tools refuse is found without a run.
        try folder.write(
            "tools: [{builtin: support-desk}]\npolicy: {deny: [{tool: '*', reason: never}]}\n", to: "w.yaml")
        let held = try CommandLineRun(["check", openAI, "--workflow", "w.yaml"], in: folder)
        #expect(held.status == 1 && held.output.contains("ran, and is denied now: "), "\(held.output)")
        // Beside another import of the same conversation nothing is claimed of either's policy.
        let diff = try CommandLineRun(["diff", openAI, RecordedSessions.path("two-rounds")], in: folder)
        #expect(!diff.output.contains("policy") && !diff.output.contains("limits"), "\(diff.output)")
    }
}
