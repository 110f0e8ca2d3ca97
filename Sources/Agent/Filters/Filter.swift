/// A filter expression together with the text that it was read from.
///
/// One language serves breakpoints, the intercept filter, searches, assertions and rules; see ``FilterParser`` for
/// its grammar.
public struct Filter: Sendable, Hashable, CustomStringConvertible {
    /// The expression as it was written.
    public let source: String
    /// What it means.
    public let expression: FilterExpression

    /// Reads an expression.
    /// - Throws: ``FilterError`` with the column and the fix.
    public init(_ source: String) throws(FilterError) {
        expression = try FilterParser.parse(source)
        self.source = source
    }

    /// The expression as it was written.
    public var description: String { source }

    /// Whether an event meets the condition; `state` is the fold up to and including the event.
    ///
    /// What cannot be decided (unreadable arguments, a pattern beyond its budget) does not match.
    public func matches(_ event: Event, in state: RunState) -> Bool {
        expression.evaluate(FilterSubject(event: event.body), in: state, reach: .wide) == true
    }

    /// Whether a call meets the condition as it stands in `state`; what cannot be decided does not match.
    public func matches(_ record: CallRecord, in state: RunState) -> Bool {
        evaluate(record, in: state, reach: .wide) == true
    }

    /// Whether a call meets the condition as it stands in `state`; `nil` where that cannot be decided.
    ///
    /// - Parameter reach: whether one part of a compound command is enough, or every part must match.
    func evaluate(_ record: CallRecord, in state: RunState, reach: FilterReach) -> Bool? {
        expression.evaluate(FilterSubject(call: record), in: state, reach: reach)
    }

    /// Whether a condition on shell commands stands in it.
    var looksAtCommands: Bool { expression.contains { if case .command = $0 { true } else { false } } }

    /// Whether a condition on changed definitions stands in it.
    var looksAtChanges: Bool { expression.contains { if case .changed = $0 { true } else { false } } }

    /// Equality of the source's bytes.
    public static func == (left: Filter, right: Filter) -> Bool {
        left.source.utf8.elementsEqual(right.source.utf8)
    }

    /// Feeds the source's bytes.
    public func hash(into hasher: inout Hasher) { for byte in source.utf8 { hasher.combine(byte) } }
}

/// How far a condition reaches on something that has parts, such as a compound shell command.
struct FilterReach {
    /// How many of the parts must meet it.
    enum Quantifier {
        /// One part is enough: a deny on any part denies.
        case any
        /// Every part must match: an allow must cover all.
        case all
    }

    var quantifier: Quantifier
    /// Whether it lets calls run: then the parts must be proved.
    let allows: Bool

    /// For a search, and for rules that deny or ask.
    static let wide = FilterReach(quantifier: .any, allows: false)
    /// For rules that allow.
    static let narrow = FilterReach(quantifier: .all, allows: true)

    /// Whether every way counts in which a tool may read a value: for all but the proof that a call may run.
    var isWide: Bool { quantifier == .any || !allows }

    var opposite: FilterReach {
        FilterReach(quantifier: quantifier == .any ? .all : .any, allows: allows)
    }
}

/// A condition on an event, as a tree.
public indirect enum FilterExpression: Sendable, Hashable {
    /// One condition.
    case term(FilterTerm)
    /// Not.
    case not(FilterExpression)
    /// Both.
    case and(FilterExpression, FilterExpression)
    /// Either, or both.
    case or(FilterExpression, FilterExpression)

    fileprivate func contains(_ condition: (FilterTerm) -> Bool) -> Bool {
        switch self {
        case .term(let term): condition(term)
        case .not(let inner): inner.contains(condition)
        case .and(let left, let right), .or(let left, let right):
            left.contains(condition) || right.contains(condition)
        }
    }

    /// Three-valued truth (Kleene): `nil` where it cannot be decided.
    func evaluate(
        _ subject: FilterSubject, in state: RunState, reach: FilterReach
    ) -> Bool? {
        switch self {
        case .term(let term): return term.evaluate(subject, in: state, reach: reach)
        case .not(let inner):
            // "No part matches" is the opposite of "some part matches".
            return inner.evaluate(subject, in: state, reach: reach.opposite).map { !$0 }
        case .and(let left, let right):
            let first = left.evaluate(subject, in: state, reach: reach)
            if first == false { return false }
            let second = right.evaluate(subject, in: state, reach: reach)
            return second == false ? false : first == nil || second == nil ? nil : true
        case .or(let left, let right):
            let first = left.evaluate(subject, in: state, reach: reach)
            if first == true { return true }
            let second = right.evaluate(subject, in: state, reach: reach)
            return second == true ? true : first == nil || second == nil ? nil : false
        }
    }
}
