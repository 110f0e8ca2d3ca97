/// How text is cut into lines.
public enum WrapMode: Sendable, Hashable {
    /// After spaces where possible, and within a word that is wider than the line.
    case words
    /// Wherever the line is full.
    case characters
}

/// Text cut into lines of a width, knowing where each byte of the original went.
///
/// Text that ends with a newline has an empty line after it, where a cursor can stand.
public struct WrappedText: Sendable, Hashable {
    /// The lines, at least one.
    public let lines: [Line]
    /// The columns that the lines were made for.
    public let width: Int

    /// One line.
    public struct Line: Sendable, Hashable {
        /// What is drawn: tabs are spaces of kind ``Glyph/Kind/tab``, and the newline is left out.
        ///
        /// Spaces at a word wrap stay on the line that they end and may hang over its width.
        public let glyphs: [Glyph]
        /// The UTF-8 offsets of the original that it covers, its newline included.
        public let source: Range<Int>

        /// The line as safe text.
        public var text: SafeText { SafeText(glyphs: glyphs) }
    }

    /// The cell of a UTF-8 offset, as column and line; the end of the text where the offset lies after it.
    public func position(ofOffset offset: Int) -> Point {
        let after = lines.partitionIndex { $0.source.lowerBound > offset }
        let index = max(0, after - 1)
        let column = lines[index].glyphs.prefix { $0.source.lowerBound < offset }.reduce(0) { $0 + $1.width }
        return Point(min(column, max(0, width - 1)), index)
    }

    /// The UTF-8 offset of the glyph at a cell, or of the end of its line.
    public func offset(at point: Point) -> Int {
        guard point.y >= 0 else { return 0 }
        guard point.y < lines.count else { return lines.last?.source.upperBound ?? 0 }
        let line = lines[point.y]
        var column = 0
        for glyph in line.glyphs {
            column += glyph.width
            if point.x < column { return glyph.source.lowerBound }
        }
        return line.glyphs.last?.source.upperBound ?? line.source.lowerBound
    }
}

extension SafeText {
    /// Cuts the text into lines of at most `width` columns (taken as at least 1), with tab stops every `tab`.
    public func wrapped(to width: Int, mode: WrapMode = .words, tab: Int = 4) -> WrappedText {
        let width = max(1, width)
        var lines: [WrappedText.Line] = []
        var start = 0
        var line = LineBuilder(width: width, mode: mode, tab: max(1, tab))
        for glyph in glyphs {
            if glyph.kind == .newline {
                lines.append(.init(glyphs: line.glyphs, source: start..<glyph.source.upperBound))
                start = glyph.source.upperBound
                line.removeAll()
            } else if let full = line.append(glyph) {
                let end = line.glyphs.first?.source.lowerBound ?? glyph.source.lowerBound
                lines.append(.init(glyphs: full, source: start..<end))
                start = end
            }
        }
        let end = glyphs.last?.source.upperBound ?? 0
        lines.append(.init(glyphs: line.glyphs, source: start..<max(start, end)))
        return WrappedText(lines: lines, width: width)
    }

    /// The text cut at `width` columns, its last column an ellipsis where anything was cut.
    public func truncated(to width: Int) -> SafeText {
        guard self.width > width else { return self }
        guard width > 0 else { return .empty }
        var kept: [Glyph] = []
        var used = 0
        for glyph in glyphs {
            if used + glyph.width > width - 1 {
                kept.append(Glyph("…", width: 1, source: glyph.source.lowerBound..<glyph.source.lowerBound))
                break
            }
            used += glyph.width
            kept.append(glyph)
        }
        return SafeText(glyphs: kept)
    }

    /// The text truncated or padded with spaces to exactly `width` columns.
    public func fitted(to width: Int, alignment: Alignment = .left) -> SafeText {
        let cut = truncated(to: width)
        let missing = max(0, width - cut.width)
        let left =
            switch alignment {
            case .left: 0
            case .center: missing / 2
            case .right: missing
            }
        let end = cut.glyphs.last?.source.upperBound ?? 0
        let spaces = { (count: Int, offset: Int) in
            [Glyph](repeating: Glyph(" ", width: 1, source: offset..<offset), count: count)
        }
        return SafeText(glyphs: spaces(left, 0) + cut.glyphs + spaces(missing - left, end))
    }
}

/// Where text stands in the columns that it is given.
public enum Alignment: Sendable, Hashable {
    /// At the left edge.
    case left
    /// In the middle.
    case center
    /// At the right edge.
    case right
}

/// The line being filled.
private struct LineBuilder {
    let width: Int
    let mode: WrapMode
    let tab: Int
    private(set) var glyphs: [Glyph] = []
    private var used = 0
    private var breakIndex = 0

    init(width: Int, mode: WrapMode, tab: Int) {
        self.width = width
        self.mode = mode
        self.tab = tab
    }

    mutating func removeAll() {
        glyphs = []
        used = 0
        breakIndex = 0
    }

    /// Adds a glyph; where that fills the line, gives its glyphs and goes on with what belongs on the next one.
    mutating func append(_ glyph: Glyph) -> [Glyph]? {
        if mode == .words && glyph.isSpace {
            add(glyph)
            breakIndex = glyphs.count
            return nil
        }
        let needed = glyph.kind == .tab ? 1 : glyph.width
        guard used + needed > width, !glyphs.isEmpty else {
            add(glyph)
            return nil
        }
        // A line may break before and after every wide character.
        let cut = mode == .words && breakIndex > 0 && glyph.width < 2 ? breakIndex : glyphs.count
        let full = Array(glyphs[..<cut])
        let rest = glyphs[cut...]
        removeAll()
        rest.forEach { add($0) }
        add(glyph)
        return full
    }

    private mutating func add(_ glyph: Glyph) {
        guard glyph.kind == .tab, glyph.text == "\t" else {
            glyphs.append(glyph)
            used += glyph.width
            if glyph.width == 2 && mode == .words { breakIndex = glyphs.count }
            return
        }
        let columns = max(1, min(tab - used % tab, width - used))
        glyphs += [Glyph](repeating: Glyph(" ", width: 1, kind: .tab, source: glyph.source), count: columns)
        used += columns
    }
}

extension Array {
    /// The first index whose element meets a condition that holds for all elements after it, by halving.
    fileprivate func partitionIndex(_ condition: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
