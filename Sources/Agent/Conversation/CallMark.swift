/// The step that says to what the text after it belongs, for a model that streams calls and thinking apart from words.
///
/// It stands as a control token between the pieces of the stream, so that a journal alone tells the arguments of each
/// call, token by token.
public enum CallMark: Sendable, Hashable {
    /// A call of that tool begins.
    case begins(tool: String)
    /// The call of that number goes on, from 1 in the order in which the calls of the round began.
    case goesOn(number: Int, tool: String)
    /// Words go on after a call or after thinking.
    case words
    /// The model thinks.
    case thinking

    /// The mark as the name of a control token.
    public var name: String {
        switch self {
        case .begins(let tool): "<call \(tool)>"
        case .goesOn(let number, let tool): "<back to call \(number): \(tool)>"
        case .words: "<words>"
        case .thinking: "<thinking>"
        }
    }

    /// The mark of that name; `nil` for the name of another control token.
    public init?(name: String) {
        guard name.utf8.last == UInt8(ascii: ">") else { return nil }
        if name == "<words>" {
            self = .words
        } else if name == "<thinking>" {
            self = .thinking
        } else if name.hasPrefix("<call ") {
            self = .begins(tool: String(name.dropFirst(6).dropLast()))
        } else if name.hasPrefix("<back to call "), let colon = name.firstIndex(of: ":"),
            let number = Int(name[..<colon].dropFirst(14)), number > 0
        {
            self = .goesOn(number: number, tool: String(name[colon...].dropFirst(2).dropLast()))
        } else {
            return nil
        }
    }
}
