import JSON

/// A text with what is looked for in it, made once.
final class SearchedText {
    let text: String
    /// The text as written.
    let exact: [Unicode.Scalar]
    /// The text without case, and with every run of white space, hyphens and underscores as one space.
    private(set) lazy var folded = SearchedText.folded(text)
    /// The numbers in it, in whatever spelling.
    private(set) lazy var numbers = NumberSpelling.numbers(in: text)
    /// The dates in it, in whatever spelling.
    private(set) lazy var dates = DateSpelling.dates(in: text)

    init(_ text: String) {
        self.text = text
        exact = Array(text.unicodeScalars)
    }

    /// Whether these characters stand here with no letter or digit touching either end.
    func contains(_ needle: [Unicode.Scalar]) -> Bool { SearchedText.stands(needle, in: exact) }

    /// The same, without case, and whatever separates the words.
    func contains(folded needle: [Unicode.Scalar]) -> Bool { SearchedText.stands(needle, in: folded) }

    private static func folded(_ text: String) -> [Unicode.Scalar] {
        var folded: [Unicode.Scalar] = []
        for scalar in text.lowercased().unicodeScalars {
            let separates = scalar.properties.isWhitespace || scalar == "-" || scalar == "_"
            if !separates {
                folded.append(scalar)
            } else if folded.last != " " {
                folded.append(" ")
            }
        }
        return folded
    }

    private static func stands(_ needle: [Unicode.Scalar], in text: [Unicode.Scalar]) -> Bool {
        guard let first = needle.first, let last = needle.last, needle.count <= text.count else {
            return false
        }
        for start in 0...(text.count - needle.count) where text[start] == first {
            let end = start + needle.count
            guard text[start..<end].elementsEqual(needle) else { continue }
            let openBefore = start == 0 || !(first.joinsWords && text[start - 1].joinsWords)
            let openAfter = end == text.count || !(last.joinsWords && text[end].joinsWords)
            if openBefore && openAfter { return true }
        }
        return false
    }
}

extension String {
    func isSameText(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }

    /// Whether `word` stands here with no letter or digit touching either end.
    func containsWord(_ word: String, ignoringCase: Bool) -> Bool {
        let (text, word) = (SearchedText(self), SearchedText(word))
        return ignoringCase ? text.contains(folded: word.folded) : text.contains(word.exact)
    }

    /// The runs of letters, digits, `-` and `_`, without punctuation at their ends.
    var words: [String] {
        split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
            .map(String.init).filter { $0.contains { $0.isLetter || $0.isNumber } }
    }

    /// The words that say something of the world: with a digit, or with a capital that is not just a sentence's first.
    ///
    /// Where most words have one, as in a heading, capitals say nothing.
    var tellingWords: [String] {
        let all = words
        let plain = all.filter { !$0.contains(where: \.isNumber) }
        let isHeading = plain.count > 3 && plain.count { $0.first?.isUppercase ?? false } * 2 > plain.count
        let starts = Set(split { ".!?:\n".contains($0) }.compactMap(\.description.words.first))
        return all.filter { word in
            if word.contains(where: \.isNumber) || word.dropFirst().contains(where: \.isUppercase) {
                return true
            }
            return !isHeading && !starts.contains(word) && word.count > 1 && word.first?.isUppercase ?? false
        }
    }
}

extension Unicode.Scalar {
    fileprivate var joinsWords: Bool { properties.isAlphabetic || properties.numericType != nil }
}
