/// How fast a model reads a prompt and writes after it, for the bench command.
public struct DecodeSpeed: Equatable, Sendable, CustomStringConvertible {
    /// Tokens of the prompt.
    public let promptTokens: Int
    /// Tokens a second while reading the prompt.
    public let promptRate: Double
    /// Tokens written, one by one.
    public let decodedTokens: Int
    /// Tokens a second while writing.
    public let decodeRate: Double
    /// The kernels' instruction set.
    public let instructionSet: String

    /// One line with both rates.
    public var description: String {
        "prompt \(promptTokens) tokens at \(Int(promptRate)) tokens/s, "
            + "decode \(decodedTokens) tokens at \(Int(decodeRate)) tokens/s (\(instructionSet))"
    }

    /// Reads a prompt and decodes greedily after it, without a mask.
    ///
    /// - Parameter prompt: at least one token.
    /// - Throws: ``InferenceError``.
    public static func measure(
        _ model: LlamaModel, prompt: [Int], decode count: Int, threads: Int? = nil, kernels: Kernels = .best
    ) throws(InferenceError) -> DecodeSpeed {
        let session = InferenceSession(
            model, contextLength: max(model.contextLength, prompt.count + count), threads: threads,
            kernels: kernels)
        let clock = ContinuousClock()
        var logits: [Float] = []
        let start = clock.now
        logits = try session.evaluate(prompt)
        let prompted = clock.now
        for _ in 0..<count {
            let best = logits.indices.max { (logits[$0], $1) < (logits[$1], $0) } ?? 0
            logits = try session.evaluate([best])
        }
        let end = clock.now
        return DecodeSpeed(
            promptTokens: prompt.count, promptRate: Double(prompt.count) / ((prompted - start) / .seconds(1)),
            decodedTokens: count, decodeRate: Double(count) / ((end - prompted) / .seconds(1)),
            instructionSet: kernels.description)
    }
}
