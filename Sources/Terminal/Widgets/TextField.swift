/// A text being edited, of one line or of several, and its cursor.
///
/// Keys are those of readline and of ordinary editors. The cursor moves over what is seen as one character, so
/// that a mark goes with its base and a stand-in is one step.
public struct TextField: Sendable, Hashable {
    /// The text, as it would be used: nothing in it is replaced.
    public private(set) var text: String
    /// Where the cursor is, as an offset into the text's UTF-8.
    public private(set) var cursor: Int
    /// Whether Enter may add a line.
    public let isMultiline: Bool
    private var past: [Snapshot] = []
    private var future: [Snapshot] = []
    private var isTyping = false
    private var killed = ""

    private struct Snapshot: Sendable, Hashable {
        let text: String
        let cursor: Int
    }

    private static let mostSnapshots = 500

    /// A field with a text, its cursor at the end.
    public init(_ text: String = "", multiline: Bool = false) {
        self.text = text
        cursor = text.utf8.count
        isMultiline = multiline
    }

    /// Replaces the text, as one step that can be undone, and puts the cursor at its end.
    public mutating func replaceAll(with text: String) {
        save(typing: false)
        self.text = text
        cursor = text.utf8.count
    }

    /// Puts the cursor at a UTF-8 offset, or at the start of the character that the offset lies in.
    public mutating func moveCursor(to offset: Int) {
        isTyping = false
        cursor = stops.last { $0 <= offset } ?? 0
    }

    /// Inserts a text at the cursor; in a field of one line its newlines become spaces.
    public mutating func insert(_ string: String, typing: Bool = false) {
        guard !string.isEmpty else { return }
        save(typing: typing)
        var added = ""
        for scalar in string.unicodeScalars {
            added.unicodeScalars.append(scalar == "\n" && !isMultiline ? " " : scalar)
        }
        replace(cursor..<cursor, with: added)
    }

    /// Does what a key means in an editor and says whether it meant anything.
    ///
    /// Enter means something only in a field of several lines; Escape, Tab and function keys never do.
    public mutating func handle(_ key: Key) -> Bool {
        if let scalar = key.typed {
            insert(String(scalar), typing: true)
            return true
        }
        switch key {
        case .enter where isMultiline, .control("j") where isMultiline: insert("\n")
        case .left, .control("b"): moveCursor(to: stop(before: cursor))
        case .right, .control("f"): moveCursor(to: stop(after: cursor))
        case .up where isMultiline: moveByLine(-1)
        case .down where isMultiline: moveByLine(1)
        case .home, .control("a"): moveCursor(to: lineStart)
        case .end, .control("e"): moveCursor(to: lineEnd)
        case Key(.home, .control): moveCursor(to: 0)
        case Key(.end, .control): moveCursor(to: text.utf8.count)
        case .alt("b"), Key(.left, .control), Key(.left, .alt): moveCursor(to: wordStart)
        case .alt("f"), Key(.right, .control), Key(.right, .alt): moveCursor(to: wordEnd)
        case .backspace: remove(stop(before: cursor)..<cursor)
        case .delete, .control("d"): remove(cursor..<stop(after: cursor))
        case .control("w"), Key(.backspace, .alt): kill(wordStart..<cursor)
        case .alt("d"), Key(.delete, .control): kill(cursor..<wordEnd)
        case .control("u"): kill(lineStart..<cursor)
        case .control("k"): kill(cursor..<(lineEnd == cursor ? stop(after: cursor) : lineEnd))
        case .control("y"): insert(killed)
        case .control("_"): undo()
        case .alt("_"): redo()
        default: return false
        }
        return true
    }

    /// Takes the last change back.
    public mutating func undo() {
        guard let last = past.popLast() else { return }
        future.append(Snapshot(text: text, cursor: cursor))
        restore(last)
    }

    /// Makes the last change that was taken back once more.
    public mutating func redo() {
        guard let next = future.popLast() else { return }
        past.append(Snapshot(text: text, cursor: cursor))
        restore(next)
    }

    /// The text cut into lines of a width, and the cell of the cursor in them.
    ///
    /// One column is kept for a cursor at the end of a full line.
    public func layout(width: Int) -> (text: WrappedText, cursor: Point) {
        let wrapped = SafeText(text).wrapped(to: width - 1, mode: .characters)
        let line = wrapped.position(ofOffset: cursor)
        let glyphs = wrapped.lines[line.y].glyphs
        let column = glyphs.prefix { $0.source.lowerBound < cursor }.reduce(0) { $0 + $1.width }
        return (wrapped, Point(column, line.y))
    }

