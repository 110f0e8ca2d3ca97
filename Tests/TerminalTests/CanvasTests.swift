import Testing

@testable import Terminal

@Suite("The canvas")
struct CanvasTests {
    private func canvas(_ width: Int, _ height: Int, _ draw: (inout Canvas) -> Void) -> Canvas {
        var canvas = Canvas(width: width, height: height)
        draw(&canvas)
        return canvas
    }

    @Test("text is drawn where it is put, and its columns are counted")
    func put() {
        var drawn = Canvas(width: 8, height: 2)
        let whole = drawn.put("ab漢", at: Point(1, 0))
        let cut = drawn.put("xyz", at: Point(0, 1), maxWidth: 2)
        #expect(whole == 4)
        #expect(cut == 2)
        #expect(drawn.lines == [" ab漢", "xy"])
        #expect(drawn[3, 0].width == 2)
        #expect(drawn[4, 0].isContinuation)
    }

    @Test("what lies outside is clipped on every side")
    func clipped() {
        let drawn = canvas(4, 1) {
            $0.put("abcdefgh", at: Point(-2, 0))
            $0.put("no", at: Point(0, -1))
            $0.put("no", at: Point(0, 1))
            $0.put("no", at: Point(4, 0))
            $0.put("no", at: Point(-9, 0))
        }
        #expect(drawn.lines == ["cdef"])
    }

    /// One row after texts were put at columns.
    private func row(_ width: Int, _ puts: (String, x: Int)..., maxWidth: Int? = nil) -> String {
        var canvas = Canvas(width: width, height: 1)
        for (text, x) in puts { canvas.put(text, at: Point(x, 0), maxWidth: maxWidth) }
        return canvas.lines[0]
    }

    @Test("a wide character that does not fit becomes a marker")
    func cutWide() {
        #expect(row(3, ("a漢字", 0)) == "a漢")
        #expect(row(4, ("a漢字", 0)) == "a漢…")
        #expect(row(4, ("漢字", -1)) == "…字")
        #expect(row(9, ("漢字", 0), maxWidth: 3) == "漢…")
        #expect(row(1, ("漢", 0)) == "…")
    }

    @Test("half of a wide character never remains")
    func overwrittenWide() {
        #expect(row(4, ("漢字", 0), ("x", 1)) == " x字")
        #expect(row(4, ("漢字", 0), ("x", 2)) == "漢x")
        #expect(row(4, ("漢字", 0), ("語", 1)) == " 語")
    }

    @Test("hidden characters are drawn as stand-ins, in a look of their own")
    func standIns() {
        let drawn = canvas(20, 1) { $0.put("a\u{202E}b\n\t", at: .zero, style: .bold) }
        #expect(drawn.lines == ["a‹U+202E›b‹LF›‹TAB›"])
        #expect(drawn[0, 0].style == .bold)
        #expect(drawn[1, 0].style == Style.bold.standIn)
        #expect(drawn[9, 0].style == .bold)
        #expect(drawn[10, 0].style == Style.bold.standIn)
        #expect(Style.reverse.standIn.attributes.isEmpty)
    }

