import Foundation
import Testing

/// The people whom the debugger is for, each from beginning to end on the embedded model.
///
/// The README shows the screens that are recorded here. The one who debugs is in ``TerminalRunTests``.
@Suite(.enabled(if: TmuxScreen.objection == nil, "\(TmuxScreen.objection ?? "")"))
struct ScenarioTests {
    /// Calls wait: one is denied with a reason, one runs with other arguments, and the denial becomes a rule.
    @Test func theOneWhoApproves() throws {
        let folder = try Folder()
        let screen = try TmuxScreen(
            ["run", "--prompt", "look up T-1048 and T-1042", "--record", "friday.jsonl"], in: folder)
        try screen.await("before the request of round 1")
        try screen.press("n")
        try screen.await("waiting for you: 2 calls", "▸ ! call_1 get_ticket")
        try TerminalScreens.expect(screen, "approve-waiting")
        try screen.decide("d", until: "deny call_1, reason")
        try screen.type("closed last week")
        try screen.press("Enter")
        try screen.await("▸ ! call_2 get_ticket", "1 waiting")
        try screen.decide("e", until: "edit the arguments of call_2")
        try screen.press("C-End", "Up", "End", "Left", "BSpace")
        try screen.type("5")
        try screen.press("C-s")
        try screen.await("┌ review the edit", "a annotate (default)")
        try TerminalScreens.expect(screen, "approve-edit")
        // What runs must have been on the screen for a moment.
        usleep(1_000_000)
        try screen.press("a")
        try screen.await("paused: before the model reads the results", "Note: a reviewer")
        try screen.press("k")
        try screen.await("▸ ✗ call_1 get_ticket")
        try screen.press("A")
        try screen.await(":rule deny ~tool ^get_ticket$ & ~arg /id=^T-1048$ because closed last week")
        try screen.press("Enter")
        try screen.await("a rule, before it holds", "support-desk.yaml will be a copy of it")
        try TerminalScreens.expect(screen, "approve-rule")
        try screen.press("y")
        try screen.await("is written into support-desk.yaml and holds from here on")
        try screen.press("c")
        try screen.await("ended, answered")
        try screen.press("q")
        #expect(try screen.end() == 0)
        let audit = try CommandLineRun(["audit", "friday.jsonl"], in: folder)
        #expect(audit.status == 0 && audit.output.contains("deny by a person: closed last week"))
        #expect(audit.output.contains("rule added by a person"), "\(audit.output)")
        // From now on the copy decides by itself.
        let next = try CommandLineRun(
            [
                "run", "support-desk.yaml", "--headless", "--approve", "all", "--prompt", "look up T-1048",
                "--record", "monday.jsonl",
            ], in: folder)
        #expect(next.errors.contains("call_1: deny by rule deny-get_ticket"), "\(next.errors)")
    }

    /// Last week's good session fails once a rule of the workflow would change it.
    @Test func theOneWhoKeepsItWorking() throws {
        let folder = try Folder()
        let run = try CommandLineRun(
            ["run", "--headless", "--approve", "all", "--record", "good.jsonl"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        try folder.write("must ~tool get_comments\nmust not ~err\n", to: "good.assert")
        let screen = try TmuxScreen(["check", "good.jsonl"], in: folder, size: (100, 16))
        #expect(try screen.end() == 0)
        try screen.await("1 of 1 sessions hold")
        let demo = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources/callgate/Resources/support-desk.yaml").standardizedFileURL
        let text = try String(contentsOf: demo, encoding: .utf8)
        try folder.write(
            text + "policy:\n  deny: [{tool: get_comments, reason: comments are private}]\n", to: "desk.yaml")
        let changed = try TmuxScreen(
            ["check", "good.jsonl", "--workflow", "desk.yaml", "--junit", "report.xml"], in: folder,
            size: (100, 24))
        #expect(try changed.end() == 1)
        try changed.await("FAIL good.jsonl", "comments are private", "0 of 1 sessions hold")
        try TerminalScreens.expect(changed, "check-fails")
        #expect(try folder.read("report.xml").contains("<failure"))
    }
}
