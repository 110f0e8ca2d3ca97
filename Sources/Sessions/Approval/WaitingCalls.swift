import Agent

/// A call that waits for a person, as a journal tells.
public struct WaitingCall: Sendable, Hashable {
    /// The call.
    public let record: CallRecord
    /// The number of the event since which it waits: its judgement, or the session's last resumption; of a call that
    /// runs, its start.
    ///
    /// With it a decision for an earlier wait of the same bytes is told from one for this wait.
    public let since: Int
    /// The time of that event, in milliseconds since 1970.
    public let time: Int64

    /// What a decision for it is bound to.
    public var hash: CallHash { CallHash(record.call) }
}

/// The calls of one session that wait for a person: a fold over its events.
public struct WaitingCalls: Sendable {
    /// The state after the last event.
    public private(set) var state = RunState()
    private var starts: [CallKey: (event: Int, time: Int64)] = [:]

    /// A session before its first event.
    public init() {}

    /// Takes one more event into account.
    public mutating func apply(_ event: Event) {
        state.apply(event)
        switch event.body {
        case .callJudged(let key, _, _): starts[key] = (event.number, event.time)
        case .sessionResumed:
            for record in state.calls where record.needsDecision {
                starts[record.key] = (event.number, event.time)
            }
        case .callStarted(let key, _): starts[key] = (event.number, event.time)
        case .toolMessage(let key, _, _): starts[key] = nil
        default: break
        }
    }

    /// The calls in the order in which the model asked.
    public var calls: [WaitingCall] {
        guard state.phase == .calling else { return [] }
        return timed(state.waitingCalls)
    }

    /// The calls that run, in the order in which the model asked; each since the event of its start.
    public var running: [WaitingCall] {
        guard state.phase == .calling else { return [] }
        return timed(state.roundCalls.filter { $0.status == .running })
    }

    private func timed(_ records: [CallRecord]) -> [WaitingCall] {
        records.compactMap { record in
            starts[record.key].map { WaitingCall(record: record, since: $0.event, time: $0.time) }
        }
    }

    /// The call with that key, where it waits.
    public func call(_ key: CallKey) -> WaitingCall? { calls.first { $0.record.key == key } }

    /// The call that an order from outside is about: one that waits, or for a cancellation one that runs.
    public func call(for order: OutsideDecision) -> WaitingCall? {
        order.cancels ? running.first { $0.record.key == order.key } : call(order.key)
    }
}
