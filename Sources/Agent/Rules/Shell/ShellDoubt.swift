/// Why it is not certain what a command line runs, and where in the line.
public struct ShellDoubt: Error, Sendable, Hashable, CustomStringConvertible {
    /// The byte in the line's UTF-8 at which certainty ends.
    public let offset: Int
    /// What stands there, in words.
    public let reason: String

    init(at offset: Int, _ reason: String) {
        self.offset = offset
        self.reason = reason
    }

    /// The place in Unicode scalars, from 1.
    public func column(in line: String) -> Int {
        String(decoding: line.utf8.prefix(offset), as: UTF8.self).unicodeScalars.count + 1
    }

    /// The reason alone.
    public var description: String { reason }
}

/// How much must be certain of a command line.
enum ShellCertainty {
    /// What starts and with which words: for rules that allow.
    case words
    /// What may start, whatever its words turn out to be: for rules that deny or ask, and for searches.
    case starts
}
