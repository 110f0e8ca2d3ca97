import Testing

@testable import Agent

/// The search in bytes, held to what it means character by character.
@Suite struct SearchedTextTests {
    private struct Reference {
        static func folded(_ text: String) -> [Unicode.Scalar] {
            var folded: [Unicode.Scalar] = []
            for scalar in text.lowercased().unicodeScalars {
                let separates = scalar.properties.isWhitespace || scalar == "-" || scalar == "_"
                if separates, folded.last == " " { continue }
                folded.append(separates ? " " : scalar)
            }
            return folded
        }

        static func stands(_ needle: [Unicode.Scalar], in text: [Unicode.Scalar]) -> Bool {
            guard let first = needle.first, let last = needle.last, needle.count <= text.count else {
                return false
            }
            func joins(_ scalar: Unicode.Scalar) -> Bool {
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            }
            return (0...(text.count - needle.count)).contains { start in
                let end = start + needle.count
                return text[start..<end].elementsEqual(needle)
                    && (start == 0 || !(joins(first) && joins(text[start - 1])))
                    && (end == text.count || !(joins(last) && joins(text[end])))
            }
        }
    }

    private static let pieces = [
        "a", "B", "ab", "é", "e\u{301}", "ß", "İ", "Σ", "٣", "½", "日", "🧑‍🚀", " ", "-", "_", "\u{A0}",
        "\u{2028}",
        "\r\n", "\t", "1", "12", ".", "\u{0}", "Ⅷ",
    ]

    @Test(arguments: [UInt64(1), 2, 3]) func bytesAreFoundAsCharactersAre(seed: UInt64) {
        var state = seed
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        func text(_ most: Int) -> String {
            (0..<next(most)).map { _ in Self.pieces[next(Self.pieces.count)] }.joined()
        }
        var found = 0
        for _ in 0..<4_000 {
            let (needle, hay) = (text(3), text(12))
            let (searched, inside) = (SearchedText(needle), SearchedText(hay))
            let exact = Reference.stands(Array(needle.unicodeScalars), in: Array(hay.unicodeScalars))
            let folded = Reference.stands(Reference.folded(needle), in: Reference.folded(hay))
            #expect(
                inside.contains(searched) == exact,
                "seed \(seed): \(needle.debugDescription) in \(hay.debugDescription)")
            #expect(
                inside.contains(folded: searched) == folded,
                "seed \(seed): \(needle.debugDescription) in \(hay.debugDescription), folded")
            if exact { found += 1 }
        }
        #expect(found > 100)
    }
}
