import Agent
import Terminal
import Testing

@testable import Debugger

/// Moving about: focus, search, mouse, the table of candidates, numbers.
@Suite struct LookTests {
    @Test func theFocusMoves() throws {
        var driver = try Driver.replay(Sessions.twoRounds, at: 3)
        #expect(driver.shows("▸1 conversation"))
        try driver.press("tab")
        #expect(driver.shows("▸2 calls"))
        try driver.press("backtab", "backtab")
        #expect(driver.shows("▸4 results"))
        try driver.press("left")
        #expect(driver.shows("▸3 mask"))
        try driver.press("1", "l")
        #expect(driver.shows("▸2 calls"))
        try driver.press("z")
        #expect(!driver.shows("1 conversation"))
        try driver.press("esc")
        #expect(driver.shows("1 conversation"))
    }

    @Test func everythingIsReachableOnASmallScreen() throws {
        var driver = try Driver.replay(Sessions.twoRounds, at: 30, size: Size(80, 24))
        for (key, name) in [("1", "conversation"), ("2", "calls"), ("3", "mask"), ("4", "results")] {
            try driver.press(key)
            #expect(driver.shows("▸\(key) \(name)"))
            for other in Pane.allCases where other.digit != key {
                #expect(driver.shows(" \(other.digit) \(other.name)"))
            }
        }
    }

    @Test func searchGoesFromMatchToMatch() throws {
        var driver = try Driver.replay(Sessions.twoRounds, at: .max)
        try driver.press("3", "/")
        driver.type("HIGH")
        try driver.press("enter")
        #expect(driver.shows("search: HIGH"))
        #expect(driver.bottom.contains("n next match"))
        let step = driver.title
        try driver.press("n", "N")
        #expect(driver.title == step)
        try driver.press("esc", "N")
        #expect(driver.title != step)
        try driver.press("1", "/")
        driver.type("nowhere to be found")
        try driver.press("enter")
        #expect(driver.bottom.contains("'nowhere to be found' is not in the conversation pane"))
    }

    @Test func searchFindsCallsAndResults() throws {
        var driver = try Driver.replay(Sessions.parallel)
        try driver.press("2", "/")
        driver.type("priya")
        try driver.press("enter")
        #expect(driver.shows("▸ ✗ call_3"))
        try driver.press("4", "/")
        driver.type("Export")
        try driver.press("enter")
        #expect(driver.shows("▸ ✓ call_1"))
    }

