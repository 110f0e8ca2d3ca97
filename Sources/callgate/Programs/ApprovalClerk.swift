import Agent
import Sessions
import Synchronization

/// Carries the decisions that others leave beside the journal to the run, one at a time.
///
/// It gives the run a decision only for the bytes that wait now; the gate looks once more. What became of a decision
/// stands in the journal before its file goes.
final class ApprovalClerk: Sendable {
    private struct State {
        var fold = WaitingCalls()
        var desk: ApprovalDesk?
        var control: RunControl?
        /// The decision that is on its way to the gate.
        var sent: (left: ApprovalDesk.Left, key: CallKey, cancels: Bool)?
        var watch: Task<Void, Never>?
    }

    private let state = Mutex(State())
    /// How often the folder is looked at.
    private static let pause = Duration.milliseconds(100)

    /// Takes an event into account that stands in the journal.
    func see(_ event: Event) {
        state.withLock { state in
            state.fold.apply(event)
            guard let sent = state.sent, sent.key == event.body.callKey else { return }
            switch event.body {
            case .decided(_, _, by: .user) where !sent.cancels: break
            // One that ended by itself meanwhile was not cancelled: the gate says so.
            case .callFinished(_, let result) where sent.cancels && result.ending == .cancelled: break
            default: return
            }
            state.desk?.remove(sent.left)
            state.sent = nil
        }
    }

    /// The gate did not take the decision that is on its way.
    func refuse(_ reason: String) {
        state.withLock { state in
            if let sent = state.sent { state.desk?.refuse(sent.left, reason) }
            state.sent = nil
        }
    }

    /// Begins to look.
    ///
    /// - Parameter past: the events of a session that is taken up.
    func open(_ desk: ApprovalDesk, past: [Event], control: RunControl) {
        state.withLock { state in
            for event in past { state.fold.apply(event) }
            state.desk = desk
            state.control = control
            state.watch = Task.detached { [weak self] in
                while !Task.isCancelled {
                    self?.look()
                    try? await Task.sleep(for: ApprovalClerk.pause)
                }
            }
        }
    }

    /// The run has ended: what was left too late is told so, and nobody waits any more.
    func close() {
        state.withLock { state in
            state.watch?.cancel()
            for left in state.desk?.left() ?? [] { state.desk?.refuse(left, "the run has ended") }
            state.desk = nil
            state.sent = nil
        }
    }

    private func look() {
        state.withLock { state in
            guard let desk = state.desk, let control = state.control, state.sent == nil else { return }
            for left in desk.left() {
                switch left.decision {
                case .failure(let error): desk.refuse(left, error.description)
                case .success(let decision):
                    let waiting = state.fold.call(for: decision)
                    let session = state.fold.state.header?.id ?? ""
                    guard let waiting, decision.objection(in: session, waiting: waiting) == nil else {
                        let reason = decision.objection(in: session, waiting: waiting)
                        desk.refuse(left, reason ?? "call \(decision.key.id) does not wait for a decision")
                        continue
                    }
                    state.sent = (left, decision.key, decision.cancels)
                    if let taken = decision.decision {
                        control.send(
                            .decide(
                                BoundDecision(
                                    key: decision.key, call: waiting.record.call, decision: taken,
                                    decider: left.user)))
                    } else {
                        control.send(.cancel(decision.key, by: left.user))
                    }
                    return
                }
            }
        }
    }
}
