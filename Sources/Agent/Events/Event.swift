import JSON

/// Something that happened on the path from the prompt to the answer: one line of the journal.
public struct Event: Sendable, Hashable {
    /// The event's number in its session, from 1 without gaps.
    public var number: Int
    /// When it happened, in milliseconds since 1970.
    public var time: Int64
    /// What happened.
    public var body: EventBody

    /// An event of the given parts.
    public init(number: Int, time: Int64, body: EventBody) {
        self.number = number
        self.time = time
        self.body = body
    }
}

/// What can happen.
public enum EventBody: Sendable, Hashable {
    /// The session began; always the first event.
    case sessionStarted(SessionHeader)
    /// A system or user message joined the conversation.
    case messageAdded(Message)
    /// A request left for the model.
    case requestSent(RequestRecord)
    /// The model chose a token.
    case token(TokenStep)
    /// An attempt at a request failed and is made again.
    case requestRetried(round: Int, attempt: Int, reason: String, delayMilliseconds: Int)
    /// The model's response is complete.
    case responseReceived(round: Int, ModelResponse, milliseconds: Double)
    /// A call was validated and the policy asked; where the ruling is `ask`, it waits from here on.
    case callJudged(CallKey, problems: [CallProblem], ruling: Ruling)
    /// A person or a rule decided.
    case decided(CallKey, Decision, by: Decider)
    /// A call began to run with these arguments.
    case callStarted(CallKey, arguments: ByteString)
    /// A call ended.
    case callFinished(CallKey, CallResult)
    /// A call that was given up has answered after all; the model never sees it.
    case callLate(CallKey, CallResult)
    /// A person replaced what the model will read as a call's result.
    case resultEdited(CallKey, content: String)
    /// A call's tool message joined the conversation.
    case toolMessage(CallKey, content: String, isError: Bool)
    /// A person marked this step.
    case marked(String)
    /// A person added a rule to those in force; it holds for the calls that are asked for from here on, and for those
    /// that are judged once more right after this event.
    case ruleAdded(Rule)
    /// The session was taken up again after a crash or an interruption.
    case sessionResumed
    /// The run ended.
    case runFinished(RunOutcome)

    /// The event's name in the journal.
    public var name: String {
        switch self {
        case .sessionStarted: "session"
        case .messageAdded: "message"
        case .requestSent: "request"
        case .token: "token"
        case .requestRetried: "retry"
        case .responseReceived: "response"
        case .callJudged: "judged"
        case .decided: "decision"
        case .callStarted: "started"
        case .callFinished: "finished"
        case .callLate: "late"
        case .resultEdited: "result-edited"
        case .toolMessage: "tool-message"
        // To a reader that does not know of rules in the middle of a session it is a mark, with a note of the rule.
        case .marked, .ruleAdded: "mark"
        case .sessionResumed: "resumed"
        case .runFinished: "end"
        }
    }

    /// Whether the event must be on the disk before anything follows from it.
    ///
    /// A decision, a start and an end of a call must survive a loss of power, or a restart could run a call twice;
    /// tokens may be lost with the operating system, not with the process.
    public var mustBeDurable: Bool {
        switch self {
        case .token, .requestRetried, .requestSent: false
        default: true
        }
    }
}

/// What a session is about: everything that replay needs besides the events that follow.
public struct SessionHeader: Sendable, Hashable {
    /// The session's own name, unique on this machine.
    public var id: String
    /// The workflow's name.
    public var workflow: String
    /// The model, with its vocabulary where it is known.
    public var model: ModelInfo
    /// The tools that the model may ask for.
    public var catalogue: [ToolDefinition]
    /// Whether the session was read from another program's file: how tokens were chosen, the bounds and the rules of the run
    /// are then those of nobody, and a duration of 0 is one that was not recorded.
    public var isImported = false
    /// Whether the session is that of another program's agent, attached to: how its tokens are chosen and what bounds it has
    /// is that program's affair, and not recorded.
    public var isAttached = false
    /// What became of definitions that could not be used as they were given.
    public var catalogueNotes: [CatalogueNote] = []
    /// How tokens are chosen.
    public var sampling: SamplingSettings
    /// The bounds of the run.
    public var limits: Limits
    /// The rules in force.
    public var policy: Policy
    /// On whose behalf the tools are called, for rules; `nil` where the workflow does not say.
    public var principal: String?
    /// The session that this one was forked from; `nil` for one that began by itself.
    public var parent: SessionParent?

