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

    /// The next index after `start` in a ring for which a condition holds; `start` itself comes last.
    static func next(_ count: Int, _ start: Int, _ direction: Int, _ holds: (Int) -> Bool) -> Int? {
        guard count > 0 else { return nil }
        for distance in 1...count {
            let index = ((start + distance * direction) % count + count) % count
            if holds(index) { return index }
        }
        return nil
    }
}
