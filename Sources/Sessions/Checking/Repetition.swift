import Agent
import JSON
import Synchronization

/// A run of the loop that repeats a recorded session: the recording's model, tools and person, or real ones instead.
public struct Repetition: Sendable {
    /// What is real this time, or other than in the recording.
    public struct Changes: Sendable {
        /// The header of the workflow as it is now; the recording's own by default.
        public var header: SessionHeader?
        /// The system prompt as it is now; only with a header.
        public var system: String?
        /// A model that decides anew.
        public var model: (any Model)?
        /// Tools that run anew.
        public var tools: [any Tool]?

        /// Nothing is real, nothing changed.
        public init() {}
    }

    /// What the repetition did.
    public let events: [Event]
    /// Its differences from the recording.
    public let comparison: SessionComparison

    /// Repeats the recording.
    /// - Throws: `CatalogueError` when a tool's schema cannot be used.
    public init(of recording: Recording, with changes: Changes = Changes()) async throws {
        var header = changes.header ?? recording.header
        // A recorded model is the recording's, whatever the workflow names now.
        if changes.model == nil { header.model = recording.header.model }
        if let model = changes.model { header.model = await model.info }
        let model = changes.model ?? RecordedModel(recording)
        let results = RecordedResults(recording)
        let tools = changes.tools ?? header.catalogue.map { RecordedTool(definition: $0, results: results) }
        let system = changes.header == nil ? recording.system : changes.system
        let person = RecordedPerson(recording)
        for prompt in recording.prompts {
            let control = RunControl(startsHeld: false)
            person.take(control)
            let loop = try Loop(
                model: model, tools: tools, header: header, system: system, control: control, sink: person,
                approval: recording.approval, resuming: RunState(folding: person.events))
            _ = await loop.run(prompt: prompt)
        }
        events = person.events
        var outline = SessionOutline(of: events)
        if recording.outline.outcome == nil {
            outline = outline.keeping(rounds: recording.outline.rounds.count)
        }
        comparison = SessionComparison(recording.outline, outline)
    }

    /// The first place at which the repetition parted from the recording, figures left out.
    public var divergence: SessionDifference? { comparison.firstDivergence }
}

/// The journal of a repetition, in memory, and whoever decided in the recording: it answers as it did then.
private final class RecordedPerson: EventSink {
    private struct State {
        var events: [Event] = []
        var fold = RunState()
        var control: RunControl?
        var edits: [CallKey: String]
        var place = Recording.Place()
        var rules: ArraySlice<Recording.AddedRule>
    }

    private let recording: Recording
    private let state: Mutex<State>

    init(_ recording: Recording) {
        self.recording = recording
        state = Mutex(State(edits: recording.edits, rules: recording.rules[...]))
    }

    var events: [Event] { state.withLock { $0.events } }

    func take(_ control: RunControl) { state.withLock { $0.control = control } }

    func append(_ body: EventBody) throws -> Event {
        let (event, control, commands) = state.withLock { state in
            let event = Event(number: state.events.count + 1, time: 0, body: body)
            state.events.append(event)
            state.fold.apply(event)
            state.place.pass(body)
            var commands: [RunCommand] = []
            while let next = state.rules.first, next.place == state.place {
                // Those that it decided then are decided by it now, and no others.
                let decided = state.fold.waitingCalls.filter { next.decided.contains($0.key) }
                commands.append(
                    .addRule(
                        next.rule,
                        deciding: Dictionary(uniqueKeysWithValues: decided.map { ($0.key, $0.call) })))
                // Where the rule does not decide one now it must not wait for ever.
                commands += decided.map { decision(on: $0) }
                state.rules.removeFirst()
            }
            return (event, state.control, commands + answers(to: event, &state))
        }
        guard let control else { return event }
        for command in commands {
            // Results leave as soon as all are there: they are held while one is still to be edited.
            if case .editResult = command { control.pause() }
            control.send(command)
        }
        if case .resultEdited = body, !hasPendingEdits { control.resume() }
        return event
    }

    private var hasPendingEdits: Bool {
        state.withLock { state in state.fold.roundCalls.contains { state.edits[$0.key] != nil } }
    }

    private func decision(on record: CallRecord) -> RunCommand {
        let then = recording.decisions[record.key]
        let decision = then?.decision ?? .deny(reason: "nobody decided this call in the recording")
        return .decide(
            BoundDecision(
                key: record.key, call: record.call, decision: decision, decider: then?.decider ?? .person,
                stopsRun: then?.stopsRun ?? false))
    }

    private func answers(to event: Event, _ state: inout State) -> [RunCommand] {
        switch event.body {
        case .callJudged(let key, _, let ruling) where ruling.effect == .ask && recording.approval == .person:
            guard let record = state.fold.call(key),
                !state.rules.contains(where: { $0.decided.contains(key) })
            else { return [] }
            return [decision(on: record)]
        case .decided, .callFinished:
            guard state.fold.roundCalls.allSatisfy(\.isResolved) else { return [] }
            return state.fold.roundCalls.compactMap { record in
                state.edits[record.key].map { .editResult(record.key, content: $0) }
            }
        case .resultEdited(let key, _):
            state.edits[key] = nil
            return []
        default: return []
        }
    }
}
