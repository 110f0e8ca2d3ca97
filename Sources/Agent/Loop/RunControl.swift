import JSON
import Synchronization

/// How far a run goes before it pauses again.
public enum Granularity: Int, Sendable, Hashable, Comparable {
    /// To the next token, or whatever comes first.
    case token
    /// To the next call or result.
    case call
    /// To the next request.
    case round

    /// The finer one is smaller.
    public static func < (left: Granularity, right: Granularity) -> Bool { left.rawValue < right.rawValue }
}

/// A place where a run can be held.
public enum Checkpoint: Sendable, Hashable {
    /// Before a request leaves.
    case request(round: Int)
    /// Before the first token, between two parts of what a model reads.
    case progress(ModelProgress)
    /// After a token.
    case token
    /// Before a call runs that no person has decided.
    case call(CallKey)
    /// Before the results of a round travel to the model.
    case results(round: Int)

    /// What stepping by calls or rounds takes the place for.
    public var granularity: Granularity {
        switch self {
        case .request: .round
        case .token, .progress: .token
        case .call, .results: .call
        }
    }
}

/// What a run is doing, for the title line: the part of the state that is not in the journal.
public enum RunStatus: Sendable, Hashable {
    /// The model decodes, or tools run.
    case running
    /// The model is on its way to the first token.
    case progressing(ModelProgress)
    /// The run is held there.
    case paused(Checkpoint)
    /// Calls wait for a person.
    case waiting
    /// The run has ended.
    case ended
}

/// What a person asks of a run.
public enum RunCommand: Sendable, Hashable {
    /// Decide a call.
    case decide(BoundDecision)
    /// Cancel a running call; the journal says who did.
    case cancel(CallKey, by: Decider = .person)
    /// Replace what the model will read as a call's result.
    case editResult(CallKey, content: String)
    /// Add a rule to those in force, and let it decide these calls that wait; see ``Loop/add(_:deciding:)``.
    case addRule(Rule, deciding: [CallKey: ToolCall])
}

/// The person's hand on a run: pace and commands, safe to use from any thread.
///
/// A run starts at the pace it is given: held before the first request in the debugger, free without a terminal.
public final class RunControl: Sendable {
    private struct State {
        var pace: Pace
        var heldAt: Checkpoint?
        /// Set by a change of pace until the run has looked at it, so that none is missed between two waits.
        var paceChanged = false
        var inbox: [LoopInput] = []
        var waiter: CheckedContinuation<Void, Never>?
        var tokenWaiter: CheckedContinuation<Void, Never>?
        var breakpoints: [Filter] = []
        var breakpointsEndRun = false
    }

    private enum Pace {
        case held
        case free
        /// Runs on until a checkpoint at least as coarse; `leaving` lets the one pass at which the run is held, and
        /// `more` are the steps that were asked for before this one was made.
        case until(Granularity, leaving: Bool, more: Int)

        /// One more step; those of another granularity that are not made yet are given up.
        mutating func step(_ granularity: Granularity, isHeld: Bool) {
            if case .until(granularity, let leaving, let more) = self {
                self = .until(granularity, leaving: leaving, more: more + 1)
            } else {
                self = .until(granularity, leaving: isHeld, more: 0)
            }
        }

        /// Whether the run may go past `checkpoint`, and what its pace is from there on.
        mutating func lets(_ checkpoint: Checkpoint, pass wasHeld: Bool) -> Bool {
            switch self {
            case .free: return true
            case .held: return false
            case .until(let granularity, let leaving, let more):
                if leaving, wasHeld {
                    self = .until(granularity, leaving: false, more: more)
                    return true
                }
                if case .progress = checkpoint { return true }
                if checkpoint.granularity < granularity { return true }
                if more > 0 {
                    self = .until(granularity, leaving: false, more: more - 1)
                    return true
                }
                self = .held
                return false
            }
        }
    }

    private let state: Mutex<State>
    private let onStatus: @Sendable (RunStatus) -> Void
    private let onRefusal: @Sendable (String) -> Void

    /// A control that starts held or free and reports changes of status and refused commands, from any thread.
    public init(
        startsHeld: Bool, onStatus: @escaping @Sendable (RunStatus) -> Void = { _ in },
        onRefusal: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        state = Mutex(State(pace: startsHeld ? .held : .free))
        self.onStatus = onStatus
        self.onRefusal = onRefusal
    }

    /// Runs on to the next checkpoint of that granularity, once for every time that it is called.
    public func step(_ granularity: Granularity) {
        change { $0.pace.step(granularity, isHeld: $0.heldAt != nil) }
    }

    /// Runs on until a call waits or the run ends.
    public func resume() { change { $0.pace = .free } }

    /// Holds the run at the next checkpoint.
    public func pause() { change { $0.pace = .held } }

    /// Holds the run, or ends it, when an event matches one of the expressions; replaces earlier ones.
    ///
    /// A run that ends so writes no end into its journal: it can be taken up where it stopped.
    public func setBreakpoints(_ filters: [Filter], endRun: Bool = false) {
        state.withLock {
            $0.breakpoints = filters
            $0.breakpointsEndRun = endRun
        }
    }

