import Testing

@testable import Terminal

/// Rows that are laid out one by one are those of the text laid out as a whole.
@Suite struct RowIndexTests {
    private static let pieces: [String] = [
        "a", "word ", " ", "1", "#", "\n", "\n\n", "\t", "\u{E9}", "\u{301}",
        "\u{301}\u{302}\u{303}\u{304}\u{305}",
        "\u{4E2D}", "\u{4E2D}\u{6587}", "\u{1F600}", "\u{1F44D}\u{1F3FD}", "\u{1F3FD}", "1\u{FE0F}\u{20E3}",
        "1\u{FE0F}x",
        "\u{2764}\u{FE0F}", "\u{FE0F}", "\u{20E3}", "\u{202E}", "\u{1B}[2J", "\u{7F}", "\u{0}", "\r\n",
        "\u{200B}",
        "\u{1100}\u{1161}\u{11A8}", "\u{1161}", "\u{E0041}", "\u{2039}", "\u{3000}", "\u{3000}\u{301}",
        " \u{301}",
        "\u{10FFFF}", "    \"key\": \"value that goes on\",", "\u{ED00}", "\u{200D}", "e\u{301}\u{1F3FD}",
    ]

    @Test func theRowsAreThoseOfTheWholeText() {
        let seed = UInt64.random(in: 0..<1_000_000)
        print("seed \(seed)")
        var seeded = SeededGenerator(seed: seed)
        for _ in 0..<3_000 {
            let count = Int.random(in: 0...40, using: &seeded)
            let text = (0..<count).map { _ in RowIndexTests.pieces.randomElement(using: &seeded) ?? "" }
                .joined()
            let width = Int.random(in: 1...30, using: &seeded)
            let whole = SafeText(text).wrapped(to: width, mode: .characters).lines
            let index = RowIndex(text, width: width)
            #expect(index.count == whole.count, "\(text.debugDescription) at \(width)")
            guard index.count == whole.count else { continue }
            for number in whole.indices.shuffled(using: &seeded) {
                let row = index.row(number)
                #expect(
                    row.glyphs == whole[number].glyphs && row.margin == 0,
                    "row \(number) of \(text.debugDescription) at \(width)")
                for glyph in row.glyphs where glyph.source.lowerBound == whole[number].source.lowerBound {
                    #expect(index.start(ofRow: number) <= glyph.source.lowerBound)
                }
            }
            for offset in stride(from: 0, to: text.utf8.count, by: 7) {
                let row = index.row(atOffset: offset)
                let isThere =
                    whole[row].source.contains(offset)
                    // A stand-in that is cut begins in one row and ends in the next.
                    || whole[row].glyphs.contains { $0.source.contains(offset) }
                #expect(isThere, "offset \(offset) of \(text.debugDescription) at \(width): row \(row)")
            }
        }
    }

    @Test func laterRowsOfALineHang() {
        let index = RowIndex("{\n    \"a\": \"0123456789abcdef\",\n}", width: 16, hangs: true)
        let lines = (0..<index.count).map { number in
            let row = index.row(number)
            return String(repeating: " ", count: row.margin) + row.glyphs.map(\.text).joined()
        }
        #expect(lines == ["{", "    \"a\": \"012345", "      6789abcdef", "      \",", "}"])
        #expect(index.row(3).lineStart == 2)
    }
}
