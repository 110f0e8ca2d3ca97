import JSON
import Synchronization

@testable import Agent

/// A seeded generator (SplitMix64), so that a failure can be repeated from the seed that the test prints.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// A journal in memory that shows each event, with the state after it, to whoever watches; it can be made to fail.
final class MemoryJournal: EventSink {
    struct Crash: Error {}
    typealias Watcher = @Sendable (Event, RunState) -> Void

    private struct State {
        var events: [Event]
        var fold: RunState
    }

    private let state: Mutex<State>
    private let failsAfter: Int
    private let watcher: Watcher

    init(after events: [Event] = [], failsAfter: Int = .max, watcher: @escaping Watcher = { _, _ in }) {
        state = Mutex(State(events: events, fold: RunState(folding: events)))
        self.failsAfter = failsAfter
        self.watcher = watcher
    }

    var events: [Event] { state.withLock { $0.events } }

    func append(_ body: EventBody) throws -> Event {
        let (event, fold) = try state.withLock { state in
            guard state.events.count < failsAfter else { throw Crash() }
            let event = Event(number: state.events.count + 1, time: 0, body: body)
            state.events.append(event)
            state.fold.apply(event)
            return (event, state.fold)
        }
        watcher(event, fold)
        return event
    }
}

/// A model that answers by how many responses the conversation has already; it decodes words as tokens.
struct ScriptedModel: Model {
    var responses: [ModelResponse]
    /// Told before the first token.
    var progress: [ModelProgress] = []
    /// Awaited before each token, so that a test can stand between two.
    var beforeToken: @Sendable (Int) async throws -> Void = { _ in }
    /// A response in words goes on in empty tokens until this holds.
    var talksUntil: @Sendable () -> Bool = { true }
    var tokenMilliseconds = 0.0
    var onRequest: @Sendable (ModelRequest) -> Void = { _ in }

    var info: ModelInfo { ModelInfo(name: "test", kind: "scripted") }

    func respond(
        to request: ModelRequest, observe: @Sendable (DecodeEvent) async throws -> Void
    ) async throws -> ModelResponse {
        onRequest(request)
        let answered = request.messages.filter { $0.role == "assistant" }.count
        guard answered < responses.count else {
            throw ModelError("the script has no response \(answered + 1)")
        }
        let response = responses[answered]
        try await observe(.request(RequestRecord(round: request.round, text: "")))
        let words = response.content.split(separator: " ").map { Array($0.utf8) }
        for step in progress { try await observe(.progress(step)) }
        var position = 0
        while position < words.count || !words.isEmpty && !talksUntil() {
            try await beforeToken(position)
            let bytes = position < words.count ? words[position] : []
            try await observe(
                .token(
                    TokenStep(
                        round: request.round, position: position, token: position, bytes: bytes,
                        distribution: .unknown, allowed: nil, figures: nil, milliseconds: tokenMilliseconds)))
            position += 1
        }
        return response
    }

    static func asking(_ calls: ToolCall...) -> ModelResponse { asking(calls) }
    static func asking(_ calls: [ToolCall]) -> ModelResponse {
        ModelResponse(content: "", calls: calls, finishReason: .toolCalls)
    }
    static func saying(_ words: String) -> ModelResponse {
        ModelResponse(content: words, calls: [], finishReason: .stop)
    }
}

/// What really ran: names and arguments, in the order of their starts.
final class RunLog: Sendable {
    struct Entry: Hashable {
        var id: String
        var name: String
        var arguments: ByteString
    }

    private struct State {
        var entries: [Entry] = []
        var waiter: (count: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    private let state = Mutex(State())
    var entries: [Entry] { state.withLock { $0.entries } }

    func add(_ call: ToolCall) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.entries.append(Entry(id: call.id.text, name: call.name, arguments: call.arguments))
            guard let waiter = state.waiter, state.entries.count >= waiter.count else { return nil }
            state.waiter = nil
            return waiter.continuation
        }
        waiter?.resume()
    }

    /// Suspends until so many calls have run: a run can end before a tool's thread has begun.
    func reach(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if state.entries.count >= count { return true }
                state.waiter = (count, continuation)
                return false
            }
            if isReached { continuation.resume() }
        }
    }
}

/// A tool that notes that it ran and then does what the test says.
struct FakeTool: Tool {
    var definition: ToolDefinition
    var log: RunLog
    var body: @Sendable (ToolCall) async throws -> ToolOutput

