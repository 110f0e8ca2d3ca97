import Agent
import Terminal

/// Stopping where an expression matches, and going to where one does.
enum BreakpointCommands {
    static let all: [Command] = [
        Command(
            "break", title: "stop where an expression matches; proposes one for what is selected",
            group: .look,
            keys: [.character("b")], argument: .init(name: "EXPR", isOptional: true), perform: add),
        Command(
            "breakpoints", title: "all breakpoints", group: .look, keys: [.character("B")]
        ) { state, _ in
            state.open(BreakpointDocument())
            return []
        },
        Command(
            "intercept", title: "hold every call that an expression matches", group: .look,
            keys: [.character("i")]
        ) { state, _ in
            state.layers.append(Prompt(.command, text: "break ~tool "))
            return []
        },
        Command(
            "delete", title: "remove a breakpoint", group: .look, argument: .init(name: "N|all")
        ) { state, argument in
            let number = Int(argument)
            guard number != nil || argument == "all" else {
                state.refuse("'\(argument)' is no breakpoint's number; write one, or all")
                return []
            }
            guard state.breakpoints.remove(number) else {
                state.refuse("there is no breakpoint \(argument); B lists them")
                return []
            }
            state.say(number.map { "breakpoint \($0) is removed" } ?? "all breakpoints are removed")
            return [.setBreakpoints(state.breakpoints.enabled)]
        },
        Command(
            "toggle", title: "switch a breakpoint off, or on again", group: .look,
            argument: .init(name: "N")
        ) { state, argument in
            guard let number = Int(argument), let isEnabled = state.breakpoints.toggle(number) else {
                state.refuse("there is no breakpoint \(argument); B lists them")
                return []
            }
            state.say("breakpoint \(number) is \(isEnabled ? "on" : "off")")
            return [.setBreakpoints(state.breakpoints.enabled)]
        },
        find(
            "find", "to the next step that an expression matches; without one, again", .control("n"),
            forward: true),
        find(
            "find-back", "to the previous step that an expression matches; without one, again", .control("p"),
            forward: false),
    ]

    private static let add: Command.Action = { state, argument in
        guard !argument.isEmpty else {
            state.layers.append(Prompt(.command, text: "break " + state.proposedFilter))
            return []
        }
        guard let filter = state.readFilter(argument) else { return [] }
        let number = state.breakpoints.add(filter, state.timeline.log)
        state.say("breakpoint \(number): c stops where \(filter) matches; B lists them")
        return [.setBreakpoints(state.breakpoints.enabled)]
    }

    private static func find(_ name: String, _ title: String, _ key: Key, forward: Bool) -> Command {
        Command(
            name, title: title, group: .look, keys: [key], argument: .init(name: "EXPR", isOptional: true)
        ) { state, argument in
            if !argument.isEmpty {
                guard let filter = state.readFilter(argument) else { return [] }
                state.found = FilterMatches(filter)
            }
            guard state.found != nil else {
                state.layers.append(Prompt(.command, text: "\(name) " + state.proposedFilter))
                return []
            }
            let (log, step) = (state.timeline.log, state.timeline.step)
            let isLong = log.count > FilterMatches.mostAtOnce
            if !isLong { state.found?.extend(log) }
            guard let found = state.found else { return [] }
            let target =
                isLong
                ? found.nearest(in: log, from: step, forward: forward)
                : forward ? found.next(after: step) : found.previous(before: step)
            guard let target else {
                state.refuse("\(found.filter) matches nothing \(forward ? "after" : "before") this step")
                return []
            }
            state.go(to: target)
            let place = found.steps.firstIndex(above: target)
            state.say("\(found.filter)" + (isLong ? "" : ": match \(place) of \(found.steps.count)"))
            return []
        }
    }
}

extension DebuggerState {
    /// An expression that matches what is selected.
    var proposedFilter: String {
        let call = focus.pane.room.selectedCall(self)
        let steps = call.flatMap { timeline.log.index.ofCall[$0.key] } ?? []
        let event = steps.last { $0 <= timeline.step }.flatMap { timeline.log[$0] } ?? timeline.event
        return event.map { Filter.proposed(for: $0, in: shown) } ?? ""
    }

    /// The expression, or nothing and a line that says what is wrong with it.
    mutating func readFilter(_ text: String) -> Filter? {
        do throws(FilterError) {
            return try Filter(text)
        } catch {
            refuse(error.description)
            return nil
        }
    }
}
