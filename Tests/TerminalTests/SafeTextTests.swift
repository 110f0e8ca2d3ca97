import Testing

@testable import Terminal

@Suite("Text from models, tools and files")
struct SafeTextTests {
    @Test(
        "ordinary text of many scripts stays as it is",
        arguments: [
            "plain ASCII ~!@#", "naïve café", "e\u{301} a\u{308}\u{304}", "Ελληνικά кириллица", "漢字かなハングル한국어",
            "שלום عربي", "हिन्दी", "1️⃣ 2\u{FE0F}\u{20E3}", "👍 🎉 ☃ ✓", "\u{1100}\u{1161}\u{11A8}", "│─┼ █▏ → …",
            "«quoted»",
            "\u{FFFD}", "　", "🇩🇪", "math ∑∫√ 𝒳", "",
        ])
    func ordinary(_ text: String) {
        #expect(!SafeText(text).hasStandIns)
        #expect(SafeText(bytes: Array(text.utf8)) == SafeText(text))
    }

    @Test(
        "what must not reach the terminal shows as a marked stand-in",
        arguments: [
            ("\u{00}", "‹NUL›"), ("\u{07}", "‹BEL›"), ("\u{08}", "‹BS›"), ("\u{0B}", "‹VT›"),
            ("\u{0C}", "‹FF›"),
            ("\u{0D}", "‹CR›"), ("\u{0E}", "‹SO›"), ("\u{1B}", "‹ESC›"), ("\u{7F}", "‹DEL›"),
            ("\u{1B}[31m", "‹ESC›[31m"), ("\u{1B}]0;title\u{07}", "‹ESC›]0;title‹BEL›"),
            ("\u{80}", "‹U+0080›"), ("\u{85}", "‹U+0085›"), ("\u{9B}2J", "‹U+009B›2J"),
            ("\u{9F}", "‹U+009F›"),
            ("\u{A0}", "‹U+00A0›"), ("\u{AD}", "‹U+00AD›"), ("\u{34F}", "‹U+034F›"), ("\u{61C}", "‹U+061C›"),
            ("\u{115F}", "‹U+115F›"), ("\u{1160}", "‹U+1160›"), ("\u{1680}", "‹U+1680›"),
            ("\u{17B4}", "‹U+17B4›"),
            ("\u{180E}", "‹U+180E›"), ("\u{2003}", "‹U+2003›"), ("\u{200B}", "‹U+200B›"),
            ("\u{200C}", "‹U+200C›"),
            ("\u{200D}", "‹U+200D›"), ("\u{200E}", "‹U+200E›"), ("\u{200F}", "‹U+200F›"),
            ("\u{2028}", "‹U+2028›"),
            ("\u{2029}", "‹U+2029›"), ("\u{202A}", "‹U+202A›"), ("\u{202B}", "‹U+202B›"),
            ("\u{202C}", "‹U+202C›"),
            ("\u{202D}", "‹U+202D›"), ("\u{202E}", "‹U+202E›"), ("\u{202F}", "‹U+202F›"),
            ("\u{205F}", "‹U+205F›"),
            ("\u{2060}", "‹U+2060›"), ("\u{2064}", "‹U+2064›"), ("\u{2066}", "‹U+2066›"),
            ("\u{2067}", "‹U+2067›"),
            ("\u{2068}", "‹U+2068›"), ("\u{2069}", "‹U+2069›"), ("\u{206F}", "‹U+206F›"),
            ("\u{2800}", "‹U+2800›"),
            ("\u{3164}", "‹U+3164›"), ("\u{FE00}", "‹U+FE00›"), ("\u{FE0F}", "‹U+FE0F›"),
            ("\u{FEFF}", "‹U+FEFF›"),
            ("\u{FFA0}", "‹U+FFA0›"), ("\u{FFF9}", "‹U+FFF9›"), ("\u{FFFE}", "‹U+FFFE›"),
            ("\u{E000}", "‹U+E000›"),
            ("\u{1D173}", "‹U+1D173›"), ("\u{E0001}", "‹U+E0001›"), ("\u{E0041}", "‹U+E0041›"),
            ("\u{E007F}", "‹U+E007F›"), ("\u{E0100}", "‹U+E0100›"), ("\u{F0000}", "‹U+F0000›"),
            ("\u{10FFFF}", "‹U+10FFFF›"), ("\u{378}", "‹U+0378›"), ("‹", "‹U+2039›"),
        ])
    func hidden(_ text: String, _ shown: String) {
        let safe = SafeText(text)
        #expect(safe.plain == shown)
        #expect(safe.spans.first?.isStandIn == true)
        #expect(!safe.plain.unicodeScalars.contains { $0 != "‹" && CharacterClass($0) == .hidden })
        #expect(SafeText(bytes: Array(text.utf8)) == safe)
    }

    @Test("no scalar of planes 0, 1 and 14 gets through as a control, a format character or nothing visible")
    func everyScalar() {
        for value in Array(UInt32(0)...0x1FFFF) + Array(0xE0000...0xEFFFF) {
            guard let scalar = Unicode.Scalar(value), scalar != "\n", scalar != "\t" else { continue }
            let safe = SafeText(String(scalar))
            let category = scalar.properties.generalCategory
            let mustHide =
                [.control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate].contains(
                    category)
                || scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.isNoncharacterCodePoint
                || scalar.properties.isVariationSelector || scalar.properties.isBidiControl
            if mustHide && !safe.hasStandIns {
                Issue.record("U+\(String(value, radix: 16)) is drawn as itself")
            }
            if safe.width == 0 { Issue.record("U+\(String(value, radix: 16)) takes no column") }
        }
    }

