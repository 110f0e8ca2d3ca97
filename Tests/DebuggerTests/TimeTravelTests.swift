import Agent
import Terminal
import Testing

@testable import Debugger

/// Every step of a session can be visited, and shows what a run that had stopped there would show.
@Suite struct TimeTravelTests {
    @Test func theStateAtAStepIsTheFoldOfThatPrefix() {
        var events = Sessions.parallel
        while events.count < 3 * EventLog.stride { events += Sessions.odds }
        events = events.enumerated().map { Event(number: $0 + 1, time: $1.time, body: $1.body) }
        let log = EventLog(events)
        for step in [
            0, 1, EventLog.stride - 1, EventLog.stride, EventLog.stride + 1, 2 * EventLog.stride,
            events.count - 1, events.count,
        ] {
            let expected = RunState(folding: events.prefix(step))
            let state = log.state(at: step)
            #expect(state.messages == expected.messages)
            #expect(state.calls == expected.calls)
            #expect(state.phase == expected.phase)
            #expect(state.step == expected.step)
            #expect(state.decodedBytes == expected.decodedBytes)
        }
    }

    @Test func snapshotsAreThinnedOutAndTheStatesStayTheSame() {
        let events = LongSession.events(rounds: 300)
        let log = EventLog(events, mostSnapshotItems: 2_000)
        #expect(log.stride >= 4 * EventLog.stride)
        for step in stride(from: 0, through: events.count, by: 97) {
            let (state, expected) = (log.state(at: step), RunState(folding: events.prefix(step)))
            #expect(state.messages == expected.messages && state.calls == expected.calls, "step \(step)")
            #expect(state.step == expected.step && state.decodedBytes == expected.decodedBytes)
        }
    }

    /// What a replay shows at a step is what it shows at the end of a session that is that long.
    @Test func aStepBackShowsTheScreenAsItWas() {
        for (name, events) in Sessions.all {
            for step in 1...events.count {
                let back = ScreenText.render(events, at: step, size: Size(120, 40))
                let then = ScreenText.render(Array(events.prefix(step)), at: step, size: Size(120, 40))
                // The title counts the steps, and the hints name the keys that lead on.
                let same = zip(
                    back.split(separator: "\n").dropFirst().dropLast(),
                    then.split(separator: "\n").dropFirst().dropLast()
                )
                .allSatisfy(==)
                #expect(same, "\(name), step \(step)")
            }
        }
    }

    @Test func capitalsGoTheOtherWay() throws {
        var driver = try Driver.replay(Sessions.twoRounds, at: 1)
        for (forward, backward) in [("s", "S"), ("n", "N"), ("t", "T"), ("c", "C")] {
            var titles = [driver.title]
            for _ in 0..<3 {
                try driver.press(forward)
                // At the last step a further press stays where it is.
                if driver.title != titles.last { titles.append(driver.title) }
            }
            for title in titles.dropLast().reversed() {
                try driver.press(backward)
                if backward != "S", title == titles.first { continue }
                #expect(driver.title == title, "\(forward) and \(backward)")
            }
            try driver.press("g")
        }
    }

    @Test func continuingStopsWhereACallWaited() throws {
        var driver = try Driver.replay(Sessions.parallel, at: 1)
        try driver.press("c")
        #expect(driver.shows("! call_2"))
        try driver.press("c")
        #expect(driver.shows("! call_3"))
        try driver.press("c")
        #expect(driver.title.contains("answered"))
        try driver.press("c")
        #expect(driver.bottom.contains("this is the last step"))
        try driver.press("C")
        #expect(driver.shows("! call_3"))
    }

    @Test func anyStepCanBeNamed() throws {
        var driver = try Driver.replay(Sessions.twoRounds)
        try driver.enter("step 12")
        #expect(driver.title.contains("step 12/"))
        try driver.enter("20")
        #expect(driver.title.contains("step 20/"))
        try driver.enter("goto -5")
        #expect(driver.title.contains("step 15/"))
        try driver.enter("goto 100000")
        #expect(
            driver.bottom.contains(
                "there is no step 100000; the session has steps 1 to \(Sessions.twoRounds.count)"))
        try driver.enter("goto here")
        #expect(driver.bottom.contains("'here' is no step"))
    }

    @Test func theRunGoesOnWhileAnEarlierStepIsLookedAt() throws {
        let events = Sessions.twoRounds
        var driver = try Driver.live(Array(events.prefix(20)), status: .running)
        try driver.press("S", "S")
        #expect(driver.title.contains("looking back"))
        #expect(driver.title.contains("step 18/20"))
        let before = driver.lines.dropFirst()
        driver.send(.events(Array(events[20..<24])))
        #expect(driver.title.contains("step 18/24"))
        #expect(Array(driver.lines.dropFirst().dropLast()) == Array(before.dropLast()))
        try driver.press("q")
        #expect(driver.title.contains("step 24/24"))
        #expect(driver.takeEffects().isEmpty)
    }

    @Test func inARunTheKeysMoveTheRun() throws {
        var driver = try Driver.live(Array(Sessions.twoRounds.prefix(20)))
        try driver.press("s", "n", "t", "c")
        #expect(driver.takeEffects() == [.step(.token), .step(.call), .step(.round), .resume])
        driver.send(.status(.running))
        try driver.press("p")
        #expect(driver.takeEffects() == [.pause])
        driver.send(.status(.ended))
        try driver.press("s")
        #expect(driver.takeEffects().isEmpty)
        #expect(driver.bottom.contains("the run has ended"))
    }
}
