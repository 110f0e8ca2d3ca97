import Agent
import Sessions
import Terminal

/// A new session that begins as this one did: what is other in it depends on what is selected.
enum ForkCommands {
    static let all: [Command] = [
        Command(
            "fork",
            title: "a new session from here, with another token, call, result or message: as selected",
            group: .session, keys: [.character("F")], argument: .init(name: "FILE", isOptional: true),
            availability: canFork
        ) { state, argument in
            if argument.isEmpty { return state.beginFork() }
            return [.fork(ForkOrder(step: state.timeline.step, path: argument))]
        },
        Command(
            "fork-token", title: "a fork in which this token comes at this step: its text or its ID",
            group: .session, argument: .init(name: "TOKEN"), availability: canFork
        ) { state, argument in
            guard let found = state.frame.mask.table?.find(argument), let token = found.token else {
                state.refuse("no token is written '\(argument)' (␣ and ⏎ stand for a space and a line end)")
                return []
            }
            state.beginFork(choosing: token)
            return []
        },
        Command(
            "fork-seed", title: "a fork that goes on with another seed", group: .session,
            argument: .init(name: "SEED"), availability: canFork
        ) { state, argument in
            guard let seed = UInt64(argument) else {
                state.refuse("'\(argument)' is no seed; write a number from 0 on")
                return []
            }
            state.askForFork(ForkOrder(step: state.timeline.step, seed: seed), "with seed \(seed)")
            return []
        },
        Command(
            "fork-model", title: "a fork that goes on with another model: builtin, or a GGUF file",
            group: .session, argument: .init(name: "MODEL"), availability: canFork
        ) { state, argument in
            state.askForFork(ForkOrder(step: state.timeline.step, model: argument), "with model \(argument)")
            return []
        },
    ]

    private static let canFork: Command.Check = { state in
        state.timeline.step > 0 ? .ready : .absent("nothing has happened yet that a fork could begin with")
    }
}

/// A fork that the person wants.
public struct ForkOrder: Sendable, Hashable {
    /// The step to fork at; `nil` for the last one at which the change can be made.
    public var step: Int?
    /// What is other than in this session.
    public var change: SessionFork.Change?
    /// The seed that it goes on with, where it is another.
    public var seed: UInt64?
    /// The model that it goes on with, where it is another.
    public var model: String?
    /// The new journal.
    public var path: String

    init(
        step: Int?, change: SessionFork.Change? = nil, seed: UInt64? = nil, model: String? = nil,
        path: String = ""
    ) {
        (self.step, self.change, self.seed, self.model, self.path) = (step, change, seed, model, path)
    }
}

/// What is edited for a fork.
public enum ForkSubject: Sendable, Hashable {
    /// The arguments of a call.
    case arguments(CallKey, ToolCall)
    /// What the model reads as the result of a call.
    case result(CallKey)
    /// The message of the person at that step.
    case message(step: Int)
}

extension DebuggerState {
    /// Begins the fork that fits what is selected.
    fileprivate mutating func beginFork() -> [DebuggerEffect] {
        if focus.pane.room.fork(&self) { return [] }
        askForFork(ForkOrder(step: timeline.step), "as it is")
        return []
    }

    /// Begins a fork at the token that is shown, with another one in its place.
    mutating func beginFork(choosing token: Int) {
        guard let table = frame.mask.table else {
            refuse("no token has been decoded at this step")
            return
        }
        let name = "\(table.text(of: token).plain) (\(token))"
        guard table.token.allows(token) else {
            refuse("\(name) is masked here, so no run can go on after it; Enter says why")
            return
        }
        guard token != table.token.token else {
            refuse("\(name) was chosen here anyway; select another row")
            return
        }
        askForFork(ForkOrder(step: table.step, change: .token(token)), "with \(name)")
    }

    /// Asks where the fork is written to.
    fileprivate mutating func askForFork(_ order: ForkOrder, _ words: String) {
        let name = timeline.log.last.header?.id ?? "session"
        let place = order.step.map { "\($0)" } ?? "edited"
        layers.append(Prompt(.fork(order, words), text: "\(name)-fork-\(place).jsonl"))
    }

    /// Takes an edited text for a fork.
    mutating func take(_ text: String, forFork subject: ForkSubject) {
        switch subject {
        case .arguments(let key, let call):
            guard let arguments = checked(text, of: call, for: .fork(subject)) else { return }
            askForFork(
                ForkOrder(step: nil, change: .arguments(key.id, arguments)),
                "with other arguments of \(key.id)")
        case .result(let key):
            askForFork(
                ForkOrder(step: nil, change: .result(key.id, text)), "with another result of \(key.id)")
        case .message(let step):
            askForFork(ForkOrder(step: step, change: .prompt(text)), "with another message")
        }
    }
}
