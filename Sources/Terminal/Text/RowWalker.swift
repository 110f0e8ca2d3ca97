/// Goes through the bytes of a text row by row.
struct RowWalker {
    /// Where a row begins.
    struct Place: Sendable {
        /// A byte at which glyphs begin that do not depend on what stands before them.
        var offset: Int
        /// How many of those belong to the row before: a stand-in may be cut.
        var skip: Int
        /// Where the line begins that the row is a part of.
        var lineStart: Int
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private let width: Int
    private let hangs: Bool
    private(set) var place: Place
    private var known: (lineStart: Int, margin: Int)?

    private static let tab = 4

    init(
        _ bytes: UnsafeBufferPointer<UInt8>, width: Int, hangs: Bool,
        from place: Place = Place(offset: 0, skip: 0, lineStart: 0)
    ) {
        self.bytes = bytes
        self.width = width
        self.hangs = hangs
        self.place = place
    }

    /// Columns before the row that begins here.
    var margin: Int {
        mutating get {
            guard hangs, place.offset > place.lineStart || place.skip > 0 else { return 0 }
            if let known, known.lineStart == place.lineStart { return known.margin }
            var indent = 0
            while place.lineStart + indent < bytes.count, bytes[place.lineStart + indent] == 0x20 {
                indent += 1
            }
            let margin = min(indent + 2, max(0, width - 8))
            known = (place.lineStart, margin)
            return margin
        }
    }

    /// Passes over a row; false where it is the last one.
    mutating func pass() -> Bool {
        var none: [Glyph]?
        return walk(&none)
    }

    /// Passes over a row and gives its glyphs.
    mutating func collect() -> [Glyph] {
        var glyphs: [Glyph]? = []
        _ = walk(&glyphs)
        return glyphs ?? []
    }

    /// Whether the byte at an offset is drawn before the row that begins here.
    func beginsBehind(_ offset: Int) -> Bool {
        if place.skip == 0 { return place.offset > offset }
        let glyphs = built(place.offset..<Group(in: bytes, at: place.offset).end)
        let source = glyphs[place.skip].source
        // A stand-in that is cut begins in the row before.
        return glyphs[place.skip - 1].source == source
            ? offset < source.upperBound : offset < source.lowerBound
    }

    private mutating func walk(_ glyphs: inout [Glyph]?) -> Bool {
        var used = margin
        var isEmpty = true
        while place.offset < bytes.count {
            if place.skip == 0 {
                let end = plainEnd(columns: width - used)
                if end > place.offset {
                    glyphs?.append(contentsOf: built(place.offset..<end))
                    used += end - place.offset
                    place.offset = end
                    isEmpty = false
                    continue
                }
            }
            let group = Group(in: bytes, at: place.offset)
            switch group.kind {
            case .newline:
                place = Place(offset: group.end, skip: 0, lineStart: group.end)
                return true
            case .tab:
                if used + 1 > width, !isEmpty { return true }
                let columns = max(1, min(RowWalker.tab - used % RowWalker.tab, width - used))
                let source = place.offset..<group.end
                glyphs?.append(
                    contentsOf: repeatElement(
                        Glyph(" ", width: 1, kind: .tab, source: source), count: columns))
                used += columns
            case .glyphs(let count, let firstWidth):
                let first = place.skip
                var taken = first
                while taken < count {
                    let needed = taken == 0 ? firstWidth : 1
                    if used + needed > width, !isEmpty { break }
                    (used, taken, isEmpty) = (used + needed, taken + 1, false)
                }
                if glyphs != nil {
                    glyphs?.append(contentsOf: built(place.offset..<group.end)[first..<taken])
                }
                if taken < count {
                    place.skip = taken
                    return true
                }
            }
            place.offset = group.end
            place.skip = 0
            isEmpty = false
        }
        return false
    }

    /// Where a run of printable ASCII ends of at most so many columns; nothing that follows changes its glyphs.
    private func plainEnd(columns: Int) -> Int {
        var end = place.offset
        let limit = min(bytes.count, place.offset + max(0, columns))
        while end < limit, bytes[end] >= 0x20, bytes[end] < 0x7F,
            end + 1 == bytes.count || bytes[end + 1] < 0x80
        {
            end += 1
        }
        return end
    }

    private func built(_ range: Range<Int>) -> [Glyph] {
        var builder = GlyphBuilder(capacity: range.count)
        var position = range.lowerBound
        while position < range.upperBound {
            let (scalar, length) = Group.scalar(in: bytes, at: position)
            builder.append(scalar)
            position += length
        }
        return builder.glyphs.map { $0.moved(by: range.lowerBound) }
    }
}

extension RowWalker {
    /// Scalars whose glyphs depend on each other and on nothing else.
    struct Group {
        enum Kind {
            case newline
            case tab
            /// So many glyphs; those after the first are of stand-ins and one column wide.
            case glyphs(Int, first: Int)
        }

        let kind: Kind
        /// Where the next group begins.
        let end: Int

        init(in bytes: UnsafeBufferPointer<UInt8>, at start: Int) {
            let (scalar, length) = Group.scalar(in: bytes, at: start)
            var end = start + length
            if scalar == "\n" || scalar == "\t" {
                (kind, self.end) = (scalar == "\n" ? .newline : .tab, end)
                return
            }
            let characterClass = CharacterClass(scalar)
            switch characterClass {
            case .mark, .hidden:
                // Nothing stands before it that it could join.
                (kind, self.end) = (.glyphs(StandIn.length(for: scalar), first: 1), end)
            case .narrow, .wide:
                if end == bytes.count || Group.begins(in: bytes, at: end) {
                    (kind, self.end) = (.glyphs(1, first: characterClass.width), end)
                    return
                }
                var builder = GlyphBuilder(capacity: 8)
                builder.append(scalar)
                while end < bytes.count, !builder.isFresh, !Group.begins(in: bytes, at: end) {
                    let (next, length) = Group.scalar(in: bytes, at: end)
                    let before = builder
                    builder.append(next)
                    // What nothing stands in for is a letter of its own: a skin tone after what has no skin.
                    if builder.glyphs.count > before.glyphs.count, builder.glyphs.last?.isStandIn == false {
                        builder = before
                        break
                    }
                    end += length
                }
                (kind, self.end) = (.glyphs(builder.glyphs.count, first: characterClass.width), end)
            }
        }

        /// Whether a scalar's glyphs do not depend on what stands before it.
        private static func begins(in bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
            if bytes[position] < 0x80 {
                return (0x20..<0x7F).contains(bytes[position]) || (9...10).contains(bytes[position])
            }
            let (scalar, _) = scalar(in: bytes, at: position)
            switch CharacterClass(scalar) {
            case .narrow, .wide: return !(0x1F3FB...0x1F3FF).contains(scalar.value)
            case .mark, .hidden: return false
            }
        }

        /// The scalar at a place of well-formed UTF-8, and its length.
        static func scalar(
            in bytes: UnsafeBufferPointer<UInt8>, at position: Int
        ) -> (scalar: Unicode.Scalar, length: Int) {
            let first = bytes[position]
            if first < 0x80 { return (Unicode.Scalar(first), 1) }
            let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
            var value = UInt32(first) & (0xFF >> UInt32(length + 1))
            for byte in bytes[position + 1..<position + length] { value = value << 6 | UInt32(byte & 0x3F) }
            return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
        }
    }
}
