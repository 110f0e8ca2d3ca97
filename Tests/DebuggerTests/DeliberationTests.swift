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
        let text = (0..<lines).map { "line \($0)" }.joined(separator: " ")
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
        var driver = try Driver.live(DeliberationTests.valid(lines: 1_200), size: Size(80, 24))
        try driver.press("e")
        guard driver.shows("edit the arguments") else {
            Issue.record("no editor: \(driver.screen)")
            return
        }
        driver.wait(500)
        driver.send(.key(Key(.end)))
        // In one write: no time passes between the keys.
        driver.send(.paste(""))
        for key in ["pgdn", "ctrl-s", "a"] { if let key = Key(key) { driver.send(.key(key)) } }
        #expect(driver.effects.decisions.isEmpty)
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

    /// Random keys at random times on screens of random sizes: whatever is sent to run was in full view for 400 ms.
    @Test func whateverRunsWasInFullViewForLongEnough() throws {
        var random = SeededGenerator(seed: 18)
        let keys = [
            "a", "a", "a", "s", "w", "e", "e", "ctrl-s", "ctrl-s", "pgdn", "pgdn", "pgup", "down", "up", "G",
            "g", "tab", "1", "2", "3",
            "4", "z", "esc", "x", "y", "enter", "r", "d", "home", "end", ":", "q", "n", "i", "A", "?",
        ]
        var sent = 0
        for number in 0..<400 {
            let size = Size(Int.random(in: 20...140, using: &random), Int.random(in: 6...50, using: &random))
            var driver = try Driver.live(
                DeliberationTests.valid(lines: Int.random(in: 1...80, using: &random)), size: size)
            // A second has gone by since the call came on the screen.
            var watch = Watch()
            watch.look(driver)
            watch.pass(1_000, driver)
            for _ in 0..<60 {
                if Int.random(in: 0..<3, using: &random) > 0 {
                    let pause = [1, 50, 200, 399, 400, 700].randomElement(using: &random) ?? 1
                    driver.wait(Int64(pause))
                    watch.pass(Int64(pause), driver)
                }
                if Int.random(in: 0..<12, using: &random) == 0 {
                    driver.send(
                        .resize(
                            Size(
                                Int.random(in: 20...140, using: &random),
                                Int.random(in: 6...50, using: &random))))
                } else if Int.random(in: 0..<8, using: &random) == 0 {
                    driver.send(.paste(["x", "a", "1", "\u{13}a"].randomElement(using: &random) ?? ""))
                } else if let key = keys.randomElement(using: &random).flatMap({ Key($0) }) {
                    driver.send(.key(key))
                }
                for decision in driver.takeEffects().decisions {
                    switch decision.decision {
                    case .approve:
                        sent += 1
                        #expect(watch.wasSeen("call"), "session \(number): approved unseen")
                    case .edit:
                        sent += 1
                        #expect(watch.wasSeen("review"), "session \(number): an edit was sent unseen")
                    default: break
                    }
                }
                watch.look(driver)
            }
        }
        print("400 sessions of random keys (seed 18): \(sent) calls sent to run")
        #expect(sent > 20)
    }

    /// What an onlooker notes: since when the end of which text is in view.
    private struct Watch {
        private var now: Int64 = 0
        private var since: [String: Int64] = [:]
        private var seen: Set<String> = []

        mutating func pass(_ milliseconds: Int64, _ driver: Driver) {
            now += milliseconds
            look(driver)
        }

        mutating func look(_ driver: Driver) {
            let state = driver.debugger.state
            var view: String?
            if let review = state.layers.last as? EditReview {
                // A text of its own each time that it is opened with other bytes.
                view = review.isEndShown ? "review" : nil
                if view == nil { since["review"] = nil }
            } else if state.layers.isEmpty
                || state.layers.last?.kind == .prompt,
                state.frame.layout.content(of: .calls) != nil,
                state.calls.detail.visible.upperBound >= state.frame.calls.argumentLines,
                state.frame.calls.detailHeight > 0
            {
                view = "call"
            }
            for name in ["call", "review"] where name != view { since[name] = nil }
            guard let view else { return }
            if since[view] == nil { since[view] = now }
            if let start = since[view], now - start >= ApprovalGuard.delay { seen.insert(view) }
        }

        func wasSeen(_ name: String) -> Bool {
            seen.contains(name) || since[name].map { now - $0 >= ApprovalGuard.delay } == true
        }
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
