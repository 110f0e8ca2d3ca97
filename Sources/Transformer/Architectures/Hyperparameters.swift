/// A model's dimensions and constants, from the metadata under its architecture's prefix.
struct Hyperparameters: Equatable, Sendable {
    let architecture: Architecture
    /// Width of the residual stream.
    let width: Int
    let layers: Int
    /// Positions that the model was trained for.
    let contextLength: Int
    let attention: AttentionShape
    let feedForward: FeedForwardShape
    let rotary: RotaryParameters
    let scales: Scales

    /// Factors on the way.
    struct Scales: Equatable, Sendable {
        let normEpsilon: Float
        let embedding: Float
        /// Of what each part adds to the stream.
        let residual: Float
        let logitDivisor: Float
        /// Logits x become c · tanh(x / c).
        let logitCap: Float?
    }

    /// Ten times what the deepest models have.
    private static let mostLayers = 2_000

    init(_ file: GGUFFile) throws(ModelError) {
        let name: String?
        do { name = try file.string("general.architecture") } catch { throw .file(error) }
        guard let name else { throw .file(.missingKey("general.architecture")) }
        guard let architecture = Architecture(rawValue: name) else { throw .unsupportedArchitecture(name) }
        self.architecture = architecture
        let section = MetadataSection(file: file, prefix: name)

        width = try section.size("embedding_length")
        layers = try section.size("block_count")
        guard layers <= Self.mostLayers else {
            throw section.invalid("block_count", layers, "it is above \(Self.mostLayers)")
        }
        contextLength = try section.size("context_length")
        attention = try AttentionShape(section, architecture, width: width, layers: layers)
        feedForward = try FeedForwardShape(section)
        rotary = try RotaryParameters(section, architecture, attention, contextLength: contextLength)
        scales = Scales(
            normEpsilon: Float(try section.positive("attention.layer_norm_rms_epsilon", default: 1e-5)),
            embedding: Float(
                try section.positive("embedding_scale", default: architecture.embeddingScale(width: width))),
            residual: Float(
                try section.positive("residual_scale", default: architecture.residualScale(layers: layers))),
            logitDivisor: Float(
                try section.positive("logit_scale", default: architecture.logitDivisor(width: width))),
            logitCap: try section.positive("final_logit_softcapping").map { Float($0) })
    }
}

/// The heads of attention and what each sees.
struct AttentionShape: Equatable, Sendable {
    let heads: Int
    let keyValueHeads: Int
    let headSize: Int
    /// The factor of scores.
    let scale: Float
    /// Positions that a layer with a window sees, the token's own among them; nil where all layers see everything.
    let window: Int?
    /// Which layers have the window.
    private let hasWindow: [Bool]

    var queryWidth: Int { heads * headSize }
    var keyValueWidth: Int { keyValueHeads * headSize }

    /// The positions that a layer sees; nil for all.
    func window(layer: Int) -> Int? { hasWindow[layer] ? window : nil }

    init(
        _ section: MetadataSection, _ architecture: Architecture, width: Int, layers: Int
    ) throws(ModelError) {
        heads = try section.size("attention.head_count")
        keyValueHeads = try section.size("attention.head_count_kv", default: heads)
        guard heads % keyValueHeads == 0 else {
            throw section.invalid(
                "attention.head_count_kv", keyValueHeads, "it does not divide \(heads) heads")
        }
        let evenShare = width % heads == 0 ? width / heads : nil
        guard let headSize = try section.optionalSize("attention.key_length") ?? evenShare else {
            throw section.invalid("attention.head_count", heads, "it does not divide the width \(width)")
        }
        self.headSize = headSize
        guard try section.size("attention.value_length", default: headSize) == headSize else {
            throw .unsupportedFeature("heads whose values and keys differ in size")
        }
        scale = Float(
            try section.positive(
                "attention.scale",
                default: architecture.attentionScale(
                    width: width, layers: layers, heads: heads, headSize: headSize)))
        guard let usual = architecture.fullAttentionEvery,
            let window = try section.integer("attention.sliding_window"), window > 0
        else {
            window = nil
            hasWindow = Array(repeating: false, count: layers)
            return
        }
        self.window = window
        if let listed = try section.bools("attention.sliding_window_pattern") {
            guard listed.count >= layers else {
                throw section.invalid(
                    "attention.sliding_window_pattern", listed.count, "there are \(layers) layers")
            }
            hasWindow = Array(listed.prefix(layers))
        } else {
            let period = try section.size("attention.sliding_window_pattern", default: usual)
            hasWindow = (1...layers).map { $0 % period != 0 }
        }
    }
}

/// The feed-forward network of a layer.
struct FeedForwardShape: Equatable, Sendable {
    let width: Int
    /// Networks of which each token goes through some.
    let experts: Experts?

    struct Experts: Equatable, Sendable {
        let count: Int
        let used: Int
        let width: Int
        /// The factor of the chosen experts' weights, whose sum is 1 before it.
        let scale: Float
    }

    init(_ section: MetadataSection) throws(ModelError) {
        if let count = try section.integer("expert_count"), count > 0 {
            let used = try section.size("expert_used_count")
            guard used <= count else {
                throw section.invalid("expert_used_count", used, "there are \(count) experts")
            }
            if let shared = try section.integer("expert_shared_feed_forward_length"), shared > 0 {
                throw .unsupportedFeature("experts that are shared by all tokens")
            }
            let ordinary = try section.optionalSize("feed_forward_length")
            let width = try section.size("expert_feed_forward_length", default: ordinary)
            experts = Experts(
                count: count, used: used, width: width,
                scale: Float(try section.positive("expert_weights_scale", default: 1)))
            self.width = width
        } else {
            experts = nil
            width = try section.size("feed_forward_length")
        }
    }
}