    /// What the breakpoints make of an event that was just taken into account: holds the run where they say so.
    ///
    /// - Returns: where the run must end.
    public func breakpointHit(by event: Event, in fold: RunState) -> BreakpointHit? {
        switch event.body {
        case .sessionResumed, .runFinished, .marked, .ruleAdded: return nil
        default: break
        }
        let (filters, endsRun) = state.withLock { ($0.breakpoints, $0.breakpointsEndRun) }
        guard let filter = filters.first(where: { $0.matches(event, in: fold) }) else { return nil }
        guard endsRun else {
            pause()
            return nil
        }
        return BreakpointHit(step: event.number, event: event.body.name, filter: filter)
    }

    /// Whether nothing can hold the run now: it was neither paused nor stepped, and no breakpoint is set.
    public var isFree: Bool {
        state.withLock { state in
            if case .free = state.pace { state.breakpoints.isEmpty && state.heldAt == nil } else { false }
        }
    }

    /// Sends a command to the run.
    public func send(_ command: RunCommand) { post(.command(command)) }

    private func change(_ edit: @Sendable (inout State) -> Void) {
        wake {
            edit(&$0)
            $0.paceChanged = true
        }
    }

    /// Lets the run look at its calls once more.
    func lookAgain() { wake { $0.paceChanged = true } }

    func post(_ input: LoopInput) { wake { $0.inbox.append(input) } }

    private func wake(_ edit: (inout State) -> Void) {
        let waiters = state.withLock { state in
            edit(&state)
            defer { (state.waiter, state.tokenWaiter) = (nil, nil) }
            return [state.waiter, state.tokenWaiter]
        }
        for waiter in waiters { waiter?.resume() }
    }

    /// Whether the run may go past that checkpoint now; where not, the status says where it is held.
    public func mayPass(_ checkpoint: Checkpoint) -> Bool {
        let (passes, reported) = state.withLock { state -> (Bool, RunStatus?) in
            let wasHeld = state.heldAt != nil
            if !state.pace.lets(checkpoint, pass: wasHeld) {
                let isNew = state.heldAt != checkpoint
                state.heldAt = checkpoint
                return (false, isNew ? .paused(checkpoint) : nil)
            }
            state.heldAt = nil
            return (true, wasHeld ? .running : nil)
        }
        if let reported { onStatus(reported) }
        return passes
    }

    /// Suspends until the run may go past that checkpoint.
    /// - Throws: `CancellationError` when the run is cancelled meanwhile.
    public func hold(at checkpoint: Checkpoint) async throws {
        while !mayPass(checkpoint) {
            await suspend(until: { state in
                if case .held = state.pace { false } else { true }
            })
            try Task.checkCancellation()
        }
        try Task.checkCancellation()
    }

    /// The next input of the run; suspends until there is one, or until the pace changes (`nil`).
    public func nextInput() async -> LoopInput? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let resumeNow = state.withLock { state in
                    // A change of pace since the run last looked counts, also one from before this call.
                    if !state.inbox.isEmpty || state.paceChanged || Task.isCancelled { return true }
                    state.waiter = continuation
                    return false
                }
                if resumeNow { continuation.resume() }
            }
        } onCancel: {
            wake { _ in }
        }
        return takeInput()
    }

    /// The next input that is there already.
    func takeInput() -> LoopInput? {
        state.withLock { state in
            guard state.inbox.isEmpty else { return state.inbox.removeFirst() }
            state.paceChanged = false
            return nil
        }
    }

    private func suspend(until ready: @Sendable (borrowing State) -> Bool) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let resumeNow = state.withLock { state in
                    if ready(state) || Task.isCancelled { return true }
                    state.tokenWaiter = continuation
                    return false
                }
                if resumeNow { continuation.resume() }
            }
        } onCancel: {
            wake { _ in }
        }
    }

    /// Tells whoever watches the run what it does now.
    public func report(_ status: RunStatus) {
        if status == .waiting {
            // Steps that were asked for before a call came to wait are not taken after its decision.
            state.withLock { state in
                if case .until(let granularity, let leaving, _) = state.pace {
                    state.pace = .until(granularity, leaving: leaving, more: 0)
                }
            }
        }
        onStatus(status)
    }

    /// Tells whoever sent a command why it is not followed.
    public func refuse(_ reason: String) { onRefusal(reason) }
}

/// A breakpoint ended the run; everything up to its step is in the journal.
public struct BreakpointHit: Error, CustomStringConvertible {
    let step: Int
    let event: String
    let filter: Filter

    /// The breakpoint, the step and the event.
    public var description: String { "breakpoint \(filter) at step \(step) (\(event))" }
}

/// What can reach a run from outside its own task.
public enum LoopInput: Sendable {
    /// Somebody asks something of the run.
    case command(RunCommand)
    /// A tool has ended.
    case ended(CallKey, CallResult)
    /// A tool's time is over.
    case timedOut(CallKey)
    /// Nobody has decided a call in time.
    case undecided(CallKey)
}
