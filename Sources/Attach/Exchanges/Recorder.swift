import Formats
import Synchronization

/// Stores what passes while it passes: the client does not wait for the disk, but nothing is decided before all of it is
/// stored.
final class Recorder: Sendable {
    private typealias Arrival = (pieces: [ResponsePiece], time: ContinuousClock.Instant)

    private let arrivals: AsyncStream<Arrival>
    private let continuation: AsyncStream<Arrival>.Continuation
    private let task = Mutex<Task<Void, any Error>?>(nil)

    init() { (arrivals, continuation) = AsyncStream<Arrival>.makeStream() }

    /// Starts to store: first what `before` stores, then the pieces as they come.
    func start(_ session: AttachedSession, before: @escaping @Sendable () async throws -> Void) {
        let arrivals = arrivals
        let work = Task {
            try await before()
            var steps = StepCounter(round: await session.round)
            for await (pieces, time) in arrivals {
                for case .providerCall(let name) in pieces { try await session.note(providerCall: name) }
                try await session.observe(pieces.flatMap { steps.steps(for: $0, at: time) })
            }
        }
        task.withLock { $0 = work }
    }

    /// Takes pieces that have just come.
    func add(_ pieces: [ResponsePiece]) {
        if !pieces.isEmpty { continuation.yield((pieces, .now)) }
    }

    /// Returns once everything is stored.
    /// - Throws: what the journal throws; nothing may be decided then.
    func finish() async throws {
        continuation.finish()
        try await task.withLock { $0 }?.value
    }
}