    /// A header of the given parts.
    public init(
        id: String, workflow: String, model: ModelInfo, catalogue: [ToolDefinition],
        sampling: SamplingSettings,
        limits: Limits, policy: Policy, principal: String? = nil,
        parent: SessionParent? = nil
    ) {
        self.id = id
        self.workflow = workflow
        self.model = model
        self.catalogue = catalogue
        self.sampling = sampling
        self.limits = limits
        self.policy = policy
        self.principal = principal
        self.parent = parent
    }
}

/// Where a session came from that did not begin by itself.
public struct SessionParent: Sendable, Hashable {
    /// What the parent is to the session.
    public enum Relation: String, Sendable, Hashable, CaseIterable {
        /// It went another way from the parent's step on.
        case fork
        /// A call of the parent spawned it: a subagent.
        case call
        /// It goes on after the parent's conversation was replaced by a summary.
        case compaction
    }

    /// What the parent is to the session.
    public var relation: Relation
    /// The call that spawned it, where it is known which one did.
    public var call: ToolCallID?
    /// The parent's name.
    public var session: String
    /// The last step that is the parent's.
    public var step: Int
    /// The hash of the parent's line of that step, where its journal has a chain.
    public var hash: String?
    /// The seed that the fork goes on with, where it is another than the workflow's.
    public var seed: UInt64?
    /// The model that the fork goes on with, where it is another than the workflow's: `builtin` or a GGUF file.
    public var model: String?

    /// Where the session came from: `forked from a at step 12`.
    public var sentence: String {
        switch relation {
        case .fork: "forked from \(session) at step \(step)"
        case .call: "spawned by \(call.map { "call \($0.text)" } ?? "a call") of \(session) at step \(step)"
        case .compaction: "goes on from \(session) after a compaction at step \(step)"
        }
    }

    /// A parent of the given parts.
    public init(
        session: String, step: Int, hash: String?, seed: UInt64? = nil, model: String? = nil,
        relation: Relation = .fork, call: ToolCallID? = nil
    ) {
        self.relation = relation
        self.call = call
        self.session = session
        self.step = step
        self.hash = hash
        self.seed = seed
        self.model = model
    }
}

/// How a call ended, on our side.
public struct CallResult: Sendable, Hashable {
    /// The ways to end.
    public enum Ending: String, Sendable, Hashable {
        /// The tool answered.
        case completed
        /// The tool reported a failure.
        case failed
        /// The tool did not answer in time.
        case timedOut = "timed out"
        /// A person cancelled it.
        case cancelled
        /// The answer was larger than a result may be.
        case oversized
        /// The answer carried another call's ID.
        case mispaired
    }

    /// How it ended.
    public var ending: Ending
    /// What the tool said, or what went wrong.
    public var content: String
    /// Time from the start to the end.
    public var milliseconds: Double
    /// In what the output breaks what its side has promised of it, one sentence each.
    public var problems: [String]

    /// A result of the given parts.
    public init(ending: Ending, content: String, milliseconds: Double, problems: [String] = []) {
        self.ending = ending
        self.content = content
        self.milliseconds = milliseconds
        self.problems = problems
    }

    /// Whether the model should read it as a failure.
    public var isError: Bool { ending != .completed }
}

/// Where events go before anything else sees them.
public protocol EventSink: Sendable {
    /// Numbers, dates and stores the event, and returns once it is as durable as ``EventBody/mustBeDurable`` asks.
    /// - Throws: whatever kept it from being stored; the caller must not act on an event that was not stored.
    func append(_ body: EventBody) throws -> Event
}
