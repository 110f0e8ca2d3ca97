import Agent

/// What must and must not happen in a session: a file beside it, one expression a line.
///
///     # the comments are looked up, and nothing fails
///     must ~tool get_comments & ~arg limit=5
///     must not ~err
public struct SessionAssertions: Sendable {
    /// One line of the file.
    public struct Assertion: Sendable {
        /// The line's number, from 1.
        public let line: Int
        /// Whether a step must match; otherwise none may.
        public let mustMatch: Bool
        /// The expression.
        public let filter: Filter

        /// The line as it would be written.
        public var text: String { "\(mustMatch ? "must" : "must not") \(filter)" }
    }

    /// An assertion that does not hold.
    public struct Failure: Sendable, CustomStringConvertible {
        /// The assertion.
        public let assertion: Assertion
        /// The first step that matches and must not.
        public let step: Event?

        /// One line: the assertion, and the step that breaks it.
        public var description: String {
            guard let step else { return "\(PlainText.line(assertion.text)): no step matches" }
            return
                "\(PlainText.line(assertion.text)): step \(step.number) does: \(SessionPrinter.summary(of: step))"
        }
    }

    /// The assertions, in order.
    public let assertions: [Assertion]

    /// Reads a file's text; empty lines and those that begin with `#` say nothing.
    /// - Throws: ``AssertionFileError`` with the line, the column and the fix.
    public init(_ text: String) throws(AssertionFileError) {
        var assertions: [Assertion] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.drop(while: \.isWhitespace)
            if line.isEmpty || line.hasPrefix("#") { continue }
            guard let keyword = ["must not ", "must "].first(where: { line.hasPrefix($0) }) else {
                throw AssertionFileError(
                    line: index + 1, column: 1, reason: "write must EXPRESSION or must not EXPRESSION")
            }
            do {
                let filter = try Filter(String(line.dropFirst(keyword.count)))
                assertions.append(
                    Assertion(line: index + 1, mustMatch: keyword == "must ", filter: filter))
            } catch {
                throw AssertionFileError(
                    line: index + 1, column: error.column + keyword.count, reason: error.reason)
            }
        }
        self.assertions = assertions
    }

    /// Those that do not hold for the events of a session.
    public func failures(in events: [Event]) -> [Failure] {
        var state = RunState()
        var first: [Int: Event] = [:]
        for event in events {
            state.apply(event)
            for (index, assertion) in assertions.enumerated() where first[index] == nil {
                if assertion.filter.matches(event, in: state) { first[index] = event }
            }
        }
        return assertions.enumerated().compactMap { index, assertion in
            guard assertion.mustMatch == (first[index] == nil) else { return nil }
            return Failure(assertion: assertion, step: first[index])
        }
    }
}

/// A fault in a file of assertions.
public struct AssertionFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line, from 1.
    public let line: Int
    /// The column, from 1.
    public let column: Int
    /// What is wrong and what to write instead.
    public let reason: String

    /// `LINE:COLUMN: …`.
    public var description: String { "\(line):\(column): \(reason)" }
}
