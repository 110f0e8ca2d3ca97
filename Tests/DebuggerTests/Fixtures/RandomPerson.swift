import Agent
import JSON
import Terminal

@testable import Debugger

/// Somebody who presses keys at random, and an onlooker who notes what has been on the terminal and for how long.
struct RandomPerson {
    /// What the text of the call ends with: where it is on the screen, the end is.
    static let endMark = "\u{A7}"

    /// What was done last.
    struct Act {
        /// Whether the key decides something where decisions are taken.
        var isDecision = false
    }

    private var driver: Driver
    private(set) var random: SeededGenerator
    private(set) var watch = Onlooker()
    private let arrival: Int64
    /// The keys of an edit that are still to be pressed.
    private var plan: [String] = []

    private static let keys = [
        "a", "a", "a", "s", "w", "e", "e", "ctrl-s", "ctrl-s", "pgdn", "pgdn", "pgup", "down", "up", "G", "g",
        "tab", "1", "2", "3", "4", "z", "esc", "x", "y", "enter", "r", "d", "home", "end", ":", "q", "n", "i",
        "A", "?",
    ]
    private static let pauses: [Int64] = [0, 0, 1, 50, 200, 399, 400, 401, 700]
    private static let deciding: Set = ["a", "w", "s"]

    init(_ events: [Event], _ random: SeededGenerator) throws {
        self.random = random
        let size = Size(
            Int.random(in: 20...140, using: &self.random), Int.random(in: 6...50, using: &self.random))
        driver = try Driver.live(events, size: size, waiting: 0)
        arrival = driver.time
        draw()
    }

    /// Milliseconds since the call came on the screen.
    var sinceArrival: Int64 { driver.time - arrival }

    /// Waits a while, then presses a key, pastes, or changes the screen's size.
    mutating func act() -> Act {
        if Bool.random(using: &random), let pause = RandomPerson.pauses.randomElement(using: &random) {
            driver.wait(pause)
            watch.look(driver)
        }
        var act = Act()
        if plan.isEmpty, Int.random(in: 0..<8, using: &random) == 0 { plan = edit() }
        if !plan.isEmpty, Int.random(in: 0..<12, using: &random) > 0 {
            act = press(plan.removeFirst())
        } else {
            switch Int.random(in: 0..<20, using: &random) {
            case 0, 1:
                driver.send(
                    .resize(
                        Size(
                            Int.random(in: 20...140, using: &random), Int.random(in: 6...50, using: &random)))
                )
            case 2, 3:
                driver.send(.paste(["x", "a", "1", "\u{13}a", ""].randomElement(using: &random) ?? ""))
            default: act = press(RandomPerson.keys.randomElement(using: &random) ?? "a")
            }
        }
        draw()
        return act
    }

    mutating func takeDecisions() -> [BoundDecision] { driver.takeEffects().decisions }

    private mutating func press(_ name: String) -> Act {
        if let key = Key(name) { driver.send(.key(key)) }
        return Act(isDecision: RandomPerson.deciding.contains(name))
    }

    /// A real edit: a letter or more at the end of the text, and what the person makes of it.
    private mutating func edit() -> [String] {
        let letters = ["b", "k", "o"].shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random))
        let scrolls = Array(repeating: "pgdn", count: Int.random(in: 0...6, using: &random))
        let endings = [
            ["a"], ["w"], ["s"], ["a", "a"], ["e", "down", "down", "end", "left", "v", "ctrl-s", "a"],
        ]
        return ["e", "down", "down", "end", "left"] + letters + ["ctrl-s"] + scrolls
            + (endings.randomElement(using: &random) ?? [])
    }

    /// The terminal takes its time; only then is anything to be seen.
    private mutating func draw() {
        driver.draw(taking: [0, 0, 0, 3, 30, 500].randomElement(using: &random) ?? 0)
        watch.show(driver)
    }
}

/// Notes which bytes have been on the terminal to their end, without a break, for how long.
struct Onlooker {
    private var shown: ByteString?
    private var since: Int64 = 0
    private var seen: [ByteString] = []

    /// Takes what is on the terminal from now on.
    mutating func show(_ driver: Driver) {
        let visible = Onlooker.bytesInView(driver)
        look(driver)
        if visible != shown { (shown, since) = (visible, driver.time) }
    }

    /// Time has passed; what is on the terminal is what was drawn last.
    mutating func look(_ driver: Driver) {
        if let shown, driver.time - since >= 400, !seen.contains(shown) { seen.append(shown) }
    }

    func hasSeen(_ bytes: ByteString) -> Bool { seen.contains(bytes) }

    /// The arguments whose end can be read in the cells of the screen.
    private static func bytesInView(_ driver: Driver) -> ByteString? {
        let state = driver.debugger.state
        let canvas = driver.debugger.view().canvas
        if let review = state.layers.last as? EditReview {
            let box = LayerBox(size: state.size, banner: state.bannerLines.count)
            guard let last = state.frame.document.last?.plain, !box.content.isEmpty else { return nil }
            let lines = canvas.cropped(to: box.content).lines
            return lines.contains { $0.utf8.elementsEqual(last.utf8) } ? review.arguments : nil
        }
        guard state.layers.isEmpty || state.layers.last?.kind == .prompt,
            let record = state.selectedCall, let area = state.frame.layout.content(of: .calls)
        else { return nil }
        let frame = state.frame.calls
        let detail = area.split(top: frame.listHeight + (frame.hasHeading ? 1 : 0)).1
        guard !detail.isEmpty else { return nil }
        let isShown = canvas.cropped(to: detail).lines.contains { $0.contains(RandomPerson.endMark) }
        return isShown ? record.call.arguments : nil
    }
}
