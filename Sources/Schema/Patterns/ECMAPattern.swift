/// A regular expression as JSON Schema's `pattern` has it (ECMA-262, Unicode mode).
///
/// Equality is that of the source text.
public struct ECMAPattern: Sendable, Hashable {
    /// The expression as written.
    public let source: String
    /// The syntax tree.
    package let root: PatternNode
    /// How many groups capture; they are numbered from 1 in the order of their opening.
    package let groupCount: Int
    /// The numbers of the groups that have names.
    package let groupNames: [String: Int]

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
    /// Backtracking comes first, being the quickest on all but hostile input; where it takes long, an automaton decides
    /// patterns without lookaround and back-references.
    /// - Throws: ``PatternError`` when that cannot be decided within the step budget, as with nested repetitions around
    ///   a back-reference on a hostile text.
    public func matches(_ text: String) throws(PatternError) -> Bool {
        var steps = 0
        return try matches(text, steps: &steps)
    }

    /// As ``matches(_:)``; adds the steps taken.
    func matches(_ text: String, steps: inout Int) throws(PatternError) -> Bool {
        let scalars = text.unicodeScalars.map(\.value)
        var quick = PatternMatcher(self, scalars, stepLimit: ECMAPattern.quickSteps)
        defer { steps += quick.steps }
        do {
            return try quick.findsMatch()
        } catch {
            if let found = PatternProgram(root)?.findsMatch(in: scalars, steps: &steps) { return found }
        }
        var patient = PatternMatcher(self, scalars, stepLimit: ECMAPattern.patientSteps)
        defer { steps += patient.steps }
        return try patient.findsMatch()
    }

    private static let quickSteps = 20_000
    private static let patientSteps = 2_000_000

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
