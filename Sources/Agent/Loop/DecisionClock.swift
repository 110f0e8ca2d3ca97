/// The time within which somebody must decide a call; when it is over the call is denied.
struct DecisionClock: Sendable {
    let seconds: Int
    let task: Task<Void, Never>

    /// Starts now; ``LoopInput/undecided(_:)`` is posted at the end.
    init(for key: CallKey, seconds: Int, control: RunControl) {
        self.seconds = seconds
        task = Task {
            do { try await Task.sleep(for: .seconds(seconds)) } catch { return }
            control.post(.undecided(key))
        }
    }
}

extension Loop {
    /// Starts the clocks of calls that have begun to wait, and stops those of calls that wait no more.
    ///
    /// A call that waits when a session is taken up again has the whole time once more: nobody could decide it while
    /// no run held the session.
    func watchClocks() {
        guard approval == .person, let seconds = header.policy.approvalTimeout else { return }
        let waiting = Set(state.waitingCalls.map(\.key))
        for (key, clock) in clocks where !waiting.contains(key) {
            clock.task.cancel()
            clocks[key] = nil
        }
        for key in waiting where clocks[key] == nil {
            clocks[key] = DecisionClock(for: key, seconds: seconds, control: control)
        }
    }
}
