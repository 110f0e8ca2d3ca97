import Agent
import Terminal

/// A guided session: one thing to do at a time, and what there is to see in it.
///
/// The session is a real one. A lesson is over once the person has done what it asks, however they did it.
struct Tutor: Sendable {
    /// One thing to do.
    struct Lesson: Sendable {
        let text: String
        /// Whether the run itself gets past it: what came before is then over too, done or not.
        var isOfTheRun = false
        /// Whether it is done.
        let isDone: @Sendable (DebuggerState) -> Bool
    }

    private let lessons = Tutor.lessons
    private(set) var index = 0
    /// Whether a key was pressed since the lesson at hand was shown.
    private var wasAnswered = false

    /// What the banner says.
    var text: String {
        guard let lesson = lessons.element(index) else { return Tutor.farewell }
        return "\(index + 1)/\(lessons.count)  \(lesson.text)"
    }

    /// The rows of the banner at a width, with the line below it.
    func lines(width: Int) -> [StyledText] {
        var lines = TextLines(width: max(1, width - 2))
        lines.wrap(SafeText(text), Theme.attention)
        return lines.lines.prefix(4).map { StyledText(" ") + $0 }
    }

    /// Goes on to the next lesson where this one is done, or the run has gone past it.
    ///
    /// What a person is to do takes a key of theirs, after the lesson was shown: the screen may stand as the lesson
    /// wants it by chance, and the lesson would never be read.
    mutating func advance(_ state: DebuggerState, afterKey: Bool) {
        if afterKey { wasAnswered = true }
        if let passed = lessons.lastIndex(where: { $0.isOfTheRun && $0.isDone(state) }), passed >= index {
            show(passed + 1)
        }
        while let lesson = lessons.element(index), wasAnswered, lesson.isDone(state) { show(index + 1) }
    }

    /// Leaves the lesson out.
    mutating func skip() { show(min(index + 1, lessons.count)) }

    private mutating func show(_ lesson: Int) {
        index = lesson
        wasAnswered = false
    }

    private static let farewell =
        "That was it: you held a call, found one that nobody was asked about, and the rule that let it through. "
        + "q quits; the file that was written holds the call from now on."

    private static let lessons: [Lesson] = [
        Lesson(
            text:
                "A model is about to be asked to tell Omar about ticket T-1042. The run is held before its request. "
                + "Press s a few times: each press is one token of the model.",
            isDone: { $0.shown.roundTokens >= 5 || $0.shown.calls.count > 0 }),
        Lesson(
            text:
                "Press 3 to look at the mask: the tokens that the grammar allows here, with their chances before and "
                + "after it. On a row, Enter says why it is allowed or not; Esc comes back.",
            isDone: { ($0.layers.last as? OpenDocument)?.document is TokenDocument }),
        Lesson(
            text: "Esc closes the text. Press c: the run goes on until a call waits for you.",
            isOfTheRun: true,
            isDone: { $0.shown.calls.contains { $0.needsDecision || $0.isResolved } }),
        Lesson(
            text:
                "A call waits. Look at its arguments: after each value stands where it came from. It only reads a "
                + "ticket: press a to approve it.",
            isOfTheRun: true,
            isDone: { $0.shown.calls.contains { $0.decider == .person } }),
        Lesson(
            text:
                "The run goes on by itself. Watch what the model does with the result; where it is held, c goes on.",
            isOfTheRun: true,
            isDone: {
                $0.shown.outcome != nil || $0.shown.calls.count > 1 && $0.shown.calls.last?.isResolved == true
            }),
        Lesson(
            text:
                "A second call has run, and you were not asked: somebody has been sent a message. Press 2, and select "
                + "the call of notify_user with k and j.",
            isDone: { $0.focus.pane == .calls && $0.selectedCall?.call.name == "notify_user" }),
        Lesson(
            text:
                "Its line 'rule' says what let it through. Enter :session to read that rule: which tools does it name, "
                + "and which did whoever wrote it mean?",
            isDone: { ($0.layers.last as? OpenDocument)?.document is SessionDocument }),
        Lesson(
            text:
                "*_user was meant for looking people up, and notify_user ends so, too. That is the fault. Press Esc, "
                + "then enter :rule ask ~tool notify_user to see what a narrower rule would have done.",
            isDone: { ($0.layers.last as? RuleReview)?.report.rule.effect == .ask }),
        Lesson(
            text:
                "The review says which calls of this session and of saved ones the rule would have held, and what is "
                + "written into the workflow. Press y to write it.",
            isDone: { state in
                state.layers.isEmpty
                    && state.messages.entries.contains { $0.text.contains("is written into") }
            }),
    ]
}

extension DebuggerState {
    /// The rows that the tutor takes below the title, with a line under them.
    var bannerLines: [StyledText] {
        guard let tutor, size.height >= 12 else { return [] }
        return tutor.lines(width: size.width)
    }
}
