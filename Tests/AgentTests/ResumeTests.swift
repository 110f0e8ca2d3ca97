import JSON
import Synchronization
import Testing

@testable import Agent

@Suite(.timeLimit(.minutes(20))) struct ResumeTests {
    /// Two rounds: four calls that end in four ways, then one that a rule allows, then an answer.
    private func bench() -> Bench {
        var bench = Bench(responses: [
            ScriptedModel.asking(
                call("c1", "act", "[1]"), call("c2", "act", "[2]"), call("c3", "fail", "[3]"),
                call("c4", "act", "[4]")), ScriptedModel.asking(call("c1", "look", "[5]")),
            ScriptedModel.saying("all is well"),
        ])
        bench.system = "be good"
        bench.limits.parallelCalls = 2
        bench.policy = Policy(rules: [Rule(name: "looking", effect: .allow, tool: "look")])
        bench.tools = { log in
            ["act", "look", "fail"].map { name in
                FakeTool(name, parameters: true, log: log) { call in
                    if name == "fail" { throw ToolFailure("it is broken") }
                    return ToolOutput(callID: call.id, content: "ran \(call.arguments.text)")
                }
            }
        }
        bench.person = { event, state, control in
            switch event.body {
            case .callJudged(let judged, _, let ruling) where ruling.effect == .ask:
                state.call(judged).map { control.decide($0, ResumeTests.decision(for: $0)) }
            case .sessionResumed:
                for record in state.waitingCalls { control.decide(record, ResumeTests.decision(for: record)) }
            default: break
            }
        }
        return bench
    }

    private static func decision(for record: CallRecord) -> Decision {
        if record.status == .unknown { return .deny(reason: nil) }
        switch record.key.id.text {
        case "c2": return .edit(arguments: ByteString("[22]"), mode: .annotate)
        case "c4": return .deny(reason: "no")
        default: return .approve
        }
    }

    @Test(
        "a session that is cut at any event is taken up again: no call runs twice, the rest is as it would have been"
    )
    func everyBoundary() async throws {
        let whole = try await bench().run()
        #expect(whole.outcome == .answered("all is well"))
        #expect(whole.toolMessages.count == 5)
        for cut in 0..<whole.events.count {
            let prefix = Array(whole.events.prefix(cut))
            let before = RunState(folding: prefix)
            let isAsked = before.messages.contains { if case .user = $0 { true } else { false } }
            let run = try await bench().run(prompt: isAsked ? nil : "go", resuming: prefix)
            #expect(run.outcome == .answered("all is well"), "cut at \(cut)")
            #expect(Array(run.events.prefix(cut)) == prefix, "cut at \(cut)")

            let begun = Set(before.calls.filter { $0.ranArguments != nil }.map { $0.call.arguments })
            #expect(
                Set(run.ran.map(\.arguments)).isDisjoint(with: begun), "cut at \(cut): a call ran twice")
            let inDoubt = before.calls.filter { $0.status == .running }.map(\.key)
            for (expected, record) in zip(whole.state.calls, run.state.calls) {
                if inDoubt.contains(record.key) {
                    #expect(
                        record.message?.content
                            == "Error: the session broke off while this call ran; whether it took effect is unknown."
                    )
                } else {
                    #expect(record.message == expected.message, "cut at \(cut)")
                }
            }
            let isSame = { (message: Message) in
                if case .tool(let result) = message { return Message.user(result.callID.text) }
                return message
            }
            #expect(run.state.messages.map(isSame) == whole.state.messages.map(isSame), "cut at \(cut)")
        }
    }

    @Test("a call in doubt waits for a person; nobody but a person runs it again")
    func inDoubt() async throws {
        let whole = try await bench().run()
        let started = try #require(whole.events.firstIndex { $0.body.name == "started" })
        let prefix = Array(whole.events.prefix(started + 1))
        var headless = bench()
        headless.approval = .all
        headless.person = { _, _, _ in }
        let stopped = try await headless.run(prompt: nil, resuming: prefix)
        #expect(
            stopped.outcome
                == .policy(
                    "call c1 of act had begun when the session broke off; a person must decide whether it runs again"
                ))
        #expect(stopped.ran.isEmpty)
        #expect(stopped.state.calls[0].status == .unknown)

        // That end is no dead end: a person can take the session up and decide.
        var attended = bench()
        attended.person = { event, state, control in
            if case .sessionResumed = event.body {
                for record in state.waitingCalls { control.decide(record, .approve) }
            }
        }
        let run = try await attended.run(prompt: nil, resuming: stopped.events)
        #expect(run.ran.filter { $0.arguments.text == "[1]" }.count == 1)
        #expect(run.outcome == .answered("all is well"))
    }

    @Test("a call that had begun with edited arguments never runs again with the model's own")
    func editedInDoubt() async throws {
        var bench = Bench(responses: [
            ScriptedModel.asking(call("c1", "act", "[1]")), ScriptedModel.saying("ok"),
        ])
        bench.tools = { [FakeTool("act", parameters: true, log: $0)] }
        bench.person = { event, state, control in
            switch event.body {
            case .callJudged(let judged, _, _):
                state.call(judged).map {
                    control.decide($0, .edit(arguments: ByteString("[2]"), mode: .rewrite))
                }
            case .sessionResumed:
                control.decide(state.calls[0], .approve)
                control.decide(state.calls[0], .edit(arguments: ByteString("[3]"), mode: .rewrite))
            default: break
            }
        }
        let whole = try await bench.run()
        let started = try #require(whole.events.firstIndex { $0.body.name == "started" })
        bench.log = RunLog()
        let run = try await bench.run(prompt: nil, resuming: Array(whole.events.prefix(started + 1)))
        #expect(
            run.refusals == ["call c1 had begun with edited arguments; edit it again to say which run now"])
        #expect(run.ran.map(\.arguments.text) == ["[3]"])
    }

    @Test("a session that has its answer stays as it is; a new prompt goes on with the conversation")
    func answered() async throws {
        let whole = try await bench().run()
        let again = try await bench().run(prompt: nil, resuming: whole.events)
        #expect(again.outcome == whole.outcome)
        #expect(again.events == whole.events)
        var more = bench()
        more.responses.append(ScriptedModel.saying("still well"))
        let run = try await more.run(prompt: "and now?", resuming: whole.events)
        #expect(run.outcome == .answered("still well"))
        #expect(run.ran.isEmpty)
    }

    @Test("a prompt does not come between a call and its result; the journal is left alone")
    func promptBetween() async throws {
        let whole = try await bench().run()
        let judged = try #require(whole.events.firstIndex { $0.body.name == "judged" })
        let prefix = Array(whole.events.prefix(judged + 1))
        let run = try await bench().run(prompt: "and now?", resuming: prefix)
        #expect(
            run.outcome
                == .failed("call c4 of act has no result yet; take the session up without a prompt first"))
        #expect(run.events == prefix)
        #expect(try await bench().run(prompt: nil, resuming: prefix).outcome == .answered("all is well"))
    }

    @Test("a run that failed or met a limit goes on where it stood")
    func afterFailure() async throws {
        var short = bench()
        short.responses.removeLast()
        let failed = try await short.run()
        #expect(failed.outcome == .failed("the script has no response 3"))
        let run = try await bench().run(prompt: nil, resuming: failed.events)
        #expect(run.outcome == .answered("all is well"))
        #expect(run.ran.isEmpty)
    }

    @Test("a response with an ID given twice stays an error after a crash")
    func ambiguousAfterCrash() async throws {
        let bench = Bench(responses: [ScriptedModel.asking(call("c1"), call("c1"))])
        let whole = try await bench.run()
        let cut = try #require(whole.events.firstIndex { $0.body.name == "response" })
        let run = try await bench.run(prompt: nil, resuming: Array(whole.events.prefix(cut + 1)))
        #expect(run.outcome == .failed("round 1: act and act both have the ID c1"))
        #expect(run.ran.isEmpty)
    }

    @Test("marks join the journal once there is one")
    func marks() async throws {
        let journal = MemoryJournal()
        let header = SessionHeader(
            id: "s", workflow: "w", model: ModelInfo(name: "m", kind: "k"), catalogue: [],
            sampling: SamplingSettings(), limits: Limits(), policy: Policy())
        let loop = try Loop(
            model: ScriptedModel(responses: [ScriptedModel.saying("a")]), tools: [], header: header,
            system: nil,
            control: RunControl(startsHeld: false), sink: journal, approval: .person)
        await #expect(throws: (any Error).self) { try await loop.mark("early") }
        _ = await loop.run(prompt: "go")
        try await loop.mark("here")
        #expect(journal.events.first?.body == .sessionStarted(header))
        #expect(journal.events.last?.body == .marked("here"))
    }
}
