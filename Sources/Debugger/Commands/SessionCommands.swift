import Agent
import Terminal

/// The session as a whole, and the program itself.
enum SessionCommands {
    static let all: [Command] = [
        Command(
            "mark", title: "mark this moment of the run with a note", group: .session,
            keys: [.character("m")],
            argument: .init(name: "NOTE", isOptional: true), availability: canMark
        ) { state, argument in
            if !argument.isEmpty { return [.mark(argument)] }
            state.layers.append(Prompt(.mark))
            return []
        },
        Command(
            "save", title: "write the session to a file", group: .session, keys: [.character("w")],
            argument: .init(name: "FILE", isOptional: true)
        ) { state, argument in
            if argument.isEmpty {
                state.layers.append(Prompt(.command, text: "save "))
                return []
            }
            return [.save(path: argument)]
        },
        Command(
            "compare", aliases: ["diff"], title: "this session beside another: where they part",
            group: .session,
            keys: [.character("=")], argument: .init(name: "FILE", isOptional: true)
        ) { state, argument in
            if !argument.isEmpty { return [.compare(path: argument)] }
            state.layers.append(Prompt(.command, text: "compare "))
            return []
        },
        Command(
            "command", title: "the command line; Tab completes", hint: "command", group: .session,
            keys: [.character(":")]
        ) {
            state, _ in
            state.layers.append(Prompt(.command))
            return []
        },
        Command(
            "back", title: "back from zoom, search or an earlier step; then quit", hint: "quit",
            group: .session, keys: [.character("q")], perform: goBack),
        Command("quit", aliases: ["q", "exit"], title: "end the program", group: .session) { state, _ in
            state.quitting()
        },
        Command(
            "suspend", title: "stop the program as Ctrl-Z does in a shell", group: .session,
            keys: [.control("z")]
        ) {
            _, _ in [.suspend]
        },
        Command("redraw", title: "paint the screen anew", group: .session, keys: [.control("l")]) { _, _ in
            [.redraw]
        },
        Command("dismiss", title: "end a search, leave the zoom", group: .session, keys: [.escape]) {
            state, _ in
            state.search = nil
            state.focus.isZoomed = false
            return []
        },
    ]

    private static let canMark: Command.Check = { state in
        if state.timeline.isReplay { return .absent("a recorded session is not changed") }
        if state.timeline.log.count == 0 { return .absent("nothing has happened yet that could be marked") }
        if state.run == .ended { return .absent("the run has ended; its journal is closed") }
        return state.timeline.isLive
            ? .ready : .disabled("a mark goes to the present of the run; G returns there")
    }

    private static let goBack: Command.Action = { state, _ in
        if state.focus.isZoomed {
            state.focus.isZoomed = false
        } else if state.search != nil {
            state.search = nil
        } else if state.timeline.isLookingBack {
            state.go(to: state.timeline.log.count)
        } else {
            return state.quitting()
        }
        return []
    }
}

extension DebuggerState {
    /// Ends the program; asks first while a run would be broken off.
    mutating func quitting() -> [DebuggerEffect] {
        guard let run, run != .ended, timeline.log.count > 0 else { return [.quit] }
        layers.append(
            Confirmation(
                question: "Quit now?",
                consequence:
                    "The run has not ended. Its journal is kept; the session can be taken up again from it.",
                action: .quit))
        return []
    }
}
