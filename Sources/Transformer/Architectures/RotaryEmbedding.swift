import Foundation

/// Rotary position embedding (Su et al., "RoFormer", 2021): the angles of one position.
struct RotaryEmbedding: Sendable {
    /// Which elements of a head form a pair.
    enum Pairing: Sendable {
        /// Elements 2i and 2i + 1, as llama files have them.
        case neighbours
        /// Elements i and i + size/2, called NEOX in ggml.
        case halves
    }

    /// Radians a position, for each pair.
    private let frequencies: [Double]
    private let magnitude: Double

    /// The rotation of layers that see everything.
    ///
    /// - Parameter divisors: of each pair's frequency, where the file has any.
    init(_ parameters: RotaryParameters, divisors: [Float]?) {
        let plain = Self.frequencies(base: parameters.base, size: parameters.size)
        let divided = divisors.map { zip(plain, $0).map { $0 / Double($1) } } ?? plain
        magnitude = parameters.magnitude
        switch parameters.scaling {
        case .none, .sets:
            frequencies = divided
        case .linear(let factor):
            frequencies = divided.map { $0 / factor }
        case .yarn(let factor, let context, let fast, let slow):
            func pair(turns: Double) -> Double {
                Double(parameters.size) * log(Double(context) / (turns * 2 * .pi))
                    / (2 * log(parameters.base))
            }
            let first = max(0, pair(turns: fast).rounded(.down))
            let last = min(Double(parameters.size - 1), pair(turns: slow).rounded(.up))
            frequencies = divided.enumerated().map { index, frequency in
                let place = (Double(index) - first) / max(0.001, last - first)
                let kept = 1 - min(1, max(0, place))
                return frequency * (1 - kept) / factor + frequency * kept
            }
        }
    }

    /// The rotation of layers with a window.
    init(window parameters: RotaryParameters) {
        frequencies = Self.frequencies(base: parameters.windowBase, size: parameters.size)
        magnitude = 1
    }

    /// Cosines of each pair's angle at a position, and after them the sines.
    func rotation(at position: Int) -> [Float] {
        let angles = frequencies.map { Double(position) * $0 }
        return angles.map { Float(cos($0) * magnitude) } + angles.map { Float(sin($0) * magnitude) }
    }

    /// YaRN's factor against the flatter attention of scaled positions.
    static func yarnMagnitude(factor: Double) -> Double { factor <= 1 ? 1 : 1 + 0.1 * log(factor) }

    private static func frequencies(base: Double, size: Int) -> [Double] {
        (0..<size / 2).map { pow(base, -2 * Double($0) / Double(size)) }
    }
}
