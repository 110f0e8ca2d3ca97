import Foundation
import Testing

/// The powers of the debugger, each as a person at a terminal meets it: keys in, screens out.
@Suite(.enabled(if: TmuxScreen.objection == nil, "\(TmuxScreen.objection ?? "")"))
struct TerminalRunTests {
    @Test func aBreakpointIsProposedListedAndStopsAReplay() throws {
        let screen = try TmuxScreen(["replay", RecordedSessions.path("two-rounds")], in: try Folder())
        try screen.await("replay", "step 1/")
        try screen.press("c")
        try screen.await("call_1 · get_open_tickets")
        try screen.press("2", "b")
        try screen.await(":break ~tool ^get_open_tickets$")
        try screen.press("Enter")
        try screen.await("breakpoint 1: c stops where ~tool ^get_open_tickets$ matches")
        try screen.press("B")
        try screen.await("matches step", "expressions, joined by")
        try TerminalScreens.expect(screen, "breakpoints")
        try screen.press("q")
        try screen.enter("break ~tool get_comments & ~status finished")
        try screen.await("breakpoint 2")
        try screen.enter("delete 1")
        try screen.press("c", "c", "c", "c")
        try screen.await("breakpoint 2: ~tool get_comments & ~status finished")
        try TerminalScreens.expect(screen, "breakpoint-hit")
        try screen.press("g", "q")
        #expect(try screen.end() == 0)
    }

    @Test func everyStepOfARecordingCanBeVisited() throws {
        let screen = try TmuxScreen(["replay", RecordedSessions.path("two-rounds")], in: try Folder())
        try screen.await("step 1/")
        try screen.press("G")
        try screen.await("the model answered; the run has ended")
        try screen.press("T")
        try screen.await(
            "No token has been decoded in this round yet", "has the request and writes nothing yet")
        try screen.press("s", "s", "s", "s")
        try screen.await("Maya▏")
        try TerminalScreens.expect(screen, "time-travel")
        try screen.press("S", "S")
        try screen.await("step 156/")
        try screen.press("g")
        try screen.enter("find ~role user")
        try screen.await("~role user: match 1 of 1")
        try screen.press("C-n")
        try screen.await("matches nothing after this step")
    }

    @Test func eachValueOfACallIsTracedToItsPlace() throws {
        let screen = try TmuxScreen(["replay", RecordedSessions.path("two-rounds")], in: try Folder())
        try screen.await("step 1/")
        try screen.press("G", "2", "Enter")
        try screen.await("▸2 calls", "← result of call_1", "the arguments as the model wrote them")
        try TerminalScreens.expect(screen, "provenance")
        try screen.press("Escape")
    }

    /// What a model has written may look like something else; the person who decides sees that it does.
    @Test func anEditIsShownBeforeItRunsAndALookAlikeIsNamed() throws {
        let folder = try Folder()
        try folder.write(
            #"""
            [{"calls": [{"id": "a", "name": "get_open_tickets", "arguments":
                            {"assignee": "M\u0430ya\u200b", "priority": "high"}},
                        {"id": "b", "name": "notify_user", "arguments": {"user": "Maya", "message": "hi"}}]},
             {"content": "done"}]
            """#, to: "script.json")
        try folder.write(
            "name: desk\nmodel: {scripted: script.json}\ntools: [{builtin: support-desk}]\nprompt: look up Maya\n",
            to: "desk.yaml")
        let screen = try TmuxScreen(["run", "desk.yaml", "--record", "x.jsonl"], in: folder)
        try screen.await("before the request of round 1")
        try screen.press("c")
        try screen.await("waiting for you: 2 calls", "look-alike", "CYRILLIC SMALL LETTER A", "‹U+200B›")
        try TerminalScreens.expect(screen, "look-alikes")
        try screen.decide("e", until: "edit the arguments of a")
        try screen.press("C-End", "Up", "Up", "End")
        try screen.press("BSpace", "BSpace", "BSpace", "BSpace", "BSpace", "BSpace", "BSpace")
        try screen.type("Maya\",")
        try screen.press("C-s")
        try screen.await("┌ review the edit", "a annotate (default)")
        try TerminalScreens.expect(screen, "edit-review")
        try screen.press("a")
        try screen.await("b · notify_user", "1 waiting")
        try screen.decide("d", until: "deny b, reason")
        try screen.type("nobody asked for a message")
        try screen.press("Enter")
        // The last decision runs the round; the next request is held until the run may go on.
        try screen.await("nobody asked for a message")
        try screen.press("c")
        try screen.await("ended, answered")
        try screen.press("q", "q")
        #expect(try screen.end() == 0)
        let journal = try folder.read("x.jsonl")
        #expect(journal.contains(#""decision":"edit""#) && journal.contains(#"\"assignee\": \"Maya\""#))
        #expect(
            journal.components(separatedBy: #""kind":"started""#).count == 2, "what was denied did not run")
    }

    /// The same run holds, and fails with both sides once a rule of the workflow would change it.
    @Test func aSessionIsATest() throws {
        let folder = try Folder()
        let session = RecordedSessions.path("two-rounds")
        let holds = try TmuxScreen(["check", session], in: folder)
        #expect(try holds.end() == 0)
        try holds.await("1 of 1 sessions hold")
        try folder.write("policy: {default: deny}\ntools: [{builtin: support-desk}]\n", to: "w.yaml")
        let screen = try TmuxScreen(["check", session, "--workflow", "w.yaml"], in: folder, size: (100, 24))
        #expect(try screen.end() == 1)
        try screen.await("FAIL", "it goes another way", "- step 1", "+ step 1")
    }

    /// What another program has written is stepped through like a run of one's own.
    @Test func anImportedConversationIsSteppedThrough() throws {
        let folder = try Folder()
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/imports/openai.json").standardizedFileURL.path
        let imported = try TmuxScreen(["import", file, "--record", "x.jsonl"], in: folder)
        #expect(try imported.end() == 0)
        let screen = try TmuxScreen(["replay", "x.jsonl"], in: folder)
        try screen.await("step 1/")
        try screen.press("n", "n")
        try screen.await("step 10/", "▸ ✓ call_a get_ticket")
        try TerminalScreens.expect(screen, "imported")
        try screen.press("S", "q")
    }

    @Test func twoSessionsAreLaidBesideEachOther() throws {
        let screen = try TmuxScreen(["replay", RecordedSessions.path("two-rounds")], in: try Folder())
        try screen.await("step 1/")
        try screen.press("=")
        try screen.await(":compare")
        try screen.type(RecordedSessions.path("edited-and-denied"))
        try screen.press("Enter")
        try screen.await("where they part")
        try screen.press("PageDown")
        try screen.press("Escape")
    }
}
