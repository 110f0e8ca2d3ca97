/// A model's dimensions and constants, from the metadata under its architecture's prefix.
struct Hyperparameters: Equatable, Sendable {
    let architecture: Architecture
    /// Width of the residual stream.
    let width: Int
    let layers: Int
    let feedForwardWidth: Int
    let heads: Int
    let keyValueHeads: Int
    let headSize: Int
    /// Elements of each head that are rotated.
    let rotarySize: Int
    let rotaryBase: Double
    /// Positions are divided by this (linear scaling); 1 without scaling.
    let rotaryScale: Double
    let normEpsilon: Float
    /// Positions that the model was trained for.
    let contextLength: Int

    var queryWidth: Int { heads * headSize }
    var keyValueWidth: Int { keyValueHeads * headSize }

    init(_ file: GGUFFile) throws(ModelError) {
        let name: String?
        do { name = try file.string("general.architecture") } catch { throw .file(error) }
        guard let name else { throw .file(.missingKey("general.architecture")) }
        guard let architecture = Architecture(rawValue: name) else { throw .unsupportedArchitecture(name) }
        self.architecture = architecture
        let section = Section(file: file, prefix: name)

        width = try section.size("embedding_length")
        layers = try section.size("block_count")
        feedForwardWidth = try section.size("feed_forward_length")
        heads = try section.size("attention.head_count")
        keyValueHeads = try section.size("attention.head_count_kv", default: heads)
        contextLength = try section.size("context_length")
        guard heads % keyValueHeads == 0 else {
            throw section.invalid(
                "attention.head_count_kv", keyValueHeads, "it does not divide \(heads) heads")
        }

        let evenShare = width % heads == 0 ? width / heads : nil
        guard let headSize = try section.optionalSize("attention.key_length") ?? evenShare else {
            throw section.invalid("attention.head_count", heads, "it does not divide the width \(width)")
        }
        self.headSize = headSize
        guard try section.size("attention.value_length", default: headSize) == headSize else {
            throw .unsupportedFeature("heads whose values and keys differ in size")
        }
        rotarySize = try section.size("rope.dimension_count", default: headSize)
        guard rotarySize <= headSize, rotarySize % 2 == 0 else {
            throw section.invalid(
                "rope.dimension_count", rotarySize, "it is odd or above the head's \(headSize)")
        }
        rotaryBase = try section.positive("rope.freq_base", default: 10_000)
        switch try section.string("rope.scaling.type") ?? "none" {
        case "none": rotaryScale = 1
        case "linear": rotaryScale = try section.positive("rope.scaling.factor", default: 1)
        case let type: throw .unsupportedFeature("rotary scaling of the type \(type)")
        }
        normEpsilon = Float(try section.positive("attention.layer_norm_rms_epsilon", default: 1e-5))
        if let experts = try section.integer("expert_count"), experts > 0 {
            throw .unsupportedFeature("a mixture of experts")
        }
    }

    /// One architecture's keys, read with checks.
    private struct Section {
        let file: GGUFFile
        let prefix: String

        /// No real model comes near; products of two such sizes still fit an `Int`.
        private static let largest = 1 << 28

        func integer(_ key: String) throws(ModelError) -> Int? {
            do { return try file.integer("\(prefix).\(key)") } catch { throw .file(error) }
        }

        func string(_ key: String) throws(ModelError) -> String? {
            do { return try file.string("\(prefix).\(key)") } catch { throw .file(error) }
        }

        func optionalSize(_ key: String) throws(ModelError) -> Int? {
            guard let value = try integer(key) else { return nil }
            guard (1...Self.largest).contains(value) else {
                throw invalid(key, value, "it is not between 1 and \(Self.largest)")
            }
            return value
        }

        func size(_ key: String, default fallback: Int? = nil) throws(ModelError) -> Int {
            guard let value = try optionalSize(key) ?? fallback else {
                throw .file(.missingKey("\(prefix).\(key)"))
            }
            return value
        }

        func positive(_ key: String, default fallback: Double) throws(ModelError) -> Double {
            let value: Double
            do { value = try file.number("\(prefix).\(key)") ?? fallback } catch { throw .file(error) }
            guard value > 0, value.isFinite else { throw invalid(key, value, "it is not a positive number") }
            return value
        }

        func invalid(_ key: String, _ value: some CustomStringConvertible, _ reason: String) -> ModelError {
            .invalidHyperparameter(key: "\(prefix).\(key)", value: value.description, reason: reason)
        }
    }
}
