import Agent
import Terminal
import Testing

@testable import Debugger

/// Stopping where an expression matches, in replays and in runs.
@Suite struct BreakpointTests {
    /// The steps of a session whose events match.
    private func steps(_ events: [Event], where matches: (EventBody) -> Bool) -> [Int] {
        events.filter { matches($0.body) }.map(\.number)
    }

    @Test func continueStopsWhereABreakpointMatchesAndGoesBackToIt() throws {
        var driver = try Driver.replay(Sessions.twoRounds, at: 1)
        try driver.enter("break ~tool get_open_tickets & ~status finished")
        try driver.press("c")
        let finished = steps(Sessions.twoRounds) { if case .callFinished = $0 { true } else { false } }
        let waits = steps(Sessions.twoRounds) { if case .callJudged = $0 { true } else { false } }
        #expect(driver.title.contains("step \(waits[0])/"), "where a call waits it stops anyway")
        try driver.press("c")
        #expect(driver.title.contains("step \(finished[0])/"), "\(driver.title)")
        #expect(driver.bottom.contains("breakpoint 1"), "\(driver.bottom)")
        try driver.press("G", "C")
        #expect(!driver.title.contains("step \(Sessions.twoRounds.count)/"))
    }

    @Test func aStepOverTokensEndsAtTheTokenThatMatches() throws {
        var driver = try Driver.replay(Sessions.twoRounds, at: 1)
        try driver.enter("break ~rejected>0.5")
        try driver.press("n")
        let masked = steps(Sessions.twoRounds) {
            if case .token(let step) = $0 { (step.figures?.rejectedMass ?? 0) > 0.5 } else { false }
        }
        #expect(driver.title.contains("step \(masked[0])/"), "\(driver.title)")
    }

    @Test func bProposesAnExpressionForWhatIsSelected() throws {
        var driver = try Driver.live(Sessions.waiting)
        try driver.press("2", "b")
        #expect(driver.bottom.contains("break ~tool ^get_open_tickets$"), "\(driver.bottom)")
        try driver.press("enter")
        #expect(driver.shows("breakpoint 1"))
        let sent = driver.takeEffects().compactMap { effect -> [String]? in
            if case .setBreakpoints(let filters) = effect { filters.map(\.source) } else { nil }
        }
        #expect(sent == [["~tool ^get_open_tickets$"]])
        try driver.press("B")
        #expect(driver.shows("matches step"))
    }

    @Test func aRunSaysWhichBreakpointItHit() throws {
        var driver = try Driver.live([])
        try driver.enter("break ~tool get_open")
        driver.send(.events(Sessions.waiting))
        #expect(driver.shows("breakpoint 1"), "\(driver.screen)")
    }

    @Test func findGoesFromMatchToMatch() throws {
        var driver = try Driver.replay(Sessions.parallel, at: 1)
        let matches = steps(Sessions.parallel) {
            if case .toolMessage = $0 { true } else { false }
        }
        try #require(matches.count > 1)
        try driver.enter("find ~role tool")
        #expect(driver.title.contains("step \(matches[0])/"))
        #expect(driver.bottom.contains("match 1 of \(matches.count)"), "\(driver.bottom)")
        try driver.press("ctrl-n")
        #expect(driver.title.contains("step \(matches[1])/"))
        try driver.press("ctrl-p")
        #expect(driver.title.contains("step \(matches[0])/"))
        try driver.press("ctrl-p")
        #expect(driver.bottom.contains("matches nothing before this step"), "\(driver.bottom)")
    }

    @Test(arguments: [
        ("break ~tol x", "there is no ~tol"), ("break ~tool (", "column"),
        ("delete 7", "there is no breakpoint 7"),
        ("delete x", "no breakpoint's number"), ("toggle 7", "there is no breakpoint 7"),
    ])
    func whatIsWrongIsSaidInOneLine(line: String, text: String) throws {
        var driver = try Driver.replay(Sessions.twoRounds)
        try driver.enter(line)
        #expect(driver.bottom.contains(text), "\(driver.bottom)")
    }

    @Test func aBreakpointThatIsOffDoesNotStop() throws {
        var driver = try Driver.replay(Sessions.twoRounds, at: 1)
        try driver.enter("break ~forced")
        try driver.enter("toggle 1")
        try driver.press("n")
        let judged = steps(Sessions.twoRounds) { if case .callJudged = $0 { true } else { false } }
        #expect(driver.title.contains("step \(judged[0])/"), "\(driver.title)")
        try driver.enter("delete all")
        try driver.press("B")
        #expect(driver.shows("There is no breakpoint"))
    }
}
