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
        expression.evaluate(FilterSubject(event: event.body), in: state, quantifier: .any) == true
    }

    /// Whether a call meets the condition as it stands in `state`; what cannot be decided does not match.
    public func matches(_ record: CallRecord, in state: RunState) -> Bool {
        evaluate(record, in: state, quantifier: .any) == true
    }

    /// Whether a call meets the condition as it stands in `state`; `nil` where that cannot be decided.
    ///
    /// - Parameter quantifier: whether one part of a compound command is enough, or every part must match.
    func evaluate(_ record: CallRecord, in state: RunState, quantifier: FilterQuantifier) -> Bool? {
        expression.evaluate(FilterSubject(call: record), in: state, quantifier: quantifier)
    }

    /// Equality of the source's bytes.
    public static func == (left: Filter, right: Filter) -> Bool {
        left.source.utf8.elementsEqual(right.source.utf8)
    }

    /// Feeds the source's bytes.
    public func hash(into hasher: inout Hasher) { for byte in source.utf8 { hasher.combine(byte) } }
}

/// How a condition on something that has parts, such as a compound shell command, is met.
enum FilterQuantifier {
    /// One part is enough: a deny on any part denies.
    case any
    /// Every part must match: an allow must cover all.
    case all

    var opposite: FilterQuantifier { self == .any ? .all : .any }
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

    /// Three-valued truth (Kleene): `nil` where it cannot be decided.
    func evaluate(
        _ subject: FilterSubject, in state: RunState, quantifier: FilterQuantifier
    ) -> Bool? {
        switch self {
        case .term(let term): return term.evaluate(subject, in: state, quantifier: quantifier)
        case .not(let inner):
            // "No part matches" is the opposite of "some part matches".
            return inner.evaluate(subject, in: state, quantifier: quantifier.opposite).map { !$0 }
        case .and(let left, let right):
            let first = left.evaluate(subject, in: state, quantifier: quantifier)
            if first == false { return false }
            let second = right.evaluate(subject, in: state, quantifier: quantifier)
            return second == false ? false : first == nil || second == nil ? nil : true
        case .or(let left, let right):
            let first = left.evaluate(subject, in: state, quantifier: quantifier)
            if first == true { return true }
            let second = right.evaluate(subject, in: state, quantifier: quantifier)
            return second == true ? true : first == nil || second == nil ? nil : false
        }
    }
}
