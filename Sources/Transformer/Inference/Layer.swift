/// The weights of one layer: what a file has of what the known architectures use.
///
/// Vectors are copied out as floats, matrices stay in the file.
struct Layer: Sendable {
    let attention: Attention
    let feedForward: FeedForward

    /// A matrix and, where the file has one, its bias.
    struct Projection: Sendable {
        let weight: Tensor
        let bias: [Float]?
    }

    /// Gains of the norms around a part of a layer; nil where there is no such norm.
    struct Norms: Sendable {
        let before: [Float]?
        let after: [Float]?
    }

    struct Attention: Sendable {
        let norms: Norms
        let query: Projection
        let key: Projection
        let value: Projection
        let output: Projection
        /// Gains of a norm over each head's queries, or over all of them as one row; nil where there is none.
        let queryNorm: [Float]?
        let keyNorm: [Float]?
    }

    struct FeedForward: Sendable {
        let norms: Norms
        let network: Network
    }

    enum Network: Sendable {
        case dense(Gated)
        /// A matrix of each expert's score, and the experts.
        case experts(router: Tensor, [Gated])
    }

    /// Down(activation(gate) · up).
    struct Gated: Sendable {
        let gate: Projection
        let up: Projection
        let down: Projection
    }
}