    @Test func aClickSelectsAndTheWheelScrolls() throws {
        var driver = try Driver.replay(Sessions.parallel)
        let row = try #require(
            driver.lines.firstIndex { $0.contains("call_2 get_comments") && $0.contains("│") })
        driver.send(.mouse(Mouse(.press(.left), at: Point(80, row))))
        #expect(driver.shows("▸2 calls"))
        #expect(driver.shows("── call_2 · get_comments"))
        driver.send(.mouse(Mouse(.press(.left), at: Point(5, 30))))
        #expect(driver.shows("▸3 mask"))
        let before = driver.lines
        driver.send(.mouse(Mouse(.wheelDown, at: Point(5, 30))))
        #expect(driver.lines != before)
        driver.send(.mouse(Mouse(.wheelUp, at: Point(5, 30))))
        #expect(driver.lines == before)
    }

    @Test func theTableHasEveryTokenInOrderAndItsProbabilities() throws {
        let vocabulary = TinyVocabulary.record
        let rule = SessionBuilder.Rule(after: "", allowed: ["low", "high"], preferred: "urgent")
        let step = TinyVocabulary.step(TinyVocabulary.id("high"), round: 1, position: 3, rule: rule)
        let table = MaskTable(step, step: 1, vocabulary: vocabulary)
        #expect(table.count == vocabulary.entries.count)
        let candidates = (0..<table.count).map { table.candidate(at: $0) }
        #expect(candidates[0].text.plain == "urgent")
        #expect(candidates[1].text.plain == "high")
        #expect(zip(candidates, candidates.dropFirst()).allSatisfy { ($0.logit ?? 0) >= ($1.logit ?? 0) })
        #expect(abs(candidates.compactMap(\.before).reduce(0, +) - 1) < 1e-9)
        #expect(abs(candidates.compactMap(\.after).reduce(0, +) - 1) < 1e-9)
        #expect(candidates.filter { !$0.isAllowed }.allSatisfy { $0.after == 0 })
        let figures = try #require(step.figures)
        let chosen = try #require(table.chosen.map { table.candidate(at: $0) })
        #expect(abs((chosen.before ?? 0) - figures.probabilityBefore) < 1e-9)
        #expect(abs((chosen.after ?? 0) - figures.probabilityAfter) < 1e-9)
        var pane = MaskPane()
        pane.filter = .allowed
        #expect(table.positions(of: pane).map { table.candidate(at: Int($0)).text.plain } == ["high", "low"])
        pane.filter = .forced
        #expect(table.positions(of: pane) == [])
        pane.filter = .all
        pane.order = .id
        #expect(
            table.positions(of: pane).map { table.candidate(at: Int($0)).token }
                == (0..<table.count).map { $0 })
        #expect(table.find("urgent")?.position == 0)
        #expect(table.find("␣Maya")?.token == TinyVocabulary.id(" Maya"))
        #expect(table.find("17")?.token == 17)
    }

    @Test func logitsThatAreNoNumbersComeLast() {
        let step = TokenStep(
            round: 1, position: 0, token: 1, bytes: [0x61],
            distribution: .full([-.infinity, 2, .nan, 3, -0.0, 0.0]), allowed: nil, figures: nil,
            milliseconds: 0)
        let table = MaskTable(step, step: 1, vocabulary: nil)
        #expect((0..<6).map { table.candidate(at: $0).token } == [3, 1, 5, 4, 0, 2])
    }

    @Test func numbersAreWrittenTheSameEverywhere() {
        #expect(Figure.fixed(-0.004, 2) == "0.00")
        #expect(Figure.fixed(12.345, 1) == "12.3")
        #expect(Figure.fixed(-.infinity, 2) == "-inf")
        #expect(Figure.percent(0.0001) == "<0.1 %")
        #expect(Figure.percent(0.9999) == ">99.9 %")
        #expect(Figure.percent(1) == "100 %")
        #expect(Figure.percent(0) == "0.0 %")
        #expect(Figure.count(131_072) == "131,072")
        #expect(Figure.count(-1_000) == "-1,000")
        #expect(Figure.duration(milliseconds: 3.21) == "3.2 ms")
        #expect(Figure.duration(milliseconds: 61_000) == "1 min 1 s")
        // What is measured now may be nothing; what a journal holds is then what nobody measured.
        #expect(Figure.duration(milliseconds: 0) == "0 ms")
        #expect(Figure.recorded(milliseconds: 0) == "a time not recorded")
        #expect(Figure.recorded(milliseconds: 3.21) == "3.2 ms")
        #expect(Figure.moment(milliseconds: 1_204) == "+1.204 s")
    }

    @Test func theDifferenceOfTwoTextsIsTheShortest() {
        #expect(
            LineDifference.between("a\nb\nc", "a\nx\nc")
                == [.same("a"), .removed("b"), .added("x"), .same("c")])
        #expect(LineDifference.between("e\u{301}", "é") == [.removed("e\u{301}"), .added("é")])
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let lines = {
                (0..<Int.random(in: 1...8, using: &generator)).map { _ in
                    ["a", "b", "c"].randomElement(using: &generator) ?? ""
                }
            }
            let (old, new) = (lines(), lines())
            let difference = LineDifference.between(old.joined(separator: "\n"), new.joined(separator: "\n"))
            let kept = difference.filter { if case .added = $0 { false } else { true } }.map(\.text)
            let made = difference.filter { if case .removed = $0 { false } else { true } }.map(\.text)
            #expect(kept == old && made == new, "seed \(seed)")
        }
    }
}

extension LineDifference {
    var text: String {
        switch self {
        case .same(let text), .removed(let text), .added(let text): text
        }
    }
}
