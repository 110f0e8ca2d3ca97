/// Where a grammar allows white space between the tokens of JSON.
public struct WhiteSpace: Sendable, Hashable {
    struct Run: Sendable, Hashable {
        var maximum: Int
        var anyByte: Bool
    }

    /// After `,` and `:`.
    var afterSeparator: Run
    /// Everywhere else between tokens.
    var inStructure: Run

    /// None at all.
    public static let compact = WhiteSpace(
        afterSeparator: Run(maximum: 0, anyByte: false), inStructure: Run(maximum: 0, anyByte: false))
    /// None, or one space after `,` and `:`: as models write, and as most serialisers do.
    public static let spaced = WhiteSpace(
        afterSeparator: Run(maximum: 1, anyByte: false), inStructure: Run(maximum: 0, anyByte: false))
    /// Any, in runs of at most `maximum` bytes, so that a model cannot run away in blanks.
    public static func any(upTo maximum: Int = 40) -> WhiteSpace {
        WhiteSpace(
            afterSeparator: Run(maximum: maximum, anyByte: true),
            inStructure: Run(maximum: maximum, anyByte: true))
    }
}

/// In which order an object's keys may come.
public enum KeyOrder: Sendable, Hashable {
    /// In any order, as the schema says.
    case any
    /// Named keys in the order in which the schema lists them, then others.
    case schema
}

/// What becomes of `format`.
public enum Formats: Sendable, Hashable {
    /// Known formats must hold.
    case enforced
    /// Formats only annotate, as JSON Schema has it where nobody asks for more.
    case annotated
}

/// What a grammar fixes beyond the schema; explanations name these as policy.
public struct GrammarOptions: Sendable, Hashable {
    /// White space between tokens.
    public var whiteSpace: WhiteSpace
    /// The order of keys.
    public var keyOrder: KeyOrder

    /// Whether formats are enforced.
    public var formats: Formats

    /// Options; by default as models write, with keys in any order and known formats enforced.
    public init(whiteSpace: WhiteSpace = .spaced, keyOrder: KeyOrder = .any, formats: Formats = .enforced) {
        self.formats = formats
        self.whiteSpace = whiteSpace
        self.keyOrder = keyOrder
    }
}
