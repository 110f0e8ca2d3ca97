/// A regular expression as JSON Schema's `pattern` has it (ECMA-262, Unicode mode).
///
/// Equality is that of the source text.
public struct ECMAPattern: Sendable, Hashable {
    /// The expression as written.
    public let source: String
    let root: PatternNode
    let groupCount: Int
    let groupNames: [String: Int]

    /// Reads an expression.
    ///
    /// Escapes that have no meaning stand for their character, as most schemas in use expect.
    /// - Throws: ``PatternError`` with the column.
    public init(_ source: String) throws(PatternError) { try self.init(source, isStrict: false) }

    /// Reads an expression; where `isStrict`, escapes of letters that have no meaning are faults, as in ECMAScript.
    package init(_ source: String, isStrict: Bool) throws(PatternError) {
        var parser = PatternParser(source, isStrict: isStrict)
        root = try parser.parse()
        groupCount = parser.groupCount
        groupNames = parser.groupNames
        self.source = source
    }

    /// Whether a match stands anywhere in `text`.
    ///
    /// - Throws: ``PatternError`` when that cannot be decided within the step budget, as with nested repetitions on
    ///   a hostile text.
    public func matches(_ text: String) throws(PatternError) -> Bool {
        var matcher = PatternMatcher(self, text)
        return try matcher.findsMatch()
    }

    /// Equality of the source's bytes.
    public static func == (left: ECMAPattern, right: ECMAPattern) -> Bool {
        left.source.utf8.elementsEqual(right.source.utf8)
    }

    /// Feeds the source's bytes.
    public func hash(into hasher: inout Hasher) { for byte in source.utf8 { hasher.combine(byte) } }
}

/// Why a regular expression cannot be used.
public struct PatternError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line: the place and what is wrong there.
    public let description: String

    init(_ description: String) { self.description = description }
}
