import Synchronization

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
    private let program = ProgramMemory()

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
        do {
            return try matchesSoon(scalars, within: ECMAPattern.quickSteps, steps: &steps)
        } catch {
            return try matches(scalars, within: ECMAPattern.patientSteps, steps: &steps)
        }
    }

    /// As ``matches(_:)``, with a budget that grows with the text alone: for masks, which ask for hundreds of texts at once.
    /// - Throws: ``PatternError`` when that cannot be decided within it.
    package func matchesSoon(_ text: String) throws(PatternError) -> Bool {
        let scalars = text.unicodeScalars.map(\.value)
        var steps = 0
        return try matchesSoon(
            scalars, within: ECMAPattern.maskSteps + ECMAPattern.scalarSteps * scalars.count, steps: &steps)
    }

    private func matchesSoon(
        _ text: [UInt32], within limit: Int, steps: inout Int
    ) throws(PatternError) -> Bool {
        do {
            return try matches(text, within: limit, steps: &steps)
        } catch {
            if let found = program.program(of: root)?.findsMatch(in: text, steps: &steps) { return found }
            throw error
        }
    }

    /// By backtracking alone.
    private func matches(
        _ text: [UInt32], within limit: Int, steps: inout Int
    ) throws(PatternError) -> Bool {
        var matcher = PatternMatcher(self, text, stepLimit: limit)
        defer { steps += matcher.steps }
        return try matcher.findsMatch()
    }

    private static let quickSteps = 20_000
    private static let maskSteps = 600
    private static let scalarSteps = 40
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

/// The automaton of one pattern, made where backtracking has taken long for the first time.
private final class ProgramMemory: Sendable {
    private let made = Mutex<(isKnown: Bool, program: PatternProgram?)>((false, nil))

    func program(of root: PatternNode) -> PatternProgram? {
        made.withLock { made in
            if !made.isKnown { made = (true, PatternProgram(root)) }
            return made.program
        }
    }
}
