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
        // What runs must have been on the screen for a moment.
        usleep(1_000_000)
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

    /// A filter passes over what does not match, and the title says that it is on.
    @Test func whatIsShownIsNarrowed() throws {
        let screen = try TmuxScreen(["replay", RecordedSessions.path("two-rounds")], in: try Folder())
        try screen.await("step 1/")
        try screen.press("G")
        try screen.await("replay, answered")
        try screen.enter("only ~tool get_comments")
        try screen.await("only ~tool get_comments", "left out by the filter", "of 227")
        try TerminalScreens.expect(screen, "narrowed")
        try screen.press("N")
        try screen.await("▸ ✓ call_4")
        try screen.enter("only off")
        try screen.await("everything is shown again")
    }

    /// The one who debugs: find the token, choose another one, run on from there in the same terminal.
    @Test func aForkAtATokenGoesOnInTheSameTerminal() throws {
        let folder = try Folder()
        let run = try CommandLineRun(
            [
                "run", "--headless", "--approve", "all", "--prompt", "look up T-1042", "--record",
                "monday.jsonl",
            ],
            in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let parent = try folder.read("monday.jsonl")
        let screen = try TmuxScreen(["replay", "monday.jsonl"], in: folder)
        try screen.await("step 1/")
        try screen.enter("find ^_ticket$")
        try screen.await("^_ticket$: match 1 of 1")
        try screen.press("3")
        try screen.enter("filter allowed")
        try screen.await("▸3 mask", " allowed ┴", "_comments")
        try TerminalScreens.expect(screen, "fork-token")
        try screen.press("j", "F")
        try screen.await("with _comments", "write to: monday-fork-")
        try screen.press("C-u")
        try screen.type("tuesday.jsonl")
        try screen.press("Enter")
        try screen.await("The fork is written to tuesday.jsonl. Go on with it now?")
        try TerminalScreens.expect(screen, "fork-written")
        try screen.press("y")
        try screen.await("paused: after a token", "get_comments▏")
        try screen.press("c")
        try screen.await("waiting for you", "call_1 · get_comments")
        try screen.decide("a", until: "approved by a person")
        try screen.press("c")
        try screen.await("ended, answered")
        try screen.press("=")
        try screen.await(":compare")
        try screen.type("monday.jsonl")
        try screen.press("Enter")
        try screen.await("where they part", "“_comments”")
        try TerminalScreens.expect(screen, "fork-compared")
        try screen.press("q", "q", "q")
        #expect(try screen.end() == 0)
        #expect(try folder.read("monday.jsonl") == parent)
        #expect(try CommandLineRun(["check", "tuesday.jsonl"], in: folder).status == 0)
    }

    /// A decision becomes a rule: first what it would have matched, then the file, then it holds at once.
    @Test func aDecisionBecomesARuleThatHoldsAtOnce() throws {
        let folder = try Folder()
        try FileManager.default.createDirectory(
            at: folder.url.appendingPathComponent("sessions"), withIntermediateDirectories: true)
        let file = URL(fileURLWithPath: RecordedSessions.path("two-rounds"))
        try FileManager.default.copyItem(
            at: file, to: folder.url.appendingPathComponent("sessions/last-week.jsonl"))
        try folder.write(
            #"""
            [{"calls": [{"id": "a", "name": "get_comments", "arguments": {"ticket_id": "T-1042", "limit": 5}}]},
             {"calls": [{"id": "b", "name": "get_comments", "arguments": {"ticket_id": "T-1048", "limit": 5}}]},
             {"content": "done"}]
            """#, to: "script.json")
        try folder.write(
            """
            name: desk
            model: {scripted: script.json}
            tools: [{builtin: support-desk}]
            prompt: read T-1042 and T-1048
            # what may run
            policy:
              default: ask   # a person

            """, to: "desk.yaml")
        let screen = try TmuxScreen(["run", "desk.yaml", "--record", "sessions/x.jsonl"], in: folder)
        try screen.await("before the request of round 1")
        try screen.press("n")
        try screen.await("waiting for you", "▸ ! a get_comments")
        try screen.decide("d", until: "deny a, reason")
        try screen.type("no limits are guessed")
        try screen.press("Enter")
        try screen.await("paused: before the model reads the results", "denied by a person")
        try screen.press("A")
        try screen.await(":rule deny ~tool ^get_comments$ & ~unseen because no limits are guessed")
        try screen.press("Enter")
        try screen.await("a rule, before it holds", "sessions/last-week.jsonl:", "y write")
        try TerminalScreens.expect(screen, "rule-review")
        try screen.press("y")
        try screen.await("deny-get_comments is written into desk.yaml and holds from here on")
        try screen.press("c")
        try screen.await("ended, answered")
        try screen.press("2")
        try screen.await("by rule deny-get_comments")
        try TerminalScreens.expect(screen, "rule-held")
        try screen.press("q")
        #expect(try screen.end() == 0)
        let workflow = try folder.read("desk.yaml")
        #expect(
            workflow.hasSuffix(
                """
                # what may run
                policy:
                  default: ask   # a person
                  deny:
                    - name: "deny-get_comments"
                      when: "~tool ^get_comments$ & ~unseen"
                      reason: "no limits are guessed"

                """), "\(workflow)")
        #expect(!(try folder.read("sessions/x.jsonl")).contains(#""kind":"started""#))
        // The rule is in the journal, so that the session repeats itself.
        let check = try CommandLineRun(["check", "sessions/x.jsonl"], in: folder)
        #expect(check.status == 0, "\(check.output)")
        let audit = try CommandLineRun(["audit", "sessions/x.jsonl"], in: folder)
        #expect(audit.output.contains("rule added by a person: deny-get_comments"), "\(audit.output)")
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
