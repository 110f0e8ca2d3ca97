import Agent
import Sessions

/// What events and changes of status do to the screen.
extension DebuggerState {
    /// Takes the events that the run has stored.
    mutating func append(_ events: [Event]) {
        for event in events {
            timeline.append(event)
            breakpoints.extend(timeline.log)
            shownFilter?.extend(timeline.log)
            if !timeline.isReplay, let point = breakpoints.hit(at: timeline.log.count) {
                say("breakpoint \(point.number), \(point.matches.filter), at step \(timeline.log.count)")
            }
            if timeline.isLive { acknowledge(event) }
            if case .decided(let key, _, _) = event.body { forget(key) }
            if timeline.isLive { follow(event) }
            if case .callJudged(let key, _, let ruling) = event.body, ruling.effect == .ask { announce(key) }
        }
        if timeline.isLive { announceRetry(in: events) }
    }

    /// Takes the next piece of a recorded session.
    mutating func take(_ piece: IndexedJournal.Piece) {
        let before = timeline.step
        timeline.append(piece)
        breakpoints.extend(timeline.log)
        if timeline.step != before { showStep() }
        for notice in piece.notices { say(notice) }
    }

    /// Says that what the person did has taken effect, where the screen does not show it.
    private mutating func acknowledge(_ event: Event) {
        switch event.body {
        case .decided(let key, let decision, .person)
        where approval.sent.contains(key) && frame.layout.content(of: .calls) == nil:
            say("\(decision.words): \(key.id)")
        case .resultEdited(let key, _) where frame.layout.content(of: .results) == nil:
            say("the result of \(key.id) is edited")
        case .marked(let note): say("step \(timeline.log.count) is marked: \(note)")
        default: break
        }
    }

    /// Says that an attempt failed, unless its response has come since.
    private mutating func announceRetry(in events: [Event]) {
        for event in events.reversed() {
            switch event.body {
            case .requestRetried(_, let attempt, let reason, let delay):
                say("attempt \(attempt) failed: \(reason); again in \(delay) ms")
                return
            case .responseReceived, .runFinished, .sessionResumed: return
            default: continue
            }
        }
    }

    /// Takes what the run is doing now.
    mutating func take(_ status: RunStatus) {
        run = status
        if status == .waiting, timeline.isLive, !isTyping { showWaitingCall() }
    }

    /// Takes the run's objection to a command.
    mutating func take(refusal reason: String) {
        approval.clearAllSent()
        refuse("not done: \(reason)")
    }

    /// Looks at a step, and selects the call that it is about.
    mutating func go(to step: Int) {
        timeline.go(to: step)
        showStep()
        if let fault = timeline.log.fault(at: timeline.step) { refuse(fault) }
    }

    /// Looks at the last step, of what has been read of a file and of what will be.
    mutating func goToEnd() {
        timeline.goToEnd()
        showStep()
    }

    private mutating func showStep() {
        mask.row = nil
        if let event = timeline.event { follow(event) }
        conversation.followsEnd = true
    }

    /// Selects the call that an event is about, but never takes one away that waits under the person's eyes.
    private mutating func follow(_ event: Event) {
        if case .token = event.body { mask.row = nil }
        if case .responseReceived(let round, let response, _) = event.body, let call = response.calls.first {
            select(CallKey(round: round, id: call.id))
        }
        guard let key = event.body.callKey else { return }
        select(key)
        switch event.body {
        case .callFinished, .toolMessage, .callLate, .resultEdited: results.select(key)
        default: break
        }
    }

    private mutating func select(_ key: CallKey) {
        if timeline.isLive, let waiting = calls.selected.flatMap({ shown.call($0) }), waiting.needsDecision,
            waiting.key != key
        {
            return
        }
        calls.select(key)
        if timeline.isLive, let next = shown.waitingCalls.first, shown.call(key)?.needsDecision != true {
            calls.select(next.key)
        }
    }

    /// Brings a call that waits before the person, unless they are in the middle of something.
    private mutating func announce(_ key: CallKey) {
        guard !timeline.isReplay else { return }
        if isTyping || !timeline.isLive {
            say("\(key.id) waits for your decision" + (timeline.isLive ? "" : "; G returns to the present"))
        } else {
            showWaitingCall()
        }
    }

    private mutating func showWaitingCall() {
        guard let waiting = shown.waitingCalls.first else { return }
        if selectedCall?.needsDecision != true { calls.select(waiting.key) }
        if focus.pane != .calls { focus.pane = .calls }
        layers.removeAll { $0.kind == .document }
    }

    /// What was under way for a call that has been decided is over.
    private mutating func forget(_ key: CallKey) {
        approval.clearSent(key)
        drafts = drafts.filter { $0.key.call?.key != key }
    }
}
