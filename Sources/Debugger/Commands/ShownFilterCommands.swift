import Agent
import Terminal

/// Narrowing what is shown to what an expression matches.
enum ShownFilterCommands {
    private static let panes: [Command.Place] = [.pane(.conversation), .pane(.calls), .pane(.results)]

    static let all: [Command] = [
        Command(
            "only", aliases: ["limit"],
            title: "show and step over only what an expression matches; off shows all again", group: .look,
            places: panes, keys: [.character("f")], argument: .init(name: "EXPR|off", isOptional: true)
        ) { state, argument in
            if argument.isEmpty {
                let text = state.shownFilter?.filter.source ?? state.proposedFilter
                state.layers.append(Prompt(.command, text: "only " + text))
                return []
            }
            return state.showOnly(argument)
        }
    ]
}

extension DebuggerState {
    /// Narrows what is shown; `off` and `all` show everything again.
    mutating func showOnly(_ text: String) -> [DebuggerEffect] {
        guard text != "off", text != "all" else {
            let wasOn = shownFilter != nil
            shownFilter = nil
            say(wasOn ? "everything is shown again" : "no filter was on")
            return timeline.isReplay ? [] : [.setBreakpoints(breakpoints.enabled)]
        }
        guard let filter = readFilter(text) else { return [] }
        let shown = ShownFilter(filter, timeline.log)
        shownFilter = shown
        conversation.followsEnd = true
        let count = shown.matches.steps.count
        say(
            "only \(filter): \(Figure.amount(count, "step")) of \(Figure.count(timeline.log.count)); :only off"
        )
        return []
    }
}