    init(
        _ name: String, parameters: JSONValue = ["type": "object"], log: RunLog,
        body: @escaping @Sendable (ToolCall) async throws -> ToolOutput = {
            ToolOutput(callID: $0.id, content: "ran \($0.arguments.text)")
        }
    ) {
        definition = ToolDefinition(name: name, description: "", parameters: parameters)
        self.log = log
        self.body = body
    }

    func run(_ call: ToolCall, arguments: JSONValue) async throws -> ToolOutput {
        log.add(call)
        return try await body(call)
    }
}

func call(_ id: String, _ name: String = "act", _ arguments: String = "{}") -> ToolCall {
    ToolCall(id: ToolCallID(id), name: name, arguments: ByteString(arguments))
}

func key(_ round: Int, _ id: String) -> CallKey { CallKey(round: round, id: ToolCallID(id)) }

/// One run of the loop over fakes, and what came of it.
struct Bench: Sendable {
    var responses: [ModelResponse]
    var log = RunLog()
    var tools: @Sendable (RunLog) -> [any Tool] = { [FakeTool("act", log: $0)] }
    var policy = Policy()
    var limits = Limits()
    var approval = Approval.person
    var system: String?
    var startsHeld = false
    var breakpoints: [Filter] = []
    /// What the person does when something happens: called after each event, on the run's own thread.
    var person: @Sendable (Event, RunState, RunControl) -> Void = { _, _, _ in }
    var status: @Sendable (RunStatus, RunControl) -> Void = { _, _ in }
    var progress: [ModelProgress] = []
    var beforeToken: @Sendable (Int, RunControl) async throws -> Void = { _, _ in }
    var talksUntil: @Sendable () -> Bool = { true }
    var tokenMilliseconds = 0.0
    var onRequest: @Sendable (ModelRequest) -> Void = { _ in }

    struct Outcome: Sendable {
        var outcome: RunOutcome
        var events: [Event]
        var state: RunState
        var ran: [RunLog.Entry]
        var refusals: [String]

        var toolMessages: [ToolMessage] {
            state.messages.compactMap { if case .tool(let message) = $0 { message } else { nil } }
        }
        func bodies(_ name: String) -> [EventBody] { events.map(\.body).filter { $0.name == name } }
    }

    func run(
        prompt: String? = "go", resuming events: [Event] = [], failsAfter: Int = .max
    ) async throws -> Outcome {
        let refusals = Mutex<[String]>([])
        let holder = ControlHolder()
        let control = RunControl(
            startsHeld: startsHeld,
            onStatus: { [status] change in if let control = holder.control { status(change, control) } },
            onRefusal: { reason in refusals.withLock { $0.append(reason) } })
        holder.set(control)
        control.setBreakpoints(breakpoints, endRun: true)
        let journal = MemoryJournal(
            after: events, failsAfter: failsAfter, watcher: { [person] in person($0, $1, control) })
        let tools = tools(log)
        let header = SessionHeader(
            id: "s", workflow: "w", model: ModelInfo(name: "test", kind: "scripted"),
            catalogue: tools.map(\.definition), sampling: SamplingSettings(), limits: limits, policy: policy)
        let loop = try Loop(
            model: ScriptedModel(
                responses: responses, progress: progress,
                beforeToken: { [beforeToken] in try await beforeToken($0, control) },
                talksUntil: talksUntil, tokenMilliseconds: tokenMilliseconds, onRequest: onRequest),
            tools: tools, header: header, system: system, control: control, sink: journal, approval: approval,
            resuming: RunState(folding: events))
        let outcome = await loop.run(prompt: prompt)
        return Outcome(
            outcome: outcome, events: journal.events, state: await loop.state, ran: log.entries,
            refusals: refusals.withLock { $0 })
    }
}

/// Lets a control's own callback reach the control.
private final class ControlHolder: Sendable {
    private let held = Mutex<RunControl?>(nil)
    var control: RunControl? { held.withLock { $0 } }
    func set(_ control: RunControl) { held.withLock { $0 = control } }
}

extension RunControl {
    /// Decides a call as whoever sees it now would.
    func decide(_ record: CallRecord, _ decision: Decision, stops: Bool = false) {
        send(
            .decide(
                BoundDecision(
                    key: record.key, call: record.call, decision: decision, decider: .person, stopsRun: stops)
            ))
    }
}
