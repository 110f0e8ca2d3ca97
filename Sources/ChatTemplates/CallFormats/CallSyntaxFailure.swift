/// Why no way of calling was learnt from a template.
public enum CallSyntaxFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The tools do not reach the prompt.
    case toolsAreNotTold
    /// The template refuses a conversation with a call, for that reason.
    case refused(String)
    /// A call that was made is not in the prompt, or not in a way that can be read.
    case callsAreNotWritten
    /// The arguments stand there in a way that was not understood.
    case argumentsNotUnderstood
    /// What was learnt does not read back a call that the template itself wrote.
    case notReadBack(String)

    /// One line.
    public var description: String {
        switch self {
        case .toolsAreNotTold: "the template does not tell the model of its tools"
        case .refused(let reason): "the template refuses a conversation with a call: \(reason)"
        case .callsAreNotWritten: "the template does not write the calls that a model makes"
        case .argumentsNotUnderstood:
            "the template writes the arguments of a call in a way that is not understood"
        case .notReadBack(let call): "a call that the template writes is not read back: \(call)"
        }
    }
}
