import Agent
import Terminal
import Testing

@testable import Debugger

/// What people see, at the sizes that terminals have.
@Suite struct ScreenTests {
    @Test(arguments: ["80x24", "120x40", "200x60", "20x5"])
    func aCallWaits(size: String) throws {
        let driver = try Driver.live(Sessions.waiting, size: #require(Size(size)))
        try RecordedScreens.expect(driver.screen, "waiting-\(size)")
    }

    @Test func theMaskInFrontOnASmallScreen() throws {
        var driver = try Driver.replay(Sessions.twoRounds, at: stepOfPriority, size: Size(80, 24))
        try driver.press("3")
        try RecordedScreens.expect(driver.screen, "mask-80x24")
    }

    @Test(arguments: ["120x40", "200x60"])
    func theMaskWhereItTookTheModelsChoice(size: String) throws {
        let screen = ScreenText.render(Sessions.twoRounds, at: stepOfPriority, size: try #require(Size(size)))
        try RecordedScreens.expect(screen, "mask-\(size)")
    }

    @Test func theMaskZoomed() throws {
        var driver = try Driver.replay(Sessions.twoRounds, at: stepOfPriority, size: Size(120, 40))
        try driver.press("3", "z")
        try RecordedScreens.expect(driver.screen, "mask-zoomed-120x40")
    }

    @Test(arguments: ["80x24", "120x40"])
    func theEndOfARun(size: String) throws {
        let screen = ScreenText.render(Sessions.twoRounds, at: .max, size: try #require(Size(size)))
        try RecordedScreens.expect(screen, "answered-\(size)")
    }

    @Test func parallelCallsOfWhichOneWasEditedAndOneDenied() throws {
        try RecordedScreens.expect(
            ScreenText.render(Sessions.parallel, at: .max, size: Size(120, 40)), "parallel-120x40")
        var driver = try Driver.replay(Sessions.parallel, size: Size(80, 24))
        try driver.press("2", "up")
        try RecordedScreens.expect(driver.screen, "edited-call-80x24")
    }

    @Test func twoCallsWait() throws {
        try RecordedScreens.expect(
            Driver.live(Sessions.parallelWaiting, size: Size(120, 40)).screen, "two-waiting-120x40")
    }

    @Test(arguments: ["80x24", "120x40"])
    func theHelp(size: String) throws {
        var driver = try Driver.live(Sessions.waiting, size: #require(Size(size)))
        try driver.press("?")
        try RecordedScreens.expect(driver.screen, "help-\(size)")
    }

    @Test func anEditBeforeItIsSent() throws {
        var driver = try Driver.live(Sessions.waiting, size: Size(80, 24))
        try driver.press("e")
        try RecordedScreens.expect(driver.screen, "editor-80x24")
        try driver.press("ctrl-end")
        for _ in 0..<4 { try driver.press("backspace") }
        try driver.press("ctrl-s")
        try RecordedScreens.expect(driver.screen, "editor-fault-80x24")
        // The cursor stands where the fault is.
        try driver.press("ctrl-end")
        driver.type("x\"\n}")
        try driver.press("ctrl-s")
        try RecordedScreens.expect(driver.screen, "editor-refused-80x24")
        try driver.press("ctrl-end")
        for _ in "higx\"\n}" { try driver.press("backspace") }
        driver.type("low\"\n}")
        try driver.press("ctrl-s")
        try RecordedScreens.expect(driver.screen, "review-80x24")
    }

    @Test func aReasonIsAskedFor() throws {
        var driver = try Driver.live(Sessions.waiting, size: Size(80, 24))
        try driver.press("d")
        driver.type("not now")
        try RecordedScreens.expect(driver.screen, "reason-80x24")
    }

    @Test func theCommandLineCompletes() throws {
        var driver = try Driver.live(Sessions.waiting, size: Size(80, 24))
        try driver.press(":")
        driver.type("re")
        try driver.press("tab")
        try RecordedScreens.expect(driver.screen, "completion-80x24")
    }

    @Test func textThatWouldActOnTheTerminal() throws {
        try RecordedScreens.expect(
            ScreenText.render(Sessions.hostile, at: .max, size: Size(120, 40)), "hostile-120x40")
    }

    @Test func aModelThatTellsLittle() throws {
        try RecordedScreens.expect(
            ScreenText.render(Sessions.odds, at: 4, size: Size(120, 40)), "partial-120x40")
        try RecordedScreens.expect(
            ScreenText.render(Sessions.odds, at: .max, size: Size(120, 40)), "odds-120x40")
    }

    @Test func aCandidateIsExplained() throws {
        var driver = try Driver.replay(Sessions.twoRounds, at: stepOfPriority, size: Size(80, 24))
        try driver.enter("why urgent")
        try RecordedScreens.expect(driver.screen, "why-80x24")
    }

    /// The step at which the first call's priority was chosen.
    private var stepOfPriority: Int {
        Sessions.twoRounds.first { event in
            if case .token(let step) = event.body { step.bytes == Array("high".utf8) } else { false }
        }?.number ?? 0
    }
}

/// Promises that hold for every screen.
@Suite struct EveryScreenTests {
    /// All widths of 0 to 30 with all heights of 0 to 12, and what terminals really have.
    static let sizes =
        (0...30).flatMap { width in (0...12).map { Size(width, $0) } }
        + [
            Size(80, 24), Size(99, 28), Size(100, 28), Size(100, 30), Size(120, 40), Size(200, 60),
            Size(300, 8),
        ]

    @Test func everyStepHasAScreenAtEverySize() {
        for (name, events) in Sessions.all {
            for step in stride(from: 0, through: events.count + 1, by: 7) {
                for size in EveryScreenTests.sizes {
                    let screen = ScreenText.render(events, at: step, size: size)
                    let rows = screen.split(separator: "\n", omittingEmptySubsequences: false).count - 1
                    #expect(rows == size.height, "\(name), step \(step), \(size)")
                }
            }
        }
    }

    @Test func everyStepHasAScreenThatDependsOnNothingElse() {
        for (name, events) in Sessions.all {
            for step in 1...events.count {
                for size in [Size(20, 5), Size(80, 24), Size(120, 40)] {
                    #expect(
                        ScreenText.render(events, at: step, size: size)
                            == ScreenText.render(events, at: step, size: size),
                        "\(name), step \(step), \(size)")
                }
            }
        }
    }

    @Test func noTextReachesTheScreenAsAControl() {
        for (name, events) in Sessions.all {
            for step in 1...events.count {
                let screen = ScreenText.render(events, at: step, size: Size(200, 60))
                let bad = screen.unicodeScalars.first { scalar in
                    scalar != "\n"
                        && (scalar.properties.generalCategory == .control
                            || scalar.properties.generalCategory == .format)
                }
                #expect(bad == nil, "\(name), step \(step)")
            }
        }
    }

    @Test func everyTextOverThePanesHasAScreenAtEverySize() throws {
        let openings = ["?", "enter", "d", "D", "e", "r", ":", "/", "m"]
        for (_, events) in Sessions.all {
            for opening in openings {
                for pane in ["1", "2", "3", "4"] {
                    var driver = try Driver.live(events)
                    try driver.press(pane, opening)
                    for size in EveryScreenTests.sizes where size.width % 3 == 0 {
                        driver.send(.resize(size))
                        #expect(driver.lines.count == size.height)
                    }
                }
            }
        }
    }

    /// What is looked for is looked for in the text that lies over the panes, which stays on the screen meanwhile.
    @Test func aTextOverThePanesIsSearched() throws {
        var driver = try Driver.live(Sessions.waiting, size: Size(80, 24))
        try driver.press("?")
        let before = driver.lines.dropLast()
        try driver.press("/")
        #expect(driver.lines.dropLast().elementsEqual(before))
        driver.type("redraw")
        try driver.press("enter")
        #expect(driver.shows("search: redraw"))
        #expect(!driver.bottom.contains("is not in this text"))
        try driver.press("/")
        driver.type("no such words")
        try driver.press("enter")
        #expect(driver.bottom.contains("is not in this text"))
    }

    /// Random keys, at random sizes, on a live run: nothing crashes, and nothing is decided without a decision key.
    @Test func randomKeysNeverCrash() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        let keys: [Key] =
            "sntcpSNTCdDeErRx1234zgGmf?:/wqyhjklq".unicodeScalars.map { Key(.character($0)) }
            + [
                .up, .down, .left, .right, .pageUp, .pageDown, .home, .end, .enter, .escape, .tab, .backtab,
                .control("s"),
            ]
        for (name, events) in Sessions.all {
            var driver = try Driver.live(events)
            for _ in 0..<600 {
                driver.send(.key(keys.randomElement(using: &generator) ?? .escape))
                driver.wait(Int64.random(in: 0...900, using: &generator))
                if Int.random(in: 0..<20, using: &generator) == 0 {
                    driver.send(
                        .resize(EveryScreenTests.sizes.randomElement(using: &generator) ?? Size(80, 24)))
                }
                #expect(driver.lines.count >= 0)
            }
            let approvals = driver.takeEffects().decisions.filter { $0.decision == .approve }
            #expect(approvals.isEmpty, "\(name), seed \(seed): approved without its key")
        }
    }
}

/// A seeded generator (SplitMix64), so that a failure can be repeated from the seed that the test prints.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
