import Agent
import Sessions

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
    /// How much of the file has been read, 0 to 1; `nil` once all of it has.
    private(set) var readShare: Double?
    /// Whether the last step is wanted while the file is still being read.
    private var awaitsEnd = false

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

    /// A recorded session of which nothing has been read yet.
    init(reading file: IndexedJournal) {
        isReplay = true
        log = EventLog(in: file)
        position = .at(0)
        readShare = 0
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

    /// The last request that left, with its text.
    var request: RequestRecord? {
        let index = log.index.requests.firstIndex(above: step)
        guard index > 0, case .requestSent(let record)? = log[log.index.requests[index - 1]]?.body else {
            return nil
        }
        return record
    }

    mutating func append(_ event: Event) {
        log.append(event)
        if position == .live { shown = log.last }
    }

    /// Takes the next piece of the file; the step that is looked at stays, unless it is the end that is awaited.
    mutating func append(_ piece: IndexedJournal.Piece) {
        for event in piece.events { log.append(event) }
        readShare = piece.isLast ? nil : piece.share
        if step == 0, log.count > 0 { go(to: 1) }
        if awaitsEnd { goToEnd() }
    }

    /// Looks at the last step, and follows it while the file is being read.
    mutating func goToEnd() {
        go(to: log.count)
        awaitsEnd = readShare != nil
    }

    /// Looks at a step; in a live run the last one is the present.
    mutating func go(to step: Int) {
        let step = max(min(1, log.count), min(step, log.count))
        awaitsEnd = false
        position = !isReplay && step == log.count ? .live : .at(step)
        shown = log.state(at: step)
    }

    /// Milliseconds from the session's first event to a step's.
    func elapsed(at step: Int) -> Int64? { log[step].map { $0.time - log.start } }
}
