/// A pattern that isolates its matches: the first of its alternatives to match is taken, as a backtracking engine would.
///
/// What lies between two matches is a piece as well. Patterns are values: an alternative is a row of sets with counts,
/// which is all that the regular expressions of real pre-tokenisers need.
struct SplitPattern: Sendable {
    /// A part of an alternative.
    enum Part: Sendable {
        /// Between `least` and `most` scalars of a set, the more the better.
        case run(ScalarSet, least: Int, most: Int)
        /// One of the English contractions `'s 't 're 've 'm 'll 'd`, in small letters or in any.
        case contraction(foldsCase: Bool, isOptional: Bool)
        /// The text ends here, or white space follows: `(?!\S)`.
        case notBeforeText

        // `set`
        static func one(_ set: ScalarSet) -> Part { .run(set, least: 1, most: 1) }
        // `set?`
        static func optional(_ set: ScalarSet) -> Part { .run(set, least: 0, most: 1) }
        // `set+`
        static func some(_ set: ScalarSet) -> Part { .run(set, least: 1, most: .max) }
        // `set*`
        static func any(_ set: ScalarSet) -> Part { .run(set, least: 0, most: .max) }
    }

    private let alternatives: [[Part]]
    /// `\s+$` before all alternatives: tried once a piece, as it can match nowhere but at the end.
    private let isolatesLastSpaces: Bool

    init(_ alternatives: [Part]..., isolatesLastSpaces: Bool = false) {
        (self.alternatives, self.isolatesLastSpaces) = (alternatives, isolatesLastSpaces)
    }

    /// Divides a range of a text's scalars, in order and without gaps.
    func split(_ text: ScannedText, _ range: Range<Int>, into pieces: inout [Range<Int>]) {
        var limit = range.upperBound
        while isolatesLastSpaces, limit > range.lowerBound,
            !text.classes[limit - 1].isDisjoint(with: .whitespace)
        { limit -= 1 }
        var gap = range.lowerBound
        var place = gap
        while place < limit {
            guard let end = match(text, at: place, limit: limit), end > place else {
                place += 1
                continue
            }
            if gap < place { pieces.append(gap..<place) }
            pieces.append(place..<end)
            (place, gap) = (end, end)
        }
        if gap < limit { pieces.append(gap..<limit) }
        if limit < range.upperBound { pieces.append(limit..<range.upperBound) }
    }

    private func match(_ text: ScannedText, at place: Int, limit: Int) -> Int? {
        for alternative in alternatives {
            if let end = Self.match(alternative[...], text, at: place, limit: limit) { return end }
        }
        return nil
    }

    private static func match(
        _ parts: ArraySlice<Part>, _ text: ScannedText, at place: Int, limit: Int
    ) -> Int? {
        guard let part = parts.first else { return place }
        let rest = parts.dropFirst()
        switch part {
        case .run(let set, let least, let most):
            var end = place
            while end < limit, end - place < most, set.contains(text.scalars[end], text.classes[end]) {
                end += 1
            }
            while end - place >= least {
                if let found = match(rest, text, at: end, limit: limit) { return found }
                end -= 1
            }
            return nil
        case .contraction(let foldsCase, let isOptional):
            if let end = contractionEnd(text, place, limit: limit, foldsCase: foldsCase),
                let found = match(rest, text, at: end, limit: limit)
            {
                return found
            }
            return isOptional ? match(rest, text, at: place, limit: limit) : nil
        case .notBeforeText:
            let isBeforeText = place < limit && text.classes[place].isDisjoint(with: .whitespace)
            return isBeforeText ? nil : match(rest, text, at: place, limit: limit)
        }
    }

    private static func contractionEnd(
        _ text: ScannedText, _ start: Int, limit: Int, foldsCase: Bool
    ) -> Int? {
        guard start < limit, text.scalars[start] == "'", start + 1 < limit else { return nil }
        func letter(_ index: Int) -> Unicode.Scalar? {
            guard index < limit else { return nil }
            let scalar = text.scalars[index]
            guard foldsCase, ("A"..."Z").contains(scalar) else { return scalar }
            return Unicode.Scalar(scalar.value + 0x20)
        }
        switch (letter(start + 1), letter(start + 2)) {
        case ("s", _), ("t", _), ("m", _), ("d", _): return start + 2
        case ("r", "e"), ("v", "e"), ("l", "l"): return start + 3
        default: return nil
        }
    }
}
