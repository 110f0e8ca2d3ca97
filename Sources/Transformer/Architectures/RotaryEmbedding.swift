import Foundation

/// Rotary position embedding (Su et al., "RoFormer", 2021): the rotations of one position, applied to heads.
struct RotaryEmbedding: Sendable {
    /// Which elements of a head form a pair.
    enum Pairing: Sendable {
        /// Elements 2i and 2i + 1, as llama files have them.
        case neighbours
        /// Elements i and i + size/2, called NEOX in ggml.
        case halves
    }

    private let pairing: Pairing
    /// Radians a position, for each pair.
    private let frequencies: [Double]

    /// - Parameter factors: divisors of the frequencies, where the file has the tensor `rope_freqs.weight`
    ///   (Llama 3.1's scaling).
    init(_ hyperparameters: Hyperparameters, factors: [Float]?) {
        let size = hyperparameters.rotarySize
        pairing = hyperparameters.architecture.rotaryPairing
        frequencies = (0..<size / 2).map { pair in
            let exponent = -2 * Double(pair) / Double(size)
            let frequency = pow(hyperparameters.rotaryBase, exponent) / hyperparameters.rotaryScale
            return frequency / Double(factors?[pair] ?? 1)
        }
    }

    /// Cosine and sine of each pair's angle at a position.
    func rotations(at position: Int) -> [SIMD2<Float>] {
        frequencies.map { frequency in
            let angle = Double(position) * frequency
            return SIMD2(Float(cos(angle)), Float(sin(angle)))
        }
    }

    /// Rotates `heads` heads of `headSize` elements that lie side by side; elements past the rotated ones stay.
    func rotate(
        _ values: UnsafeMutablePointer<Float>, heads: Int, headSize: Int, by rotations: [SIMD2<Float>]
    ) {
        let pairs = rotations.count
        for head in 0..<heads {
            let start = values + head * headSize
            for pair in 0..<pairs {
                let (first, second) =
                    switch pairing {
                    case .neighbours: (2 * pair, 2 * pair + 1)
                    case .halves: (pair, pair + pairs)
                    }
                let (x, y) = (start[first], start[second])
                let (cosine, sine) = (rotations[pair].x, rotations[pair].y)
                start[first] = x * cosine - y * sine
                start[second] = x * sine + y * cosine
            }
        }
    }
}
