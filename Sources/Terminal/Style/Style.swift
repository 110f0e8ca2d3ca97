/// How a cell looks: two colours and a set of attributes.
public struct Style: Sendable, Hashable {
    /// The colour of the strokes.
    public var foreground: Color
    /// The colour behind them.
    public var background: Color
    /// Bold, dim and so on.
    public var attributes: Attributes
    /// What the look stands for, by a number that the program gives; 0 for nothing in particular.
    ///
    /// No terminal is told of it: it is how a program can give all cells of one meaning another look.
    public var meaning: UInt8

    /// What a terminal can do to a character besides colouring it.
    public struct Attributes: OptionSet, Sendable, Hashable {
        /// One bit an attribute.
        public let rawValue: UInt8

        /// A set from its bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Heavier or brighter strokes.
        public static let bold = Attributes(rawValue: 1)
        /// Fainter strokes.
        public static let dim = Attributes(rawValue: 2)
        /// Slanted strokes, or none where the terminal has no slanted font.
        public static let italic = Attributes(rawValue: 4)
        /// A line below.
        public static let underline = Attributes(rawValue: 8)
        /// Foreground and background change places.
        public static let reverse = Attributes(rawValue: 16)
    }

    /// A style; the default one is the terminal's own.
    public init(
        _ foreground: Color = .default, on background: Color = .default, _ attributes: Attributes = [],
        meaning: UInt8 = 0
    ) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
        self.meaning = meaning
    }

    /// The terminal's own colours and no attribute.
    public static let plain = Style()
    /// Bold in the terminal's own colours.
    public static let bold = Style(.default, on: .default, .bold)
    /// Dim in the terminal's own colours.
    public static let dim = Style(.default, on: .default, .dim)
    /// Reversed terminal colours.
    public static let reverse = Style(.default, on: .default, .reverse)

    /// The style with more attributes.
    public func adding(_ more: Attributes) -> Style {
        Style(foreground, on: background, attributes.union(more), meaning: meaning)
    }

    /// The style with another foreground.
    public func colored(_ color: Color) -> Style {
        Style(color, on: background, attributes, meaning: meaning)
    }

    /// The style with another background.
    public func on(_ color: Color) -> Style { Style(foreground, on: color, attributes, meaning: meaning) }

    /// The look of a stand-in for something that must not reach the terminal, within text of this style.
    ///
    /// Reverse is turned over rather than set, so that a stand-in is distinct within selected text and
    /// without colours.
    public var standIn: Style { Style(.magenta, on: background, attributes.symmetricDifference(.reverse)) }

    /// What a terminal of the given depth can show of it; attributes always remain.
    public func degraded(to depth: ColorDepth) -> Style {
        Style(
            foreground.degraded(to: depth), on: background.degraded(to: depth), attributes, meaning: meaning)
    }

    /// The escape sequence (ECMA-48, select graphic rendition) that sets exactly this style.
    public var sgr: String {
        var codes = ["0"]
        if attributes.contains(.bold) { codes.append("1") }
        if attributes.contains(.dim) { codes.append("2") }
        if attributes.contains(.italic) { codes.append("3") }
        if attributes.contains(.underline) { codes.append("4") }
        if attributes.contains(.reverse) { codes.append("7") }
        codes += Style.codes(foreground, base: 30) + Style.codes(background, base: 40)
        return "\u{1B}[" + codes.joined(separator: ";") + "m"
    }

    private static func codes(_ color: Color, base: Int) -> [String] {
        switch color {
        case .default: []
        case .basic(let basic): ["\(base + Int(basic.rawValue))"]
        case .palette(let index): ["\(base + 8)", "5", "\(index)"]
        case .rgb(let red, let green, let blue): ["\(base + 8)", "2", "\(red)", "\(green)", "\(blue)"]
        }
    }
}
