import Agent

/// An expression that narrows what is shown: other calls, messages and steps are passed over.
struct ShownFilter: Sendable {
    private(set) var matches: FilterMatches
    /// The steps of the events that a message of the conversation came from, in the conversation's order.
    private var messageSteps: [Int] = []
    private var scanned = 0

    var filter: Filter { matches.filter }

    init(_ filter: Filter, _ log: EventLog) {
        matches = FilterMatches(filter)
        extend(log)
    }

    /// Takes the events in that have come since the last time.
    mutating func extend(_ log: EventLog) {
        matches.extend(log)
        while scanned < log.count, let event = log[scanned + 1] {
            scanned += 1
            switch event.body {
            case .messageAdded, .responseReceived, .toolMessage: messageSteps.append(scanned)
            default: break
            }
        }
    }

    /// Whether the event of a step matches.
    func shows(step: Int) -> Bool { matches.next(after: step - 1) == step }

    /// Whether a message is shown, by its place in the conversation.
    func shows(message index: Int) -> Bool { messageSteps.element(index).map { shows(step: $0) } ?? true }

    /// Whether a call is shown: it matches itself, or something that has happened to it does.
    ///
    /// A call that waits is shown in any case: nobody shall decide less than there is.
    func shows(_ record: CallRecord, in timeline: Timeline) -> Bool {
        if record.needsDecision || filter.matches(record, in: timeline.shown) { return true }
        let steps = timeline.log.index.ofCall[record.key] ?? []
        return steps.contains { $0 <= timeline.step && shows(step: $0) }
    }

    /// The next step of that kind that matches.
    func next(_ landmark: StepIndex.Landmark, after step: Int, _ log: EventLog) -> Int? {
        var step = step
        while let next = log.index.next(landmark, after: step, count: log.count) {
            if shows(step: next) { return next }
            step = next
        }
        return nil
    }

    /// The previous step of that kind that matches.
    func previous(_ landmark: StepIndex.Landmark, before step: Int, _ log: EventLog) -> Int? {
        var step = step
        while let previous = log.index.previous(landmark, before: step) {
            if shows(step: previous) { return previous }
            step = previous
        }
        return nil
    }
}

extension DebuggerState {
    /// The places of the messages that the conversation shows.
    var listedMessages: [Int] {
        guard let filter = shownFilter else { return Array(shown.messages.indices) }
        return shown.messages.indices.filter { filter.shows(message: $0) }
    }

    /// The calls that the calls pane lists.
    var listedCalls: [CallRecord] {
        guard let filter = shownFilter else { return shown.calls }
        return shown.calls.filter { filter.shows($0, in: timeline) }
    }
}
