import Agent
import Terminal
import Testing

@testable import Debugger

/// Two sessions beside each other.
@Suite struct ComparisonTests {
    @Test func aSessionIsComparedWithAnother() throws {
        var driver = try Driver.replay(Sessions.twoRounds, size: Size(120, 40))
        try driver.press("=")
        driver.type("other.jsonl")
        try driver.press("enter")
        #expect(driver.takeEffects() == [.compare(path: "other.jsonl")])
        driver.send(.compared(path: "other.jsonl", Sessions.parallel))
        try RecordedScreens.expect(driver.screen, "comparison-120x40")
        try driver.press("esc")
        driver.send(.compared(path: "itself.jsonl", Sessions.twoRounds))
        #expect(driver.shows("They do not differ"))
    }

    @Test func aForkIsProposedAtTheStepThatIsLookedAt() throws {
        var driver = try Driver.replay(Sessions.twoRounds, at: 12)
        try driver.press("F")
        #expect(driver.bottom.contains("-fork-12.jsonl"), "\(driver.bottom)")
        try driver.press("enter")
        guard case .fork(let order)? = driver.takeEffects().first, order.step == 12 else {
            Issue.record("no fork was asked for")
            return
        }
        #expect(order.path.hasSuffix("-fork-12.jsonl"))
    }
}
