import Agent
import JSON
import Terminal

/// The texts that are laid over the panes.
enum DocumentContent {
    static func title(_ topic: OpenDocument.Topic, _ state: DebuggerState) -> String {
        switch topic {
        case .help: "keys and commands"
        case .messages: "messages"
        case .request: "the request of round \(state.shown.round), as it left"
        case .thinking: "what the model thought"
        case .session: "session"
        case .breakpoints: "breakpoints"
        case .comparison: "two sessions"
        case .serverLog(let server): ServerLogDocument.title(server)
        case .call(let key): "call \(key.id)"
        case .result(let key): "result of \(key.id)"
        case .token, .candidate: "why this token"
        }
    }

    static func lines(_ topic: OpenDocument.Topic, _ state: DebuggerState, width: Int) -> [StyledText] {
        switch topic {
        case .help: help(state, width: width)
        case .messages: messages(state, width: width)
        case .request: request(state, width: width)
        case .thinking: ThinkingDocument.lines(state, width: width)
        case .session: session(state, width: width)
        case .breakpoints: BreakpointDocument.lines(state, width: width)
        case .comparison: ComparisonDocument.lines(state, width: width)
        case .serverLog(let server): ServerLogDocument.lines(server, state, width: width)
        case .call(let key): call(key, state, width: width)
        case .result(let key): result(key, state, width: width)
        case .token(let token): CandidateDocument.lines(token: token, state, width: width)
        case .candidate(let position): CandidateDocument.lines(position: position, state, width: width)
        }
    }

    /// Every command with its keys; what cannot be done now says why.
    private static func help(_ state: DebuggerState, width: Int) -> [StyledText] {
        var text = TextLines(width: width)
        let table = state.commands
        let margin = min(18, width / 3)
        for group in Command.Group.allCases {
            let commands = table.commands.filter { $0.group == group }
            guard !commands.isEmpty else { continue }
            text.heading(group.rawValue)
            for command in commands {
                let keys = table.keys(of: command).map(\.description)
                let shown = keys.isEmpty ? ":\(command.name)" : keys.joined(separator: " ")
                let isNamed = command.isOnCommandLine && !keys.isEmpty
                text.wrap(
                    SafeText(
                        command.title
                            + (isNamed ? "  :\(command.usage)" : command.argument.map { " \($0.name)" } ?? "")
                    ),
                    label: StyledText(shown, Theme.key), margin: margin)
            }
        }
        text.heading("Signs")
        for (sign, meaning) in signs {
            text.wrap(SafeText(meaning), label: StyledText(sign, Theme.key), margin: margin)
        }
        return text.lines
    }

    private static let signs = [
        ("✓ ✗", "went well; went wrong, was denied or could not run"),
        ("!", "needs your eyes: a call that waits, a value that was not seen before"),
        ("▸", "the selected row; before a call: it runs"),
        ("*", "the token that was chosen"),
        ("␣ ⏎ ⇥", "a space, a line end, a tab in a token"),
        ("‹U+202E›", "stands for a character that is invisible or would act on the terminal"),
    ]

    private static func messages(_ state: DebuggerState, width: Int) -> [StyledText] {
        var text = TextLines(width: width)
        for entry in state.messages.entries.reversed() {
            text.wrap(
                SafeText(entry.text), entry.kind == .refusal ? Theme.attention : .plain,
                label: StyledText("step \(entry.step)", Theme.faint), margin: 12)
        }
        if text.lines.isEmpty { text.add("There are no messages.", Theme.faint) }
        return text.lines
    }

    private static func request(_ state: DebuggerState, width: Int) -> [StyledText] {
        var text = TextLines(width: width)
        guard let request = state.timeline.request else {
            text.add("No request has left yet.", Theme.faint)
            return text.lines
        }
        if let tokens = request.promptTokens {
            let cached = request.cachedTokens.map { ", \(Figure.count($0)) of them in the KV cache" } ?? ""
            text.field("prompt", "\(Figure.amount(tokens, "token"))\(cached)")
        }
        text.field("size", Figure.amount(request.text.utf8.count, "byte"))
        for finding in state.timeline.log.last.header?.model.findings ?? [] {
            text.wrap(SafeText(finding), Theme.attention, label: StyledText("!", Theme.attention), margin: 10)
        }
        if PromptDocument.isKnown(request) {
            text.add(contentsOf: PromptDocument.lines(request, width: width))
            return text.lines
        }
        if !request.toolTokens.isEmpty {
            let total = request.toolTokens.reduce(0) { $0 + $1.tokens }
            text.field("tools", "\(Figure.amount(total, "token")) of the prompt describe the catalogue")
            let names = request.toolTokens.map { SafeText($0.name).width }.max() ?? 0
            for cost in request.toolTokens {
                let share = total > 0 ? Double(cost.tokens) / Double(total) : 0
                text.add(
                    TextLines.space(10) + StyledText(cost.name).fitted(to: min(names, 30) + 1)
                        + StyledText(Figure.count(cost.tokens)).fitted(to: 7, alignment: .right)
                        + TextLines.space(1)
                        + StyledText(bar(share, width: 16), Theme.barBefore))
            }
        }
        text.heading("as it left")
        text.wrap(SafeText(request.text), mode: .characters)
        return text.lines
    }

