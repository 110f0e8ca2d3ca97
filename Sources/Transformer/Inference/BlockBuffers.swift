import CKernels

/// Memory for a block of tokens: a row for each token, of the width that its name says.
struct BlockBuffers {
    /// The residual stream.
    let stream: Scratch
    let normalized: Scratch
    let query: Scratch
    let attended: Scratch
    let gate: Scratch
    let up: Scratch
    /// What a part of a layer adds to the stream.
    let projected: Scratch
    /// Each worker's own, for what a product unpacks.
    let unpacked: [Scratch]

    init(_ sizes: Hyperparameters, tokens: Int, workers: Int) {
        func block(_ width: Int) -> Scratch { Scratch(count: tokens * width) }
        let (width, attention, inner) = (sizes.width, sizes.attention.queryWidth, sizes.feedForward.width)
        stream = block(width)
        normalized = block(width)
        query = block(attention)
        attended = block(attention)
        gate = block(inner)
        up = block(inner)
        projected = block(width)
        let widest = max(width, attention, inner)
        unpacked = (0..<workers).map { _ in Scratch(count: Int(CK_SCRATCH) * widest) }
    }
}
