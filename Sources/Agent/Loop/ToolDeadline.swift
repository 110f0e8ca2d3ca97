import Synchronization

/// The end of the time that a call may take; stands still while a person decides something for the tool.
public final class ToolDeadline: Sendable {
    /// The deadline of the call that the current task runs; `nil` outside of one.
    @TaskLocal public static var current: ToolDeadline?

    private struct State {
        var remaining: Duration
        var runningSince: ContinuousClock.Instant?
        var timer: Task<Void, Never>?
        var pauses = 0
        var paused = Duration.zero
        var pausedSince: ContinuousClock.Instant?
        var isOver = false
    }

    private let state: Mutex<State>
    private let onEnd: @Sendable () -> Void

    /// A deadline that runs from now on; `onEnd` is called once when it is met.
    init(seconds: Int, onEnd: @escaping @Sendable () -> Void) {
        state = Mutex(State(remaining: .seconds(seconds)))
        self.onEnd = onEnd
        state.withLock { run(&$0) }
    }

    /// Stops the clock; as many ``resume()`` as pauses start it again.
    public func pause() {
        state.withLock { state in
            state.pauses += 1
            guard state.pauses == 1 else { return }
            let now = ContinuousClock.now
            state.pausedSince = now
            if let since = state.runningSince { state.remaining -= now - since }
            state.runningSince = nil
            state.timer?.cancel()
        }
    }

    /// Undoes one ``pause()``.
    public func resume() {
        state.withLock { state in
            guard state.pauses > 0 else { return }
            state.pauses -= 1
            guard state.pauses == 0 else { return }
            if let since = state.pausedSince { state.paused += ContinuousClock.now - since }
            state.pausedSince = nil
            run(&state)
        }
    }

    /// Stops watching for good.
    func cancel() {
        state.withLock { state in
            state.isOver = true
            state.timer?.cancel()
        }
    }

    /// The milliseconds for which the clock has stood still.
    var pausedMilliseconds: Double {
        state.withLock { state in
            let paused = state.paused + (state.pausedSince.map { ContinuousClock.now - $0 } ?? .zero)
            return paused.milliseconds
        }
    }

    private func run(_ state: inout State) {
        guard !state.isOver else { return }
        let remaining = state.remaining
        state.runningSince = .now
        state.timer = Task {
            do { try await Task.sleep(for: remaining) } catch { return }
            let isMet = self.state.withLock { state in
                // A pause that came between the sleep's end and here counts.
                guard !state.isOver, state.pauses == 0, !Task.isCancelled else { return false }
                state.isOver = true
                return true
            }
            if isMet { onEnd() }
        }
    }
}

extension Duration {
    var milliseconds: Double { Double(components.seconds) * 1_000 + Double(components.attoseconds) / 1e15 }
}