    private static func session(_ state: DebuggerState, width: Int) -> [StyledText] {
        var text = TextLines(width: width)
        guard let header = state.timeline.log.last.header else {
            text.add("The session has not begun.", Theme.faint)
            return text.lines
        }
        text.field("session", header.id)
        text.field("workflow", header.workflow)
        let size = header.model.vocabulary.map { ", a vocabulary of \(Figure.count($0.entries.count))" } ?? ""
        text.field("model", "\(header.model.name) (\(header.model.kind)\(size))")
        let sampling = header.sampling
        text.field(
            "sampling",
            sampling.temperature == 0
                ? "greedy"
                : "temperature \(sampling.temperature), top-p \(sampling.topP), seed \(sampling.seed)")
        text.field(
            "mask", "keys in \(sampling.mask.keys.rawValue) order, spaces: \(sampling.mask.spaces.rawValue)")
        let limits = header.limits
        text.field(
            "limits",
            "\(limits.rounds) rounds, \(Figure.count(limits.tokens)) tokens, \(limits.seconds) s; "
                + "\(limits.toolSeconds) s and \(Figure.count(limits.resultBytes)) bytes a call, \(limits.parallelCalls) at once"
        )
        text.field("policy", "\(header.policy.fallback.rawValue) where no rule matches")
        for rule in header.policy.rules {
            let conditions = rule.arguments.map { " when \($0.pointer) matches \($0.pattern.source)" }
                .joined()
            text.wrap(
                SafeText(
                    "\(rule.name): \(rule.effect.rawValue) \(rule.tool)\(conditions)"
                        + (rule.reason.map { ", because \($0)" } ?? "")), margin: 10)
        }
        for tool in header.catalogue {
            text.heading("tool \(tool.name)")
            text.wrap(SafeText(tool.description))
            for line in tool.parameters.text(.pretty).split(separator: "\n") {
                text.wrapStyled(StyledText(String(line), Theme.faint), hanging: 4)
            }
        }
        return text.lines
    }

    private static func call(_ key: CallKey, _ state: DebuggerState, width: Int) -> [StyledText] {
        guard let record = state.shown.call(key) else {
            return [StyledText("This call has not been asked for at this step.", Theme.faint)]
        }
        let trace = state.traces.known(record)
        let pane = CallsPane(
            timeline: state.timeline, now: state.now, width: width,
            trace: Traces.Answer(
                found: trace, words: trace == nil ? "where the values came from is not known yet" : nil))
        var text = TextLines(width: width)
        text.add(pane.heading(record))
        text.blank()
        text.add(contentsOf: pane.detail(record).lines)
        text.heading("the arguments as the model wrote them, to the byte")
        text.wrap(SafeText(record.call.arguments.text), mode: .characters)
        if let tool = state.shown.header?.catalogue.first(where: {
            $0.name.utf8.elementsEqual(record.call.name.utf8)
        }) {
            text.heading("the tool, as the model was told")
            text.wrap(SafeText(tool.description))
            for line in tool.parameters.text(.pretty).split(separator: "\n") {
                text.wrapStyled(StyledText(String(line), Theme.faint), hanging: 4)
            }
        }
        return text.lines
    }

    private static func result(_ key: CallKey, _ state: DebuggerState, width: Int) -> [StyledText] {
        guard let record = state.shown.call(key) else {
            return [StyledText("This call has not been asked for at this step.", Theme.faint)]
        }
        let pane = ResultsPane(calls: [], positions: [], width: width, servers: state.servers)
        var text = TextLines(width: width)
        text.add(pane.heading(record))
        text.blank()
        text.add(contentsOf: pane.detail(record))
        if let result = record.result, let value = try? JSONParser.parse(result.content),
            !value.leaves.isEmpty
        {
            text.heading("the same as JSON, one value a line")
            for line in value.text(.pretty).split(separator: "\n") {
                text.wrapStyled(StyledText(String(line)), hanging: 4)
            }
        }
        return text.lines
    }
}
