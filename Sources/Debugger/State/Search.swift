import Terminal

/// A text that is looked for in one pane.
struct Search: Sendable, Hashable {
    let pane: Pane
    let text: String

    /// Whether a drawn text holds what is looked for; letters of either case match.
    func matches(_ shown: String) -> Bool {
        !text.isEmpty && shown.lowercased().contains(text.lowercased())
    }

    /// The columns of each match in a drawn line.
    func columns(in glyphs: [Glyph]) -> [Range<Int>] {
        let needle = SafeText(text).glyphs.map { $0.text.lowercased() }
        guard !needle.isEmpty, glyphs.count >= needle.count else { return [] }
        let hay = glyphs.map { $0.text.lowercased() }
        var found: [Range<Int>] = []
        var starts: [Int] = [0]
        for glyph in glyphs { starts.append((starts.last ?? 0) + glyph.width) }
        var index = 0
        while index + needle.count <= hay.count {
            if hay[index..<index + needle.count].elementsEqual(needle) {
                found.append(starts[index]..<starts[index + needle.count])
                index += needle.count
            } else {
                index += 1
            }
        }
        return found
    }
}
