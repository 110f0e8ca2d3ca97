import JSON
import Synchronization
import Testing

@testable import Agent

/// Random decisions, cancellations, crashes, resumptions and forks; what may never happen does not.
@Suite(.timeLimit(.minutes(20))) struct DecisionProperties {
    /// What a random person does; guarded, because events and statuses come from different threads.
    private final class Person: Sendable {
        private let random: Mutex<SeededGenerator>

        init(seed: UInt64) { random = Mutex(SeededGenerator(seed: seed)) }

        func roll(_ sides: Int) -> Int { random.withLock { Int.random(in: 0..<sides, using: &$0) } }

        func see(_ event: Event, _ state: RunState, _ control: RunControl) {
            switch event.body {
            case .callJudged(let key, _, let ruling) where ruling.effect == .ask:
                // Before the decision, so that there are calls that the rule finds waiting.
                if roll(8) == 0 { addRule(state, control) }
                if let record = state.call(key) { decide(record, control) }
            case .sessionResumed: for record in state.waitingCalls { decide(record, control) }
            case .callStarted(let key, _): if roll(4) == 0 { control.send(.cancel(key)) }
            case .callFinished(let key, _), .decided(let key, .deny, _), .decided(let key, .respond, _):
                if roll(6) == 0 { control.send(.editResult(key, content: "edited \(key)")) }
            default: break
            }
        }

        /// A rule that decides some of the calls that wait, as a person does who was shown those.
        private func addRule(_ state: RunState, _ control: RunControl) {
            let effect = [Effect.allow, .deny][roll(2)]
            let shown = state.waitingCalls.filter { _ in roll(3) > 0 }
            control.send(
                .addRule(
                    Rule(name: "late \(effect.rawValue)", effect: effect, tool: "act"),
                    deciding: Dictionary(shown.map { ($0.key, $0.call) }) { first, _ in first }))
        }

        private func decide(_ record: CallRecord, _ control: RunControl) {
            // Decisions that must be refused come first now and then: of other bytes, or one too many after.
            if roll(4) == 0 {
                var other = record.call
                other.arguments = ByteString(other.arguments.text + " ")
                control.send(
                    .decide(
                        BoundDecision(key: record.key, call: other, decision: .approve, decider: .person)))
            }
            if roll(12) == 0 { control.decide(record, .edit(arguments: ByteString("{oops"), mode: .silent)) }
            switch roll(11) {
            case 0...2: control.decide(record, .approve)
            // Nobody decides: what its clock would post at the end of the time, without the wait for it.
            case 9, 10: control.post(.undecided(record.key))
            case 8:
                // From another process: the decider has a name, and the gate is the same.
                control.send(
                    .decide(
                        BoundDecision(
                            key: record.key, call: record.call, decision: .approve,
                            decider: .user(name: "maya", id: 1_000))))
            case 3, 4:
                control.decide(
                    record,
                    .edit(arguments: ByteString("[\(roll(1_000)), 1.0]"), mode: EditMode.allCases[roll(3)]))
            case 5: control.decide(record, .deny(reason: roll(2) == 0 ? nil : "because"))
            case 6: control.decide(record, .respond(content: "I say"))
            default: control.decide(record, .deny(reason: nil), stops: roll(6) == 0)
            }
            // The clock may also run out after a decision: then it is too late for it.
            if roll(6) == 0 { control.post(.undecided(record.key)) }
            // What was refused above must still be decided; where it was not, this comes too late and is refused.
            control.decide(record, .deny(reason: "at last"))
        }
    }

    /// So long that no clock ends by itself while the test runs: the ends are posted.
    private static let timeout = 1_000_000

    private func bench(seed: UInt64, log: RunLog) -> Bench {
        var random = SeededGenerator(seed: seed)
        func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &random) }
        let arguments = ["[1]", "{\"a\": 1}", "{", "[1.0, {\"b\": \"é\"}]", "{\"a\":1,\"a\":2}"]
        var responses: [ModelResponse] = []
        for round in 1...(1 + roll(3)) {
            let calls = (0...roll(4)).map {
                call("r\(round)c\($0)", ["act", "look", "slow", "nothing"][roll(4)], arguments[roll(5)])
            }
            responses.append(ScriptedModel.asking(calls))
        }
        var bench = Bench(responses: responses + [ScriptedModel.saying("done now")])
        bench.log = log
        bench.limits.parallelCalls = 1 + roll(3)
        let effects = Effect.allCases
        bench.policy = Policy(
            rules: [Rule(name: "look", effect: effects[roll(3)], tool: "look")],
            fallback: effects[1 + roll(2)], approvalTimeout: DecisionProperties.timeout)
        bench.tools = { log in
            [
                FakeTool("act", parameters: true, log: log),
                FakeTool("look", parameters: true, log: log) { _ in throw ToolFailure("no") },
                FakeTool("slow", parameters: true, log: log) { call in
                    for _ in 0..<5 { await Task.yield() }
                    return ToolOutput(
                        callID: call.id, content: "slowly", isError: call.id.text.hasSuffix("1"))
                },
            ]
        }
        let person = Person(seed: seed &* 31)
        bench.person = { person.see($0, $1, $2) }
        return bench
    }

    /// Runs a session to its end through up to four crashes, from the events of a fork where there are some, and gives
    /// the last run.
    private func session(seed: UInt64, log: RunLog, from prefix: [Event] = []) async throws -> Bench.Outcome {
        var random = SeededGenerator(seed: ~seed)
        var events = prefix
        let startsBefore = starts(prefix).count
        for attempt in 0... {
            var bench = bench(seed: seed, log: log)
            let person = Person(seed: seed &+ UInt64(attempt) &* 7_919 &+ UInt64(prefix.count))
            bench.person = { person.see($0, $1, $2) }
            let crash = attempt < 4 ? events.count + Int.random(in: 1...40, using: &random) : .max
            let isAsked = events.contains { if case .messageAdded(.user) = $0.body { true } else { false } }
            let run = try await bench.run(
                prompt: isAsked ? nil : "go", resuming: events, failsAfter: crash)
            events = run.events
            await log.reach(starts(events).count - startsBefore)
            if case .runFinished? = run.events.last?.body { return run }
        }
        throw CancellationError()
    }

    private func starts(_ events: [Event]) -> [Event] { events.filter { $0.body.name == "started" } }

    @Test("under random decisions, crashes, resumptions and forks", arguments: 1...3_000)
    func invariants(seed: UInt64) async throws {
        let log = RunLog()
        let run = try await session(seed: seed, log: log)
        check(run, log: log.entries, "seed \(seed)")
        guard seed.isMultiple(of: 3) else { return }
        try await forkAnywhere(run, seed: seed, ran: log.entries.count)
    }

    /// The sequences above are worth something only where each kind of thing happens in them.
    @Test func everyKindOfThingHappens() async throws {
        var kinds: [String: Int] = [:]
        for seed in 1...150 as ClosedRange<UInt64> {
            let run = try await session(seed: seed, log: RunLog())
            for event in run.events {
                switch event.body {
                case .decided(_, let decision, let decider):
                    let by =
                        switch decider {
                        case .timeout: " by time-out"
                        case .person: " by a person"
                        case .user: " by a user"
                        case .rule("late allow"), .rule("late deny"): " by a late rule"
                        default: ""
                        }
                    kinds[decision.name + by, default: 0] += 1
                case .callFinished(_, let result): kinds[result.ending.rawValue, default: 0] += 1
                case .runFinished(.stopped): kinds["deny and stop", default: 0] += 1
                default: kinds[event.body.name, default: 0] += 1
                }
            }
        }
        for kind in [
            "approve by a person", "approve by a user", "edit by a person", "deny by a person",
            "deny by time-out", "approve by a late rule", "deny by a late rule", "respond by a person",
            "cancelled", "result-edited", "deny and stop",
            "resumed",
        ] {
            #expect(kinds[kind, default: 0] > 0, "\(kind) never happened in seeds 1...150: \(kinds)")
        }
    }

    /// Forks a session at a random step, and its fork once more: what ran before the step does not run again, and
    /// neither parent notices.
    private func forkAnywhere(_ parent: Bench.Outcome, seed: UInt64, ran: Int) async throws {
        var random = SeededGenerator(seed: seed &* 104_729)
        var parent = parent
        for generation in 1...2 {
            let step = Int.random(in: 1...parent.events.count, using: &random)
            var prefix = Array(parent.events.prefix(step))
            guard case .sessionStarted(var header) = prefix[0].body else { throw CancellationError() }
            header.id = "fork-\(generation)"
            header.parent = SessionParent(session: "s", step: step, hash: nil)
            prefix[0].body = .sessionStarted(header)
            // A run that had ended with an answer has nothing to go on with.
            if case .answered? = RunState(folding: prefix).outcome { return }
            let log = RunLog()
            let fork = try await session(
                seed: seed &+ UInt64(generation) &* 1_000_003, log: log, from: prefix)
            let comment: Comment = "seed \(seed), fork \(generation) at step \(step)"
            #expect(Array(fork.events.prefix(step)) == prefix, comment)
            #expect(fork.state.header?.parent?.step == step, comment)
            check(fork, log: log.entries, comment, forkedAt: step)
            parent = fork
        }
    }

    /// - Parameter forkedAt: the last step of the parent; what was started up to there ran in the parent, not here.
    private func check(
        _ run: Bench.Outcome, log: [RunLog.Entry], _ seed: Comment, forkedAt: Int = 0
    ) {
        var state = RunState()
        var started: [RunLog.Entry] = []
        var runs: [CallKey: Int] = [:]
        var reruns: [CallKey: Int] = [:]
        for event in run.events {
            let before = state
            state.apply(event)
            switch event.body {
            case .decided(let key, let decision, let decider):
                if case .timeout(let seconds) = decider {
                    guard case .deny = decision else {
                        Issue.record("a time-out decided other than to deny, \(seed)")
                        continue
                    }
                    #expect(before.call(key)?.needsDecision == true && seconds == Self.timeout, seed)
                } else if before.call(key)?.status == .unknown {
                    #expect(decider.isPerson, seed)
                    if case .approve = decision { reruns[key, default: 0] += 1 }
                    if case .edit = decision { reruns[key, default: 0] += 1 }
                } else {
                    #expect(before.call(key)?.decision == nil, "decided twice, \(seed)")
                }
            case .callStarted(let key, let arguments):
                guard let record = before.call(key) else {
                    Issue.record("an unknown call started, \(seed)")
                    continue
                }
                runs[key, default: 0] += 1
                #expect(runs[key, default: 0] <= 1 + reruns[key, default: 0], "ran twice, \(seed)")
                switch record.decision {
                case .approve: #expect(arguments == record.call.arguments, "other bytes ran, \(seed)")
                case .edit(let edited, _): #expect(arguments == edited, "other bytes ran, \(seed)")
                default: Issue.record("a call ran that was not approved, \(seed)")
                }
                guard event.number > forkedAt else { continue }
                started.append(
                    RunLog.Entry(id: key.id.text, name: record.call.name, arguments: arguments))
            case .toolMessage(let key, let content, _):
                #expect(before.call(key)?.message == nil, "two results for one call, \(seed)")
                if let edited = before.call(key)?.editedResult {
                    #expect(content.hasSuffix(edited), "the model read another result, \(seed)")
                }
            case .resultEdited(let key, _):
                #expect(before.call(key)?.isResolved == true && before.call(key)?.message == nil, seed)
            default: break
            }
        }
        // What the tools saw is what the journal says was started: no more, and to the byte.
        #expect(count(log) == count(started), seed)
        #expect(throws: Never.self, seed) {
            if case .answered = run.outcome { try PairingError.check(state.messages) }
        }
        if case .answered = run.outcome { #expect(state.calls.allSatisfy { $0.message != nil }, seed) }
        for record in state.calls {
            switch record.decision {
            case .deny, .respond, .refuse:
                // What was decided so after it had begun, in doubt, had run once; nothing else ever ran.
                let wasInDoubt = record.ranArguments != nil
                let count = runs[record.key, default: 0]
                #expect(wasInDoubt ? count >= 1 : count == 0, "a call ran that was not to, \(seed)")
            default: break
            }
        }
        // Replay folds to the state that the run had.
        #expect(state.messages == run.state.messages, seed)
        #expect(state.calls == run.state.calls, seed)
        #expect(state.outcome == run.state.outcome && state.phase == run.state.phase, seed)
        #expect(state.round == run.state.round && state.tokens == run.state.tokens, seed)
        #expect(state.step == run.state.step && state.decodedBytes == run.state.decodedBytes, seed)
    }

    private func count(_ entries: [RunLog.Entry]) -> [RunLog.Entry: Int] {
        Dictionary(entries.map { ($0, 1) }, uniquingKeysWith: +)
    }
}
