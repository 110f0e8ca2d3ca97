import Testing

@testable import Terminal

@Suite("Styles on terminals of every kind")
struct StyleTests {
    @Test("colours degrade to the nearest that there is, attributes always remain")
    func degrading() {
        let orange = Style(.rgb(255, 135, 0), on: .palette(21), [.bold, .italic])
        #expect(orange.degraded(to: .trueColor) == orange)
        #expect(orange.degraded(to: .palette) == Style(.palette(208), on: .palette(21), [.bold, .italic]))
        #expect(orange.degraded(to: .basic) == Style(.yellow, on: .blue, [.bold, .italic]))
        #expect(orange.degraded(to: .mono) == Style(.default, on: .default, [.bold, .italic]))
        #expect(Color.palette(9).degraded(to: .basic) == .red)
        #expect(Color.rgb(20, 20, 20).degraded(to: .basic) == .black)
        #expect(Color.rgb(220, 220, 220).degraded(to: .basic) == .white)
        #expect(Color.rgb(128, 128, 128).degraded(to: .palette) == .palette(244))
        #expect(Color.default.degraded(to: .mono) == .default)
    }

    @Test("degrading twice is degrading once")
    func idempotent() {
        for index in UInt8(0)...255 {
            for depth in ColorDepth.allCases {
                let colors: [Color] = [.palette(index), .rgb(index, 255 - index, index / 2)]
                for color in colors {
                    let once = color.degraded(to: depth)
                    #expect(once.degraded(to: depth) == once)
                }
            }
        }
    }

    @Test(
        "what the environment promises",
        arguments: [
            ([:], ColorDepth.palette), (["COLORTERM": "truecolor"], .trueColor),
            (["COLORTERM": "24bit"], .trueColor),
            (["COLORTERM": "truecolor", "NO_COLOR": "1"], .mono), (["NO_COLOR": ""], .palette),
            (["COLORTERM": "truecolor", "TERM": "screen-256color"], .palette),
            (["COLORTERM": "truecolor", "TERM": "screen-256color", "TMUX": "/tmp/x"], .trueColor),
        ] as [([String: String], ColorDepth)])
    func environment(_ variables: [String: String], _ depth: ColorDepth) {
        #expect(ColorDepth.promised { variables[$0] } == depth)
    }

    @Test("the painter tells curses numbers that its depth knows, and nothing unsafe")
    func painter() {
        func paint(
            _ text: String, _ style: Style = .plain, _ depth: ColorDepth = .palette, unicode: Bool = true,
            width: Int? = nil
        )
            -> [Painter.Paint]
        {
            let painter = Painter(capabilities: Capabilities(depth: depth, unicode: unicode)) {
                width ?? ($0 == "‹" ? 1 : CharacterClass($0).width)
            }
            var canvas = Canvas(width: SafeText(text).width, height: 1)
            canvas.put(text, at: .zero, style: style)
            return painter.paints(for: canvas.row(0))
        }
        func shown(_ paints: [Painter.Paint]) -> String {
            String(String.UnicodeScalarView(paints.flatMap(\.scalars).compactMap { Unicode.Scalar($0) }))
        }
        #expect(shown(paint("a漢e\u{301}\u{1B}")) == "a漢e\u{301}‹ESC›")
        #expect(paint("漢").count == 1)
        // A libc that measures a character differently must not shift the row.
        #expect(shown(paint("漢", width: 1)) == "▯▯")
        #expect(shown(paint("é", width: 2)) == "▯")
        #expect(shown(paint("│é漢›", unicode: false)) == "|???>")
        let orange = Style(.rgb(255, 135, 0), on: .rgb(0, 0, 3), .underline)
        #expect(paint("x", orange, .palette)[0].foreground == 208)
        #expect(paint("x", orange, .basic)[0].foreground == 3)
        #expect(paint("x", orange, .mono)[0] == paint("x", Style(.default, on: .default, .underline))[0])
        #expect(paint("x", orange, .trueColor)[0].foreground == 0xFF8700)
        #expect(paint("x", orange, .trueColor)[0].background == 8)
        #expect(paint("x", Style(.palette(208)), .trueColor)[0].foreground == 0xFF8700)
        #expect(paint("x", Style(.green), .trueColor)[0].foreground == 2)
    }

    @Test("every scalar that could be put on a canvas is painted as something safe")
    func everyScalarPainted() {
        let painter = Painter(capabilities: Capabilities(depth: .palette, unicode: true)) {
            CharacterClass($0).width
        }
        for value in Array(UInt32(0)...0x3000) + Array(0xFE00...0x10100) + Array(0xE0000...0xE01FF) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            var canvas = Canvas(width: 12, height: 1)
            canvas.put(String(scalar), at: .zero)
            for painted in painter.paints(for: canvas.row(0)).flatMap(\.scalars) {
                guard let painted = Unicode.Scalar(painted),
                    painted == "‹" || CharacterClass(painted) != .hidden
                else {
                    Issue.record(
                        "U+\(String(value, radix: 16)) is painted as U+\(String(painted, radix: 16))")
                    continue
                }
            }
        }
    }
}
