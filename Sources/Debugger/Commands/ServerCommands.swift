import Terminal

/// MCP servers: their logs, their restart, and the answers to their questions.
enum ServerCommands {
    static let all: [Command] =
        [
            Command(
                "log", title: "what MCP servers write to standard error, as it comes", group: .look,
                keys: [.character("L")], argument: .init(name: "SERVER", isOptional: true)
            ) { state, argument in
                guard argument.isEmpty || state.servers.entry(argument) != nil else {
                    state.refuse(
                        "no server is named \(argument)" + nearest(to: argument, in: state.servers.names))
                    return []
                }
                state.open(ServerLogDocument(server: argument.isEmpty ? nil : argument))
                return []
            },
            Command(
                "restart", title: "start an MCP server again; no call is repeated", group: .session,
                argument: .init(name: "SERVER"), availability: hasServers
            ) { state, argument in state.restart(argument) },
            Command(
                "restart-ended", title: "start the MCP server again that has ended", hint: "restart server",
                group: .decide, keys: [.character("O")], availability: hasEndedServer
            ) { state, _ in state.restartEnded() },
            Command(
                "next-log", title: "the next server's log alone, then all", group: .document,
                places: [.layer(.document)], keys: [.tab], availability: isInLog
            ) { state, _ in state.showNextLog() },
        ] + question

    private static let hasServers: Command.Check = { state in
        if state.timeline.isReplay { return .absent("a recorded session runs no server") }
        return state.servers.entries.isEmpty ? .absent("this workflow has no MCP server") : .ready
    }

    private static let hasEndedServer: Command.Check = { state in
        guard hasServers(state) == .ready, state.servers.ended.isEmpty else { return hasServers(state) }
        return .absent("no server has ended; :restart SERVER restarts one that runs")
    }

    private static let isInLog: Command.Check = { state in
        if (state.layers.last as? OpenDocument)?.document is ServerLogDocument { return .ready }
        return .absent("the key tab does nothing here; ? shows all keys")
    }

    private static let question: [Command] = [
        layer(
            "answer", "send the answer to the server", hint: "answer", [.control("s"), Key(.enter, .alt)]
        ) { $0.acceptQuestion() },
        layer("decline", "tell the server that you will not say", hint: "decline", [.control("x")]) {
            $0.refuseQuestion(.decline)
        },
        layer(
            "decline-all", "decline all that this server asks, now and until it is started again",
            [.control("d")]
        ) { $0.silenceServer() },
        layer("dismiss-question", "go away without a choice", hint: "dismiss", [.escape, .control("c")]) {
            $0.refuseQuestion(.cancel)
        },
        layer("next-field", "to the next field", hint: "field", [.tab, .down, .enter]) {
            $0.moveInQuestion { $0.move(by: 1) }
        },
        layer("previous-field", "to the previous field", [.backtab, .up]) {
            $0.moveInQuestion { $0.move(by: -1) }
        },
        layer("question-down", "further down in a long question", [.pageDown]) {
            $0.moveInQuestion { $0.scroll.move(byPages: 1) }
        },
        layer("question-up", "further up in a long question", [.pageUp]) {
            $0.moveInQuestion { $0.scroll.move(byPages: -1) }
        },
    ]

    private static func layer(
        _ name: String, _ title: String, hint: String? = nil, _ keys: [Key],
        _ action: @escaping @Sendable (inout DebuggerState) -> [DebuggerEffect]
    ) -> Command {
        Command(name, title: title, hint: hint, group: .question, places: [.layer(.question)], keys: keys) {
            state, _ in action(&state)
        }
    }
}

extension DebuggerState {
    /// Shows the log of the next server alone; after the last one all of them.
    mutating func showNextLog() -> [DebuggerEffect] {
        guard let document = (layers.last as? OpenDocument)?.document as? ServerLogDocument else { return [] }
        let names = servers.names
        let next = document.server.flatMap { names.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
        replaceFront(OpenDocument(ServerLogDocument(server: names.element(next))))
        return []
    }
}
