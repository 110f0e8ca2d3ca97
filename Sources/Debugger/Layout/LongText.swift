import Terminal

/// A text of megabytes as rows, each of which is laid out when it is looked at.
struct LongText: Sendable {
    /// How it looks.
    enum Look: Sendable, Hashable {
        /// Cut wherever a row is full.
        case plain
        /// Pretty JSON: names apart from values, later rows of a line after its indentation.
        case json
    }

    private let rows: RowIndex
    private let look: Look

    /// Bytes of a line in which the end of its name is looked for.
    private static let longestName = 1_024

    init(_ text: String, width: Int, look: Look) {
        rows = RowIndex(text, width: width, hangs: look == .json)
        self.look = look
    }

    var text: String { rows.text }
    var width: Int { rows.width }
    var count: Int { rows.count }

    subscript(number: Int) -> StyledText {
        let row = rows.row(number)
        var line = row.margin > 0 ? TextLines.space(row.margin) : StyledText()
        let nameEnd = look == .json ? nameEnd(from: row.lineStart) : row.lineStart
        let name = row.glyphs.prefix { $0.source.lowerBound < nameEnd }
        if !name.isEmpty { line.append(SafeText(glyphs: name), Theme.label) }
        line.append(SafeText(glyphs: row.glyphs[name.count...]))
        return line
    }

    /// The first row of a range in which a text begins that is looked for; the last one for a direction below 0.
    func first(_ search: Search, in range: Range<Int>, _ direction: Int) -> Int? {
        let end = range.upperBound < count ? rows.start(ofRow: range.upperBound) : text.utf8.count
        let bytes = rows.start(ofRow: range.lowerBound)..<end
        let wanted = SearchedBytes(search.text)
        return wanted.first(in: text, bytes, backwards: direction < 0).map {
            Swift.min(range.upperBound - 1, Swift.max(range.lowerBound, rows.row(atOffset: $0)))
        }
    }

    /// Where the name of the member ends that a line begins with, its quotes included; the line's start where none does.
    private func nameEnd(from lineStart: Int) -> Int {
        let line = text.utf8.dropFirst(lineStart).prefix(LongText.longestName)
        let indent = line.prefix { $0 == 0x20 }.count
        var isEscaped = false
        for (number, byte) in line.dropFirst(indent).enumerated() {
            if number == 0, byte != UInt8(ascii: "\"") { return lineStart }
            if number > 0, byte == UInt8(ascii: "\""), !isEscaped {
                let end = lineStart + indent + number + 1
                return text.utf8.dropFirst(end).first == UInt8(ascii: ":") ? end : lineStart
            }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        }
        return lineStart
    }
}
