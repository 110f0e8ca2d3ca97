/// What a screen tells the program.
public enum ScreenEvent: Sendable, Hashable {
    /// A key was pressed.
    case key(Key)
    /// Text was pasted; its line ends are newlines.
    case paste(String)
    /// The mouse did something.
    case mouse(Mouse)
    /// The terminal's window got or lost the focus.
    case focus(Bool)
    /// The terminal has another size.
    case resize(Size)
    /// Another thread posted something to a mailbox.
    case wake
    /// The program is asked to end.
    case exit(ExitRequest)

    /// Why the program is asked to end.
    public enum ExitRequest: Sendable, Hashable {
        /// A signal: SIGHUP, SIGINT, SIGQUIT or SIGTERM, by its number.
        case signal(Int32)
        /// The terminal is gone.
        case hangUp
        /// The script of keys is at its end.
        case endOfScript
        /// The script waits for a text that did not come.
        case stuckScript(awaiting: String)

        /// The exit status that a shell expects: 128 and the signal's number; a hang-up counts as SIGHUP.
        public var status: Int32 {
            switch self {
            case .signal(let number): 128 + number
            case .hangUp: 128 + 1
            case .endOfScript: 0
            case .stuckScript: 1
            }
        }
    }
}
