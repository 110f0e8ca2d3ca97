import Agent
import Transformer

extension EmbeddedModel {
    /// What is read in less is not worth a word.
    private static let worthTelling = 128

    /// Makes a prompt the whole conversation, and tells how far it is on the way.
    ///
    /// A person who pauses the run stops it between two blocks; what was read stays read.
    /// - Returns: the logits after the last token.
    /// - Throws: ``ModelError``, `CancellationError`, or what `observe` threw.
    func read(
        _ prompt: [Int], _ observe: @Sendable (DecodeEvent) async throws -> Void
    ) async throws -> [Float] {
        try await load(observe)
        let kept = try wrapping { try session.keep(prefixOf: prompt) }
        guard prompt.count - kept > Self.worthTelling else {
            return try wrapping { try session.evaluate(prompt[kept...]) }
        }
        let clock = ContinuousClock()
        var (read, spent) = (kept, Duration.zero)
        while true {
            let rate = read > kept ? Double(read - kept) / (spent / .seconds(1)) : nil
            try await observe(.progress(.reading(tokens: read, of: prompt.count, perSecond: rate)))
            try Task.checkCancellation()
            let end = min(read + InferenceSession.blockSize, prompt.count)
            let started = clock.now
            if end == prompt.count { return try wrapping { try session.evaluate(prompt[read...]) } }
            try wrapping { try session.read(prompt[read..<end]) }
            spent += clock.now - started
            read = end
        }
    }

    /// Brings the file's pages into memory, once: from a slow disk it is the file that is waited for.
    private func load(_ observe: @Sendable (DecodeEvent) async throws -> Void) async throws {
        guard let file = unloaded else { return }
        unloaded = nil
        let piece = 32 << 20
        guard file.byteCount > piece else { return }
        for start in stride(from: 0, to: file.byteCount, by: piece) {
            try await observe(.progress(.loading(bytes: start, of: file.byteCount)))
            file.touch(start..<min(start + piece, file.byteCount))
        }
    }
}
