import CKernels

/// The computation of a block of tokens: buffers of one session, and the layers' arithmetic.
///
/// All tokens of a block go through a layer together, so that its weights are read once a block. A token's result has
/// the same bits whatever block it is in, and with any number of threads: every value is computed by one worker, in
/// one order.
final class ForwardPass {
    /// Tokens that are evaluated together at most.
    static let blockSize = 64

    private let model: LlamaModel
    private let sizes: Hyperparameters
    private let kernels: Kernels
    private let cache: KeyValueCache
    private let workers: WorkerPool
    /// The residual stream: a row of the model's width for each token of the block; so are the next five, of theirs.
    private let stream: Scratch
    private let normalized: Scratch
    private let query: Scratch
    private let attended: Scratch
    private let gate: Scratch
    private let up: Scratch
    private let projected: Scratch
    /// Each worker's own: what a product unpacks, and attention scores.
    private let unpacked: [Scratch]
    private var scores: [Scratch] = []

    init(model: LlamaModel, cache: KeyValueCache, kernels: Kernels, threads: Int) {
        let sizes = model.hyperparameters
        func block(_ width: Int) -> Scratch { Scratch(count: Self.blockSize * width) }
        self.model = model
        self.sizes = sizes
        self.cache = cache
        self.kernels = kernels
        workers = WorkerPool(threads: threads)
        stream = block(sizes.width)
        normalized = block(sizes.width)
        query = block(sizes.queryWidth)
        attended = block(sizes.queryWidth)
        gate = block(sizes.feedForwardWidth)
        up = block(sizes.feedForwardWidth)
        projected = block(sizes.width)
        let widest = max(sizes.width, sizes.queryWidth, sizes.feedForwardWidth)
        unpacked = (0..<workers.count).map { _ in Scratch(count: Int(CK_SCRATCH) * widest) }
    }

    /// Evaluates tokens at the positions from `position` on and leaves their last hidden states in the stream.
    ///
    /// - Precondition: there are at most ``blockSize`` tokens, all known, and the cache has room for them.
    func run(_ tokens: ArraySlice<Int>, at position: Int) {
        if scores.first.map({ $0.count < position + tokens.count }) ?? true {
            scores = (0..<workers.count).map { _ in Scratch(count: cache.capacity) }
        }
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
        normalize(stream.start + range.lowerBound * sizes.width, gain: model.outputNorm, count: range.count)
        let head = LlamaModel.Projection(weight: model.head, bias: nil)
        let count = range.count * model.logitCount
        return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            guard let output = buffer.baseAddress else { return }
            workers.run { project(head, normalized, range.count, into: output, $0, $1) }
            initialized = count
        }
    }

    /// Self-attention of one layer, added to the stream.
    private func attend(
        _ layer: LlamaModel.Layer, _ index: Int, count: Int, at position: Int, _ rotations: [[SIMD2<Float>]]
    ) {
        let keys = cache.keys(layer: index)
        let values = cache.values(layer: index)
        let newKeys = keys + position * cache.stride
        normalize(stream.start, gain: layer.attentionNorm, count: count)
        workers.run { part, worker in
            project(layer.query, normalized, count, into: query.start, part, worker)
            project(layer.key, normalized, count, into: newKeys, part, worker)
            project(layer.value, normalized, count, into: values + position * cache.stride, part, worker)
        }
        for token in 0..<count {
            model.rotary.rotate(
                query.start + token * sizes.queryWidth, heads: sizes.heads, headSize: sizes.headSize,
                by: rotations[token])
            model.rotary.rotate(
                newKeys + token * cache.stride, heads: sizes.keyValueHeads, headSize: sizes.headSize,
                by: rotations[token])
        }

        let shared = sizes.heads / sizes.keyValueHeads
        let scale = 1 / Float(sizes.headSize).squareRoot()
        workers.run { part, worker in
            for item in workers.share(of: count * sizes.heads, part: part) {
                let (token, head) = item.quotientAndRemainder(dividingBy: sizes.heads)
                let offset = head / shared * sizes.headSize
                let place = token * sizes.queryWidth + head * sizes.headSize
                kernels.attend(
                    query: query.start + place, keys: keys + offset, values: values + offset,
                    stride: cache.stride, positions: position + token + 1, headSize: sizes.headSize,
                    scale: scale,
                    scores: scores[worker].start, output: attended.start + place)
            }
        }
        workers.run { project(layer.attentionOutput, attended, count, into: projected.start, $0, $1) }
        addToStream(projected, count: count * sizes.width)
    }

    /// The feed-forward network of one layer, added to the stream.
    private func feedForward(_ layer: LlamaModel.Layer, count: Int) {
        normalize(stream.start, gain: layer.feedForwardNorm, count: count)
        workers.run { part, worker in
            project(layer.gate, normalized, count, into: gate.start, part, worker)
            project(layer.up, normalized, count, into: up.start, part, worker)
        }
        workers.run { part, _ in
            let share = workers.share(of: count * sizes.feedForwardWidth, unit: 64, part: part)
            kernels.gatedSiLU(
                gate.start + share.lowerBound, up: up.start + share.lowerBound, count: share.count)
        }
        workers.run { project(layer.down, gate, count, into: projected.start, $0, $1) }
        addToStream(projected, count: count * sizes.width)
    }

    private func normalize(_ input: UnsafePointer<Float>, gain: [Float], count: Int) {
        gain.withUnsafeBufferPointer { gain in
            guard let gain = gain.baseAddress else { return }
            for token in 0..<count {
                kernels.normalize(
                    input + token * sizes.width, gain: gain, epsilon: sizes.normEpsilon, count: sizes.width,
                    output: normalized.start + token * sizes.width)
            }
        }
    }

    /// A part's rows of a projection, for all tokens.
    private func project(
        _ projection: LlamaModel.Projection, _ input: Scratch, _ count: Int,
        into output: UnsafeMutablePointer<Float>, _ part: Int, _ worker: Int
    ) {
        let weight = projection.weight
        let rows = workers.share(of: weight.rows, unit: Int(CK_ROW_GROUP), part: part)
        kernels.multiply(
            weight, rows: rows, input: input.start, tokens: count, output: output,
            scratch: unpacked[worker].start)
        guard let bias = projection.bias else { return }
        for token in 0..<count {
            let row = output + token * weight.rows
            for index in rows { row[index] += bias[index] }
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
