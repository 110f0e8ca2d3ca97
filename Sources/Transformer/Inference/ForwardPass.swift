import CKernels
import Foundation

/// The computation of a block of tokens.
///
/// All tokens of a block go through a layer together, so that its weights are read once a block. A token's result has
/// the same bits whatever block it is in, and with any number of threads: every value is computed by one worker, in
/// one order.
final class ForwardPass {
    /// Tokens that are evaluated together at most.
    static let blockSize = 64

    let model: LlamaModel
    let kernels: Kernels
    let workers: WorkerPool
    let buffers: BlockBuffers
    private let attention: AttentionPass
    private let experts: ExpertPass?

    var sizes: Hyperparameters { model.hyperparameters }

    init(model: LlamaModel, cache: KeyValueCache, kernels: Kernels, threads: Int, contextLength: Int) {
        let sizes = model.hyperparameters
        self.model = model
        self.kernels = kernels
        workers = WorkerPool(threads: threads)
        buffers = BlockBuffers(sizes, tokens: Self.blockSize, workers: workers.count)
        attention = AttentionPass(model, cache: cache, contextLength: contextLength)
        experts = sizes.feedForward.experts.map { ExpertPass($0, width: sizes.width, tokens: Self.blockSize) }
    }

    /// Evaluates tokens at the positions from `position` on and leaves their last hidden states in the stream.
    ///
    /// - Precondition: there are at most ``blockSize`` tokens, all known, and the cache has room for them.
    func run(_ tokens: ArraySlice<Int>, at position: Int) {
        let (stream, count) = (buffers.stream.start, tokens.count)
        for (index, token) in tokens.enumerated() {
            kernels.dequantize(model.ends.embedding, row: token, into: stream + index * sizes.width)
        }
        let scale = sizes.scales.embedding
        if scale != 1 {
            for index in 0..<count * sizes.width { stream[index] *= scale }
        }
        attention.begin(tokens: count, at: position, workers: workers.count)
        for (index, layer) in model.layers.enumerated() {
            normalize(layer.attention.norms.before, count)
            attention.attend(self, layer.attention, index)
            addToStream(layer.attention.norms.after, count)
            normalize(layer.feedForward.norms.before, count)
            switch layer.feedForward.network {
            case .dense(let network):
                run(network, input: input(layer.feedForward.norms), count, into: buffers.projected.start)
            case .experts(let router, let networks):
                experts?.run(self, router, networks, input: input(layer.feedForward.norms), count)
            }
            addToStream(layer.feedForward.norms.after, count)
        }
    }

    /// The logits that follow the tokens `range` of the last block, row by row.
    func logits(_ range: Range<Int>) -> [Float] {
        normalize(model.ends.outputNorm, range.count, from: range.lowerBound)
        let head = Layer.Projection(weight: model.ends.head, bias: nil)
        let count = range.count * model.logitCount
        let scales = sizes.scales
        return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            guard let output = buffer.baseAddress else { return }
            workers.run { project(head, buffers.normalized.start, range.count, into: output, $0, $1) }
            if scales.logitDivisor != 1 {
                for index in 0..<count { output[index] /= scales.logitDivisor }
            }
            if let cap = scales.logitCap {
                for index in 0..<count { output[index] = cap * tanh(output[index] / cap) }
            }
            initialized = count
        }
    }

    /// What a part of a layer reads: the stream, normalised where the part has a norm before it.
    func input(_ norms: Layer.Norms) -> UnsafeMutablePointer<Float> {
        norms.before == nil ? buffers.stream.start : buffers.normalized.start
    }

    /// A gated network over rows of the model's width.
    func run(
        _ network: Layer.Gated, input: UnsafePointer<Float>, _ count: Int,
        into output: UnsafeMutablePointer<Float>
    ) {
        let (gate, up) = (buffers.gate.start, buffers.up.start)
        workers.run { part, worker in
            project(network.gate, input, count, into: gate, part, worker)
            project(network.up, input, count, into: up, part, worker)
        }
        let width = network.gate.weight.rows
        workers.run { part, _ in
            let share = workers.share(of: count * width, unit: 64, part: part)
            switch sizes.architecture.activation {
            case .silu:
                kernels.gatedSiLU(gate + share.lowerBound, up: up + share.lowerBound, count: share.count)
            case .gelu:
                kernels.gatedGELU(gate + share.lowerBound, up: up + share.lowerBound, count: share.count)
            }
        }
        workers.run { project(network.down, gate, count, into: output, $0, $1) }
    }

    /// A part's rows of a projection, for all tokens.
    func project(
        _ projection: Layer.Projection, _ input: UnsafePointer<Float>, _ count: Int,
        into output: UnsafeMutablePointer<Float>, _ part: Int, _ worker: Int
    ) {
        let weight = projection.weight
        let rows = workers.share(of: weight.rows, unit: Int(CK_ROW_GROUP), part: part)
        kernels.multiply(
            weight, rows: rows, input: input, tokens: count, output: output,
            scratch: buffers.unpacked[worker].start)
        guard let bias = projection.bias else { return }
        for token in 0..<count {
            let row = output + token * weight.rows
            for index in rows { row[index] += bias[index] }
        }
    }

    /// Normalised rows of the stream, for the part that comes next.
    private func normalize(_ gain: [Float]?, _ count: Int, from first: Int = 0) {
        guard let gain else { return }
        kernels.normalize(
            rows: count, buffers.stream.start + first * sizes.width, gain: gain,
            epsilon: sizes.scales.normEpsilon, into: buffers.normalized.start)
    }

    /// What a part has made, normalised where it has a norm after it.
    private func addToStream(_ gain: [Float]?, _ count: Int) {
        let (stream, projected) = (buffers.stream.start, buffers.projected.start)
        if let gain {
            kernels.normalize(
                rows: count, projected, gain: gain, epsilon: sizes.scales.normEpsilon, into: projected)
        }
        let scale = sizes.scales.residual
        for index in 0..<count * sizes.width { stream[index] += projected[index] * scale }
    }
}
