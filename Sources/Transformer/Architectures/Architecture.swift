import Foundation

/// The model families that the forward pass knows, by the names of `general.architecture`.
///
/// They share one computation, and most of what differs follows from the tensors that a file has: norms before and after
/// a part, norms of queries and keys, biases, experts. What no tensor tells is said here.
enum Architecture: String, CaseIterable, Sendable {
    case llama
    case smollm3
    case minicpm
    case qwen2
    case qwen3
    case qwen3moe
    case gemma3
    case phi3
    case granite
    case olmo2

    /// Which elements of a head are rotated together.
    var rotaryPairing: RotaryEmbedding.Pairing {
        switch self {
        // Converters permute the query and key rows of these so that pairs become neighbours.
        case .llama, .smollm3, .minicpm, .granite: .neighbours
        case .qwen2, .qwen3, .qwen3moe, .gemma3, .phi3, .olmo2: .halves
        }
    }

    /// What stands between the two matrices of a feed-forward network, beside the product with the gate.
    var activation: Activation { self == .gemma3 ? .gelu : .silu }

    /// Every how many layers one has no rotation, where there are such.
    var unrotatedEvery: Int? { self == .smollm3 ? 4 : nil }

    /// Every how many layers one attends to everything, in models with a sliding window.
    ///
    /// Phi 3 files carry a window that llama.cpp does not use either.
    var fullAttentionEvery: Int? {
        switch self {
        case .gemma3: 6
        case .olmo2: 4
        default: nil
        }
    }

    /// The base of the rotation in layers with a window, where it is not that of the others.
    var windowRotaryBase: Double? { self == .gemma3 ? 10_000 : nil }

    /// The factor of the embedding where the file names none.
    func embeddingScale(width: Int) -> Double {
        switch self {
        case .gemma3: Double(width).squareRoot()
        case .minicpm: 12
        default: 1
        }
    }

    /// The factor of what each part adds to the stream, where the file names none.
    func residualScale(layers: Int) -> Double { self == .minicpm ? 1.4 / Double(layers).squareRoot() : 1 }

    /// What the logits are divided by, where the file names nothing.
    func logitDivisor(width: Int) -> Double { self == .minicpm ? Double(width) / 256 : 1 }

    /// The factor of attention scores, where the file names none.
    func attentionScale(width: Int, layers: Int, heads: Int, headSize: Int) -> Double {
        // The largest Gemma 3, of 62 layers, divides by another size than its heads'.
        let size = self == .gemma3 && layers == 62 ? width / heads : headSize
        return 1 / Double(size).squareRoot()
    }
}

/// The function that a gate goes through.
enum Activation: Sendable {
    /// x · sigmoid(x), as in SwiGLU.
    case silu
    /// The Gaussian error linear unit, by its approximation with tanh (Hendrycks and Gimpel, 2016).
    case gelu
}
