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
                state.focus.pane = state.frame.layout.neighbour(of: state.focus.pane, right: false)
                return []
            },
            Command(
                "pane-right", title: "to the pane on the right", group: .look,
                keys: [.right, .character("l")]
            ) {
                state, _ in
                state.focus.pane = state.frame.layout.neighbour(of: state.focus.pane, right: true)
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
                perform: open),
            Command(
                "search", title: "search in this pane", hint: "search", group: .look, keys: [.character("/")],
                argument: .init(name: "TEXT", isOptional: true)
            ) { state, argument in
                if argument.isEmpty {
                    state.layers.append(.prompt(Prompt(.search(state.focus.pane))))
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
                state.open(.request)
                return []
            },
            Command("thinking", title: "what the model thought before each answer, in full", group: .look) {
                state, _ in
                state.open(.thinking)
                return []
            },
            Command("session", title: "the session's model, tools, limits and rules", group: .look) {
                state, _ in
                state.open(.session)
                return []
            },
            Command("messages", title: "what the debugger has told you", group: .look) { state, _ in
                state.open(.messages)
                return []
            },
            Command(
                "help", title: "all keys and commands", hint: "help", group: .look, keys: [.character("?")]
            ) { state, _ in
                state.open(.help)
                return []
            },
        ]

    private static func paneKeys(_ pane: Pane) -> [Key] {
        pane.digit.unicodeScalars.map { Key.character($0) }
    }

    private static let open: Command.Action = { state, _ in
        switch state.focus.pane {
        case .conversation:
            if state.shown.request == nil {
                state.refuse("no request has left yet")
            } else {
                state.open(.request)
            }
        case .calls:
            if let key = state.selectedCall?.key {
                state.open(.call(key))
            } else {
                state.refuse("there is no call yet")
            }
        case .results:
            if let key = state.selectedResult?.key {
                state.open(.result(key))
            } else {
                state.refuse("there is no result yet")
            }
        case .mask: state.openSelectedCandidate()
        }
        return []
    }
}

extension DebuggerState {
    /// Lays a text over the panes.
    mutating func open(_ topic: OpenDocument.Topic) { layers.append(.document(OpenDocument(topic: topic))) }

    /// Opens the explanation of the row that is selected in the mask pane.
    mutating func openSelectedCandidate() {
        guard let table = frame.mask.table, let row = frame.mask.selected,
            let position = frame.mask.positions.element(row).map(Int.init)
        else {
            refuse("there is no candidate to explain here")
            return
        }
        if let token = table.candidate(at: position).token {
            open(.token(token))
        } else {
            open(.candidate(position))
        }
    }
}
