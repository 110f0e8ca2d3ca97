import Foundation

/// A mixture of experts (Shazeer et al., 2017): each token goes through the few networks that a router scores highest.
///
/// Tokens of a block that chose the same expert go through it together. What the experts make of a token is summed in
/// the order of their numbers, so that it has the same bits whatever block the token is in.
final class ExpertPass {
    private let shape: FeedForwardShape.Experts
    private let width: Int
    private let scores: Scratch
    /// The rows of the tokens that go through one expert, and what it makes of them.
    private let gathered: Scratch
    private let made: Scratch

    init(_ shape: FeedForwardShape.Experts, width: Int, tokens: Int) {
        self.shape = shape
        self.width = width
        scores = Scratch(count: tokens * shape.count)
        gathered = Scratch(count: tokens * width)
        made = Scratch(count: tokens * width)
    }

    /// Runs the chosen experts over rows of the model's width; the sums are left in the pass's `projected`.
    func run(
        _ pass: ForwardPass, _ router: Tensor, _ networks: [Layer.Gated], input: UnsafePointer<Float>,
        _ count: Int
    ) {
        let routing = Layer.Projection(weight: router, bias: nil)
        pass.workers.run { pass.project(routing, input, count, into: scores.start, $0, $1) }
        var chosen = [[(token: Int, weight: Float)]](repeating: [], count: shape.count)
        for token in 0..<count {
            for (expert, weight) in choice(scores.start + token * shape.count) {
                chosen[expert].append((token, weight))
            }
        }
        let output = pass.buffers.projected.start
        output.update(repeating: 0, count: count * width)
        for (expert, tokens) in chosen.enumerated() where !tokens.isEmpty {
            for (row, one) in tokens.enumerated() {
                (gathered.start + row * width).update(from: input + one.token * width, count: width)
            }
            pass.run(networks[expert], input: gathered.start, tokens.count, into: made.start)
            for (row, one) in tokens.enumerated() {
                let (sum, term) = (output + one.token * width, made.start + row * width)
                for index in 0..<width { sum[index] += one.weight * term[index] }
            }
        }
    }

    /// The experts of the highest scores, the lowest number of equals, with weights that add up to the scale.
    private func choice(_ scores: UnsafePointer<Float>) -> [(expert: Int, weight: Float)] {
        let best = (0..<shape.count).sorted { (scores[$1], $0) < (scores[$0], $1) }.prefix(shape.used)
        let peak = best.first.map { scores[$0] } ?? 0
        let weights = best.map { exp(scores[$0] - peak) }
        let total = weights.reduce(0, +)
        return zip(best, weights).map { ($0, $1 / total * shape.scale) }
    }
}
