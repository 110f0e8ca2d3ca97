/// How positions are turned into rotations.
struct RotaryParameters: Equatable, Sendable {
    let pairing: RotaryEmbedding.Pairing
    /// Elements of each head that are rotated.
    let size: Int
    let base: Double
    /// The base in layers with a window, which are never scaled.
    let windowBase: Double
    /// One in so many layers has no rotation; nil where all have.
    let unrotatedEvery: Int?
    let scaling: Scaling
    /// The factor of cosine and sine.
    let magnitude: Double

    /// How a context longer than the first training's is reached.
    enum Scaling: Equatable, Sendable {
        case none
        /// Positions are divided.
        case linear(factor: Double)
        /// Slow pairs are divided, quick ones kept, and those between mixed (Peng et al., "YaRN", 2023).
        case yarn(factor: Double, originalContext: Int, fast: Double, slow: Double)
        /// Divisors of each pair, of which the file has two sets: one for contexts up to the original, one beyond (Ding et
        /// al., "LongRoPE", 2024).
        case sets(originalContext: Int)
    }

    /// Whether a layer's queries and keys are rotated.
    func rotates(layer: Int) -> Bool { unrotatedEvery.map { (layer + 1) % $0 != 0 } ?? true }

    init(
        _ section: MetadataSection, _ architecture: Architecture, _ attention: AttentionShape,
        contextLength: Int
    ) throws(ModelError) {
        pairing = architecture.rotaryPairing
        size = try section.size("rope.dimension_count", default: attention.headSize)
        guard size <= attention.headSize, size % 2 == 0 else {
            throw section.invalid(
                "rope.dimension_count", size, "it is odd or above the head's \(attention.headSize)")
        }
        base = try section.positive("rope.freq_base", default: 10_000)
        windowBase = try section.positive(
            "rope.freq_base_swa", default: architecture.windowRotaryBase ?? base)
        // Granite says by this key that a model has no rotation at all.
        let isUsed = try section.bool("rope.scaling.finetuned") ?? true
        unrotatedEvery = architecture == .granite && !isUsed ? 1 : architecture.unrotatedEvery

        let original = try section.size("rope.scaling.original_context_length", default: contextLength)
        let oldFactor = try section.positive("rope.scale_linear", default: 1)
        let factor = try section.positive("rope.scaling.factor", default: oldFactor)
        let attentionFactor = try section.positive("rope.scaling.attn_factor", default: 1)
        switch try section.string("rope.scaling.type") ?? "linear" {
        case "none":
            (scaling, magnitude) = (.none, attentionFactor)
        case "linear":
            (scaling, magnitude) = (factor == 1 ? .none : .linear(factor: factor), attentionFactor)
        case "yarn":
            scaling = .yarn(
                factor: factor, originalContext: original,
                fast: try section.positive("rope.scaling.yarn_beta_fast", default: 32),
                slow: try section.positive("rope.scaling.yarn_beta_slow", default: 1))
            magnitude = attentionFactor * RotaryEmbedding.yarnMagnitude(factor: factor)
        case "longrope":
            (scaling, magnitude) = (.sets(originalContext: original), attentionFactor)
        case let type:
            throw .unsupportedFeature("rotary scaling of the type \(type)")
        }
    }
}
