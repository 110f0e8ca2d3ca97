import Agent
import JSON

/// What a session supplies to a run that repeats it: its prompts, responses, decisions and results.
///
/// Rounds are numbered anew, from 1 without gaps: a request that was made again after a crash counts once.
public struct Recording: Sendable {
    /// A response with what came before it.
    struct Response: Sendable {
        var request: RequestRecord
        var tokens: [TokenStep]
        var response: ModelResponse
    }

    /// What a person or an option decided.
    struct RecordedDecision: Sendable {
        var decision: Decision
        var decider: Decider
        var stopsRun: Bool
    }

    /// A rule that was added on the way.
    struct AddedRule: Sendable {
        var place: Place
        var rule: Rule
        /// The calls that waited then and were decided by it.
        var decided: Set<CallKey> = []
    }

    /// What the session is about.
    public let header: SessionHeader
    let system: String?
    let prompts: [String]
    let responses: [Response]
    let decisions: [CallKey: RecordedDecision]
    let edits: [CallKey: String]
    let rules: [AddedRule]
    /// Results by tool and arguments that ran, in the order of their calls.
    let results: [Invocation: [CallResult]]
    let approval: Approval
    /// The session, as what a repetition is compared with.
    public let outline: SessionOutline
    /// The number of events.
    public let steps: Int

    /// A place that a repetition passes too: so many responses, and so many calls judged.
    struct Place: Sendable, Hashable {
        var responses = 0
        var judged = 0

        /// Takes the next event into account.
        mutating func pass(_ body: EventBody) {
            if case .responseReceived = body { responses += 1 }
            if case .callJudged = body { judged += 1 }
        }
    }

    /// A tool with the very bytes that it is called with.
    struct Invocation: Hashable {
        let tool: ByteString
        let arguments: ByteString
    }

    /// Takes a session apart.
    /// - Throws: ``RecordingError`` where it has no beginning, or a call whose outcome was in doubt.
    public init(_ events: [Event]) throws(RecordingError) {
        var reading = RecordingReader()
        for event in events { reading.add(event) }
        guard let header = reading.state.header else { throw RecordingError("the session has no header") }
        if let key = reading.doubtful {
            throw RecordingError(
                "call \(key.id) of round \(key.round) was in doubt after a crash; what a tool did then cannot be repeated"
            )
        }
        self.header = header
        let messages = reading.outline.prompts.map(\.message)
        system = messages.lazy.compactMap { if case .system(let text) = $0 { text } else { nil } }.first
        prompts = messages.compactMap { if case .user(let text) = $0 { text } else { nil } }
        responses = reading.responses
        edits = reading.edits
        rules = reading.rules
        approval = reading.approval
        outline = reading.outline.comparable
        steps = events.count
        var decisions = reading.decisions
        if case .stopped? = reading.outline.outcome?.outcome, let last = reading.lastDecided {
            decisions[last]?.stopsRun = true
        }
        self.decisions = decisions
        var results: [Invocation: [CallResult]] = [:]
        for record in reading.state.calls {
            guard let result = record.result, let arguments = record.ranArguments else { continue }
            let invocation = Invocation(tool: ByteString(record.call.name), arguments: arguments)
            results[invocation, default: []].append(result)
        }
        self.results = results
    }
}

/// Why a session cannot be repeated.
public struct RecordingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One line.
    public let description: String

    init(_ description: String) { self.description = description }
}

/// Collects, event by event, what a recording consists of.
private struct RecordingReader {
    var state = RunState()
    var outline = SessionOutline()
    var responses: [Recording.Response] = []
    var decisions: [CallKey: Recording.RecordedDecision] = [:]
    var lastDecided: CallKey?
    var edits: [CallKey: String] = [:]
    var rules: [Recording.AddedRule] = []
    /// Whether nothing but judgements stands between here and the rule that was added last.
    private var isBehindRule = false
    private var place = Recording.Place()
    var approval = Approval.person
    var doubtful: CallKey?
    private var tokens: [TokenStep] = []
    private var request: RequestRecord?
    /// Numbers of the recording's rounds to those of a run without crashes.
    private var rounds: [Int: Int] = [:]

    mutating func add(_ event: Event) {
        outline.add(event)
        addJudgement(event.body)
        state.apply(event)
        place.pass(event.body)
        switch event.body {
        case .requestSent(let record):
            request = record
            tokens = []
        case .token(var step):
            // Logits are the bulk of a session, and nothing is compared by them.
            step.distribution = .unknown
            step.round = responses.count + 1
            tokens.append(step)
        case .responseReceived(let round, let response, _):
            let number = responses.count + 1
            rounds[round] = number
            var record = request ?? RequestRecord(round: number, text: "")
            record.round = number
            responses.append(Recording.Response(request: record, tokens: tokens, response: response))
            tokens = []
        case .decided(let key, let decision, let decider):
            guard let key = renumbered(key) else { return }
            decisions[key] = Recording.RecordedDecision(decision: decision, decider: decider, stopsRun: false)
            lastDecided = key
            if case .option("--approve none") = decider { approval = .none }
        case .resultEdited(let key, let content):
            if let key = renumbered(key) { edits[key] = content }
        case .ruleAdded(let rule): rules.append(Recording.AddedRule(place: place, rule: rule))
        case .sessionResumed:
            doubtful = doubtful ?? state.calls.first { $0.status == .unknown }?.key
        case .runFinished(.policy): approval = .policyOnly
        default: break
        }
    }

    /// A call that is judged once more right after a rule is decided by it.
    private mutating func addJudgement(_ body: EventBody) {
        if case .ruleAdded = body {
            isBehindRule = true
        } else if isBehindRule, case .callJudged(let key, _, _) = body, state.call(key)?.ruling != nil,
            let key = renumbered(key)
        {
            rules[rules.count - 1].decided.insert(key)
        } else {
            isBehindRule = false
        }
    }

    private func renumbered(_ key: CallKey) -> CallKey? {
        rounds[key.round].map { CallKey(round: $0, id: key.id) }
    }
}

extension SessionOutline {
    /// The part that a repetition can be held to: of a session without an end, its complete rounds.
    var comparable: SessionOutline {
        guard outcome == nil else { return self }
        let complete = rounds.prefix { round in
            round.response != nil && round.calls.allSatisfy { $0.record.message != nil }
        }
        return keeping(rounds: complete.count)
    }

    /// The outline without later rounds and without an end.
    func keeping(rounds count: Int) -> SessionOutline {
        var outline = self
        outline.cut(toRounds: count)
        return outline
    }
}
