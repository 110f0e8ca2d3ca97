import Agent
import Foundation
import JSON
import Sessions
import Terminal
import Testing

@testable import Debugger

/// Nothing runs whose final bytes were not on the screen to their end for 400 ms.
@Suite struct DeliberationTests {
    private static func waiting(lines: Int) -> [Event] {
        var builder = SessionBuilder()
        builder.begin()
        builder.user("go")
        builder.request()
        let members = (0..<lines).map { "\"k\($0)\": \"v\($0)\"" }.joined(separator: ", ")
        let call = ToolCall(
            id: ToolCallID("call_1"), name: "get_ticket", arguments: ByteString("{\(members)}"))
        builder.respond("", calls: [call])
        builder.add(
            .callJudged(
                CallKey(round: 1, id: call.id), problems: [],
                ruling: Ruling(effect: .ask, rule: nil, reason: nil)))
        return builder.events
    }

    /// A call that fits the schema of the demo, with an argument of so many lines.
    private static func valid(lines: Int) -> [Event] {
        var builder = SessionBuilder()
        builder.begin()
        builder.user("go")
        builder.request()
        let text = ((0..<lines).map { "line \($0)" } + [RandomPerson.endMark]).joined(separator: " ")
        let call = ToolCall(
            id: ToolCallID("call_1"), name: "notify_user",
            arguments: ByteString(
                JSONValue.object(
                    JSONObject([
                        .init(key: "user", value: "maya"), .init(key: "message", value: .string(text)),
                    ])
                ).text()))
        builder.respond("", calls: [call])
        builder.add(
            .callJudged(
                CallKey(round: 1, id: call.id), problems: [],
                ruling: Ruling(effect: .ask, rule: nil, reason: nil)))
        return builder.events
    }

    /// The note's input: an edit, Ctrl-S and `a` in one write; then the review must be read to its end.
    @Test func anEditRunsOnlyOnceItsDifferenceWasReadToTheEnd() throws {
        var driver = try Driver.live(DeliberationTests.valid(lines: 20), size: Size(60, 12))
        try driver.press("e")
        try #require(driver.shows("edit the arguments"), "no editor: \(driver.screen)")
        try driver.press("down", "down", "end", "left")
        // In one write: no time passes between the keys.
        for key in ["k", "ctrl-s", "a"] { driver.send(.key(try #require(Key(key)))) }
        #expect(driver.shows("review the edit") && driver.effects.decisions.isEmpty, "\(driver.screen)")
        // However long it stays there, its end has not been on the screen.
        driver.wait(60_000)
        driver.send(.key(try #require(Key("a"))))
        #expect(
            driver.bottom.contains("scroll to its end") && driver.effects.decisions.isEmpty,
            "\(driver.bottom)")
        for _ in 0..<9 { driver.send(.key(try #require(Key("pgdn")))) }
        driver.send(.key(try #require(Key("a"))))
        driver.wait(399)
        driver.send(.key(try #require(Key("a"))))
        #expect(driver.effects.decisions.isEmpty)
        driver.wait(1)
        driver.send(.key(try #require(Key("a"))))
        let sent = try #require(driver.effects.decisions.first)
        guard case .edit(let arguments, .annotate) = sent.decision else {
            Issue.record("\(sent)")
            return
        }
        #expect(arguments.text.contains("\(RandomPerson.endMark)k\""), "\(arguments.text)")
    }

    @Test func aReviewIsSentOnlyAfterItsEndWasOnTheScreenForLongEnough() {
        var guarded = ApprovalGuard()
        let call = ToolCall(id: ToolCallID("c"), name: "act", arguments: ByteString("{}"))
        let key = CallKey(round: 1, id: call.id)
        let target = ApprovalGuard.Target(key, call, edited: ByteString("{\"a\":1}"))
        #expect(guarded.objection(toRunning: target, at: 0) != nil)
        guarded.show(target, toTheEnd: false, at: 1_000)
        #expect(guarded.objection(toRunning: target, at: 1_399)?.hasPrefix("ignored") == true)
        #expect(guarded.objection(toRunning: target, at: 5_000)?.contains("scroll to its end") == true)
        guarded.show(target, toTheEnd: true, at: 5_000)
        #expect(guarded.objection(toRunning: target, at: 5_399) != nil)
        #expect(guarded.objection(toRunning: target, at: 5_400) == nil)
        // Laid out at 5 000, drawn only at 6 000: a slow terminal does not shorten the time.
        var slow = ApprovalGuard()
        slow.show(target, toTheEnd: true, at: 5_800)
        slow.drawn(at: 6_000)
        #expect(
            slow.objection(toRunning: target, at: 6_300) != nil
                && slow.objection(toRunning: target, at: 6_400) == nil)
        // Other bytes are another target.
        let other = ApprovalGuard.Target(key, call, edited: ByteString("{\"a\":2}"))
        #expect(slow.objection(toRunning: other, at: 9_000) != nil)
    }

    /// Random keys at random times on screens of random sizes, among them real edits: whatever is sent to run was on the
    /// terminal, to its end and to the byte, for 400 ms.
    @Test func whateverRunsWasInFullViewForLongEnough() throws {
        var random = SeededGenerator(seed: 18)
        var (approved, edited, early, asked) = (0, 0, 0, 0)
        for number in 0..<600 {
            var person = try RandomPerson(
                DeliberationTests.valid(lines: Int.random(in: 0...22, using: &random)), random)
            for _ in 0..<60 {
                let key = person.act()
                if key.isDecision { asked += 1 }
                for decision in person.takeDecisions() {
                    let bytes: ByteString
                    switch decision.decision {
                    case .approve:
                        approved += 1
                        bytes = decision.arguments
                    case .edit(let arguments, _):
                        edited += 1
                        bytes = arguments
                        #expect(
                            arguments != decision.arguments, "session \(number): an edit that changes nothing"
                        )
                    default: continue
                    }
                    if person.sinceArrival < 1_000 { early += 1 }
                    #expect(
                        person.watch.hasSeen(bytes),
                        "session \(number): sent unseen after \(person.sinceArrival) ms: \(bytes.text)")
                }
            }
            random = person.random
        }
        print(
            "600 sessions of random keys (seed 18): \(asked) keys that decide, \(approved) calls and \(edited) edits "
                + "sent to run, \(early) of them within a second")
        #expect(approved > 60 && edited > 40 && early > 10)
    }

    @Test func oneKeyDeclinesAllThatAServerAsks() throws {
        var driver = try Driver.live(DeliberationTests.waiting(lines: 1))
        for number in 1...2_000 {
            driver.send(
                .server(
                    .asks(
                        ServerQuestion(
                            number: number, server: "s", message: "m\(number)", schema: nil, url: nil))))
        }
        driver.wait(1_000)
        #expect(driver.effects.count { if case .answer(_, .decline) = $0 { true } else { false } } >= 1_899)
        try driver.press("ctrl-d")
        driver.wait(1_000)
        let answered = Set(
            driver.effects.compactMap { if case .answer(let number, _) = $0 { number } else { nil } })
        #expect(answered == Set(1...2_000), "\(answered.count)")
        driver.send(
            .server(.asks(ServerQuestion(number: 2_001, server: "s", message: "m", schema: nil, url: nil))))
        #expect(driver.effects.contains { if case .answer(2_001, .decline) = $0 { true } else { false } })
        driver.send(
            .server(
                .asks(ServerQuestion(number: 2_002, server: "other", message: "m", schema: nil, url: nil))))
        driver.wait(10)
        #expect(driver.shows("other"))
    }
}
