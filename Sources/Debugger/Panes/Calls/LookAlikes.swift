/// Letters that are drawn like others: a name with one of them is not the name that it seems to be.
///
/// A word is told where letters of another script stand among Latin ones, where every letter of it has a Latin
/// double (`сору` in Cyrillic), and where it holds fullwidth or mathematical letters (after UTS #39, section 5).
struct LookAlikes {
    /// One letter that is not what it seems to be.
    struct Finding: Hashable {
        /// The word that it stands in.
        let word: String
        /// The first such letter.
        let letter: Unicode.Scalar

        /// One line: `"Mаya" has а, CYRILLIC SMALL LETTER A (U+0430)`.
        var sentence: String {
            let number = String(letter.value, radix: 16, uppercase: true)
            let padded = String(repeating: "0", count: max(0, 4 - number.count)) + number
            return "\"\(word)\" has \(letter), \(letter.properties.name ?? "a letter") (U+\(padded))"
        }
    }

    /// The words of a text with such a letter, each once.
    static func find(in text: String) -> [Finding] {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return [] }
        var found: [Finding] = []
        var known: Set<Finding> = []
        var word = String.UnicodeScalarView()
        func close() {
            if let letter = suspect(in: word) {
                let finding = Finding(word: String(word), letter: letter)
                if known.insert(finding).inserted { found.append(finding) }
            }
            word = String.UnicodeScalarView()
        }
        for scalar in text.unicodeScalars {
            // Nothing in ASCII is drawn like another letter of another script; most text ends here.
            if scalar.isASCII ? isLatin(scalar) : scalar.properties.isAlphabetic {
                word.append(scalar)
            } else {
                close()
            }
        }
        close()
        return found
    }

    private static func suspect(in word: String.UnicodeScalarView) -> Unicode.Scalar? {
        guard !word.allSatisfy(\.isASCII) else { return nil }
        if let disguised = word.first(where: isDisguised) { return disguised }
        guard let foreign = word.first(where: isForeign) else { return nil }
        if word.contains(where: isLatin) { return foreign }
        return word.allSatisfy(doubles.contains) ? foreign : nil
    }

    private static func isLatin(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x41...0x5A, 0x61...0x7A, 0xC0...0x24F, 0x1E00...0x1EFF: true
        default: false
        }
    }

    /// Greek, Cyrillic, Armenian and Cherokee: the scripts with many letters like Latin ones.
    private static func isForeign(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x370...0x52F, 0x531...0x58F, 0x13A0...0x13FF, 0x1F00...0x1FFF, 0x2DE0...0x2DFF, 0xA640...0xA69F:
            true
        default: false
        }
    }

    /// Latin letters and digits in another dress: fullwidth and mathematical ones.
    private static func isDisguised(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xFF21...0xFF3A, 0xFF41...0xFF5A, 0x1D400...0x1D7FF: true
        default: false
        }
    }

    /// Letters of those scripts that are drawn as Latin ones in common typefaces.
    private static let doubles = Set("АВЕЅІЈКМНОРСТХаеѕіјорсухһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧονϳհոսօ".unicodeScalars)
}
