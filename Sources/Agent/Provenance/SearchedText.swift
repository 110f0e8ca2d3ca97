import JSON

/// A text with what is looked for in it, made once.
///
/// Searched are its UTF-8 bytes: a conversation of many megabytes is held as often as it must be, in a byte a letter.
final class SearchedText {
    let text: String
    /// The text without case, and with every run of white space, hyphens and underscores as one space, in UTF-8.
    private lazy var folded = SearchedText.folded(text)
    /// The numbers in it, in whatever spelling.
    private(set) lazy var numbers = NumberSpelling.numbers(in: text)
    /// The dates in it, in whatever spelling.
    private(set) lazy var dates = DateSpelling.dates(in: text)

    init(_ text: String) {
        var text = text
        text.makeContiguousUTF8()
        self.text = text
    }

    /// Whether that text stands here with no letter or digit touching either end.
    func contains(_ needle: SearchedText) -> Bool {
        var (needle, text) = (needle.text, text)
        return needle.withUTF8 { needle in text.withUTF8 { SearchedText.stands(needle, in: $0) } }
    }

    /// The same, without case, and whatever separates the words.
    func contains(folded needle: SearchedText) -> Bool {
        needle.folded.withUnsafeBufferPointer { needle in
            folded.withUnsafeBufferPointer { SearchedText.stands(needle, in: $0) }
        }
    }

    private static func folded(_ text: String) -> [UInt8] {
        var text = text
        if let folded = text.withUTF8({ foldedASCII($0) }) { return folded }
        var folded: [UInt8] = []
        for scalar in text.lowercased().unicodeScalars {
            let separates = scalar.properties.isWhitespace || scalar == "-" || scalar == "_"
            if !separates {
                folded.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
            } else if folded.last != UInt8(ascii: " ") {
                folded.append(UInt8(ascii: " "))
            }
        }
        return folded
    }

    /// The same of a text of ASCII characters alone; `nil` for another.
    private static func foldedASCII(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard text.allSatisfy({ $0 < 0x80 }) else { return nil }
        return Array(unsafeUninitializedCapacity: text.count) { folded, count in
            for byte in text {
                switch byte {
                case 0x09...0x0D, UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    guard count == 0 || folded[count - 1] != UInt8(ascii: " ") else { continue }
                    folded[count] = UInt8(ascii: " ")
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): folded[count] = byte | 0x20
                default: folded[count] = byte
                }
                count += 1
            }
        }
    }

    /// Whether one stands in the other as whole words; no character's bytes begin inside of another's.
    private static func stands(
        _ needle: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard let first = needle.first, needle.count <= text.count else { return false }
        let joinsBefore = joinsWords(scalar(at: 0, in: needle))
        let joinsAfter = joinsWords(scalar(before: needle.count, in: needle))
        for start in 0...(text.count - needle.count) where text[start] == first {
            var length = 1
            while length < needle.count, text[start + length] == needle[length] { length += 1 }
            guard length == needle.count else { continue }
            let end = start + length
            let touchesBefore = joinsBefore && start > 0 && joinsWords(scalar(before: start, in: text))
            let touchesAfter = joinsAfter && end < text.count && joinsWords(scalar(at: end, in: text))
            if !touchesBefore && !touchesAfter { return true }
        }
        return false
    }

    private static func scalar(before end: Int, in text: UnsafeBufferPointer<UInt8>) -> Unicode.Scalar? {
        var start = end - 1
        while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
        return scalar(at: start, in: text)
    }

    private static func scalar(at start: Int, in text: UnsafeBufferPointer<UInt8>) -> Unicode.Scalar? {
        if text[start] < 0x80 { return Unicode.Scalar(text[start]) }
        return String(decoding: text[start..<min(start + 4, text.count)], as: UTF8.self).unicodeScalars.first
    }

    private static func joinsWords(_ scalar: Unicode.Scalar?) -> Bool {
        scalar.map { $0.properties.isAlphabetic || $0.properties.numericType != nil } ?? false
    }
}

extension String {
    func isSameText(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }

    /// Whether `word` stands here with no letter or digit touching either end.
    func containsWord(_ word: String, ignoringCase: Bool) -> Bool {
        let (text, word) = (SearchedText(self), SearchedText(word))
        return ignoringCase ? text.contains(folded: word) : text.contains(word)
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