    /// The part of a one-line text that fits in a width and shows the cursor, and the cursor's column in it.
    public func window(width: Int) -> (text: SafeText, cursor: Int) {
        let glyphs = SafeText(text.replacingNewlines()).glyphs.map { $0.kind == .tab ? $0.asSpace : $0 }
        var end = glyphs.firstIndex { $0.source.lowerBound >= cursor } ?? glyphs.count
        var start = end
        var used = 1
        while start > 0, used + glyphs[start - 1].width <= width {
            start -= 1
            used += glyphs[start].width
        }
        let column = used - 1
        while end < glyphs.count, used + glyphs[end].width <= width {
            used += glyphs[end].width
            end += 1
        }
        return (SafeText(glyphs: glyphs[start..<end]), column)
    }
}

extension TextField {
    /// Where the cursor can stand.
    private var stops: [Int] {
        var stops = [0]
        for glyph in SafeText(text).glyphs where glyph.source.upperBound != stops.last {
            stops.append(glyph.source.upperBound)
        }
        return stops
    }

    private func stop(before offset: Int) -> Int { stops.last { $0 < offset } ?? 0 }

    private func stop(after offset: Int) -> Int { stops.first { $0 > offset } ?? text.utf8.count }

    private var lineStart: Int {
        let before = Array(text.utf8.prefix(cursor))
        return (before.lastIndex(of: 0x0A) ?? -1) + 1
    }

    private var lineEnd: Int {
        let after = text.utf8.dropFirst(cursor)
        return cursor + after.prefix { $0 != 0x0A }.count
    }

    private var wordStart: Int {
        let bytes = Array(text.utf8)
        var offset = cursor
        while offset > 0, !TextField.isWord(bytes[offset - 1]) { offset -= 1 }
        while offset > 0, TextField.isWord(bytes[offset - 1]) { offset -= 1 }
        return offset
    }

    private var wordEnd: Int {
        let bytes = Array(text.utf8)
        var offset = cursor
        while offset < bytes.count, !TextField.isWord(bytes[offset]) { offset += 1 }
        while offset < bytes.count, TextField.isWord(bytes[offset]) { offset += 1 }
        return offset
    }

    /// Letters, digits, the underscore, and everything beyond ASCII.
    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A, 0x80...: true
        default: false
        }
    }

    private mutating func moveByLine(_ direction: Int) {
        let wanted = SafeText(
            String(decoding: text.utf8.dropFirst(lineStart).prefix(cursor - lineStart), as: UTF8.self)
        )
        .width
        let target = direction < 0 ? lineStart - 1 : lineEnd + 1
        guard target >= 0, target <= text.utf8.count else { return }
        cursor = target
        let start = lineStart
        let line = SafeText(
            String(decoding: text.utf8.dropFirst(start).prefix(lineEnd - start), as: UTF8.self))
        var column = 0
        var offset = start
        for glyph in line.glyphs {
            if column + glyph.width > wanted { break }
            column += glyph.width
            offset = start + glyph.source.upperBound
        }
        moveCursor(to: offset)
    }

    private mutating func kill(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        killed = String(decoding: text.utf8.dropFirst(range.lowerBound).prefix(range.count), as: UTF8.self)
        remove(range)
    }

    private mutating func remove(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        save(typing: false)
        replace(range, with: "")
    }

    private mutating func replace(_ range: Range<Int>, with string: String) {
        var bytes = Array(text.utf8)
        bytes.replaceSubrange(range, with: string.utf8)
        text = String(decoding: bytes, as: UTF8.self)
        cursor = range.lowerBound + string.utf8.count
    }

    /// Remembers the present state for undo; letters typed in a row are one change.
    private mutating func save(typing: Bool) {
        future = []
        defer { isTyping = typing }
        if typing && isTyping { return }
        past.append(Snapshot(text: text, cursor: cursor))
        if past.count > TextField.mostSnapshots { past.removeFirst() }
    }

    private mutating func restore(_ snapshot: Snapshot) {
        text = snapshot.text
        cursor = snapshot.cursor
        isTyping = false
    }
}

extension Glyph {
    fileprivate var asSpace: Glyph { Glyph(" ", width: 1, kind: .tab, source: source) }
}

extension String {
    /// The text with a space for every newline, byte for byte in the same places.
    fileprivate func replacingNewlines() -> String {
        String(decoding: utf8.map { $0 == 0x0A ? 0x20 : $0 }, as: UTF8.self)
    }
}
