/// What a screen in memory is fed with, instead of a person.
public struct Script: Sendable, Hashable {
    /// The steps in order.
    public var steps: [Step]

    /// One thing that a person would do.
    public enum Step: Sendable, Hashable {
        /// Makes an event happen.
        case event(ScreenEvent)
        /// Looks on until the screen shows a text.
        case await(String)
    }

    /// A script of steps.
    public init(_ steps: [Step] = []) { self.steps = steps }

    /// A script of events.
    public init(events: [ScreenEvent]) { steps = events.map(Step.event) }

    /// A script from its text: names of events (see ``ScreenEvent/init(_:)``) separated by spaces and line ends.
    ///
    /// `await:TEXT` looks on until a row of the screen holds the text; it and `paste:TEXT` take the rest of their
    /// line. A line that begins with `#` and a space is a comment.
    ///
    /// - Throws: ``ScriptError`` naming the first word that is no event.
    public init(_ text: String) throws(ScriptError) {
        steps = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated()
        {
            var rest = line.drop { $0 == " " }
            if rest.hasPrefix("# ") { continue }
            while !rest.isEmpty {
                let takesLine = rest.hasPrefix("paste:") || rest.hasPrefix("await:")
                let word = takesLine ? rest : rest.prefix { $0 != " " }
                if word.hasPrefix("await:") {
                    steps.append(.await(String(word.dropFirst("await:".count))))
                } else if let event = ScreenEvent(String(word)) {
                    steps.append(.event(event))
                } else {
                    throw ScriptError(line: index + 1, word: String(word))
                }
                rest = rest.dropFirst(word.count).drop { $0 == " " }
            }
        }
    }
}

/// A word in a script that is no event.
public struct ScriptError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line, from 1.
    public let line: Int
    /// The word.
    public let word: String

    /// One line: what is wrong and what helps.
    public var description: String {
        "line \(line): '\(SafeText(word).singleLine)' is no event: write names such as a, ctrl-r, enter, f5, "
            + "resize:100x30, click:3,4, paste:TEXT or await:TEXT"
    }
}
