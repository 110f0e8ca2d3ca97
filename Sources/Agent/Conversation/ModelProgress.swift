/// How far a model is with what it does before its first token.
public enum ModelProgress: Sendable, Hashable {
    /// Bytes of the model's file that are in memory, of all.
    case loading(bytes: Int, of: Int)
    /// Tokens of the prompt that are read, of all, and how many a second; nil before the first are.
    case reading(tokens: Int, of: Int, perSecond: Double?)

    /// In a few words, for a title or a line: `reading the prompt: 320 of 697 tokens, 194/s, 2 s left`.
    public var summary: String {
        switch self {
        case .loading(let bytes, let all):
            return "loading the model: \(Self.megabytes(bytes)) of \(Self.megabytes(all)) MB"
        case .reading(let tokens, let all, let rate):
            var words = "reading the prompt: \(tokens) of \(all) tokens"
            guard let rate, rate > 0 else { return words }
            words += rate < 10 ? ", \(Double(Int(rate * 10)) / 10)/s" : ", \(Int(rate))/s"
            let seconds = Double(all - tokens) / rate
            // A rate that promises less than a second promises nothing that can be read in time.
            return seconds < 1 ? words : words + ", \(Int(seconds.rounded(.up))) s left"
        }
    }

    private static func megabytes(_ bytes: Int) -> Int { bytes / 1_000_000 }
}
