import Agent
import Sessions

/// What has happened in a session: its journal, and the fold of it.
struct SessionHistory {
    let sink: JournalWriter
    private(set) var state = RunState()

    init(sink: JournalWriter, state: RunState = RunState()) {
        self.sink = sink
        self.state = state
    }

    /// Stores events with one write, then takes them into account one after the other.
    mutating func append(_ bodies: [EventBody], after each: (Event, RunState) -> Void) throws {
        for event in try sink.append(bodies) {
            state.apply(event)
            each(event, state)
        }
    }
}
