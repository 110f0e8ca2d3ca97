import Agent
import Terminal

/// What the mask pane can be asked.
enum MaskCommands {
    static let all: [Command] = [
        Command(
            "filter",
            title:
                "show all candidates, the allowed, the masked or the forced one; or only what matches",
            hint: "filter",
            group: .look, places: [.pane(.mask)], keys: [.character("f")],
            argument: .init(
                name: "all|allowed|masked|forced|EXPR", isOptional: true,
                words: MaskPane.Filter.allCases.map(\.rawValue))
        ) { state, argument in
            if argument.isEmpty {
                let all = MaskPane.Filter.allCases
                let next = ((all.firstIndex(of: state.mask.filter) ?? 0) + 1) % all.count
                state.mask.filter = all[next]
            } else if let filter = MaskPane.Filter(rawValue: argument) {
                state.mask.filter = filter
                state.focus.pane = .mask
            } else if argument == "off" || argument.contains(where: { "~!( ".contains($0) }) {
                return state.showOnly(argument)
            } else {
                state.refuse(
                    "there is no filter '\(argument)'; there are all, allowed, masked and forced, and expressions"
                )
            }
            state.mask.row = nil
            return []
        },
        Command(
            "sort", title: "order the candidates by raw logit or by ID", group: .look, places: [.pane(.mask)],
            argument: .init(name: "logit|id", words: MaskPane.Order.allCases.map(\.rawValue))
        ) { state, argument in
            guard let order = MaskPane.Order(rawValue: argument) else {
                state.refuse("there is no order '\(argument)'; there are logit and id")
                return []
            }
            state.mask.order = order
            state.mask.row = nil
            state.focus.pane = .mask
            return []
        },
        Command(
            "why", title: "why a token may or may not come here: its text or its ID", group: .look,
            argument: .init(name: "TOKEN"), perform: why),
    ]

    private static let why: Command.Action = { state, argument in
        guard let table = state.frame.mask.table else {
            state.refuse("no token has been decoded at this step")
            return []
        }
        guard let found = table.find(argument) else {
            state.refuse("no token is written '\(argument)' (␣ and ⏎ stand for a space and a line end)")
            return []
        }
        if let token = found.token {
            state.open(TokenDocument(token: token))
        } else {
            state.open(CandidateDocument(position: found.position))
        }
        return []
    }
}
