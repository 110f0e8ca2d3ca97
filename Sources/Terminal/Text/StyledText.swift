/// One line of text whose parts look different.
public struct StyledText: Sendable, Hashable {
    /// The parts in order.
    public private(set) var runs: [Run]

    /// A part and its look.
    public struct Run: Sendable, Hashable {
        /// What is drawn.
        public let text: SafeText
        /// How; stand-ins within it are marked as ``Style/standIn`` of it.
        public let style: Style
    }

    /// A text without parts.
    public init() { runs = [] }

    /// A text of one part.
    public init(_ string: String, _ style: Style = .plain) {
        runs = [Run(text: SafeText(string), style: style)]
    }

    /// Adds a string, made safe.
    public mutating func append(_ string: String, _ style: Style = .plain) {
        append(SafeText(string), style)
    }

    /// Adds safe text.
    public mutating func append(_ text: SafeText, _ style: Style = .plain) {
        runs.append(Run(text: text, style: style))
    }

    /// Both texts in a row.
    public static func + (left: StyledText, right: StyledText) -> StyledText {
        var both = left
        both.runs += right.runs
        return both
    }

    /// Columns.
    public var width: Int { runs.reduce(0) { $0 + $1.text.width } }

    /// The text cut at `width` columns, its last column an ellipsis where anything was cut.
    public func truncated(to width: Int) -> StyledText {
        guard self.width > width else { return self }
        var cut = StyledText()
        var left = max(0, width)
        for run in runs where left > 0 {
            // One column more is asked for than is left, so that the ellipsis comes only where text is lost.
            let isLast = run.text.width >= left
            if isLast {
                let glyphs = run.text.glyphs + [Glyph(" ", width: 1, source: 0..<0)]
                cut.append(SafeText(glyphs: glyphs).truncated(to: left), run.style)
                return cut
            }
            cut.append(run.text, run.style)
            left -= run.text.width
        }
        return cut
    }
}