    @Test("frames have titles and join where they share a line")
    func frames() {
        let drawn = canvas(16, 5) {
            $0.frame(Rect(x: 0, y: 0, width: 8, height: 3), title: StyledText("one"))
            $0.frame(Rect(x: 7, y: 0, width: 9, height: 3), title: StyledText("a long title"))
            let last = Rect(x: 0, y: 2, width: 16, height: 3)
            $0.frame(last)
            $0.putTitle(StyledText("end"), in: last, y: 4, alignment: .right)
            $0.putTitle(StyledText("start"), in: last, y: 4)
        }
        #expect(
            drawn.lines == [
                "┌ one ─┬ a lo… ┐",
                "│      │       │",
                "├──────┴───────┤",
                "│              │",
                "└ start ── end ┘",
            ])
    }

    @Test("every drawing is safe at every small size", arguments: [0, 1, 2, 3], [0, 1, 2, 3])
    func tiny(_ width: Int, _ height: Int) {
        var canvas = Canvas(width: width, height: height)
        for x in -3...3 {
            for y in -3...3 {
                canvas.put("漢e\u{301}\u{1B}", at: Point(x, y))
                let area = Rect(x: x, y: y, width: width + 1, height: height)
                canvas.frame(area, title: StyledText("t"))
                canvas.putTitle(StyledText("漢"), in: area, y: y, alignment: .right, after: x)
                canvas.fill(Rect(x: x, y: y, width: 2, height: 2), with: "漢")
                canvas.restyle(Rect(x: x, y: y, width: 9, height: 9)) { $0.adding(.bold) }
                canvas.draw(canvas, at: Point(x, y))
                _ = canvas.cropped(to: Rect(x: x, y: y, width: 2, height: 2))
                _ = canvas[x, y]
            }
        }
        #expect(canvas.lines.count == height)
        #expect(canvas.attributedLines().count == height)
    }

    @Test("random drawing keeps every row whole: widths add up and halves are paired")
    func randomDrawing() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        let texts = ["漢字漢字", "abc", "e\u{301}漢", "\u{1B}[2J", "👍👍", "─│", ""]
        for _ in 0..<100 {
            var canvas = Canvas(width: Int.random(in: 0...12, using: &random), height: 3)
            for _ in 0..<20 {
                let point = Point(
                    Int.random(in: -4...14, using: &random), Int.random(in: -1...3, using: &random))
                switch Int.random(in: 0...3, using: &random) {
                case 0: canvas.fill(Rect(origin: point, size: Size(3, 2)), with: "x")
                case 1: canvas.draw(canvas.cropped(to: Rect(x: 1, y: 0, width: 5, height: 3)), at: point)
                default:
                    canvas.put(
                        texts.randomElement(using: &random) ?? "", at: point,
                        maxWidth: Int.random(in: 0...9, using: &random))
                }
            }
            for y in 0..<3 {
                let row = Array(canvas.row(y))
                #expect(row.reduce(0) { $0 + $1.width } == canvas.size.width, "seed \(seed)")
                for (x, cell) in row.enumerated() {
                    let followsWide = x > 0 && row[x - 1].width == 2
                    #expect(cell.isContinuation == followsWide, "seed \(seed)")
                }
            }
        }
    }

    @Test("a canvas is drawn into another, and cut out of one")
    func composition() {
        var inner = Canvas(width: 4, height: 1)
        inner.put("漢字", at: .zero)
        let outer = canvas(5, 2) { $0.draw(inner, at: Point(2, 1)) }
        #expect(outer.lines == ["", "  漢…"])
        #expect(inner.cropped(to: Rect(x: 1, y: 0, width: 3, height: 1)).lines == ["…字"])
    }

    @Test("the attributed rows carry styles and end plain")
    func attributed() {
        let drawn = canvas(6, 1) {
            $0.put("ab", at: .zero, style: Style(.rgb(255, 0, 0), on: .palette(17), [.bold, .underline]))
            $0.put("c", at: Point(2, 0))
        }
        #expect(drawn.attributedLines() == ["\u{1B}[0;1;4;38;2;255;0;0;48;5;17mab\u{1B}[0mc"])
        #expect(drawn.attributedLines(depth: .mono) == ["\u{1B}[0;1;4mab\u{1B}[0mc"])
        #expect(
            canvas(3, 1) { $0.put("x", at: .zero, style: .dim) }.attributedLines() == [
                "\u{1B}[0;2mx\u{1B}[0m"
            ])
    }

    @Test("styled text draws its parts in turn, and is cut as one")
    func styled() {
        let text = StyledText("one", .bold) + StyledText("漢two", .dim)
        #expect(text.width == 8)
        let drawn = canvas(9, 1) { $0.put(text, at: .zero, maxWidth: 6) }
        #expect(drawn.lines == ["one漢t"])
        #expect(drawn[2, 0].style == .bold)
        #expect(drawn[5, 0].style == .dim)
        let cut = { (width: Int) in text.truncated(to: width).runs.map(\.text.plain).joined() }
        #expect(cut(8) == "one漢two")
        #expect(cut(6) == "one漢…")
        #expect(cut(4) == "one…")
        #expect(cut(3) == "on…")
        #expect(cut(0) == "")
    }
}
