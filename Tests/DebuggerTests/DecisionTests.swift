import Agent
import JSON
import Terminal
import Testing

@testable import Debugger

/// Approving is deliberate, and what is decided is what was shown.
@Suite struct DecisionTests {
    @Test func aRunsTheCallAsItWasShown() throws {
        var driver = try Driver.live(Sessions.waiting)
        try driver.press("a")
        let decision = try #require(driver.takeEffects().decisions.first)
        #expect(decision.decision == .approve)
        #expect(decision.key == CallKey(round: 1, id: ToolCallID("call_1")))
        #expect(decision.name == "get_open_tickets")
        #expect(decision.arguments == Sessions.openTickets.arguments)
        #expect(decision.decider == .person)
        #expect(!decision.stopsRun)
    }

    @Test func enterNeverApproves() throws {
        for pane in ["1", "2", "3", "4"] {
            var driver = try Driver.live(Sessions.waiting)
            try driver.press(pane, "enter", "enter", "enter")
            #expect(driver.takeEffects().isEmpty)
        }
        var driver = try Driver.live(Sessions.waiting)
        try driver.press(
            "e", "ctrl-end", "up", "end", "left", "backspace", "backspace", "backspace", "backspace")
        driver.type("low")
        try driver.press("ctrl-s", "enter", "enter")
        #expect(driver.takeEffects().isEmpty)
        #expect(driver.bottom.contains("does nothing in the review of an edit"))
    }

