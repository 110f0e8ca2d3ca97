/// Text that a model, a tool or a file wrote, made safe to draw.
///
/// Control characters, escape sequences, bidirectional overrides, zero-width and tag characters, variation
/// selectors, look-alike spaces, private and unassigned code points, marks without a base or beyond the fourth,
/// and bytes that are not UTF-8 become visible stand-ins, flagged so that they can be styled. Nothing is dropped,
/// except a presentation selector (U+FE0E, U+FE0F) directly after an emoji, which terminals measure differently.
///
/// Safe text must stay safe text until it is drawn: flattened to a string and made safe again, its stand-ins are
/// themselves marked.
public struct SafeText: Sendable, Hashable {
    /// What is drawn, in order.
    public private(set) var glyphs: [Glyph]

    /// Safe text from glyphs that were cut from other safe text.
    public init(glyphs: some Sequence<Glyph>) { self.glyphs = Array(glyphs) }

    /// A string made safe; offsets count its UTF-8 bytes.
    public init(_ string: String) {
        var builder = GlyphBuilder(capacity: string.utf8.count)
        for scalar in string.unicodeScalars { builder.append(scalar) }
        glyphs = builder.glyphs
    }

    /// Bytes that should be UTF-8 made safe; those that are not show as `‹E2 82›`.
    public init(bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        var builder = GlyphBuilder(capacity: bytes.count)
        var position = 0
        var invalid = 0..<0
        while position < bytes.count {
            if let scalar = SafeText.scalar(in: bytes, at: position) {
                builder.append(invalid: bytes[invalid])
                builder.append(scalar)
                position += UTF8.width(scalar)
                invalid = position..<position
            } else {
                position += 1
                invalid = invalid.lowerBound..<position
                if invalid.count == 4 {
                    builder.append(invalid: bytes[invalid])
                    invalid = position..<position
                }
            }
        }
        builder.append(invalid: bytes[invalid])
        glyphs = builder.glyphs
    }

    /// The empty text.
    public static let empty = SafeText(glyphs: [])

    /// Columns on one line; newlines and tabs count nothing.
    public var width: Int { glyphs.reduce(0) { $0 + $1.width } }

    /// Whether there is nothing to draw.
    public var isEmpty: Bool { glyphs.isEmpty }

    /// Whether anything in it had to be replaced.
    public var hasStandIns: Bool { glyphs.contains { $0.isStandIn } }

    /// What is drawn, as a plain string with its newlines and tabs.
    public var plain: String { glyphs.map(\.text).joined() }

    /// What is drawn, as a plain string of one line: newlines and tabs have stand-ins too.
    public var singleLine: String {
        glyphs.map { glyph in
            glyph.width == 0 ? StandIn.text(for: glyph.kind == .tab ? "\t" : "\n") : glyph.text
        }.joined()
    }

    /// The lines, split at newlines, which are left out.
    public var lines: [SafeText] {
        glyphs.split(omittingEmptySubsequences: false) { $0.kind == .newline }.map { SafeText(glyphs: $0) }
    }

    /// Runs of text and runs of stand-ins.
    public var spans: [Span] {
        var spans: [Span] = []
        for glyph in glyphs {
            if let last = spans.last, last.isStandIn == glyph.isStandIn {
                spans[spans.count - 1].text += glyph.text
            } else {
                spans.append(Span(text: glyph.text, isStandIn: glyph.isStandIn))
            }
        }
        return spans
    }

    /// A run of text, or a run of stand-ins.
    public struct Span: Sendable, Hashable {
        /// What is drawn.
        public fileprivate(set) var text: String
        /// Whether it stands for something that must not be drawn.
        public let isStandIn: Bool
    }

    /// The part whose source lies within the given UTF-8 offsets of the original.
    public func slice(_ source: Range<Int>) -> SafeText {
        SafeText(
            glyphs: glyphs.filter {
                $0.source.lowerBound >= source.lowerBound && $0.source.upperBound <= source.upperBound
            })
    }

    /// Both texts in a row; the offsets of the second one go on where those of the first end.
    public static func + (left: SafeText, right: SafeText) -> SafeText {
        let end = left.glyphs.last?.source.upperBound ?? 0
        return SafeText(glyphs: left.glyphs + right.glyphs.map { $0.moved(by: end) })
    }

    /// The scalar that begins at a byte, or nil where no well-formed sequence begins there (RFC 3629).
    private static func scalar(in bytes: [UInt8], at start: Int) -> Unicode.Scalar? {
        let first = bytes[start]
        let length: Int
        switch first {
        case 0..<0x80: return Unicode.Scalar(first)
        case 0xC2..<0xE0: length = 2
        case 0xE0..<0xF0: length = 3
        case 0xF0..<0xF5: length = 4
        default: return nil
        }
        guard start + length <= bytes.count else { return nil }
        var value = UInt32(first) & (0xFF >> UInt32(length + 1))
        for byte in bytes[start + 1..<start + length] {
            guard byte & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        let smallest: [UInt32] = [0, 0, 0x80, 0x800, 0x10000]
        return value >= smallest[length] ? Unicode.Scalar(value) : nil
    }
}
