import Agent
import Terminal

/// Going on in a run, and both ways in recorded time.
enum StepCommands {
    static let all: [Command] =
        [
            forward(
                "token", "to the next token or whatever comes first", "token", "s", .event, .step(.token)),
            forward("call", "to the next call or result", "call", "n", .call, .step(.call)),
            forward("round", "to the next request", "round", "t", .round, .step(.round)),
            forward("continue", "until a call waits or the run ends", "continue", "c", .stop, .resume),
            Command(
                "pause", title: "hold the run at its next checkpoint", hint: "pause", group: .step,
                keys: [.character("p"), .control("c")], availability: canPause
            ) { _, _ in [.pause] },
            backward("back-token", "one step", "S", .event),
            backward("back-call", "to the previous call or result", "N", .call),
            backward("back-round", "to the previous request", "T", .round),
            backward("back-continue", "to the previous stop, or to the start", "C", .stop),
            Command(
                "first", title: "to the first step", group: .back, keys: [.character("g")],
                availability: canGoBack
            ) { state, _ in
                state.go(to: 1)
                return []
            },
            Command(
                "last", title: "to the last step; in a run, to the present", group: .back,
                keys: [.character("G")]
            ) {
                state, _ in
                state.goToEnd()
                return []
            },
            Command(
                "goto", aliases: ["step"],
                title: "to a step, some steps on (+N) or back (-N), a time (1.5s), a mark, a match (~tool x)",
                group: .back,
                argument: .init(name: "PLACE")
            ) { state, argument in state.go(toPlace: argument) },
        ]

    private static func forward(
        _ name: String, _ title: String, _ hint: String, _ key: Unicode.Scalar,
        _ landmark: StepIndex.Landmark,
        _ effect: DebuggerEffect
    ) -> Command {
        Command(
            name, title: title, hint: hint, group: .step, keys: [.character(key)], availability: canGoForward
        ) { state, _ in
            if state.timeline.isLive { return state.goOn(landmark, effect) }
            let (log, step) = (state.timeline.log, state.timeline.step)
            let next =
                state.shownFilter.map { $0.next(landmark, after: step, log) }
                ?? log.index.next(landmark, after: step, count: log.count)
            let target = next ?? log.count
            // As in a live run, a breakpoint holds whatever the pace.
            let point = state.breakpoints.next(after: step).flatMap { $0 <= target ? $0 : nil }
            state.go(to: point ?? target)
            state.sayBreakpoint()
            return []
        }
    }

    private static func backward(
        _ name: String, _ title: String, _ key: Unicode.Scalar, _ landmark: StepIndex.Landmark
    ) -> Command {
        Command(
            name, title: title, hint: name == "back-token" ? "back" : nil, group: .back,
            keys: [.character(key)],
            availability: canGoBack
        ) { state, _ in
            let (index, step) = (state.timeline.log.index, state.timeline.step)
            let previous =
                state.shownFilter.map { $0.previous(landmark, before: step, state.timeline.log) }
                ?? index.previous(landmark, before: step)
            let target = previous ?? 1
            let point = state.breakpoints.previous(before: step).flatMap { $0 >= target ? $0 : nil }
            state.go(to: point ?? target)
            state.sayBreakpoint()
            return []
        }
    }

    private static let canGoForward: Command.Check = { state in
        guard state.timeline.isLive else {
            let isLast = state.timeline.step == state.timeline.log.count
            return isLast ? .disabled("this is the last step; capitals go back: S N T C") : .ready
        }
        switch state.run {
        case .ended: return .disabled("the run has ended; capitals go back in it: S N T C")
        case .waiting:
            let waiting = state.firstWaiting.map { "\($0.key.id) waits" } ?? "a call waits"
            return .disabled("\(waiting) for your decision; the run goes on from there")
        default: return .ready
        }
    }

    private static let canGoBack: Command.Check = { state in
        state.timeline.step > 1 ? .ready : .disabled("this is the first step")
    }

    private static let canPause: Command.Check = { state in
        switch state.run {
        case nil: .absent("a recorded session does not run; q quits")
        case .ended: .absent("the run has ended; q quits")
        case .waiting: .absent("the run waits for your decision already")
        case .paused: .absent("the run is paused already")
        case .running, .progressing: .ready
        }
    }
}

extension DebuggerState {
    /// Lets the run go on; where a filter narrows the steps, to the next one that it matches.
    fileprivate func goOn(_ landmark: StepIndex.Landmark, _ effect: DebuggerEffect) -> [DebuggerEffect] {
        guard let filter = shownFilter?.filter else { return [effect] }
        if landmark == .stop { return [.setBreakpoints(breakpoints.enabled), effect] }
        return [.setBreakpoints(breakpoints.enabled + [filter]), .resume]
    }

    /// Says which breakpoint the step matches, if one does.
    fileprivate mutating func sayBreakpoint() {
        guard let point = breakpoints.hit(at: timeline.step) else { return }
        say("breakpoint \(point.number): \(point.matches.filter)")
    }
}
