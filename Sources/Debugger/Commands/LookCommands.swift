import Agent
import Terminal

/// Looking at things: panes, search, texts over the panes.
enum LookCommands {
    static let all: [Command] =
        Pane.allCases.map { pane in
            Command(pane.name, title: "to the \(pane.name) pane", group: .look, keys: paneKeys(pane)) {
                state, _ in
                state.focus.pane = pane
                return []
            }
        } + [
            Command("next-pane", title: "to the next pane", hint: "pane", group: .look, keys: [.tab]) {
                state, _ in
                state.focus.pane = state.focus.pane.moved(by: 1)
                return []
            },
            Command("previous-pane", title: "to the previous pane", group: .look, keys: [.backtab]) {
                state, _ in
                state.focus.pane = state.focus.pane.moved(by: -1)
                return []
            },
            Command(
                "pane-left", title: "to the pane on the left", group: .look, keys: [.left, .character("h")]
            ) {
                state, _ in
                state.goToNeighbour(right: false)
                return []
            },
            Command(
                "pane-right", title: "to the pane on the right", group: .look,
                keys: [.right, .character("l")]
            ) {
                state, _ in
                state.goToNeighbour(right: true)
                return []
            },
            Command(
                "zoom", title: "give this pane the whole screen, or take it back", hint: "zoom", group: .look,
                keys: [.character("z")]
            ) {
                state, _ in
                state.focus.isZoomed.toggle()
                return []
            },
            Command(
                "open", title: "open what is selected", hint: "open", group: .look, keys: [.enter],
                availability: canOpen, perform: open),
            Command(
                "search", title: "search in this pane", hint: "search", group: .look, keys: [.character("/")],
                argument: .init(name: "TEXT", isOptional: true)
            ) { state, argument in
                if argument.isEmpty {
                    state.layers.append(Prompt(.search(state.focus.pane)))
                } else {
                    state.beginSearch(argument, in: state.focus.pane)
                }
                return []
            },
            Command(
                "request", title: "the request as it left for the model, and what each tool cost in tokens",
                group: .look
            ) {
                state, _ in
                state.open(RequestDocument())
                return []
            },
            Command("thinking", title: "what the model thought before each answer, in full", group: .look) {
                state, _ in
                state.open(ThinkingDocument())
                return []
            },
            Command("session", title: "the session's model, tools, limits and rules", group: .look) {
                state, _ in
                state.open(SessionDocument())
                return []
            },
            Command("messages", title: "what the debugger has told you", group: .look) { state, _ in
                state.open(MessagesDocument())
                return []
            },
            Command(
                "help", title: "all keys and commands", hint: "help", group: .look, keys: [.character("?")]
            ) { state, _ in
                state.open(HelpDocument())
                return []
            },
        ]

    private static func paneKeys(_ pane: Pane) -> [Key] {
        pane.digit.unicodeScalars.map { Key.character($0) }
    }

    private static let canOpen: Command.Check = { state in
        let room = state.focus.pane.room
        return room.document(state) == nil ? .absent(room.nothingToOpen) : .ready
    }

    private static let open: Command.Action = { state, _ in
        if let document = state.focus.pane.room.document(state) { state.open(document) }
        return []
    }
}

extension DebuggerState {
    /// Moves the focus to the pane beside this one, or says that there is none.
    fileprivate mutating func goToNeighbour(right: Bool) {
        let next = frame.layout.neighbour(of: focus.pane, right: right)
        if next == focus.pane { refuse("no pane is \(right ? "to the right" : "to the left"); Tab goes on") }
        focus.pane = next
    }
}
