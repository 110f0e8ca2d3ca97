import Agent
import Terminal

/// All that the screen shows and remembers, one value per part.
struct DebuggerState: Sendable {
    /// The session, and the step of it that is looked at.
    var timeline: Timeline
    /// What the run is doing; `nil` in a replay.
    var run: RunStatus?
    var size: Size
    var focus = Focus()

    var conversation = TextPane()
    var calls = CallListPane()
    var mask = MaskPane()
    var results = CallListPane()

    /// What lies over the panes, the front one last.
    var layers: [any Layer] = []
    var search: Search?
    var breakpoints = Breakpoints()
    /// What `:find` looked for last.
    var found: FilterMatches?
    /// What narrows the calls, messages and steps; `nil` where all are shown.
    var shownFilter: ShownFilter?
    /// The session that this one was compared with last.
    var compared: ComparedSession?
    var messages = MessageLog()
    /// Lines that were entered on the command line, the latest last.
    var history: [String] = []
    /// Texts that were put away unsent, so that none is lost.
    var drafts: [TextEditor.Purpose: String] = [:]
    var approval = ApprovalGuard()
    var servers = ServerBoard()
    var questions = QuestionQueue()
    /// Where the values of calls came from, as far as that was looked for.
    var traces = Traces()
    /// The commands, with their keys as they are bound now.
    var commands: CommandTable
    var settings: Settings
    /// What guides the person through the session; `nil` where nobody does.
    var tutor: Tutor?
    /// What newcomers are told; `nil` where nothing is.
    var newcomer: Hints?

    /// Milliseconds since 1970, as the last input told.
    var now: Int64 = 0
    /// What long texts came to, whatever the step and the size.
    let longTexts = LongTexts()
    /// What was laid out last, for the step and size of now.
    var frame = Frame()

    init(
        timeline: Timeline, run: RunStatus?, size: Size, commands: CommandTable,
        settings: Settings = .standard
    ) {
        self.timeline = timeline
        self.run = run
        self.size = size
        self.commands = commands
        self.settings = settings
    }

    /// The state of the session at the step that is looked at.
    var shown: RunState { timeline.shown }

    /// Whether the person is in the middle of typing or answering something.
    var isTyping: Bool { layers.contains { $0.isTyping } }

    /// The kind of the front layer; `nil` where the panes have the keys.
    var frontKind: LayerKind? { layers.last?.kind }

    /// The call that is selected in the calls pane.
    var selectedCall: CallRecord? {
        guard let filter = shownFilter else { return selected(calls) ?? shown.calls.last }
        return selected(calls).flatMap { filter.shows($0, in: timeline) ? $0 : nil } ?? listedCalls.last
    }

    /// The call that is selected in the results pane.
    var selectedResult: CallRecord? { selected(results) ?? shown.calls.last(where: \.hasSomethingToRead) }

    /// The calls of which something can be read as a result.
    var resultCalls: [CallRecord] {
        let calls = listedCalls
        return resultPositions.map { calls[$0] }
    }

    /// Where those stand among the calls that are listed.
    var resultPositions: [Int] {
        let calls = listedCalls
        return calls.indices.filter { calls[$0].hasSomethingToRead }
    }

    /// The first call that waits for a person in the present of the run.
    var firstWaiting: CallRecord? { timeline.isReplay ? nil : timeline.log.last.waitingCalls.first }

    private func selected(_ pane: CallListPane) -> CallRecord? { pane.selected.flatMap { shown.call($0) } }

    mutating func say(_ text: String) { messages.say(text, .note, step: timeline.step) }

    mutating func refuse(_ text: String) { messages.say(text, .refusal, step: timeline.step) }
}

extension CallRecord {
    /// Whether the results pane has something to show for the call.
    var hasSomethingToRead: Bool { result != nil || late != nil || isResolved }
}
