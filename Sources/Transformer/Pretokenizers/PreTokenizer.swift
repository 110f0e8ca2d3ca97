/// Divides text into the pieces within which byte pairs are merged.
///
/// Files name their pre-tokeniser and do not carry it: the patterns stand in ``SplitPattern``'s extension, each as the
/// model's own `tokenizer.json` has it.
struct PreTokenizer: Sendable {
    /// Applied one after another, each to the pieces that the one before it made.
    let patterns: [SplitPattern]
    /// Whether a piece that is a token as a whole is taken so, without regard to the merges.
    var ignoresMerges = false
    /// Whether models with this pre-tokeniser expect a token at the beginning of a text, unless their file says.
    var addsBeginningOfText = false

    /// The pre-tokeniser that a file names, the plain one where it names none; nil for a name that is not known.
    init?(named name: String?) {
        guard let known = Self.byName[name ?? "default"] else { return nil }
        self = known
    }

    private init(_ patterns: SplitPattern..., ignoresMerges: Bool = false, addsBeginningOfText: Bool = false)
    {
        (self.patterns, self.ignoresMerges, self.addsBeginningOfText) = (
            patterns, ignoresMerges, addsBeginningOfText
        )
    }

    /// The known values of `tokenizer.ggml.pre`.
    static let names = byName.keys.sorted()

    /// The pieces of a text, in order and without gaps, as ranges of its UTF-8 bytes.
    func pieces(of text: ScannedText) -> [Range<Int>] {
        var pieces = text.count == 0 ? [] : [0..<text.count]
        for pattern in patterns {
            var finer: [Range<Int>] = []
            finer.reserveCapacity(pieces.count)
            for piece in pieces { pattern.split(text, piece, into: &finer) }
            pieces = finer
        }
        return pieces.map { text.offsets[$0.lowerBound]..<text.offsets[$0.upperBound] }
    }

    /// Names that share a pre-tokeniser stand on one line.
    private static let byName: [String: PreTokenizer] = {
        let families: [([String], PreTokenizer)] = [
            (["default"], PreTokenizer(.isolatedMarks, .gpt2, .numbers, .threeDigits)),
            (["falcon"], PreTokenizer(.isolatedMarksAndGraves, .gpt2, .threeDigits)),
            (
                [
                    "gpt-2", "phi-2", "mpt", "olmo", "jais", "trillion", "granite-docling", "exaone4",
                    "gigachat",
                    "a.x-4.0", "mellum", "modern-bert", "jina-es", "jina-de", "jina-v2-es", "jina-v2-de",
                    "jina-v1-en", "jina-v2-code", "roberta-bpe",
                ], PreTokenizer(.gpt2)
            ),
            (
                [
                    "smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b",
                    "mellum2",
                ],
                PreTokenizer(.singleNumbers, .gpt2)
            ),
            (
                [
                    "llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2",
                    "jina-v5-nano",
                ], PreTokenizer(.llama3(mostDigits: 3), ignoresMerges: true, addsBeginningOfText: true)
            ),
            (["dbrx", "smaug-bpe", "chatglm-bpe"], PreTokenizer(.llama3(mostDigits: 3))),
            (["glm4", "glm5"], PreTokenizer(.llama3(mostDigits: 3), ignoresMerges: true)),
            (
                [
                    "qwen2", "deepseek-r1-qwen", "kormo", "f2llmv2", "megrez", "stablelm2", "hunyuan",
                    "solar-open",
                    "grok-2",
                ], PreTokenizer(.llama3(mostDigits: 1))
            ),
            (["qwen35"], PreTokenizer(.llama3(mostDigits: 1, joinsMarks: true))),
            (
                ["minicpm5"],
                PreTokenizer(.threeNumbers, .llama3(mostDigits: .max), ignoresMerges: true)
            ),
            (
                ["bailingmoe", "bailingmoe2", "llada-moe"],
                PreTokenizer(.llama3(mostDigits: 1, singleNewlines: true))
            ),
            (["seed-coder"], PreTokenizer(.llama3(mostDigits: 1, newlinesAfterMarks: false))),
            (
                ["deepseek-coder"],
                PreTokenizer(.newlines, .spacedLetters, .spacedMarks, .ideographs, .singleNumbers)
            ),
            (
                ["deepseek-llm"],
                PreTokenizer(
                    .newlines, .spacedAlphabets, .spacedASCIIMarks, .lastSpaces, .ideographs, .numbers)
            ),
            (
                ["deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4"],
                PreTokenizer(.threeNumbers, .kanaAndIdeographs, .deepSeek3)
            ),
            (
                ["tekken"],
                PreTokenizer(
                    .cased(mostDigits: 1, contractions: false), ignoresMerges: true, addsBeginningOfText: true
                )
            ),
            (
                ["gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2"],
                PreTokenizer(.cased(mostDigits: 3, contractions: true))
            ),
            (
                ["granite-embed-multi-97m"],
                PreTokenizer(.cased(mostDigits: 3, contractions: true), ignoresMerges: true)
            ),
            (["kimi-k2"], PreTokenizer(.han, .cased(mostDigits: 3, contractions: true, excludesHan: true))),
            (["poro-chat", "bloom", "gpt3-finnish"], PreTokenizer(.bloom)),
            (["viking"], PreTokenizer(.bloom, .singleNumbers)),
            (["gemma4", "sarvam-moe"], PreTokenizer(.newlineRuns)),
        ]
        var table: [String: PreTokenizer] = [:]
        for (names, preTokenizer) in families {
            for name in names { table[name] = preTokenizer }
        }
        return table
    }()
}
