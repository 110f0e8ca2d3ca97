import Agent
import JSON
import Terminal

/// What a person can decide of a call at the gate.
enum DecisionCommands {
    static let all: [Command] = [
        Command(
            "approve", title: "run the call as written", hint: "approve", group: .decide,
            keys: [.character("a")],
            availability: canApprove
        ) { state, _ in
            state.deciding { state, record in state.send(DecidedCall(record).bound(.approve)) }
        },
        Command(
            "deny", title: "do not run it; the model reads the reason", hint: "deny", group: .decide,
            keys: [.character("d")], argument: .init(name: "REASON", isOptional: true),
            availability: canDecide
        ) { state, argument in
            state.deciding { state, record in
                if !argument.isEmpty { return state.send(DecidedCall(record).bound(.deny(reason: argument))) }
                state.layers.append(Prompt(.denial(DecidedCall(record), stopsRun: false)))
                return []
            }
        },
        Command(
            "deny-stop", title: "do not run it, and end the run", group: .decide, keys: [.character("D")],
            availability: canDecide
        ) { state, _ in
            state.deciding { state, record in
                state.layers.append(Prompt(.denial(DecidedCall(record), stopsRun: true)))
                return []
            }
        },
        Command(
            "edit", title: "change the arguments in place", hint: "edit", group: .decide,
            keys: [.character("e")],
            availability: canDecide
        ) { state, _ in
            state.deciding { state, record in
                state.openEditor(.arguments(DecidedCall(record)), text: prettyJSON(record.startingArguments))
                return []
            }
        },
        Command(
            "edit-external", title: "change the arguments in $EDITOR", group: .decide,
            keys: [.character("E")],
            availability: canDecide
        ) { state, _ in
            state.deciding { state, record in
                let text =
                    state.drafts[.arguments(DecidedCall(record))] ?? prettyJSON(record.startingArguments)
                if let objection = ShownText.objection(toEditing: text) {
                    state.refuse(objection)
                    return []
                }
                return [
                    .openEditor(text: text, suffix: ".json", .arguments(record.key, record.call))
                ]
            }
        },
        Command(
            "respond", title: "answer in the tool's place; nothing runs", hint: "respond", group: .decide,
            keys: [.character("r")], availability: canDecide
        ) { state, _ in
            state.deciding { state, record in
                state.openEditor(.response(DecidedCall(record)), text: "")
                return []
            }
        },
        Command(
            "edit-result", title: "change a result before the model reads it", hint: "edit result",
            group: .decide, keys: [.character("R")], availability: canEditResult
        ) { state, _ in
            guard let record = state.resultSubject, let text = record.pendingMessage?.content else {
                return []
            }
            state.openEditor(.result(record.key), text: text)
            return []
        },
        Command(
            "cancel", title: "cancel the running tool", hint: "cancel", group: .decide,
            keys: [.character("x")],
            availability: canCancel
        ) { state, _ in
            guard let record = state.resultSubject else { return [] }
            state.say("asked \(record.call.name) (\(record.key.id)) to stop")
            return [.send(.cancel(record.key))]
        },
    ]

    /// Whether the selected call waits, in the present of a run, and has been under the keys long enough.
    private static let canDecide: Command.Check = { state in
        if state.timeline.isReplay { return .absent("a recorded session is not decided again") }
        guard let waiting = state.firstWaiting else { return .absent("no call waits for a decision") }
        guard state.timeline.isLive else {
            return .disabled(
                "you look at step \(state.timeline.step); G returns to the present, where \(waiting.key.id) waits"
            )
        }
        guard let record = state.selectedCall, record.needsDecision else {
            let selected =
                state.selectedCall.map { "\($0.key.id) does not wait: it is \($0.statusWords); " } ?? ""
            return .disabled("\(selected)select \(waiting.key.id), which does")
        }
        if state.approval.sent.contains(record.key) {
            return .disabled("a decision for \(record.key.id) is on its way")
        }
        guard state.showsCalls else { return .ready }
        return state.approval.objection(to: .init(record), at: state.now).map { .soon($0) } ?? .ready
    }

    private static let canApprove: Command.Check = { state in
        let basic = canDecide(state)
        guard basic.isHinted, let record = state.selectedCall else { return basic }
        if let problem = record.problems.first {
            return .disabled("it cannot run: \(problem.message); e edits its arguments, d denies it")
        }
        if record.status == .unknown, let ran = record.ranArguments, ran != record.call.arguments {
            return .disabled("it had begun with edited arguments; e says which run now")
        }
        guard state.showsCalls,
            let objection = state.approval.objection(toRunning: .init(record), at: state.now)
        else { return basic }
        return state.approval.isEndShown ? .soon(objection) : .disabled(objection)
    }

    private static let canEditResult: Command.Check = { state in
        if state.timeline.isReplay { return .absent("a recorded session is not changed") }
        guard state.timeline.isLive, let record = state.resultSubject, record.isResolved else {
            return .absent("no result is selected that could be changed")
        }
        if record.message != nil {
            return .absent("the model has read the result of \(record.key.id) already")
        }
        return .ready
    }

    private static let canCancel: Command.Check = { state in
        guard state.timeline.isLive, let record = state.resultSubject, record.status == .running else {
            return .absent("the selected call is not running")
        }
        return .ready
    }
}

extension DebuggerState {
    /// Whether the calls pane is on the screen in full.
    var showsCalls: Bool { frame.layout.content(of: .calls) != nil && layers.isEmpty }

    /// The call that commands on results mean: the one selected in the pane that has the keys.
    var resultSubject: CallRecord? { focus.pane == .results ? selectedResult : selectedCall }

    /// Lets a decision begin for the selected call if it is on the screen; shows it otherwise.
    mutating func deciding(_ begin: (inout DebuggerState, CallRecord) -> [DebuggerEffect]) -> [DebuggerEffect]
    {
        guard let record = selectedCall else { return [] }
        guard showsCalls || !layers.isEmpty else {
            focus.pane = .calls
            say("this is \(record.key.id): look, then press the key again to decide")
            return []
        }
        return begin(&self, record)
    }

    /// Sends a decision and remembers that it is on its way.
    mutating func send(_ decision: BoundDecision) -> [DebuggerEffect] {
        approval.markSent(decision.key)
        drafts = drafts.filter { $0.key.call?.key != decision.key }
        return [.send(.decide(decision))]
    }

    /// Opens an editor, with the draft that was given up before where there is one.
    mutating func openEditor(_ purpose: TextEditor.Purpose, text: String, fault: String? = nil) {
        if let objection = ShownText.objection(toEditing: drafts[purpose] ?? text) {
            return refuse(objection)
        }
        if let draft = drafts[purpose], fault == nil {
            layers.append(TextEditor(purpose, text: draft))
            say("this is what you had written before; Ctrl-S goes on, Esc leaves it")
        } else {
            layers.append(TextEditor(purpose, text: text, fault: fault))
        }
    }
}

extension TextEditor.Purpose {
    /// The call that is being decided, where one is.
    var call: DecidedCall? {
        switch self {
        case .arguments(let call), .response(let call): call
        case .result, .fork: nil
        }
    }
}

extension CallRecord {
    /// What an edit begins with: the arguments that ran before a session broke off, else the model's.
    var startingArguments: ByteString { ranArguments ?? call.arguments }
}

/// Arguments as one member a line where they are JSON, else as they are.
func prettyJSON(_ arguments: ByteString) -> String {
    (try? JSONParser.parse(arguments.text))?.text(.pretty) ?? arguments.text
}