    @Test func aDecisionKeyIsIgnoredJustAfterTheCallUnderItChanged() throws {
        for name in ["a", "d", "D", "e", "E", "r"] {
            let key = try #require(Key(name))
            var driver = try Driver.live(Array(Sessions.waiting.dropLast()))
            driver.send(.events([try #require(Sessions.waiting.last)]))
            driver.wait(399)
            driver.send(.key(key))
            #expect(driver.takeEffects().isEmpty)
            #expect(
                driver.bottom.contains("ignored: call_1 had just come under the key"),
                "\(name): \(driver.bottom)")
            driver.wait(1)
            driver.send(.key(key))
            #expect(!driver.takeEffects().isEmpty || !driver.bottom.contains("ignored"), "\(name)")
        }
    }

    @Test func theNextWaitingCallComesUnderTheKeysAndIsGuardedAnew() throws {
        var driver = try Driver.live(Sessions.parallelWaiting)
        try driver.press("a")
        #expect(driver.takeEffects().decisions.map(\.key.id.text) == ["call_2"])
        let decided = Event(
            number: Sessions.parallelWaiting.count + 1, time: 0,
            body: .decided(CallKey(round: 2, id: ToolCallID("call_2")), .approve, by: .person))
        driver.send(.events([decided]))
        #expect(driver.shows("▸ ! call_3"))
        driver.send(.key(.character("a")))
        #expect(driver.takeEffects().isEmpty)
        try driver.press("a")
        #expect(driver.takeEffects().decisions.map(\.key.id.text) == ["call_3"])
    }

    @Test func aDecisionOnItsWayIsNotSentTwice() throws {
        var driver = try Driver.live(Sessions.waiting)
        try driver.press("a", "a", "a")
        #expect(driver.takeEffects().decisions.count == 1)
        #expect(driver.bottom.contains("on its way"))
        driver.send(.refused("call call_1 is not what was shown"))
        #expect(driver.bottom.contains("not done: call call_1 is not what was shown"))
        try driver.press("a")
        #expect(driver.takeEffects().decisions.count == 1)
    }

    @Test func longArgumentsMustHaveBeenScrolledToTheirEnd() throws {
        let lines = (1...80).map { "\"line \($0)\": \($0)" }.joined(separator: ", ")
        var session = SessionBuilder()
        session.begin()
        session.user("go")
        session.request()
        session.respond("", calls: [toolCall("long", "get_comments", "{\(lines)}")])
        session.judge("long")
        for size in [Size(80, 24), Size(120, 40)] {
            var driver = try Driver.live(session.events, size: size)
            try driver.press("a")
            #expect(driver.takeEffects().isEmpty)
            #expect(driver.bottom.contains("scroll to their end"), "\(driver.bottom)")
            for _ in 0..<3 { try driver.press("pgdn") }
            try driver.press("a")
            #expect(driver.takeEffects().isEmpty)
            for _ in 0..<6 { try driver.press("pgdn") }
            #expect(driver.shows("\"line 80\": 80"))
            try driver.press("pgup", "pgup", "a")
            #expect(driver.takeEffects().decisions.count == 1)
        }
    }

    @Test func aCallThatIsNotOnTheScreenIsShownFirst() throws {
        var driver = try Driver.live(Sessions.waiting, size: Size(80, 24))
        try driver.press("3", "a")
        #expect(driver.takeEffects().isEmpty)
        #expect(driver.bottom.contains("this is call_1: look, then press the key again"))
        try driver.press("a")
        #expect(driver.takeEffects().decisions.count == 1)
    }

    @Test func thePastCannotBeDecided() throws {
        var driver = try Driver.live(Sessions.waiting)
        try driver.press("S", "a")
        #expect(driver.takeEffects().isEmpty)
        #expect(driver.bottom.contains("G returns to the present"))
        #expect(driver.title.contains("looking back, call_1 waits for you"))
        driver.send(.key(.character("G")))
        driver.send(.key(.character("a")))
        #expect(driver.takeEffects().isEmpty)
        try driver.press("a")
        #expect(driver.takeEffects().decisions.count == 1)
    }

    @Test func aRecordedSessionIsNotDecidedAgain() throws {
        var driver = try Driver.replay(Sessions.waiting)
        for name in ["a", "d", "D", "e", "E", "r", "R", "x", "m"] { try driver.press(name) }
        #expect(driver.takeEffects().isEmpty)
        try driver.press("a")
        #expect(driver.bottom.contains("a recorded session is not decided again"))
    }

    @Test func aDenialCarriesTheReasonIfThereIsOne() throws {
        var driver = try Driver.live(Sessions.waiting)
        try driver.press("d")
        driver.type("too broad")
        try driver.press("enter")
        #expect(driver.takeEffects().decisions.map(\.decision) == [.deny(reason: "too broad")])

        driver = try Driver.live(Sessions.waiting)
        try driver.press("d", "enter")
        #expect(driver.takeEffects().decisions.map(\.decision) == [.deny(reason: nil)])

        driver = try Driver.live(Sessions.waiting)
        try driver.enter("deny not on a Friday")
        #expect(driver.takeEffects().decisions.map(\.decision) == [.deny(reason: "not on a Friday")])

        driver = try Driver.live(Sessions.waiting)
        try driver.press("d", "esc")
        #expect(driver.takeEffects().isEmpty)
    }

    @Test func denyingAndStoppingIsAskedOnceMore() throws {
        var driver = try Driver.live(Sessions.waiting)
        try driver.press("D")
        driver.type("enough")
        try driver.press("enter")
        #expect(driver.takeEffects().isEmpty)
        #expect(driver.shows("Deny call_1 (get_open_tickets) and stop the run?"))
        try driver.press("enter", "n")
        #expect(driver.takeEffects().isEmpty)
        try driver.press("D", "enter", "y")
        let decision = try #require(driver.takeEffects().decisions.first)
        #expect(decision.stopsRun)
        #expect(decision.decision == .deny(reason: nil))
    }

    @Test(arguments: [("a", EditMode.annotate), ("w", .rewrite), ("s", .silent)])
    func anEditIsSentInTheModeThatWasChosen(key: String, mode: EditMode) throws {
        var driver = try Driver.live(Sessions.waiting)
        try driver.press(
            "e", "ctrl-end", "up", "end", "left", "backspace", "backspace", "backspace", "backspace")
        driver.type("low")
        try driver.press("ctrl-s")
        #expect(driver.shows("-   \"priority\": \"high\""))
        #expect(driver.shows("+   \"priority\": \"low\""))
        try driver.press(key)
        let decision = try #require(driver.takeEffects().decisions.first)
        let arguments = ByteString(#"{"assignee": "maya", "priority": "low"}"#)
        #expect(decision.decision == .edit(arguments: arguments, mode: mode))
        #expect(decision.arguments == Sessions.openTickets.arguments)
    }

    @Test func aFaultyEditSaysWhereAndKeepsTheText() throws {
        var driver = try Driver.live(Sessions.waiting)
        try driver.press("e", "ctrl-end", "backspace", "ctrl-s")
        #expect(driver.shows("✗ line 4, column 1"))
        #expect(driver.shows("\"priority\": \"high\""))
        driver.type("}")
        try driver.press("up", "end", "left", "backspace", "ctrl-s")
        #expect(driver.shows("✗ /priority: "))
        try driver.press("esc")
        #expect(!driver.shows("✗ /priority: "))
        try driver.press("e")
        #expect(driver.shows("\"hig\""))
        #expect(driver.takeEffects().isEmpty)
    }

    @Test func anUnchangedEditIsNotSent() throws {
        var driver = try Driver.live(Sessions.waiting)
        try driver.press("e", "ctrl-s")
        #expect(driver.takeEffects().isEmpty)
        #expect(driver.bottom.contains("nothing was changed"))
    }

    @Test func theEditorOfThePersonGetsAndGivesTheArguments() throws {
        var driver = try Driver.live(Sessions.waiting)
        try driver.press("E")
        guard case .openEditor(let text, let suffix, let purpose)? = driver.takeEffects().first else {
            Issue.record("no editor was asked for")
            return
        }
        #expect(text == "{\n  \"assignee\": \"maya\",\n  \"priority\": \"high\"\n}")
        #expect(suffix == ".json")
        driver.send(.edited(#"{"assignee": "maya", "priority": "low"}"# + "\n", purpose))
        #expect(driver.shows("What shall the model be told?"))
        try driver.press("a")
        #expect(driver.takeEffects().decisions.count == 1)

        driver.send(.editorFailed("no editor: set EDITOR", text: text, purpose))
        #expect(driver.shows("✗ no editor: set EDITOR"))
        #expect(driver.shows("\"assignee\": \"maya\","))
    }

    @Test func aPersonCanAnswerInTheToolsPlace() throws {
        var driver = try Driver.live(Sessions.waiting)
        try driver.press("r")
        driver.type("there are none")
        try driver.press("enter")
        driver.type("today")
        try driver.press("ctrl-s")
        #expect(
            driver.takeEffects().decisions.map(\.decision) == [.respond(content: "there are none\ntoday")])
    }

    @Test func aResultCanBeEditedUntilTheModelReadsIt() throws {
        let finished = Sessions.parallel.firstIndex { event in
            if case .callFinished(let key, _) = event.body { key.id.text == "call_2" } else { false }
        }
        var driver = try Driver.live(Array(Sessions.parallel.prefix(try #require(finished) + 1)))
        try driver.press("4", "R")
        try driver.press("ctrl-end", "backspace", "backspace")
        driver.type("[7]")
        try driver.press("ctrl-s")
        guard case .send(.editResult(let key, let content))? = driver.takeEffects().first else {
            Issue.record("no edit was sent")
            return
        }
        #expect(key.id.text == "call_2")
        #expect(content.hasSuffix("\n[7]"))

        driver = try Driver.live(Sessions.parallel)
        try driver.press("4", "R")
        #expect(driver.takeEffects().isEmpty)
        #expect(driver.bottom.contains("the model has read"))
    }

    @Test func pastedTextIsNoCommand() throws {
        var driver = try Driver.live(Sessions.waiting)
        driver.send(.paste("aaa"))
        #expect(driver.takeEffects().isEmpty)
        #expect(driver.bottom.contains("nothing was done with the pasted text"))
        try driver.press("d")
        driver.send(.paste("pasted\nreason"))
        try driver.press("enter")
        #expect(driver.takeEffects().decisions.map(\.decision) == [.deny(reason: "pasted reason")])
    }

    @Test func aCallThatComesWhileThePersonTypesDoesNotTakeTheScreen() throws {
        var driver = try Driver.live(Array(Sessions.waiting.dropLast()))
        try driver.press("1", ":")
        driver.type("he")
        driver.send(.events([try #require(Sessions.waiting.last)]))
        #expect(driver.bottom.contains(":he"))
        try driver.press("esc")
        #expect(driver.shows("▸1 conversation"))
        driver.send(.status(.waiting))
        #expect(driver.shows("▸2 calls"))
    }

    @Test func aCallThatCannotRunCannotBeApproved() throws {
        var session = SessionBuilder()
        session.begin()
        session.request()
        session.respond("", calls: [toolCall("bad", "nope", "{")])
        session.judge("bad", problems: [CallProblem(kind: .unknownTool, message: "no tool is named nope")])
        var driver = try Driver.live(session.events)
        try driver.press("a")
        #expect(driver.takeEffects().isEmpty)
        #expect(driver.bottom.contains("it cannot run: no tool is named nope"))
    }
}
