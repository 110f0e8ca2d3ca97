import JSON
import Schema
import Synchronization
import Testing

@testable import Agent

@Suite(.timeLimit(.minutes(20))) struct GateTests {
    private static let namedSchema: JSONValue = [
        "type": "object", "properties": ["user": ["type": "string"]], "required": ["user"],
    ]

    private func bench(_ responses: ModelResponse...) -> Bench {
        Bench(responses: responses + [ScriptedModel.saying("fine")])
    }

    @Test("calls of one round are decided one by one, by ID, and their results travel in the order asked")
    func parallelCalls() async throws {
        var bench = bench(ScriptedModel.asking(call("c1"), call("c2"), call("c3"), call("c4")))
        let slow = Gate()
        bench.tools = {
            [
                FakeTool("act", log: $0) { call in
                    if call.id.text == "c1" { await slow.wait() }
                    return ToolOutput(callID: call.id, content: "result of \(call.id)")
                }
            ]
        }
        // The last asked is decided first, and the first asked ends last.
        bench.person = { event, state, control in
            switch event.body {
            case .callJudged(let judged, _, _) where judged.id.text == "c4":
                for record in state.calls.reversed() {
                    control.decide(record, record.key.id.text == "c2" ? .deny(reason: nil) : .approve)
                }
            case .callFinished where state.calls.filter({ $0.status == .finished }).count == 2: slow.open()
            default: break
            }
        }
        let run = try await bench.run()
        #expect(run.outcome == .answered("fine"))
        #expect(run.toolMessages.map(\.callID.text) == ["c1", "c2", "c3", "c4"])
        #expect(
            run.toolMessages.map(\.content) == [
                "result of c1", "Error: a reviewer rejected this call. It did not run.", "result of c3",
                "result of c4",
            ])
        let decided = run.events.compactMap { event -> String? in
            if case .decided(let key, _, _) = event.body { key.id.text } else { nil }
        }
        #expect(decided == ["c4", "c3", "c2", "c1"])
        let finished = run.events.compactMap { event -> String? in
            if case .callFinished(let key, _) = event.body { key.id.text } else { nil }
        }
        #expect(finished.last == "c1")
    }

    @Test("no more calls run at the same time than the limit says, and so many do")
    func parallelLimit() async throws {
        var bench = bench(ScriptedModel.asking((1...6).map { call("c\($0)") }))
        bench.limits.parallelCalls = 2
        bench.approval = .all
        let most = Mutex(0)
        let pair = Gate()
        bench.tools = {
            [
                FakeTool("act", log: $0) { call in
                    await pair.wait()
                    return ToolOutput(callID: call.id, content: "")
                }
            ]
        }
        bench.person = { _, state, _ in
            let running = state.calls.filter { $0.status == .running }.count
            most.withLock { $0 = max($0, running) }
            if running == 2 { pair.open() }
        }
        let run = try await bench.run()
        #expect(run.ran.count == 6)
        #expect(most.withLock { $0 } == 2)
    }

    @Test("a result that is tagged with another call's ID ends the run with both IDs")
    func mispaired() async throws {
        var bench = bench(ScriptedModel.asking(call("c1"), call("c2")))
        bench.approval = .all
        bench.tools = {
            [
                FakeTool("act", log: $0) { call in
                    if call.id.text == "c2" { try await Task.sleep(for: .seconds(60)) }
                    return ToolOutput(callID: ToolCallID("c9"), content: "x")
                }
            ]
        }
        let run = try await bench.run()
        #expect(
            run.outcome == .failed("the result of act was expected for call c1 and came back for call c9"))
        #expect(run.toolMessages.isEmpty)
        // What still ran is given up before the end is written.
        #expect(run.state.calls.map { $0.result?.ending } == [.mispaired, .cancelled])
        #expect(run.events.last?.body == .runFinished(run.outcome))
    }

    @Test("an ID that is given twice, or not at all, ends the run before anything is judged")
    func ambiguousIDs() async throws {
        let twice = try await bench(ScriptedModel.asking(call("c1", "act"), call("c1", "look"))).run()
        #expect(twice.outcome == .failed("round 1: act and look both have the ID c1"))
        let none = try await bench(ScriptedModel.asking(call(""))).run()
        #expect(
            none.outcome == .failed("round 1: the call of act has no ID; its result could not be paired"))
        for run in [twice, none] {
            #expect(run.ran.isEmpty)
            #expect(run.bodies("judged").isEmpty)
        }
    }

    @Test("IDs are told apart by their bytes, not by how they look")
    func lookAlikeIDs() async throws {
        var bench = bench(ScriptedModel.asking(call("\u{E9}", "act", "[1]"), call("e\u{301}", "act", "[2]")))
        bench.approval = .all
        bench.tools = { [FakeTool("act", parameters: true, log: $0)] }
        let run = try await bench.run()
        #expect(run.toolMessages.map(\.content) == ["ran [1]", "ran [2]"])
    }

    @Test("a conversation whose calls and results do not pair is an error that names both IDs")
    func conversationPairing() {
        func fault(_ messages: Message...) -> String? {
            do {
                try PairingError.check(messages)
                return nil
            } catch {
                return error.description
            }
        }
        let asked = Message.assistant(AssistantMessage(content: "", calls: [call("a"), call("b")]))
        func result(_ id: String) -> Message {
            .tool(ToolMessage(callID: ToolCallID(id), name: "act", content: "", isError: false))
        }
        #expect(fault(asked, result("a"), result("b"), .user("x")) == nil)
        #expect(
            fault(asked, result("b"), result("a"))
                == "the result of act was expected for call a and came back for call b")
        #expect(
            fault(asked, result("a"), result("a"))
                == "the result of act was expected for call b and came back for call a")
        #expect(fault(asked, result("a")) == "call b of act has no result")
        #expect(
            fault(asked, result("a"), .user("x"))
                == "call b of act has no result before the next user message")
        #expect(fault(result("z")) == "a result for call z stands where no call is open")
    }

    @Test("a decision is refused when the call is not what the decider saw, does not wait, or is not there")
    func staleDecisions() async throws {
        var bench = bench(ScriptedModel.asking(call("c1", "act", #"{"a":1}"#)))
        bench.person = { event, state, control in
            switch event.body {
            case .callJudged(let judged, _, _):
                guard let record = state.call(judged) else { return }
                for seen in [call("c1", "act", #"{"a":1.0}"#), call("c1", "acted", #"{"a":1}"#)] {
                    control.send(
                        .decide(
                            BoundDecision(key: judged, call: seen, decision: .approve, decider: .person)))
                }
                control.send(
                    .decide(
                        BoundDecision(
                            key: key(1, "c7"), call: record.call, decision: .approve, decider: .person)))
                control.send(.cancel(judged))
                control.send(.editResult(judged, content: "x"))
                control.decide(record, .approve)
                control.decide(record, .deny(reason: nil))
            default: break
            }
        }
        let run = try await bench.run()
        #expect(
            run.refusals == [
                "call c1 is not what was shown when it was decided; look at it again",
                "call c1 is not what was shown when it was decided; look at it again",
                "there is no call round 1, c7", "call c1 is not running",
                "call c1 has no result that the model has not read yet",
                "call c1 does not wait: it is running",
            ])
        #expect(run.ran.map(\.arguments.text) == [#"{"a":1}"#])
        #expect(run.bodies("decision").count == 1)
    }

    @Test("an edit is validated: no JSON, not the schema, or what a rule denies never runs")
    func editValidation() async throws {
        var bench = bench(ScriptedModel.asking(call("c1", "act", #"{"user": 7}"#)))
        bench.tools = { [FakeTool("act", parameters: GateTests.namedSchema, log: $0)] }
        bench.policy = Policy(rules: [
            Rule(
                name: "no root", effect: .deny, tool: "act",
                arguments: [
                    ArgumentCondition(pointer: JSONPointer(["user"]), pattern: try ECMAPattern("root"))
                ])
        ])
        bench.person = { event, state, control in
            guard case .callJudged(let judged, let problems, _) = event.body, let record = state.call(judged)
            else { return }
            #expect(problems.map(\.kind) == [.invalid])
            control.decide(record, .approve)
            for arguments in [
                "{", "{}", #"{"user": 8}"#, #"{"user": "root"}"#, #"{"user": "a", "user": "b"}"#,
            ] {
                control.decide(record, .edit(arguments: ByteString(arguments), mode: .silent))
            }
            control.decide(record, .edit(arguments: ByteString(#"{"user": "Bo"}"#), mode: .silent))
        }
        let run = try await bench.run()
        #expect(run.ran.map(\.arguments.text) == [#"{"user": "Bo"}"#])
        #expect(run.refusals.count == 6)
        let starts = [
            "it cannot run: /user: ", "the edited call cannot run: the arguments are no JSON: ",
            "the edited call cannot run: ", "the edited call cannot run: /user: ",
            "the edited call cannot run: deny (rule no root)",
            "the edited call cannot run: the key at /user is given twice",
        ]
        for (refusal, start) in zip(run.refusals, starts) { #expect(refusal.hasPrefix(start), "\(refusal)") }
    }

    @Test("what cannot run is refused in words when no person is asked", arguments: [Approval.all, .person])
    func refused(approval: Approval) async throws {
        var bench = bench(
            ScriptedModel.asking(
                call("c1", "act", "{"), call("c2", "fly"), call("c3", "act", #"{"a":1,"a":2}"#),
                call("c4", "act", "")))
        bench.approval = approval
        bench.policy = Policy(fallback: .allow)
        bench.person = { event, state, control in
            // What cannot be parsed is never allowed: with a person there, it asks.
            guard case .callJudged(let judged, _, let ruling) = event.body, ruling.effect == .ask,
                approval == .person, let record = state.call(judged)
            else { return }
            control.decide(record, .approve)
            control.decide(record, .deny(reason: nil))
        }
        let run = try await bench.run()
        #expect(run.ran.isEmpty)
        #expect(run.toolMessages.map(\.isError) == [true, true, true, true])
        #expect(run.toolMessages[1].content == "Error: no tool is named fly; there are act")
        #expect(
            run.toolMessages[2].content
                == "Error: the key at /a is given twice; which of them a tool reads is its own affair")
        if approval == .all {
            #expect(
                run.toolMessages[0].content.hasPrefix("Error: the arguments are no JSON: line 1, column 2: "))
        } else {
            #expect(run.toolMessages[0].content == "Error: a reviewer rejected this call. It did not run.")
            #expect(run.refusals.count == 2)
        }
    }

    @Test(
        "--approve none: no call runs, not even one that a rule allows; --approve policy: asking ends the run"
    )
    func approvals() async throws {
        let rule = Rule(name: "reading", effect: .allow, tool: "look")
        var bench = bench(ScriptedModel.asking(call("c1", "look"), call("c2")))
        bench.policy = Policy(rules: [rule])
        bench.tools = { [FakeTool("act", log: $0), FakeTool("look", log: $0)] }
        bench.approval = .none
        let none = try await bench.run()
        #expect(none.ran.isEmpty)
        #expect(none.toolMessages.count == 2)
        bench.log = RunLog()
        bench.approval = .policyOnly
        let policy = try await bench.run()
        #expect(policy.outcome == .policy("call c2 of act needs a person: ask (no rule matches)"))
        #expect(policy.ran.isEmpty)
        bench.log = RunLog()
        bench.approval = .all
        let all = try await bench.run()
        #expect(Set(all.ran.map(\.name)) == ["look", "act"])
        #expect(all.state.calls.map(\.decider) == [.rule("reading"), .option("--approve all")])
    }

    @Test("deny and stop: the run ends, what still ran is cancelled, nothing more starts")
    func stop() async throws {
        let hanging = Gate()
        var bench = bench(ScriptedModel.asking(call("c1"), call("c2"), call("c3")))
        bench.tools = {
            [
                FakeTool("act", log: $0) { call in
                    await hanging.wait()
                    return ToolOutput(callID: call.id, content: "")
                }
            ]
        }
        bench.person = { event, state, control in
            switch event.body {
            case .callJudged(let judged, _, _) where judged.id.text == "c3":
                control.decide(state.calls[0], .approve)
            case .callStarted: control.decide(state.calls[1], .deny(reason: "enough"), stops: true)
            case .runFinished: hanging.open()
            default: break
            }
        }
        let run = try await bench.run()
        #expect(run.outcome == .stopped("stopped by a person at call c2 of act"))
        #expect(run.state.calls.map(\.status) == [.finished, .denied, .waiting])
        #expect(run.state.calls[0].result?.ending == .cancelled)
        await bench.log.reach(1)
        #expect(bench.log.entries.map(\.id) == ["c1"])
    }
}

@Suite struct PolicyTests {
    private func rule(_ effect: Effect, _ tool: String, _ pattern: String? = nil) throws -> Rule {
        Rule(
            name: "\(effect.rawValue) \(tool)", effect: effect, tool: tool,
            arguments: try pattern.map {
                [ArgumentCondition(pointer: JSONPointer(["user"]), pattern: try ECMAPattern($0))]
            } ?? [])
    }

    @Test(
        "deny is looked at before ask before allow, whatever the order written; the first of its kind is named"
    )
    func strictness() throws {
        let rules = [
            try rule(.allow, "*"), try rule(.ask, "write_*"), try rule(.deny, "*_all"),
            try rule(.deny, "write_all"),
        ]
        for policy in [Policy(rules: rules), Policy(rules: rules.reversed())] {
            #expect(policy.ruling(tool: "write_all", arguments: [:]).effect == .deny)
            #expect(policy.ruling(tool: "write_one", arguments: [:]).rule == "ask write_*")
            #expect(policy.ruling(tool: "read", arguments: [:]).rule == "allow *")
        }
        #expect(Policy(rules: rules).ruling(tool: "write_all", arguments: [:]).rule == "deny *_all")
    }

    @Test("without a matching rule the default decides, and the default of defaults is ask")
    func fallback() {
        #expect(Policy().ruling(tool: "x", arguments: [:]) == Ruling(effect: .ask, rule: nil, reason: nil))
        #expect(Policy(fallback: .deny).ruling(tool: "x", arguments: [:]).effect == .deny)
    }

    @Test("a condition holds where the argument is there and its text contains a match")
    func conditions() throws {
        let policy = Policy(rules: [try rule(.deny, "act", "root")], fallback: .allow)
        #expect(policy.ruling(tool: "act", arguments: ["user": "the root user"]).effect == .deny)
        #expect(policy.ruling(tool: "act", arguments: ["user": "Maya"]).effect == .allow)
        #expect(policy.ruling(tool: "act", arguments: ["group": "root"]).effect == .allow)
        // A value that is no string is matched as its compact JSON.
        #expect(policy.ruling(tool: "act", arguments: ["user": ["root"]]).effect == .deny)
    }

    @Test("arguments that cannot be parsed are never allowed, and satisfy what denies and asks")
    func unparsable() throws {
        let open = try rule(.allow, "*")
        let closed = try rule(.deny, "act", "root")
        for (policy, effect) in [
            (Policy(fallback: .allow), Effect.ask), (Policy(rules: [open]), .ask),
            (Policy(rules: [open], fallback: .deny), .deny),
            (Policy(rules: [closed], fallback: .allow), .deny),
        ] {
            #expect(policy.ruling(tool: "act", arguments: nil).effect == effect)
        }
    }

    @Test(
        "a star stands for any bytes, everything else for itself",
        arguments: [
            ("*", "", true), ("*", "x", true), ("a*c", "abc", true), ("a*c", "ac", true),
            ("a*c", "acd", false),
            ("*b*", "abc", true), ("a**c", "ac", true), ("", "", true), ("", "a", false),
            ("a.c", "abc", false),
            ("*ab", "aab", true), ("a*a*b", "aaab", true), ("é*", "e\u{301}x", false),
        ])
    func globs(pattern: String, text: String, matches: Bool) {
        #expect(Policy.glob(pattern, matches: text) == matches)
    }
}
