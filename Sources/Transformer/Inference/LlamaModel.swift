/// A decoder-only transformer of the Llama family, its weights used where they lie in the file.
///
/// RMSNorm before, after, or around attention and a gated feed-forward network, rotary positions, grouped-query
/// attention, a head that may be tied to the embedding (Touvron et al., "LLaMA", 2023, and its descendants).
public final class LlamaModel: Sendable {
    /// The file's `general.name`, or its architecture.
    public let name: String
    /// The chat template (Jinja) that the file carries.
    public let chatTemplate: String?
    /// How many weights the tensors have, a tied head counted once.
    public let parameterCount: Int
    /// The formats of the matrices, by name, most values first.
    public let weightTypes: [String]
    /// The length of a logit vector; the vocabulary may be shorter.
    public var logitCount: Int { ends.embedding.rows }
    /// Positions that the model was trained for.
    public var contextLength: Int { hyperparameters.contextLength }

    let hyperparameters: Hyperparameters
    let layers: [Layer]
    let ends: Ends

    /// What stands before the first layer and after the last.
    struct Ends: Sendable {
        let embedding: Tensor
        let outputNorm: [Float]
        /// The output matrix: the embedding again where the file has none of its own.
        let head: Tensor
        /// Divisors of the rotation's frequencies, for short contexts and for long ones.
        let rotaryDivisors: (short: [Float]?, long: [Float]?)
    }

    /// The architectures that can be run, by the names of `general.architecture`.
    public static var architectures: [String] { Architecture.allCases.map(\.rawValue) }

    /// Finds and checks every tensor of a model.
    ///
    /// - Throws: ``ModelError`` for an architecture or a feature that is not supported, and for tensors that are
    ///   missing, of a wrong shape or of a type without kernels.
    public init(_ file: GGUFFile) throws(ModelError) {
        let hyperparameters = try Hyperparameters(file)
        self.hyperparameters = hyperparameters
        let source = TensorSource(file: file)
        do {
            name = try file.string("general.name") ?? hyperparameters.architecture.rawValue
            chatTemplate = try file.string("tokenizer.chat_template")
            ends = try Self.ends(source, hyperparameters)
            var layers: [Layer] = []
            for index in 0..<hyperparameters.layers {
                layers.append(try source.layer(index, hyperparameters))
            }
            self.layers = layers
        } catch { throw .file(error) }

        parameterCount = file.tensors.reduce(0) { $0 + $1.valueCount }
        let sizes = Dictionary(
            file.tensors.filter { $0.shape.count > 1 }.map { ($0.type.description, $0.valueCount) },
            uniquingKeysWith: +)
        weightTypes = sizes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    }

    private static func ends(_ source: TensorSource, _ sizes: Hyperparameters) throws(GGUFError) -> Ends {
        let embedding = try source.matrix("token_embd.weight", columns: sizes.width, rows: nil)
        let hasHead = source.file.hasTensor("output.weight")
        let pairs = sizes.rotary.size / 2
        let fixed = try source.optionalVector("rope_freqs.weight", count: pairs)
        let short = try source.optionalVector("rope_factors_short.weight", count: pairs)
        let long = try source.optionalVector("rope_factors_long.weight", count: pairs)
        return Ends(
            embedding: embedding,
            outputNorm: try source.vector("output_norm.weight", count: sizes.width),
            head: hasHead
                ? try source.matrix("output.weight", columns: sizes.width, rows: embedding.rows) : embedding,
            rotaryDivisors: (short: fixed ?? short, long: fixed ?? long))
    }

    /// The rotation for a context of some length.
    func rotation(contextLength: Int) -> RotaryEmbedding {
        var isLong = false
        if case .sets(let original) = hyperparameters.rotary.scaling { isLong = contextLength > original }
        return RotaryEmbedding(
            hyperparameters.rotary, divisors: isLong ? ends.rotaryDivisors.long : ends.rotaryDivisors.short)
    }
}
