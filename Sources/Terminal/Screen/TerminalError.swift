/// Why there is no screen.
public enum TerminalError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Standard input or output is not a terminal.
    case notATerminal(String)
    /// The terminal's description lacks what a screen needs.
    case unusable(term: String)
    /// A screen is open already.
    case alreadyOpen
    /// A system call failed.
    case system(call: String, message: String)

    /// One line: what is wrong and what helps.
    public var description: String {
        switch self {
        case .notATerminal(let stream):
            "\(stream) is not a terminal: run it in one"
        case .unusable(let term):
            "the terminal TERM=\(SafeText(term).singleLine) cannot move its cursor: set TERM, for example to xterm-256color"
        case .alreadyOpen: "the terminal is in use by another screen of this program: close that one first"
        case .system(let call, let message): "the terminal cannot be set up: \(call): \(message)"
        }
    }
}

/// Why a text was not edited.
public enum EditorError: Error, Sendable, Hashable, CustomStringConvertible {
    /// None is named and none of the usual ones is there.
    case none
    /// It could not be started.
    case cannotStart(command: String, message: String)
    /// It ended with another status than 0, or by a signal.
    case failed(command: String, status: Int32)
    /// The file between the program and the editor could not be written or read.
    case file(path: String, message: String)

    /// One line: what is wrong and what helps.
    public var description: String {
        switch self {
        case .none: "no editor found: set EDITOR, for example to nano"
        case .cannotStart(let command, let message):
            "the editor '\(command)' cannot be started: \(message); set EDITOR"
        case .failed(let command, let status):
            "the editor '\(command)' ended with status \(status): nothing was changed"
        case .file(let path, let message): "the editor's file \(path): \(message)"
        }
    }
}
