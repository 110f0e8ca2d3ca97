import JSON

/// What becomes of a call at the gate.
public enum Decision: Sendable, Hashable {
    /// It runs as written.
    case approve
    /// It runs with other arguments; the mode says what the model is told.
    case edit(arguments: ByteString, mode: EditMode)
    /// It does not run; the model reads the reason, where there is one.
    case deny(reason: String?)
    /// It does not run; the model reads this text as the tool's result.
    case respond(content: String)
    /// It cannot run (malformed, unknown tool); the model reads why.
    case refuse(problem: String)

    /// The word for it in the journal and on the screen.
    public var name: String {
        switch self {
        case .approve: "approve"
        case .edit: "edit"
        case .deny: "deny"
        case .respond: "respond"
        case .refuse: "refuse"
        }
    }
}

/// What the model is told of an edit.
public enum EditMode: String, Sendable, Hashable, CaseIterable {
    /// Its own call unchanged; the result is preceded by a note and the arguments that ran.
    case annotate
    /// Its call rewritten, as if it had asked so itself.
    case rewrite
    /// Its own call unchanged, and the result without a word.
    case silent
}

/// Who decided.
public enum Decider: Sendable, Hashable {
    /// A person at the screen.
    case person
    /// A person elsewhere on this machine (`callgate approve`), by the name and number of the system's user.
    case user(name: String, id: UInt32)
    /// Nobody, within so many seconds.
    case timeout(seconds: Int)
    /// A rule of the policy, by name.
    case rule(String)
    /// An option of the command line, for example `--approve all`.
    case option(String)
    /// The validation of the arguments.
    case validation

    /// Whether it is a person, at the screen or elsewhere.
    public var isPerson: Bool {
        switch self {
        case .person, .user: true
        case .timeout, .rule, .option, .validation: false
        }
    }

    /// One line for the screen and for `--print`.
    public var summary: String {
        switch self {
        case .person: "a person"
        case .user(let name, let id): "\(name) (user \(id))"
        case .timeout(let seconds): "time-out after \(seconds) s"
        case .rule(let name): "rule \(name)"
        case .option(let option): option
        case .validation: "validation"
        }
    }
}

/// A decision for one call, bound to what the decider saw.
public struct BoundDecision: Sendable, Hashable {
    /// The call.
    public var key: CallKey
    /// The tool that the decider saw.
    public var name: String
    /// The arguments that the decider saw; the gate refuses the decision when they are not the call's bytes.
    public var arguments: ByteString
    /// What becomes of the call.
    public var decision: Decision
    /// Who decided.
    public var decider: Decider
    /// Whether the run ends after this decision.
    public var stopsRun: Bool

    /// A decision on `call` as shown to the decider.
    public init(key: CallKey, call: ToolCall, decision: Decision, decider: Decider, stopsRun: Bool = false) {
        self.key = key
        name = call.name
        arguments = call.arguments
        self.decision = decision
        self.decider = decider
        self.stopsRun = stopsRun
    }
}
