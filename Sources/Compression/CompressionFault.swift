/// Why compressed bytes give nothing.
public enum CompressionFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// They are not what they are said to be, or have been changed.
    case damaged
    /// They end before their end.
    case cut
    /// They give more than may come of them.
    case beyondLimit

    /// What is wrong, in words.
    public var description: String {
        switch self {
        case .damaged: "what is compressed is damaged"
        case .cut: "what is compressed ends before its end"
        case .beyondLimit: "what is compressed holds more than is read"
        }
    }
}
