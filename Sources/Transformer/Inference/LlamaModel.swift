/// A decoder-only transformer of the Llama family, its weights used where they lie in the file.
///
/// RMSNorm before attention and before a SwiGLU network, rotary positions, grouped-query attention, a head that may
/// be tied to the embedding (Touvron et al., "LLaMA", 2023). The architectures `llama` and `qwen2` are known.
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
    public let logitCount: Int
    /// Positions that the model was trained for.
    public var contextLength: Int { hyperparameters.contextLength }

    let hyperparameters: Hyperparameters
    let embedding: Tensor
    let layers: [Layer]
    let outputNorm: [Float]
    /// The output matrix: the embedding again where the file has none of its own.
    let head: Tensor
    let rotary: RotaryEmbedding

    /// The weights of one layer.
    ///
    /// Vectors are copied out as floats, matrices stay in the file.
    struct Layer: Sendable {
        let attentionNorm: [Float]
        let query: Projection
        let key: Projection
        let value: Projection
        let attentionOutput: Projection
        let feedForwardNorm: [Float]
        let gate: Projection
        let up: Projection
        let down: Projection
    }

    /// A matrix and, where the file has one, its bias.
    struct Projection: Sendable {
        let weight: Tensor
        let bias: [Float]?
    }

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
            let embedding = try source.matrix("token_embd.weight", columns: hyperparameters.width, rows: nil)
            self.embedding = embedding
            logitCount = embedding.rows
            head =
                file.hasTensor("output.weight")
                ? try source.matrix("output.weight", columns: hyperparameters.width, rows: embedding.rows)
                : embedding
            outputNorm = try source.vector("output_norm.weight", count: hyperparameters.width)
            var layers: [Layer] = []
            for index in 0..<hyperparameters.layers {
                layers.append(try source.layer(index, hyperparameters))
            }
            self.layers = layers
            let factors =
                file.hasTensor("rope_freqs.weight")
                ? try source.vector("rope_freqs.weight", count: hyperparameters.rotarySize / 2) : nil
            rotary = RotaryEmbedding(hyperparameters, factors: factors)
        } catch { throw .file(error) }

        parameterCount = file.tensors.reduce(0) { $0 + $1.valueCount }
        let sizes = Dictionary(
            file.tensors.filter { $0.shape.count > 1 }.map { ($0.type.description, $0.valueCount) },
            uniquingKeysWith: +)
        weightTypes = sizes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    }

    /// Fetches tensors with their shapes checked.
    private struct TensorSource {
        let file: GGUFFile

        func matrix(_ name: String, columns: Int, rows: Int?) throws(GGUFError) -> Tensor {
            let tensor = try file.tensor(name)
            guard tensor.shape.count == 2, tensor.columns == columns, rows == nil || tensor.rows == rows
            else {
                throw .wrongShape(tensor: name, expected: [columns, rows ?? -1], found: tensor.shape)
            }
            return tensor
        }

        func vector(_ name: String, count: Int) throws(GGUFError) -> [Float] {
            let tensor = try file.tensor(name)
            guard tensor.shape == [count] else {
                throw .wrongShape(tensor: name, expected: [count], found: tensor.shape)
            }
            return tensor.floats()
        }

        func projection(_ name: String, from columns: Int, to rows: Int) throws(GGUFError) -> Projection {
            let bias = "\(name).bias"
            return Projection(
                weight: try matrix("\(name).weight", columns: columns, rows: rows),
                bias: file.hasTensor(bias) ? try vector(bias, count: rows) : nil)
        }

        func layer(_ index: Int, _ sizes: Hyperparameters) throws(GGUFError) -> Layer {
            let block = "blk.\(index)"
            return Layer(
                attentionNorm: try vector("\(block).attn_norm.weight", count: sizes.width),
                query: try projection("\(block).attn_q", from: sizes.width, to: sizes.queryWidth),
                key: try projection("\(block).attn_k", from: sizes.width, to: sizes.keyValueWidth),
                value: try projection("\(block).attn_v", from: sizes.width, to: sizes.keyValueWidth),
                attentionOutput: try projection(
                    "\(block).attn_output", from: sizes.queryWidth, to: sizes.width),
                feedForwardNorm: try vector("\(block).ffn_norm.weight", count: sizes.width),
                gate: try projection("\(block).ffn_gate", from: sizes.width, to: sizes.feedForwardWidth),
                up: try projection("\(block).ffn_up", from: sizes.width, to: sizes.feedForwardWidth),
                down: try projection("\(block).ffn_down", from: sizes.feedForwardWidth, to: sizes.width))
        }
    }
}
