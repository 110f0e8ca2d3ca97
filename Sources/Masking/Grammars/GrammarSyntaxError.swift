/// What is wrong with the text of a grammar, and where.
public struct GrammarSyntaxError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line, from 1.
    public var line: Int
    /// The scalar of the line, from 1.
    public var column: Int
    /// What is wrong, and what would be right.
    public var reason: String

    /// `line L, column C: reason`.
    public var description: String { "line \(line), column \(column): \(reason)" }
}
