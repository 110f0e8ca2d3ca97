import Agent
import Formats
import Synchronization

/// Stores what passes while it passes: the client does not wait for the disk, but nothing is decided before all of it is
/// stored.
///
/// Pieces that come shortly after each other are stored together, since a change of threads and a write for each would
/// take longer than the pieces themselves.
final class Recorder: Sendable {
    private struct State {
        var arrivals: [(pieces: [ResponsePiece], time: ContinuousClock.Instant)] = []
        /// What turns pieces into events; `nil` before the first.
        var steps: StepCounter?
        var isStoring = false
        var failure: (any Error)?
    }

    /// How long a piece may wait for others: less than a person sees.
    private static let pause = Duration.milliseconds(30)

    private let session: AttachedSession
    private let start = ContinuousClock.now
    private let before: Task<Void, any Error>
    private let state = Mutex(State())

    /// Starts with what must be stored before any piece.
    init(_ session: AttachedSession, after before: @escaping @Sendable () async throws -> Void) {
        self.session = session
        self.before = Task { try await before() }
    }

    /// Takes pieces that have just come.
    func add(_ pieces: [ResponsePiece]) {
        guard !pieces.isEmpty else { return }
        let startsStoring = state.withLock { state in
            state.arrivals.append((pieces, .now))
            defer { state.isStoring = true }
            return !state.isStoring
        }
        guard startsStoring else { return }
        Task {
            try? await Task.sleep(for: Recorder.pause)
            try? await store()
        }
    }

    /// Returns once everything is stored.
    /// - Throws: what the journal throws; nothing may be decided then.
    func finish() async throws {
        try await store()
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    private func store() async throws {
        do {
            try await before.value
            try await session.store(from: self)
        } catch {
            state.withLock { $0.failure = error }
            throw error
        }
    }

    /// The events of what has come and is not stored yet; asked for by the session alone, so that none overtakes another.
    func takeEvents(round: Int) -> [EventBody] {
        state.withLock { state in
            defer { (state.arrivals, state.isStoring) = ([], false) }
            var steps = state.steps ?? StepCounter(round: round, from: start)
            defer { state.steps = steps }
            return state.arrivals.flatMap { pieces, time in
                pieces.flatMap { piece -> [EventBody] in
                    if case .providerCall(let name) = piece {
                        return [.marked("\(name) ran at the provider: it cannot be held")]
                    }
                    if let note = piece.providerNote { return [.marked(note.words)] }
                    return steps.steps(for: piece, at: time).map { .token($0) }
                }
            }
        }
    }
}
