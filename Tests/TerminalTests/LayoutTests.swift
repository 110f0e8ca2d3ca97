import Testing

@testable import Terminal

@Suite("Cutting text into lines")
struct LayoutTests {
    private func wrap(_ text: String, _ width: Int, _ mode: WrapMode = .words) -> [String] {
        SafeText(text).wrapped(to: width, mode: mode).lines.map { $0.text.plain }
    }

    @Test("lines break after spaces, and within words that are too long")
    func words() {
        #expect(wrap("the quick brown fox", 9) == ["the quick ", "brown fox"])
        #expect(wrap("a verylongword here", 6) == ["a ", "verylo", "ngword ", "here"])
        #expect(wrap("", 5) == [""])
        #expect(wrap("one\n\ntwo\n", 9) == ["one", "", "two", ""])
        #expect(wrap("漢字漢字", 5) == ["漢字", "漢字"])
        #expect(wrap("ab漢字", 3) == ["ab", "漢", "字"])
        #expect(wrap("漢", 1) == ["漢"])
    }

    @Test("lines may also break anywhere")
    func characters() {
        #expect(wrap("the quick", 4, .characters) == ["the ", "quic", "k"])
        #expect(wrap("e\u{301}e\u{301}e\u{301}", 2, .characters) == ["e\u{301}e\u{301}", "e\u{301}"])
    }

    @Test("tabs reach to the next stop")
    func tabs() {
        #expect(wrap("a\tb", 20) == ["a   b"])
        #expect(wrap("\t\tx", 20) == ["        x"])
        #expect(wrap("abcd\tx", 20) == ["abcd    x"])
    }

    @Test("offsets and cells lead to each other")
    func offsets() {
        let wrapped = SafeText("the quick\nbrown \u{1B}é").wrapped(to: 6)
        #expect(wrapped.lines.map { $0.text.plain } == ["the ", "quick", "brown ", "‹ESC›é"])
        #expect(wrapped.position(ofOffset: 0) == Point(0, 0))
        #expect(wrapped.position(ofOffset: 4) == Point(0, 1))
        #expect(wrapped.position(ofOffset: 9) == Point(5, 1))
        #expect(wrapped.position(ofOffset: 10) == Point(0, 2))
        #expect(wrapped.position(ofOffset: 16) == Point(0, 3))
        #expect(wrapped.position(ofOffset: 17) == Point(5, 3))
        #expect(wrapped.offset(at: Point(2, 1)) == 6)
        #expect(wrapped.offset(at: Point(50, 1)) == 9)
        #expect(wrapped.offset(at: Point(3, 3)) == 16)
        #expect(wrapped.offset(at: Point(0, 99)) == 19)
    }

    @Test("text is cut with an ellipsis, or padded")
    func fitted() {
        #expect(SafeText("hello").truncated(to: 5).plain == "hello")
        #expect(SafeText("hello").truncated(to: 4).plain == "hel…")
        #expect(SafeText("hello").truncated(to: 0).plain == "")
        #expect(SafeText("a漢字").truncated(to: 4).plain == "a漢…")
        #expect(SafeText("a漢字").truncated(to: 3).plain == "a…")
        #expect(SafeText("ab").fitted(to: 5, alignment: .right).plain == "   ab")
        #expect(SafeText("ab").fitted(to: 5, alignment: .center).plain == " ab  ")
        #expect(SafeText("漢字").fitted(to: 4).plain == "漢字")
        #expect(SafeText("漢字漢").fitted(to: 4).plain == "漢… ")
    }

    @Test("random text: every byte is on one line, lines are no wider than asked, no word is cut that fits")
    func properties() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        let parts = ["a", "word ", "漢", "\n", "\t", " ", "e\u{301}", "\u{1B}", "-", "longerword"]
        for _ in 0..<400 {
            let text = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                parts.randomElement(using: &random) ?? ""
            }.joined()
            let width = Int.random(in: 1...12, using: &random)
            for mode in [WrapMode.words, .characters] {
                let wrapped = SafeText(text).wrapped(to: width, mode: mode)
                var end = 0
                for line in wrapped.lines {
                    #expect(line.source.lowerBound == end, "seed \(seed)")
                    end = line.source.upperBound
                    let trimmed = line.glyphs.reversed().drop { mode == .words && $0.text == " " }
                    let used = trimmed.reduce(0) { $0 + $1.width }
                    #expect(used <= max(width, line.glyphs.first?.width ?? 0), "seed \(seed): \(text)")
                }
                #expect(end == text.utf8.count, "seed \(seed)")
                for offset in 0...text.utf8.count {
                    let line = wrapped.lines[wrapped.position(ofOffset: offset).y]
                    #expect(line.source.contains(offset) || offset == line.source.upperBound, "seed \(seed)")
                }
            }
        }
    }
}
