/// Fetches a model's tensors with their shapes checked.
struct TensorSource {
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

    func optionalVector(_ name: String, count: Int) throws(GGUFError) -> [Float]? {
        file.hasTensor(name) ? try vector(name, count: count) : nil
    }

    func layer(_ index: Int, _ sizes: Hyperparameters) throws(GGUFError) -> Layer {
        let block = "blk.\(index)"
        return Layer(
            attention: try attention(block, sizes),
            feedForward: Layer.FeedForward(
                norms: try norms("\(block).ffn_norm", "\(block).post_ffw_norm", sizes),
                network: try network(block, sizes)))
    }

    private func projection(_ name: String, from columns: Int, to rows: Int) throws(GGUFError)
        -> Layer.Projection
    {
        Layer.Projection(
            weight: try matrix("\(name).weight", columns: columns, rows: rows),
            bias: try optionalVector("\(name).bias", count: rows))
    }

    /// Several matrices that a file has as one, in the order of their rows.
    private func projections(
        fused name: String, from columns: Int, to rows: [Int]
    ) throws(GGUFError) -> [Layer.Projection] {
        let whole = try projection(name, from: columns, to: rows.reduce(0, +))
        var parts: [Layer.Projection] = []
        var start = 0
        for count in rows {
            let range = start..<start + count
            parts.append(
                Layer.Projection(
                    weight: whole.weight.slice(rows: range), bias: whole.bias.map { Array($0[range]) }))
            start = range.upperBound
        }
        return parts
    }

    private func norms(_ before: String, _ after: String, _ sizes: Hyperparameters) throws(GGUFError)
        -> Layer.Norms
    {
        let norms = Layer.Norms(
            before: try optionalVector("\(before).weight", count: sizes.width),
            after: try optionalVector("\(after).weight", count: sizes.width))
        guard norms.before != nil || norms.after != nil else { throw .missingTensor("\(before).weight") }
        return norms
    }

    private func attention(_ block: String, _ sizes: Hyperparameters) throws(GGUFError) -> Layer.Attention {
        let shape = sizes.attention
        let rows = [shape.queryWidth, shape.keyValueWidth, shape.keyValueWidth]
        var parts: [Layer.Projection] = []
        if file.hasTensor("\(block).attn_qkv.weight") {
            parts = try projections(fused: "\(block).attn_qkv", from: sizes.width, to: rows)
        } else {
            for (name, count) in zip(["attn_q", "attn_k", "attn_v"], rows) {
                parts.append(try projection("\(block).\(name)", from: sizes.width, to: count))
            }
        }
        return Layer.Attention(
            norms: try norms("\(block).attn_norm", "\(block).post_attention_norm", sizes),
            query: parts[0], key: parts[1], value: parts[2],
            output: try projection("\(block).attn_output", from: shape.queryWidth, to: sizes.width),
            queryNorm: try headNorm("\(block).attn_q_norm.weight", row: shape.queryWidth, shape),
            keyNorm: try headNorm("\(block).attn_k_norm.weight", row: shape.keyValueWidth, shape))
    }

    /// The gains of a norm over heads, or over a whole row of them.
    private func headNorm(_ name: String, row: Int, _ shape: AttentionShape) throws(GGUFError) -> [Float]? {
        guard file.hasTensor(name) else { return nil }
        let isWhole = try file.tensor(name).shape == [row]
        return try vector(name, count: isWhole ? row : shape.headSize)
    }

    private func network(_ block: String, _ sizes: Hyperparameters) throws(GGUFError) -> Layer.Network {
        let width = sizes.feedForward.width
        if let experts = sizes.feedForward.experts {
            return .experts(
                router: try matrix("\(block).ffn_gate_inp.weight", columns: sizes.width, rows: experts.count),
                try self.experts(block, sizes, experts))
        }
        let down = try projection("\(block).ffn_down", from: width, to: sizes.width)
        guard file.hasTensor("\(block).ffn_gate.weight") else {
            let parts = try projections(fused: "\(block).ffn_up", from: sizes.width, to: [width, width])
            return .dense(Layer.Gated(gate: parts[0], up: parts[1], down: down))
        }
        return .dense(
            Layer.Gated(
                gate: try projection("\(block).ffn_gate", from: sizes.width, to: width),
                up: try projection("\(block).ffn_up", from: sizes.width, to: width), down: down))
    }

    private func experts(
        _ block: String, _ sizes: Hyperparameters, _ experts: FeedForwardShape.Experts
    ) throws(GGUFError) -> [Layer.Gated] {
        func stack(_ name: String, from columns: Int, to rows: Int) throws(GGUFError) -> [Layer.Projection] {
            let tensor = try file.tensor("\(block).\(name).weight")
            guard tensor.shape == [columns, rows, experts.count] else {
                throw .wrongShape(
                    tensor: tensor.name, expected: [columns, rows, experts.count], found: tensor.shape)
            }
            return (0..<experts.count).map {
                Layer.Projection(weight: tensor.slice(rows: $0 * rows..<($0 + 1) * rows), bias: nil)
            }
        }
        let gates = try stack("ffn_gate_exps", from: sizes.width, to: experts.width)
        let ups = try stack("ffn_up_exps", from: sizes.width, to: experts.width)
        let downs = try stack("ffn_down_exps", from: experts.width, to: sizes.width)
        return (0..<experts.count).map { Layer.Gated(gate: gates[$0], up: ups[$0], down: downs[$0]) }
    }
}
