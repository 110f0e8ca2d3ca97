import Agent
import JSON
import Sessions
import Terminal
import Testing

@testable import Debugger

/// Narrowing, naming places, forking what is selected, making rules.
@Suite struct PowerTests {
    private func steps(_ events: [Event], where matches: (EventBody) -> Bool) -> [Int] {
        events.filter { matches($0.body) }.map(\.number)
    }

    // What is shown.

    @Test func aFilterNarrowsCallsMessagesAndStepsAndTheTitleSaysSo() throws {
        var driver = try Driver.replay(Sessions.parallel)
        #expect(driver.shows("call_3 notify_user"))
        try driver.enter("only ~tool get_comments")
        #expect(driver.title.contains("only ~tool get_comments"), "\(driver.title)")
        try driver.press("2")
        let calls = driver.lines.filter { $0.contains("✓") || $0.contains("✗") }
        #expect(
            calls.contains { $0.contains("call_2") } && !driver.shows("call_3 notify_user  "),
            "\(driver.screen)")
        #expect(driver.shows("left out by the filter") && !driver.shows("which high-priority"))
        let filter = try Filter("~tool get_comments")
        var state = RunState()
        let matching = Sessions.parallel.filter { event in
            state.apply(event)
            return filter.matches(event, in: state)
        }.map(\.number)
        try driver.press("g")
        for step in matching {
            try driver.press("s")
            #expect(driver.title.contains("step \(step)/"), "\(driver.title)")
        }
        try driver.press("S")
        #expect(driver.title.contains("step \(matching[matching.count - 2])/"))
        try driver.enter("filter off")
        #expect(!driver.title.contains("only") && driver.bottom.contains("everything is shown again"))
        try driver.press("G")
        #expect(!driver.shows("left out by the filter") && driver.shows("call_3 notify_user"))
    }

    /// Nobody shall decide less than there is.
    @Test func aCallThatWaitsIsShownWhateverTheFilter() throws {
        var driver = try Driver.live(Sessions.parallelWaiting)
        try driver.enter("only ~tool nothing_like_it")
        #expect(driver.shows("call_2") && driver.shows("call_3"), "\(driver.screen)")
        #expect(!driver.shows("call_1 get_open"))
        try driver.press("a")
        #expect(driver.takeEffects().decisions.map(\.key.id.text) == ["call_2"])
    }

    @Test func inARunTheNextStepIsTheNextThatMatches() throws {
        var driver = try Driver.live(Array(Sessions.twoRounds.prefix(6)))
        try driver.enter("break ~err")
        try driver.enter("only ~role tool")
        _ = driver.takeEffects()
        try driver.press("s")
        let sent = driver.takeEffects()
        #expect(sent == [.setBreakpoints([try Filter("~err"), try Filter("~role tool")]), .resume])
        try driver.press("c")
        #expect(driver.takeEffects() == [.setBreakpoints([try Filter("~err")]), .resume])
        try driver.enter("only off")
        #expect(driver.takeEffects() == [.setBreakpoints([try Filter("~err")])])
    }

    // Places.

    @Test func aPlaceIsAStepATimeAMarkOrAMatch() throws {
        let events = Sessions.odds
        var driver = try Driver.replay(events, at: 1)
        let mark = steps(events) { $0 == .marked("odd") }[0]
        try driver.enter("goto odd")
        #expect(driver.title.contains("step \(mark)/") && driver.bottom.contains("mark 'odd'"))
        let late = try #require(events.first { $0.time - events[0].time >= 60 })
        try driver.enter("goto 0.06s")
        #expect(driver.title.contains("step \(late.number)/"), "\(driver.title)")
        try driver.enter("goto ~role tool")
        let tool = steps(events) { if case .toolMessage = $0 { true } else { false } }
        #expect(driver.title.contains("step \(try #require(tool.first { $0 > late.number }))/"))
        try driver.enter("goto 3")
        try driver.enter("goto +2")
        #expect(driver.title.contains("step 5/"))
        for (line, words) in [
            ("goto nothing", "no mark"), ("goto 9m", "the session ends after"),
            ("goto 9999", "there is no step"),
        ] {
            try driver.enter(line)
            #expect(driver.bottom.contains(words), "\(driver.bottom)")
        }
    }

    // Forks.

    private func order(_ driver: inout Driver) -> ForkOrder? {
        driver.takeEffects().lazy.compactMap { if case .fork(let order) = $0 { order } else { nil } }.first
    }

    @Test func inTheMaskPaneAForkChoosesTheSelectedTokenIfTheMaskAllowsIt() throws {
        let step = steps(Sessions.twoRounds) {
            if case .token(let token) = $0 { (2..<10).contains(token.allowedCount ?? 0) } else { false }
        }[0]
        guard case .token(let token) = Sessions.twoRounds[step - 1].body else { return }
        var driver = try Driver.replay(Sessions.twoRounds, at: step)
        try driver.enter("filter allowed")
        try driver.press("3", "j")
        try driver.press("F")
        #expect(driver.bottom.contains("fork at step \(step) with"), "\(driver.bottom)")
        try driver.press("enter")
        let asked = order(&driver)
        let order = try #require(asked)
        guard case .token(let chosen)? = order.change else {
            Issue.record("no token was chosen: \(order)")
            return
        }
        #expect(order.step == step && chosen != token.token && token.allows(chosen))
        #expect(order.path == "fixture-fork-\(step).jsonl")
        try driver.enter("filter masked")
        try driver.press("3", "F")
        #expect(driver.bottom.contains("masked here"), "\(driver.bottom)")
    }

    @Test func inTheCallsPaneAForkRunsOtherArgumentsThatMatchTheSchema() throws {
        var driver = try Driver.replay(Sessions.twoRounds)
        try driver.press("2", "F")
        #expect(driver.shows("fork: other arguments of call_1"))
        try driver.press("ctrl-s")
        try driver.press("enter")
        #expect(order(&driver)?.change == .arguments(ToolCallID("call_1"), Sessions.openTickets.arguments))
        try driver.press("2", "F", "end", "backspace")
        driver.type("x")
        try driver.press("ctrl-s")
        #expect(driver.shows("✗"), "what cannot run is said, and the text kept")
    }

    @Test func inTheResultsPaneAForkReadsAnotherResultAndAtAMessageAnotherMessage() throws {
        var driver = try Driver.replay(Sessions.twoRounds)
        try driver.press("4", "F")
        driver.type("gone")
        try driver.press("ctrl-s", "enter")
        #expect(order(&driver)?.change == .result(ToolCallID("call_1"), "gone" + Sessions.tickets))
        let message = steps(Sessions.twoRounds) { $0 == .messageAdded(.user(Sessions.question)) }[0]
        try driver.enter("goto \(message)")
        try driver.press("1", "F")
        driver.type("And ")
        try driver.press("ctrl-s", "enter")
        let asked = order(&driver)
        #expect(asked?.change == .prompt("And " + Sessions.question) && asked?.step == message)
        try driver.enter("fork-seed 7")
        try driver.press("enter")
        #expect(order(&driver)?.seed == 7)
    }

    @Test func aForkThatIsWrittenCanBeGoneOnWith() throws {
        var driver = try Driver.replay(Sessions.twoRounds)
        driver.send(.forked(path: "x.jsonl", step: 3, canGoOn: true))
        #expect(driver.shows("Go on with it now?"))
        try driver.press("y")
        #expect(driver.takeEffects() == [.goOn(path: "x.jsonl")])
    }

    // Rules.

    private func report(_ rule: Rule, objection: String? = nil) -> RuleReport {
        RuleReport(
            rule: rule, policy: Policy(), folder: "sessions", sessions: [], file: "w.yaml",
            before: "name: x\n",
            after: "name: x\npolicy: {}\n", note: nil, objection: objection)
    }

    @Test(arguments: [
        (Decision.approve, "rule allow ~tool ^get_open_tickets$ & !~unseen"),
        (.deny(reason: "not now"), "because not now"),
        (.respond(content: "x"), "rule ask ~tool ^get_open_tickets$"),
    ])
    func aRuleIsProposedAsTheCallWasDecided(decision: Decision, line: String) throws {
        let events =
            Sessions.waiting + [
                Event(
                    number: Sessions.waiting.count + 1, time: Sessions.waiting.last?.time ?? 0,
                    body: .decided(CallKey(round: 1, id: ToolCallID("call_1")), decision, by: .person))
            ]
        var driver = try Driver.replay(events)
        try driver.press("2", "A")
        #expect(driver.bottom.contains(line), "\(driver.bottom)")
        try driver.press("enter")
        let tried = driver.takeEffects().compactMap { effect -> Rule? in
            if case .tryRule(let rule, nil) = effect { rule } else { nil }
        }
        let rule = try #require(tried.first)
        // A rule that is proposed for a call decides that call.
        driver.send(.ruleTried(report(rule)))
        #expect(driver.shows("in this session: it would decide 1 of 1 call"), "\(driver.screen)")
        #expect(driver.shows("+ policy: {}"))
    }

    @Test func nothingHoldsBeforeItIsSaidSo() throws {
        let rule = Rule(name: "deny-x", effect: .deny, tool: "*", condition: try Filter("~tool get_open"))
        var driver = try Driver.live(Sessions.waiting)
        let waiting = try #require(RunState(folding: Sessions.waiting).waitingCalls.first)
        driver.send(.ruleTried(report(rule)))
        // The call that waits is in the list, and is what the rule decides once it holds.
        #expect(driver.shows("waiting now: it decides 1 call") && driver.shows("is denied at once  call_1"))
        // The review comes by itself: a key in that moment was meant for something else.
        driver.type("y")
        #expect(driver.bottom.contains("had just come on the screen") && driver.takeEffects().isEmpty)
        driver.wait(1_000)
        try driver.press("a")
        #expect(
            driver.bottom.contains("does nothing in the review of a rule") && driver.takeEffects().isEmpty)
        try driver.press("y")
        #expect(
            driver.takeEffects() == [
                .adoptRule(
                    rule, file: "w.yaml", text: "name: x\npolicy: {}\n", deciding: [waiting.key: waiting.call]
                )
            ])
        driver.send(.ruleTried(report(rule, objection: "w.yaml is no workflow")))
        driver.wait(1_000)
        try driver.press("y")
        #expect(driver.bottom.contains("w.yaml is no workflow") && driver.takeEffects().isEmpty)
        try driver.press("o")
        #expect(
            driver.takeEffects() == [
                .adoptRule(
                    rule, file: nil, text: "name: x\npolicy: {}\n", deciding: [waiting.key: waiting.call])
            ])
        driver.send(.ruleTried(report(rule)))
        try driver.press("f")
        driver.type("2")
        try driver.press("enter")
        #expect(driver.takeEffects() == [.tryRule(rule, file: "w.yaml2")])
    }

    /// An allow that lets waiting calls run holds only once all of them have been on the screen.
    @Test func whatARuleLetsRunAtOnceMustHaveBeenSeen() throws {
        let rule = Rule(name: "allow-x", effect: .allow, tool: "*", condition: try Filter("~tool act"))
        let calls = (1...40).map {
            ToolCall(id: ToolCallID("c\($0)"), name: "act", arguments: ByteString(#"{"n": \#($0)}"#))
        }
        var bodies = Sessions.waiting.prefix { $0.body.name != "response" }.map(\.body)
        bodies.append(
            .responseReceived(
                round: 1, ModelResponse(content: "", calls: calls, finishReason: .toolCalls), milliseconds: 1)
        )
        bodies += calls.map {
            EventBody.callJudged(
                CallKey(round: 1, id: $0.id), problems: [],
                ruling: Ruling(effect: .ask, rule: nil, reason: nil))
        }
        let events = bodies.enumerated().map { Event(number: $0 + 1, time: 0, body: $1) }
        var driver = try Driver.live(events)
        driver.send(.ruleTried(report(rule)))
        #expect(
            driver.shows("it decides 40 calls as soon as it holds") && driver.shows("RUNS AT ONCE  c1 act"))
        try driver.press("o")
        #expect(driver.bottom.contains("scroll to the end of their list") && driver.takeEffects().isEmpty)
        for _ in 0..<8 { try driver.press("pagedown") }
        driver.wait(1_000)
        try driver.press("o")
        let decided = driver.takeEffects().compactMap { effect -> Int? in
            if case .adoptRule(rule, nil, _, let calls) = effect { calls.count } else { nil }
        }
        #expect(decided == [40], "\(driver.screen)")
    }

    /// A call whose arguments the person is changing is left to the person.
    @Test func aRuleLeavesTheCallAloneThatIsBeingEdited() throws {
        let rule = Rule(name: "deny-x", effect: .deny, tool: "*", condition: try Filter("~tool get_open"))
        var driver = try Driver.live(Sessions.waiting)
        try driver.press("2", "e")
        driver.send(.ruleTried(report(rule)))
        #expect(!driver.shows("waiting now"), "\(driver.screen)")
        try driver.press("o")
        #expect(
            driver.takeEffects().contains(
                .adoptRule(rule, file: nil, text: "name: x\npolicy: {}\n", deciding: [:])))
    }

    @Test(arguments: [
        ("rule maybe ~err", "begins with deny, ask or allow"), ("rule deny", "write the rule's condition"),
        ("rule deny ~tol x", "there is no ~tol"),
    ])
    func aLineThatIsNoRuleSaysWhy(line: String, words: String) throws {
        var driver = try Driver.replay(Sessions.twoRounds)
        try driver.enter(line)
        #expect(driver.bottom.contains(words), "\(driver.bottom)")
    }
}
