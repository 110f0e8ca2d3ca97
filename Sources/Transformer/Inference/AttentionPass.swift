/// Self-attention over the cached keys and values: a block's queries against all positions that each may see.
final class AttentionPass {
    private let sizes: Hyperparameters
    private let cache: KeyValueCache
    /// The rotation of layers that see everything, and of those with a window.
    private let rotations: (full: RotaryEmbedding, window: RotaryEmbedding)
    /// The current block: where it begins, and each token's rotations.
    private var position = 0
    private var angles: [(full: [Float], window: [Float])] = []
    /// Each worker's attention scores.
    private var scores: [Scratch] = []

    init(_ model: LlamaModel, cache: KeyValueCache, contextLength: Int) {
        sizes = model.hyperparameters
        self.cache = cache
        rotations = (
            model.rotation(contextLength: contextLength),
            RotaryEmbedding(window: model.hyperparameters.rotary)
        )
    }

    /// Prepares for a block of tokens, for which the cache has room.
    func begin(tokens: Int, at position: Int, workers: Int) {
        self.position = position
        if scores.first.map({ $0.count < position + tokens }) ?? true {
            scores = (0..<workers).map { _ in Scratch(count: cache.capacity) }
        }
        angles = (0..<tokens).map { index in
            let full = rotations.full.rotation(at: position + index)
            return (
                full, sizes.attention.window == nil ? full : rotations.window.rotation(at: position + index)
            )
        }
    }

    /// One layer's attention, left in the pass's buffer for what is added to the stream.
    func attend(_ pass: ForwardPass, _ layer: Layer.Attention, _ index: Int) {
        let (shape, count) = (sizes.attention, angles.count)
        let (keys, values) = (cache.keys(layer: index), cache.values(layer: index))
        let newKeys = keys + position * cache.stride
        let newValues = values + position * cache.stride
        let query = pass.buffers.query.start
        let input = pass.input(layer.norms)
        pass.workers.run { part, worker in
            pass.project(layer.query, input, count, into: query, part, worker)
            pass.project(layer.key, input, count, into: newKeys, part, worker)
            pass.project(layer.value, input, count, into: newValues, part, worker)
        }
        normalize(pass.kernels, query, layer.queryNorm, rows: count, width: shape.queryWidth)
        normalize(pass.kernels, newKeys, layer.keyNorm, rows: count, width: shape.keyValueWidth)
        let window = shape.window(layer: index)
        if sizes.rotary.rotates(layer: index) {
            let areNeighbours = sizes.rotary.pairing == .neighbours
            for token in 0..<count {
                let angles = window == nil ? angles[token].full : angles[token].window
                pass.kernels.rotate(
                    query + token * shape.queryWidth, heads: shape.heads, headSize: shape.headSize,
                    by: angles,
                    areNeighbours: areNeighbours)
                pass.kernels.rotate(
                    newKeys + token * cache.stride, heads: shape.keyValueHeads, headSize: shape.headSize,
                    by: angles, areNeighbours: areNeighbours)
            }
        }
        let shared = shape.heads / shape.keyValueHeads
        let attended = pass.buffers.attended.start
        pass.workers.run { part, worker in
            for item in pass.workers.share(of: count * shape.heads, part: part) {
                let (token, head) = item.quotientAndRemainder(dividingBy: shape.heads)
                let end = position + token + 1
                let start = window.map { max(0, end - $0) } ?? 0
                let offset = start * cache.stride + head / shared * shape.headSize
                let place = token * shape.queryWidth + head * shape.headSize
                pass.kernels.attend(
                    query: query + place, keys: keys + offset, values: values + offset, stride: cache.stride,
                    positions: end - start, headSize: shape.headSize, scale: shape.scale,
                    scores: scores[worker].start, output: attended + place)
            }
        }
        pass.workers.run {
            pass.project(layer.output, attended, count, into: pass.buffers.projected.start, $0, $1)
        }
    }

    /// A norm over each head, or over each row where the gain is as long as one.
    private func normalize(
        _ kernels: Kernels, _ values: UnsafeMutablePointer<Float>, _ gain: [Float]?, rows: Int, width: Int
    ) {
        guard let gain else { return }
        kernels.normalize(
            rows: rows * (width / gain.count), values, gain: gain, epsilon: sizes.scales.normEpsilon,
            into: values)
    }
}
