/// The smallest thing that is drawn: what fills one cell, or the two cells of a wide character.
public struct Glyph: Sendable, Hashable {
    /// A base character and at most four marks, or one character of a stand-in; safe to draw.
    public let text: String
    /// Whether it is text, or stands for something else.
    public let kind: Kind
    private let packedWidth: UInt8
    private let start: Int32
    private let end: Int32

    /// What a glyph is.
    public enum Kind: UInt8, Sendable, Hashable {
        /// The text itself.
        case plain
        /// Part of the visible stand-in for something that must not reach the terminal.
        case standIn
        /// The end of a line; no columns.
        case newline
        /// A tab, which takes columns only once text is wrapped.
        case tab
    }

    init(_ text: String, width: Int, kind: Kind = .plain, source: Range<Int>) {
        self.text = text
        self.kind = kind
        packedWidth = UInt8(width)
        start = Int32(clamping: source.lowerBound)
        end = Int32(clamping: source.upperBound)
    }

    /// Columns: 1, 2, or 0 for a newline or a tab.
    public var width: Int { Int(packedWidth) }

    /// The bytes of the original text that it shows, as offsets into its UTF-8.
    ///
    /// All glyphs of one stand-in have the same range.
    public var source: Range<Int> { Int(start)..<Int(end) }

    /// Whether it is part of a stand-in.
    public var isStandIn: Bool { kind == .standIn }

    /// Whether it is the ordinary space.
    var isSpace: Bool { kind == .tab || (kind == .plain && text == " ") }

    func extended(with mark: Unicode.Scalar?, to end: Int) -> Glyph {
        var text = text
        if let mark { text.unicodeScalars.append(mark) }
        return Glyph(text, width: width, kind: kind, source: source.lowerBound..<end)
    }

    func moved(by distance: Int) -> Glyph {
        Glyph(
            text, width: width, kind: kind, source: Int(start) + distance..<Int(end) + distance)
    }
}
