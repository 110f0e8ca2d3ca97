import Agent
import Sessions

/// The events of a session, and the state after any of them.
///
/// Snapshots of the state are kept at intervals, so that a jump folds few events wherever it goes, and thinned out as
/// the session grows, so that they take a bounded amount of memory. The events of a file are kept in outline; what a
/// step says beyond that is read from the file when somebody looks at it.
/// Steps count from 1; step 0 is the state before anything happened.
struct EventLog: Sendable {
    /// How many events lie between two snapshots at first.
    static let stride = 256
    /// Snapshots hold at most this many messages and calls, all together.
    static let mostSnapshotItems = 200_000

    /// The events; of a session in a file, their outlines.
    private(set) var outlines: [Event] = []
    /// The state after the last event.
    private(set) var last = RunState()
    /// Where things happened.
    private(set) var index = StepIndex()
    private var snapshots: Snapshots
    /// Where the whole events are, when they are not here.
    private let file: IndexedJournal?

    init(_ events: [Event] = [], mostSnapshotItems: Int = EventLog.mostSnapshotItems) {
        file = nil
        snapshots = Snapshots(mostItems: mostSnapshotItems)
        for event in events { append(event) }
    }

    /// The events of a file, as far as they are read: they are still to be appended.
    init(in file: IndexedJournal) {
        self.file = file
        snapshots = Snapshots(mostItems: EventLog.mostSnapshotItems)
    }

    var count: Int { outlines.count }

    /// How many events lie between two snapshots.
    var stride: Int { snapshots.stride }

    /// When the session began.
    var start: Int64 { outlines.first?.time ?? 0 }

    /// Every event in full; of a session in a file, all of it is read into memory.
    var events: [Event] { file == nil ? outlines : (1...max(1, count)).compactMap { self[$0] } }

    mutating func append(_ event: Event) {
        outlines.append(event)
        last.apply(event)
        index.note(event.body, step: outlines.count)
        snapshots.note(last, at: outlines.count)
    }

    /// The event of a step, in full; `nil` for a step that does not exist.
    ///
    /// A step whose line the file no longer has in full is given in outline; ``fault(at:)`` says why.
    subscript(step: Int) -> Event? {
        guard let outline = outline(step) else { return nil }
        guard let file, outline.isShortened else { return outline }
        return (try? file.event(step)) ?? outline
    }

    /// What the state needs of a step's event; `nil` for a step that does not exist.
    func outline(_ step: Int) -> Event? { outlines.element(step - 1) }

    /// Why a step can be shown in outline only; `nil` where all is well.
    func fault(at step: Int) -> String? {
        guard let file, outline(step)?.isShortened ?? false else { return nil }
        do throws(JournalError) {
            _ = try file.event(step)
            return nil
        } catch {
            return "this step cannot be shown in full: \(error)"
        }
    }

    /// The state after `step` events: the fold of that prefix.
    func state(at step: Int) -> RunState {
        let step = max(0, min(step, count))
        if step == count { return last }
        var (state, start) = snapshots.last(before: step)
        for event in outlines[start..<step] { state.apply(event) }
        return state
    }
}

/// States at intervals, thinned out as they grow heavy.
private struct Snapshots: Sendable {
    let mostItems: Int
    private(set) var stride = EventLog.stride
    /// The state after every ``stride`` events, the empty one first.
    private var states = [RunState()]
    private var items = 0

    init(mostItems: Int) { self.mostItems = mostItems }

    mutating func note(_ state: RunState, at step: Int) {
        guard step == states.count * stride else { return }
        states.append(state)
        items += Snapshots.items(state)
        while items > mostItems, states.count > 2 { thin() }
    }

    /// The last state kept at or before a step, and its step.
    func last(before step: Int) -> (RunState, Int) {
        let index = min(step / stride, states.count - 1)
        return (states[index], index * stride)
    }

    private mutating func thin() {
        states = states.indices.filter { $0.isMultiple(of: 2) }.map { states[$0] }
        stride *= 2
        items = states.reduce(0) { $0 + Snapshots.items($1) }
    }

    private static func items(_ state: RunState) -> Int { state.messages.count + state.calls.count }
}

extension Event {
    /// Whether an outline of the event may have left something out.
    fileprivate var isShortened: Bool {
        switch body {
        case .token, .requestSent: true
        default: false
        }
    }
}
