import Agent

/// The events of a session, and the state after any of them.
///
/// A snapshot of the state is kept every so many events, so that a jump folds few events wherever it goes.
/// Steps count from 1; step 0 is the state before anything happened.
struct EventLog: Sendable {
    static let stride = 256

    private(set) var events: [Event] = []
    /// The state after the last event.
    private(set) var last = RunState()
    /// Where things happened.
    private(set) var index = StepIndex()
    /// The state after every ``stride`` events, the empty one first.
    private var snapshots = [RunState()]

    init(_ events: [Event] = []) {
        for event in events { append(event) }
    }

    var count: Int { events.count }

    /// When the session began.
    var start: Int64 { events.first?.time ?? 0 }

    mutating func append(_ event: Event) {
        events.append(event)
        last.apply(event)
        index.note(event.body, step: events.count)
        if events.count.isMultiple(of: EventLog.stride) { snapshots.append(last) }
    }

    /// The event of a step; `nil` for a step that does not exist.
    subscript(step: Int) -> Event? {
        (1...max(1, count)).contains(step) && count > 0 ? events[step - 1] : nil
    }

    /// The state after `step` events: the fold of that prefix.
    func state(at step: Int) -> RunState {
        let step = max(0, min(step, count))
        if step == count { return last }
        let snapshot = step / EventLog.stride
        var state = snapshots[snapshot]
        for event in events[snapshot * EventLog.stride..<step] { state.apply(event) }
        return state
    }
}
