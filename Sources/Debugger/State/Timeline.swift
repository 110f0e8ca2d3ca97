import Agent

/// The session and the step of it that is looked at.
struct Timeline: Sendable {
    /// Where in the session the screen stands.
    enum Position: Sendable, Hashable {
        /// At the last event, whatever it will be.
        case live
        /// At that step, whatever happens.
        case at(Int)
    }

    private(set) var log = EventLog()
    /// Whether the events come from a file and nothing runs.
    let isReplay: Bool
    private(set) var position: Position
    /// The state at the step that is looked at.
    private(set) var shown = RunState()

    /// A live session without events yet.
    init() {
        isReplay = false
        position = .live
    }

    /// A recorded session, looked at from `step`.
    init(replaying events: [Event], at step: Int) {
        isReplay = true
        log = EventLog(events)
        position = .at(max(min(1, log.count), min(step, log.count)))
        shown = log.state(at: self.step)
    }

    /// The step that is looked at, 0 before the first event.
    var step: Int {
        switch position {
        case .live: log.count
        case .at(let step): step
        }
    }

    /// Whether what is shown is the present of a run, on which a decision can act.
    var isLive: Bool { position == .live && !isReplay }

    /// Whether a run goes on while an earlier step is looked at.
    var isLookingBack: Bool { !isReplay && position != .live }

    /// The event at the step that is looked at.
    var event: Event? { log[step] }

    mutating func append(_ event: Event) {
        log.append(event)
        if position == .live { shown = log.last }
    }

    /// Looks at a step; in a live run the last one is the present.
    mutating func go(to step: Int) {
        let step = max(min(1, log.count), min(step, log.count))
        position = !isReplay && step == log.count ? .live : .at(step)
        shown = log.state(at: step)
    }

    /// Milliseconds from the session's first event to a step's.
    func elapsed(at step: Int) -> Int64? { log[step].map { $0.time - log.start } }
}
