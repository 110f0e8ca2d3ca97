/// Divides text into the pieces within which byte pairs are merged.
///
/// The patterns are regular expressions in the models' sources; here each is a scanner over Unicode scalars that takes
/// the first alternative to match, as a backtracking engine would.
struct PreTokenizer: Sendable {
    private enum Pattern: Sendable {
        /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
        case gpt2
        /// The same, after each digit has been taken out as a piece of its own.
        case smolLM
        /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,n}| ?[^\s\p{L}\p{N}]+[\r\n]*`
        /// `|\s*[\r\n]+|\s+(?!\S)|\s+`
        case llama3(mostDigits: Int)
    }

    private let pattern: Pattern
    /// Whether a piece that is a token as a whole is taken so, without regard to the merges.
    let ignoresMerges: Bool
    /// Whether models with this pre-tokeniser expect a token at the beginning of a text, unless their file says.
    let addsBeginningOfText: Bool

    private static let byName: [String: PreTokenizer] = {
        let gpt2 = PreTokenizer(pattern: .gpt2, ignoresMerges: false, addsBeginningOfText: false)
        let smolLM = PreTokenizer(pattern: .smolLM, ignoresMerges: false, addsBeginningOfText: false)
        let llama3 = PreTokenizer(
            pattern: .llama3(mostDigits: 3), ignoresMerges: true, addsBeginningOfText: true)
        let qwen2 = PreTokenizer(
            pattern: .llama3(mostDigits: 1), ignoresMerges: false, addsBeginningOfText: false)
        return [
            "default": gpt2, "gpt-2": gpt2, "phi-2": gpt2, "smollm": smolLM, "llama-bpe": llama3,
            "llama3": llama3, "llama-v3": llama3, "qwen2": qwen2, "deepseek-r1-qwen": qwen2,
        ]
    }()

    /// The supported values of `tokenizer.ggml.pre`.
    static let names = byName.keys.sorted()

    private init(pattern: Pattern, ignoresMerges: Bool, addsBeginningOfText: Bool) {
        (self.pattern, self.ignoresMerges, self.addsBeginningOfText) = (
            pattern, ignoresMerges, addsBeginningOfText
        )
    }

    /// The pre-tokeniser that a file names; GPT-2's where it names none.
    init(named name: String?) throws(TokenizerError) {
        guard let known = Self.byName[name ?? "default"] else {
            throw .unsupportedPreTokenizer(name ?? "default")
        }
        self = known
    }

    /// The pieces of a text, in order and without gaps, as ranges of its UTF-8 bytes.
    func pieces(of text: ScannedText) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var start = 0
        while start < text.count {
            let end: Int
            switch pattern {
            case .gpt2:
                end = Self.gpt2End(text, start, limit: text.count)
            case .smolLM where text.classes[start] == .number:
                end = start + 1
            case .smolLM:
                let limit = text.classes[start...].firstIndex(of: .number) ?? text.count
                end = Self.gpt2End(text, start, limit: limit)
            case .llama3(let mostDigits):
                end = Self.llama3End(text, start, mostDigits: mostDigits)
            }
            pieces.append(text.offsets[start]..<text.offsets[end])
            start = end
        }
        return pieces
    }

    /// Where the piece that begins at `start` ends, if the text ended at `limit`.
    private static func gpt2End(_ text: ScannedText, _ start: Int, limit: Int) -> Int {
        if let end = contractionEnd(text, start, limit: limit, foldsCase: false) { return end }
        let first = text.scalars[start] == " " && start + 1 < limit ? start + 1 : start
        let kind = text.classes[first]
        if !kind.isWhitespace { return text.end(from: first, limit: limit) { $0 == kind } }
        return whitespaceEnd(text, start, limit: limit)
    }

    private static func llama3End(_ text: ScannedText, _ start: Int, mostDigits: Int) -> Int {
        let limit = text.count
        if let end = contractionEnd(text, start, limit: limit, foldsCase: true) { return end }
        let kind = text.classes[start]
        let next = start + 1 < limit ? text.classes[start + 1] : nil
        if kind == .letter { return text.end(from: start, limit: limit) { $0 == .letter } }
        if kind != .newline, kind != .number, next == .letter {
            return text.end(from: start + 1, limit: limit) { $0 == .letter }
        }
        if kind == .number {
            return text.end(from: start, limit: min(limit, start + mostDigits)) { $0 == .number }
        }
        if kind == .other || text.scalars[start] == " " && next == .other {
            let first = kind == .other ? start : start + 1
            let marks = text.end(from: first, limit: limit) { $0 == .other }
            return text.end(from: marks, limit: limit) { $0 == .newline }
        }
        let run = text.end(from: start, limit: limit, while: \.isWhitespace)
        if let newline = text.classes[start..<run].lastIndex(of: .newline) { return newline + 1 }
        return whitespaceEnd(text, start, limit: limit)
    }

    /// `\s+(?!\S)|\s+`: a run of white space leaves its last scalar to the word that follows, if it has others.
    private static func whitespaceEnd(_ text: ScannedText, _ start: Int, limit: Int) -> Int {
        let end = text.end(from: start, limit: limit, while: \.isWhitespace)
        return end == limit || end - start == 1 ? end : end - 1
    }

    /// The end of one of the English contractions `'s 't 're 've 'm 'll 'd`.
    private static func contractionEnd(_ text: ScannedText, _ start: Int, limit: Int, foldsCase: Bool) -> Int?
    {
        guard text.scalars[start] == "'", start + 1 < limit else { return nil }
        func letter(_ index: Int) -> Unicode.Scalar? {
            guard index < limit else { return nil }
            let scalar = text.scalars[index]
            guard foldsCase, ("A"..."Z").contains(scalar) else { return scalar }
            return Unicode.Scalar(scalar.value + 0x20)
        }
        switch (letter(start + 1), letter(start + 2)) {
        case ("s", _), ("t", _), ("m", _), ("d", _): return start + 2
        case ("r", "e"), ("v", "e"), ("l", "l"): return start + 3
        default: return nil
        }
    }
}
