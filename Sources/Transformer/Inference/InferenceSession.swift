import Foundation

/// One conversation with a model: the tokens evaluated so far, with their keys and values kept.
///
/// Not `Sendable`: it belongs to one actor or thread. The result of a token does not depend, not even in its last bit,
/// on how the tokens before it were divided into calls.
public final class InferenceSession {
    /// The model that computes.
    public let model: LlamaModel
    /// Positions that this session can hold.
    public let contextLength: Int
    /// The tokens evaluated so far.
    public private(set) var tokens: [Int] = []
    /// How many tokens are evaluated: the position of the next one.
    public var position: Int { tokens.count }

    private let cache: KeyValueCache
    private let forward: ForwardPass

    /// Starts with no tokens.
    ///
    /// - Parameters:
    ///   - contextLength: positions to allow; by default what the model was trained for.
    ///   - threads: how many threads compute; by default what pays for a model of this size.
    ///   - kernels: the instruction set to compute with.
    public init(
        _ model: LlamaModel, contextLength: Int? = nil, threads: Int? = nil, kernels: Kernels = .best
    ) {
        self.model = model
        self.contextLength = max(1, contextLength ?? model.contextLength)
        cache = KeyValueCache(
            layers: model.hyperparameters.layers, width: model.hyperparameters.attention.keyValueWidth)
        forward = ForwardPass(
            model: model, cache: cache, kernels: kernels, threads: threads ?? Self.defaultThreads(model),
            contextLength: self.contextLength)
    }

    /// One thread for small models, whose jobs are hardly longer than handing them over; two for others, at least
    /// where there are two cores.
    private static func defaultThreads(_ model: LlamaModel) -> Int {
        model.parameterCount < 20_000_000 ? 1 : min(2, ProcessInfo.processInfo.activeProcessorCount)
    }

    /// Evaluates tokens after those so far.
    ///
    /// Cancellation of the current task is noticed between blocks of tokens.
    ///
    /// - Returns: the logits for what follows the last token, ``LlamaModel/logitCount`` of them.
    /// - Throws: ``InferenceError``. After ``InferenceError/cancelled`` the blocks that were done stay evaluated;
    ///   after any other error nothing has changed.
    public func evaluate(_ newTokens: some Collection<Int>) throws(InferenceError) -> [Float] {
        var last: [Float] = []
        try evaluate(Array(newTokens)) { block, isLast in
            if isLast { last = forward.logits(block - 1..<block) }
        }
        return last
    }

    /// Evaluates tokens as ``evaluate(_:)`` does, and returns the logits after each of them.
    public func evaluateAll(_ newTokens: some Collection<Int>) throws(InferenceError) -> [[Float]] {
        var rows: [[Float]] = []
        try evaluate(Array(newTokens)) { block, _ in
            let logits = forward.logits(0..<block)
            for row in 0..<block {
                rows.append(Array(logits[row * model.logitCount..<(row + 1) * model.logitCount]))
            }
        }
        return rows
    }

    /// Forgets the tokens from `position` on.
    ///
    /// - Throws: ``InferenceError/invalidPosition(_:evaluated:)`` when it is negative or past the end.
    public func truncate(to position: Int) throws(InferenceError) {
        guard (0...tokens.count).contains(position) else {
            throw .invalidPosition(position, evaluated: tokens.count)
        }
        tokens.removeLast(tokens.count - position)
    }

    /// Tokens that are evaluated together at most, between which progress can be told and a pause be made.
    public static var blockSize: Int { ForwardPass.blockSize }

    /// Evaluates tokens after those so far, without the logits: the beginning of a prompt that goes on.
    ///
    /// - Throws: ``InferenceError`` as ``evaluate(_:)`` does.
    public func read(_ newTokens: some Collection<Int>) throws(InferenceError) {
        try evaluate(Array(newTokens)) { _, _ in }
    }

    /// Keeps of the tokens so far what `prompt` begins with, but for its last token, as that one's logits are wanted.
    ///
    /// - Returns: how many tokens of the prompt are evaluated.
    /// - Throws: ``InferenceError`` where the prompt cannot be evaluated at all.
    public func keep(prefixOf prompt: [Int]) throws(InferenceError) -> Int {
        try check(prompt, after: 0)
        let shared = zip(tokens, prompt).prefix { $0 == $1 }.count
        try truncate(to: min(shared, prompt.count - 1))
        return position
    }

    /// Makes `prompt` the whole conversation: what it shares with the tokens so far is kept, the rest evaluated.
    ///
    /// - Returns: the logits after the prompt's last token.
    /// - Throws: ``InferenceError`` as ``evaluate(_:)`` does.
    public func evaluate(prompt: [Int]) throws(InferenceError) -> [Float] {
        _ = try keep(prefixOf: prompt)
        return try evaluate(prompt[position...])
    }

    private func evaluate(_ newTokens: [Int], block: (_ count: Int, _ isLast: Bool) -> Void)
        throws(InferenceError)
    {
        try check(newTokens, after: position)
        cache.reserve(position + newTokens.count, keeping: position, atMost: contextLength)
        var start = 0
        while start < newTokens.count {
            if Task.isCancelled { throw .cancelled }
            let end = min(start + ForwardPass.blockSize, newTokens.count)
            forward.run(newTokens[start..<end], at: position)
            tokens += newTokens[start..<end]
            block(end - start, end == newTokens.count)
            start = end
        }
    }

    private func check(_ newTokens: [Int], after position: Int) throws(InferenceError) {
        guard !newTokens.isEmpty else { throw .noTokens }
        if let unknown = newTokens.first(where: { !(0..<model.logitCount).contains($0) }) {
            throw .unknownToken(unknown, vocabulary: model.logitCount)
        }
        let needed = position + newTokens.count
        guard needed <= contextLength else { throw .contextOverflow(needed: needed, limit: contextLength) }
    }
}
