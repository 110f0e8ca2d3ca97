import Agent
import Sessions
import Terminal

/// The debugger: a value that takes inputs, asks for effects, and shows itself on a canvas.
///
/// It knows no terminal, no file and no clock; the program that drives it performs the effects and passes the time in.
public struct Debugger {
    private(set) var state: DebuggerState
    private var explainer: MaskExplainer?
    private var hasHeader = false

    /// A debugger for a run whose events will come as ``Input/events(_:)``.
    ///
    /// - Parameters:
    ///   - size: the cells of the screen.
    ///   - settings: what the person has chosen.
    ///   - past: the events of the session that is taken up again.
    /// - Throws: ``KeyBindingError`` for bindings that cannot be used.
    public init(
        size: Size, settings: Settings = .standard, resuming past: [Event] = []
    ) throws(KeyBindingError) {
        state = DebuggerState(
            timeline: Timeline(), run: .running, size: size,
            commands: try CommandTable.standard.binding(settings.keys), settings: settings)
        state.append(past)
        state.messages.dismiss()
        settle()
    }

    /// A debugger for a recorded session, which nothing can change.
    ///
    /// - Parameters:
    ///   - events: the whole session.
    ///   - step: the step that is looked at first; the last one where it is `nil`.
    ///   - size: the cells of the screen.
    ///   - settings: what the person has chosen.
    /// - Throws: ``KeyBindingError`` for bindings that cannot be used.
    public init(
        replaying events: [Event], at step: Int? = nil, size: Size, settings: Settings = .standard
    ) throws(KeyBindingError) {
        self.init(
            replaying: events, at: step ?? events.count, size: size,
            commands: try CommandTable.standard.binding(settings.keys), settings: settings)
    }

    /// A debugger for a recorded session whose events will come as ``Input/read(_:)``.
    ///
    /// - Parameters:
    ///   - file: where the events come from, and where those that are looked at are read in full.
    ///   - tracesAtOnce: whether where values came from is looked for before the screen is shown, however long it
    ///     takes; by default that is asked for with ``DebuggerEffect/trace(_:)`` in long sessions.
    ///   - size: the cells of the screen.
    ///   - settings: what the person has chosen.
    /// - Throws: ``KeyBindingError`` for bindings that cannot be used.
    public init(
        reading file: IndexedJournal, tracesAtOnce: Bool = false, size: Size, settings: Settings = .standard
    ) throws(KeyBindingError) {
        state = DebuggerState(
            timeline: Timeline(reading: file), run: nil, size: size,
            commands: try CommandTable.standard.binding(settings.keys), settings: settings)
        state.traces.isDeferring = !tracesAtOnce
        settle()
    }

    init(
        _ file: IndexedJournal, _ piece: IndexedJournal.Piece, at step: Int, size: Size,
        commands: CommandTable
    ) {
        var timeline = Timeline(reading: file)
        timeline.append(piece)
        state = DebuggerState(timeline: timeline, run: nil, size: size, commands: commands)
        state.go(to: step)
        if state.selectedCall?.needsDecision == true { state.focus.pane = .calls }
        settle()
    }

    init(
        replaying events: [Event], at step: Int, size: Size, commands: CommandTable,
        settings: Settings = .standard
    ) {
        let timeline = Timeline(replaying: events, at: step)
        state = DebuggerState(
            timeline: timeline, run: nil, size: size, commands: commands, settings: settings)
        state.go(to: timeline.step)
        if state.selectedCall?.needsDecision == true { state.focus.pane = .calls }
        settle()
    }

    /// Shows hints to a person who has seen those already; what is shown is told by ``DebuggerEffect/hintShown(_:)``.
    public mutating func showHints(seen: Set<String>) {
        if state.settings.hints { state.newcomer = Hints(seen: seen) }
    }

    /// Guides the person through the session.
    public mutating func beginTutorial() {
        state.tutor = Tutor()
        settle()
    }

    /// Takes an input and says what the program shall do.
    ///
    /// - Parameter time: now, in milliseconds since 1970, as events have it.
    public mutating func update(_ input: Input, at time: Int64) -> [DebuggerEffect] {
        state.now = time
        let effects = state.take(input)
        state.showNextQuestion()
        settle()
        if var tutor = state.tutor {
            let lesson = tutor.index
            tutor.advance(state, afterKey: input.isOfPerson)
            state.tutor = tutor
            // The next lesson may be longer, so that the panes have other places.
            if tutor.index != lesson { settle() }
        }
        let trace = state.traces.takeWanted().map { [DebuggerEffect.trace($0)] } ?? []
        return effects + trace + hint()
    }

    /// Says the next hint where one is of use.
    private mutating func hint() -> [DebuggerEffect] {
        guard var newcomer = state.newcomer, let hint = newcomer.next(state) else { return [] }
        state.newcomer = newcomer
        state.say("hint: \(hint.text)")
        return [.hintShown(hint.id)]
    }

    /// What ``view(_:)`` shows is on the terminal now.
    public mutating func drawn(at time: Int64) { state.approval.drawn(at: time) }

    /// Looks at a step of a recorded session.
    mutating func show(step: Int) {
        state.go(to: step)
        settle()
    }

    /// Gives a pane the whole screen.
    mutating func zoom(_ pane: Pane) {
        state.focus = Focus(pane: pane, isZoomed: true)
        settle()
    }

    /// The screen at a size, and where its cursor is; the size of the last resize where none is given.
    public func view(_ size: Size? = nil) -> ScreenView {
        guard let size, size != state.size else { return ScreenPainter.paint(state) }
        var other = self
        other.state.size = size
        other.settle()
        return ScreenPainter.paint(other.state)
    }

    /// Whether the run goes on or a guard counts down, so that the program should send ``Input/tick`` now and then.
    public var wantsTicks: Bool {
        state.traces.isWanting || state.timeline.isLive && !state.shown.calls.allSatisfy(\.isResolved)
    }

    /// Whether the panes have the keys: nothing lies over them and no search goes on.
    public var hasPanesInFront: Bool { state.layers.isEmpty && state.search == nil }

    private mutating func settle() {
        if !hasHeader, let header = state.timeline.log.last.header {
            hasHeader = true
            explainer = MaskExplainer(header: header)
        }
        state.settle(explainer: &explainer)
    }
}

/// What the screen shows.
public struct ScreenView: Sendable, Hashable {
    /// The cells.
    public let canvas: Canvas
    /// Where the cursor is, while text is being written.
    public let cursor: Point?
}

extension DebuggerState {
    /// Takes an input.
    mutating func take(_ input: Input) -> [DebuggerEffect] {
        switch input {
        case .key(let key): return press(key)
        case .paste(let text): paste(text)
        case .mouse(let mouse): handle(mouse)
        case .resize(let size): self.size = size
        case .events(let events): append(events)
        case .read(let piece): take(piece)
        case .traced(let traced): traces.take(traced)
        case .status(let status): take(status)
        case .compared(let path, let events):
            compared = ComparedSession(timeline.log.events, with: path, events)
            open(ComparisonDocument())
        case .ruleTried(let report): take(report)
        case .forked(let path, let step, let canGoOn): takeFork(path, step: step, canGoOn: canGoOn)
        case .refused(let reason): take(refusal: reason)
        case .notice(let text): say(text)
        case .server(let news): return take(news)
        case .edited(let text, let purpose): return take(edited: text, for: purpose)
        case .editorFailed(let reason, let text, let purpose): editorFailed(reason, text: text, for: purpose)
        case .tick: break
        }
        return []
    }
}
