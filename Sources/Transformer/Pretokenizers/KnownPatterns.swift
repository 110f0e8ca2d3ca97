// The patterns of the models' own tokenizers, in their regular expressions' order. A comment repeats the expression where
// the value is not the plainer one.
extension SplitPattern {
    private static let space = ScalarSet.of(and: " ")
    private static let letter = ScalarSet.of(.letter)
    private static let number = ScalarSet.of(.number)
    private static let whitespace = ScalarSet.of(.whitespace)
    private static let newline = ScalarSet.of(.newline)
    // `[^\r\n\p{L}\p{N}]`
    private static let beforeWord = ScalarSet.not([.newline, .letter, .number])
    // `[^\s\p{L}\p{N}]`
    private static let other = ScalarSet.not([.whitespace, .letter, .number])

    // `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
    static let gpt2 = SplitPattern(
        [.contraction(foldsCase: false, isOptional: false)],
        [.optional(space), .some(letter)],
        [.optional(space), .some(number)],
        [.optional(space), .some(other)],
        [.some(whitespace), .notBeforeText],
        [.some(whitespace)])

    // `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,n}| ?[^\s\p{L}\p{N}]+[\r\n]*`
    // `|\s*[\r\n]+|\s+(?!\S)|\s+`
    /// Llama 3's pattern, just above, and its variants.
    ///
    /// - Parameters:
    ///   - joinsMarks: combining marks count as letters of the word.
    ///   - singleNewlines: `\s*[\r\n]` instead of `\s*[\r\n]+`.
    ///   - newlinesAfterMarks: whether line ends after punctuation belong to it.
    static func llama3(
        mostDigits: Int, joinsMarks: Bool = false, singleNewlines: Bool = false,
        newlinesAfterMarks: Bool = true
    ) -> SplitPattern {
        let word = joinsMarks ? ScalarSet.of([.letter, .mark]) : letter
        let rest = joinsMarks ? ScalarSet.not([.whitespace, .letter, .mark, .number]) : other
        return SplitPattern(
            [.contraction(foldsCase: true, isOptional: false)],
            [.optional(beforeWord), .some(word)],
            [.run(number, least: 1, most: mostDigits)],
            [.optional(space), .some(rest)] + (newlinesAfterMarks ? [.any(newline)] : []),
            [.any(whitespace), singleNewlines ? .one(newline) : .some(newline)],
            [.some(whitespace), .notBeforeText],
            [.some(whitespace)])
    }

    // `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+`, the same with the counts the
    // other way, each with an optional contraction; `|\p{N}{1,n}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`
    /// Words that begin with capitals and go on in small letters; marks and letters without case are both.
    static func cased(mostDigits: Int, contractions: Bool, excludesHan: Bool = false) -> SplitPattern {
        let caseless: ScalarClasses = excludesHan ? [.caseless, .mark] : [.caseless, .han, .mark]
        let capitals = ScalarSet.of(caseless.union(.upper)), small = ScalarSet.of(caseless.union(.lower))
        let ending: [Part] = contractions ? [.contraction(foldsCase: true, isOptional: true)] : []
        return SplitPattern(
            [.optional(beforeWord), .any(capitals), .some(small)] + ending,
            [.optional(beforeWord), .some(capitals), .any(small)] + ending,
            [.run(number, least: 1, most: mostDigits)],
            [.optional(space), .some(other), .any(excludesHan ? newline : .of(.newline, and: "/"))],
            [.any(whitespace), .some(newline)],
            [.some(whitespace), .notBeforeText],
            [.some(whitespace)])
    }

    static let han = SplitPattern([.some(.of(.han))])
    static let numbers = SplitPattern([.some(number)])
    static let singleNumbers = SplitPattern([.one(number)])
    static let threeNumbers = SplitPattern([.run(number, least: 1, most: 3)])
    // `[0-9][0-9][0-9]`
    static let threeDigits = SplitPattern([.run(.of(and: "0123456789"), least: 3, most: 3)])
    // `[\p{P}\$\+<=>\^~\|]+`
    static let isolatedMarks = SplitPattern([.some(.of(.punctuation, and: "$+<=>^~|"))])
    /// The same with `` ` ``, as Falcon has it.
    static let isolatedMarksAndGraves = SplitPattern([.some(.of(.punctuation, and: "$+<=>^~|`"))])
    // `[^\n]+|[\n]+`
    static let newlineRuns = SplitPattern([.some(.not([], or: "\n"))], [.some(.of(and: "\n"))])
    // ` ?[^(\s|.,!?…。，、।۔،)]+`
    static let bloom = SplitPattern([.optional(space), .some(.not(.whitespace, or: "(|.,!?…。，、।۔،)"))])
}

// What DeepSeek's models divide by.
extension SplitPattern {
    // `[\r\n]`
    static let newlines = SplitPattern([.one(newline)])
    static let spacedLetters = SplitPattern([.optional(whitespace), .some(letter)])
    static let spacedMarks = SplitPattern([.optional(whitespace), .some(.of(.punctuation))])
    // `\s+$`
    static let lastSpaces = SplitPattern(isolatesLastSpaces: true)
    // `[一-龥ࠀ-一가-퟿]+`
    static let ideographs = SplitPattern([
        .some(.of(ranges: [0x4E00...0x9FA5, 0x800...0x4E00, 0xAC00...0xD7FF]))
    ])
    // `[一-龥぀-ゟ゠-ヿ]+`
    static let kanaAndIdeographs = SplitPattern([.some(.of(ranges: [0x4E00...0x9FA5, 0x3040...0x30FF]))])
    // `\s?[!-/:-~！-／：-～‘-‟　-。]+`
    static let spacedASCIIMarks = SplitPattern([
        .optional(whitespace),
        .some(
            .of(ranges: [
                0x21...0x2F, 0x3A...0x7E, 0xFF01...0xFF0F, 0xFF1A...0xFF5E, 0x2018...0x201F, 0x3000...0x3002,
            ])),
    ])

    // `[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*`
    // `|\s*[\r\n]+|\s+(?!\S)|\s+`
    static let deepSeek3 = SplitPattern(
        [
            .one(.of(ranges: [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E])),
            .some(.of(ranges: [0x41...0x5A, 0x61...0x7A])),
        ],
        [.optional(.not([.newline, .letter, .punctuation, .symbol])), .some(.of([.letter, .mark]))],
        [.optional(space), .some(.of([.punctuation, .symbol])), .any(newline)],
        [.any(whitespace), .some(newline)],
        [.some(whitespace), .notBeforeText],
        [.some(whitespace)])

    // Letters of the alphabets of Europe and their like; the ranges are the model's own.
    static let spacedAlphabets = SplitPattern([
        .optional(whitespace), .some(.of(ranges: alphabets)),
    ])
}