    @Test(
        "bytes that are not UTF-8 show as their hexadecimal digits",
        arguments: [
            ([0xE2, 0x82], "‹E2 82›"), ([0x61, 0xFF, 0x62], "a‹FF›b"), ([0xED, 0xA0, 0x80], "‹ED A0 80›"),
            ([0xC0, 0xAF], "‹C0 AF›"), ([0xF4, 0x90, 0x80, 0x80], "‹F4 90 80 80›"),
            ([0xE0, 0x80, 0x9B], "‹E0 80 9B›"), ([0x80, 0x81, 0x82, 0x83, 0x84], "‹80 81 82 83›‹84›"),
            ([0xE2, 0x82, 0xAC, 0xE2], "€‹E2›"), ([0xF0, 0x9F, 0x91, 0x20], "‹F0 9F 91› "), ([0xFE], "‹FE›"),
        ] as [([UInt8], String)])
    func invalidBytes(_ bytes: [UInt8], _ shown: String) {
        #expect(SafeText(bytes: bytes).plain == shown)
    }

    @Test("marks stay on their base, and not more of them than a cell can hold")
    func marks() {
        #expect(SafeText("e\u{301}").glyphs.map(\.text) == ["e\u{301}"])
        #expect(SafeText("\u{301}").plain == "‹U+0301›")
        #expect(SafeText(" \u{301}").plain == " ‹U+0301›")
        #expect(SafeText("a\u{200B}\u{301}").plain == "a‹U+200B›‹U+0301›")
        let pile = SafeText("a" + String(repeating: "\u{301}", count: 6))
        #expect(pile.glyphs[0].text.unicodeScalars.count == 5)
        #expect(pile.spans[1].text == "‹U+0301›‹U+0301›")
        #expect(SafeText("a\u{1161}").plain == "a‹U+1161›")
    }

    @Test("variation selectors are taken only where they belong")
    func variationSelectors() {
        #expect(SafeText("❤\u{FE0F}").plain == "❤")
        #expect(SafeText("❤\u{FE0F}").glyphs[0].source == 0..<6)
        #expect(SafeText("❤\u{FE0F}\u{FE0F}").plain == "❤‹U+FE0F›")
        #expect(SafeText("a\u{FE0F}").plain == "a‹U+FE0F›")
        #expect(SafeText("1\u{FE0F}").plain == "1‹U+FE0F›")
        #expect(SafeText("1\u{FE0F}\u{20E3}").glyphs.map(\.text) == ["1\u{20E3}"])
        #expect(SafeText("❤\u{FE01}").plain == "❤‹U+FE01›")
    }

    @Test("joined and toned emoji show what they are made of")
    func emojiSequences() {
        #expect(SafeText("👩\u{200D}💻").plain == "👩‹U+200D›💻")
        #expect(SafeText("👍\u{1F3FD}").plain == "👍‹U+1F3FD›")
        #expect(SafeText("\u{1F3FD}").plain == "\u{1F3FD}")
    }

    @Test("every glyph knows the bytes that it shows")
    func sources() {
        let safe = SafeText("é\u{1B}漢\n\tz")
        #expect(
            safe.glyphs.map(\.source) == [0..<2] + Array(repeating: 2..<3, count: 5) + [
                3..<6, 6..<7, 7..<8, 8..<9,
            ])
        #expect(safe.glyphs.map(\.width) == [1, 1, 1, 1, 1, 1, 2, 0, 0, 1])
        #expect(safe.slice(2..<6).plain == "‹ESC›漢")
        #expect((SafeText("ab") + SafeText("é")).glyphs.map(\.source) == [0..<1, 1..<2, 2..<4])
    }

    @Test("random bytes: all of them are accounted for, in order")
    func randomBytes() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let interesting: [UInt8] = [
                0x1B, 0x9B, 0xE2, 0x82, 0xAC, 0xED, 0xA0, 0xF0, 0x9F, 0x91, 0x0A, 0x61, 0xCC, 0x81,
            ]
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? UInt8.random(in: 0...255, using: &random)
                    : interesting.randomElement(using: &random) ?? 0
            }
            let safe = SafeText(bytes: bytes)
            var end = 0
            for glyph in safe.glyphs where glyph.source.lowerBound >= end {
                #expect(glyph.source.lowerBound == end, "seed \(seed)")
                end = glyph.source.upperBound
            }
            #expect(end == bytes.count, "seed \(seed)")
            let isClean = safe.plain.unicodeScalars.allSatisfy {
                $0 == "\n" || $0 == "\t" || $0 == "‹" || CharacterClass($0) != .hidden
            }
            #expect(isClean, "seed \(seed)")
            #expect(
                safe == SafeText(String(decoding: bytes, as: UTF8.self))
                    || String(validating: bytes, as: UTF8.self) == nil)
        }
    }
}

@Suite("Widths of characters")
struct CharacterClassTests {
    @Test("the table starts with U+0000, ascends, and never repeats a class")
    func table() {
        #expect(characterClassSteps.first.map { $0 >> 3 } == 0)
        for (step, next) in zip(characterClassSteps, characterClassSteps.dropFirst()) {
            #expect(step >> 3 < next >> 3)
            #expect(step & 7 != next & 7)
        }
    }

    @Test("libc, and so ncurses, measures nearly every drawable scalar the same")
    func agreesWithLibc() {
        guard libcSpeaksUTF8() else { return }
        var differing: [String] = []
        for value in UInt32(0)...0x3FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let own = CharacterClass(scalar)
            if own != .hidden && own.width != libcWidth(scalar) { differing.append(String(value, radix: 16)) }
        }
        // glibc 2.36 gives none; a few are left for libraries of other versions, which the painter covers.
        #expect(differing.count < 400, "\(differing.count): \(differing.prefix(20))")
    }
}
