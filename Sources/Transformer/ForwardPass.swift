import CKernels

/// The computation of a block of tokens: buffers of one session, and the layers' arithmetic.
///
/// All tokens of a block go through a layer together, so that its weights are read once a block. A token's result has
/// the same bits whatever block it is in.
final class ForwardPass {
    /// Tokens that are evaluated together at most.
    static let blockSize = 64

    private let model: LlamaModel
    private let kernels: Kernels
    private let cache: KeyValueCache
    /// The residual stream: `blockSize` rows of the model's width.
    private let stream: Scratch
    private let normalized: Scratch
    private let query: Scratch
    private let attended: Scratch
    private let projected: Scratch
    private let gate: Scratch
    private let up: Scratch
    private let weightRows: Scratch
    private var scores = Scratch(count: 0)

    init(model: LlamaModel, cache: KeyValueCache, kernels: Kernels) {
        let sizes = model.hyperparameters
        let block = Self.blockSize
        self.model = model
        self.cache = cache
        self.kernels = kernels
        stream = Scratch(count: block * sizes.width)
        normalized = Scratch(count: block * sizes.width)
        query = Scratch(count: block * sizes.queryWidth)
        attended = Scratch(count: block * sizes.queryWidth)
        projected = Scratch(count: block * sizes.width)
        gate = Scratch(count: block * sizes.feedForwardWidth)
        up = Scratch(count: block * sizes.feedForwardWidth)
        let widest = max(sizes.width, sizes.queryWidth, sizes.feedForwardWidth)
        weightRows = Scratch(count: Int(CK_ROW_GROUP) * widest)
    }

    /// Evaluates tokens at the positions from `position` on and leaves their last hidden states in the stream.
    ///
    /// - Precondition: there are at most ``blockSize`` tokens, all known, and the cache has room for them.
    func run(_ tokens: ArraySlice<Int>, at position: Int) {
        let sizes = model.hyperparameters
        if scores.count < position + tokens.count { scores = Scratch(count: cache.capacity) }
        for (index, token) in tokens.enumerated() {
            kernels.dequantize(model.embedding, row: token, into: stream.start + index * sizes.width)
        }
        let rotations = (0..<tokens.count).map { model.rotary.rotations(at: position + $0) }
        for (index, layer) in model.layers.enumerated() {
            attend(layer, index, count: tokens.count, at: position, rotations)
            feedForward(layer, count: tokens.count)
        }
    }

    /// The logits that follow the tokens `range` of the last block, row by row.
    func logits(_ range: Range<Int>) -> [Float] {
        let width = model.hyperparameters.width
        normalize(stream.start + range.lowerBound * width, gain: model.outputNorm, count: range.count)
        let count = range.count * model.logitCount
        return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            guard let output = buffer.baseAddress else { return }
            kernels.multiply(
                model.head, rows: 0..<model.head.rows, input: normalized.start, tokens: range.count,
                output: output,
                scratch: weightRows.start)
            initialized = count
        }
    }

    /// Self-attention of one layer, added to the stream.
    private func attend(
        _ layer: LlamaModel.Layer, _ index: Int, count: Int, at position: Int, _ rotations: [[SIMD2<Float>]]
    ) {
        let sizes = model.hyperparameters
        let keys = cache.keys(layer: index)
        let values = cache.values(layer: index)
        let newKeys = keys + position * cache.stride
        normalize(stream.start, gain: layer.attentionNorm, count: count)
        project(layer.query, normalized, count, into: query.start)
        project(layer.key, normalized, count, into: newKeys)
        project(layer.value, normalized, count, into: values + position * cache.stride)

        let shared = sizes.heads / sizes.keyValueHeads
        let scale = 1 / Float(sizes.headSize).squareRoot()
        for token in 0..<count {
            let tokenQuery = query.start + token * sizes.queryWidth
            let tokenKeys = newKeys + token * cache.stride
            model.rotary.rotate(
                tokenQuery, heads: sizes.heads, headSize: sizes.headSize, by: rotations[token])
            model.rotary.rotate(
                tokenKeys, heads: sizes.keyValueHeads, headSize: sizes.headSize, by: rotations[token])
            for head in 0..<sizes.heads {
                let offset = head / shared * sizes.headSize
                kernels.attend(
                    query: tokenQuery + head * sizes.headSize, keys: keys + offset, values: values + offset,
                    stride: cache.stride, positions: position + token + 1, headSize: sizes.headSize,
                    scale: scale,
                    scores: scores.start,
                    output: attended.start + token * sizes.queryWidth + head * sizes.headSize)
            }
        }
        project(layer.attentionOutput, attended, count, into: projected.start)
        addToStream(projected, count: count * sizes.width)
    }

    /// The feed-forward network of one layer, added to the stream.
    private func feedForward(_ layer: LlamaModel.Layer, count: Int) {
        let sizes = model.hyperparameters
        normalize(stream.start, gain: layer.feedForwardNorm, count: count)
        project(layer.gate, normalized, count, into: gate.start)
        project(layer.up, normalized, count, into: up.start)
        kernels.gatedSiLU(gate.start, up: up.start, count: count * sizes.feedForwardWidth)
        project(layer.down, gate, count, into: projected.start)
        addToStream(projected, count: count * sizes.width)
    }

    private func normalize(_ input: UnsafePointer<Float>, gain: [Float], count: Int) {
        let sizes = model.hyperparameters
        gain.withUnsafeBufferPointer { gain in
            guard let gain = gain.baseAddress else { return }
            for token in 0..<count {
                kernels.normalize(
                    input + token * sizes.width, gain: gain, epsilon: sizes.normEpsilon, count: sizes.width,
                    output: normalized.start + token * sizes.width)
            }
        }
    }

    private func project(
        _ projection: LlamaModel.Projection, _ input: Scratch, _ count: Int,
        into output: UnsafeMutablePointer<Float>
    ) {
        let weight = projection.weight
        kernels.multiply(
            weight, rows: 0..<weight.rows, input: input.start, tokens: count, output: output,
            scratch: weightRows.start)
        guard let bias = projection.bias else { return }
        for token in 0..<count {
            let row = output + token * weight.rows
            for index in bias.indices { row[index] += bias[index] }
        }
    }

    private func addToStream(_ values: Scratch, count: Int) {
        for index in 0..<count { stream.start[index] += values.start[index] }
    }
}

/// Floats that live as long as their owner, with an address that stays.
private final class Scratch {
    let start: UnsafeMutablePointer<Float>
    let count: Int

    init(count: Int) {
        self.count = count
        start = .allocate(capacity: max(count, 1))
        start.initialize(repeating: 0, count: count)
    }

    deinit { start.deallocate() }
}
