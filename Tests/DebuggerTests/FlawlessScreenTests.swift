import Agent
import Terminal
import Testing

@testable import Debugger

/// What holds for every screen, whatever was pressed before and whatever size the terminal has.
@Suite struct FlawlessScreenTests {
    private static let keys: [Key] =
        "sntcpSNTCdDeErRxX1234zgGmfbBiLA=F?:/wqyhjklo".unicodeScalars.map { Key(.character($0)) }
        + [
            .up, .down, .left, .right, .pageUp, .pageDown, .home, .end, .enter, .escape, .tab, .backtab,
            .control("s"), .control("n"), .control("p"),
        ]

    /// A session of the fixtures, live or recorded, after random keys at a random size.
    private func random(_ generator: inout SeededGenerator) throws -> Driver {
        let (_, events) = try #require(Sessions.all.randomElement(using: &generator))
        let size = Size(
            Int.random(in: 1...(Bool.random(using: &generator) ? 140 : 400), using: &generator),
            Int.random(in: 1...(Bool.random(using: &generator) ? 45 : 120), using: &generator))
        var driver =
            Bool.random(using: &generator)
            ? try Driver.live(events, size: size)
            : try Driver.replay(events, at: Int.random(in: 1...events.count, using: &generator), size: size)
        for _ in 0..<Int.random(in: 0...8, using: &generator) {
            driver.send(.key(Self.keys.randomElement(using: &generator) ?? .escape))
            driver.wait(500)
        }
        return driver
    }

    @Test func titlesCanBeReadAndNoRowRunsOverItsFrame() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        var (panes, boxes) = (0, 0)
        for _ in 0..<150 {
            let driver = try random(&generator)
            let state = driver.debugger.state
            let canvas = driver.debugger.view().canvas
            let place =
                "seed \(seed): \(state.size), focus \(state.focus), layers \(state.layers.map(\.kind))"
            let layout = state.frame.layout
            guard state.layers.isEmpty else {
                let box = LayerBox(size: state.size, banner: state.bannerLines.count)
                guard let kind = state.frontKind, kind != .prompt, kind != .confirmation, box.isFramed else {
                    continue
                }
                boxes += 1
                expectFrame(box.frame, canvas, place)
                continue
            }
            for (pane, area) in layout.panes {
                let row = layout.isFramed ? area.row(0) : layout.titleRow(of: pane)
                guard let row else { continue }
                panes += 1
                let text = canvas.cropped(to: row).lines.joined()
                if row.width >= ScreenLayout.framedWidth {
                    #expect(text.contains("\(pane.digit) \(pane.name)"), "\(place): \(pane) in '\(text)'")
                } else if row.width >= 5 {
                    #expect(text.contains("\(pane.digit) "), "\(place): \(pane) in '\(text)'")
                }
                if layout.isFramed { expectFrame(area, canvas, place) }
            }
        }
        print("\(panes) titles and \(boxes) boxes were read")
        #expect(panes > 60 && boxes > 5)
    }

    /// Every cell of the left and the right side is one of a frame.
    private func expectFrame(_ area: Rect, _ canvas: Canvas, _ place: String) {
        for y in area.minY..<area.maxY {
            for x in [area.minX, area.maxX - 1] {
                #expect(
                    "│┌┐└┘├┤┬┴┼".contains(canvas[x, y].text),
                    "\(place): (\(x), \(y)) is '\(canvas[x, y].text)'")
            }
        }
    }

    @Test func hintsNameOnlyKeysThatWork() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        var tried = 0
        for _ in 0..<80 {
            var driver = try random(&generator)
            driver.send(.tick)
            let state = driver.debugger.state
            guard state.messages.current == nil, state.frontKind != .prompt, state.size.height > 1 else {
                continue
            }
            // The last hint of a narrow screen may be cut.
            for hint in driver.bottom.split(separator: "  ") where !hint.contains("…") {
                guard let key = Key(String(hint.drop { $0 == " " }.prefix { $0 != " " })) else { continue }
                var other = driver
                other.send(.key(key))
                tried += 1
                let refusal = other.debugger.state.messages.current.flatMap {
                    $0.kind == .refusal ? $0.text : nil
                }
                #expect(
                    refusal == nil,
                    "seed \(seed): \(state.size), \(state.focus), \(String(describing: state.frontKind)): '\(hint)'"
                )
            }
        }
        print("\(tried) hinted keys were pressed")
        #expect(tried > 100)
    }

    @Test func whatIsDecidedAlreadyIsNotHinted() throws {
        var builder = SessionBuilder()
        builder.begin()
        builder.user("go")
        builder.request()
        builder.ask(toolCall("call_1", "get_ticket", "{\"id\": \"T-1\"}"))
        builder.judge("call_1")
        var driver = try Driver.live(builder.events, size: Size(120, 40))
        #expect(driver.bottom.contains("a approve"), "\(driver.screen)")
        try driver.press("a")
        #expect(driver.effects.decisions.count == 1)
        driver.wait(60_000)
        driver.send(.tick)
        #expect(!driver.bottom.contains("approve") && !driver.bottom.contains("deny"), "\(driver.screen)")
    }

    @Test func figuresStandUnderTheirHeadings() throws {
        for (name, events) in Sessions.all {
            for event in events {
                guard case .token = event.body else { continue }
                var driver = try Driver.replay(events, at: event.number, size: Size(120, 40))
                try driver.press("3")
                let lines = driver.lines
                guard let head = lines.first(where: { $0.contains(" rank token ") }),
                    let first = lines.dropFirst((lines.firstIndex(of: head) ?? 0) + 1).first
                else { continue }
                for column in ["logit", "before", "after"] {
                    guard let end = head.range(of: column)?.upperBound else { continue }
                    let offset = head.distance(from: head.startIndex, to: end)
                    // A figure ends where its heading does.
                    let figure = Array(first)[offset - 1]
                    #expect(
                        figure.isNumber || "%d".contains(figure), "\(name), step \(event.number): \(column)")
                }
            }
        }
    }

    @Test func wholeFiguresAreInTheLineOfSums() {
        for (name, events) in Sessions.all {
            for event in events {
                guard case .token(let step) = event.body, step.figures != nil else { continue }
                for size in [Size(80, 24), Size(100, 28), Size(120, 40)] {
                    var debugger = Debugger(
                        replaying: events, at: event.number, size: size, commands: .standard)
                    _ = debugger.update(.key(.character("3")), at: 0)
                    let sums = debugger.view().canvas.lines.filter { $0.contains("entropy") }
                    #expect(
                        sums.count <= 1 && sums.allSatisfy { $0.contains(" → ") }, "\(name), \(size): \(sums)"
                    )
                }
            }
        }
    }
}
