import JSON
import Testing

@testable import Agent

/// A rule that is added while calls wait decides those that the person was shown, and no others.
@Suite struct LateRuleTests {
    private let calls = [call("a", "act", #"{"n": 1}"#), call("b", "act", #"{"n": 2}"#), call("c", "look")]

    /// Runs three calls that wait; once they do, the rule is added, and what still waits is answered by a person.
    private func run(
        _ rule: Rule, shown: [ToolCall], policy: Policy = Policy(), parameters: JSONValue = ["type": "object"]
    ) async throws -> Bench.Outcome {
        var bench = Bench(responses: [ScriptedModel.asking(calls), ScriptedModel.saying("done")])
        bench.policy = policy
        bench.tools = { log in
            [FakeTool("act", parameters: parameters, log: log), FakeTool("look", log: log)]
        }
        bench.person = { event, state, control in
            guard case .callJudged(let key, _, _) = event.body, key.id.text == "c",
                !state.addedRules.contains(rule)
            else { return }
            control.send(
                .addRule(
                    rule,
                    deciding: Dictionary(
                        uniqueKeysWithValues: shown.map { (CallKey(round: 1, id: $0.id), $0) })))
            for record in state.waitingCalls { control.decide(record, .respond(content: "a person")) }
        }
        return try await bench.run()
    }

    private func decider(_ run: Bench.Outcome, _ id: String) -> Decider? {
        run.state.call(key(1, id))?.decider
    }

    @Test func itLetsRunWhatWasShownAndNothingElse() async throws {
        let rule = Rule(name: "acts", effect: .allow, tool: "act")
        let run = try await run(rule, shown: [calls[0], calls[2]])
        #expect(run.ran.map(\.id) == ["a"])
        #expect(decider(run, "a") == .rule("acts"))
        // It matches b too, but nobody was shown that it would.
        #expect(decider(run, "b") == .person && decider(run, "c") == .person)
        // The person's answer to a came too late and was refused.
        #expect(run.refusals.count == 1, "\(run.refusals)")
        // The journal has the rule, the judgement by it, and the decision by it, in that order.
        let names = run.events.map(\.body.name)
        let mark = try #require(names.firstIndex(of: "mark"))
        #expect(Array(names[mark...].prefix(3)) == ["mark", "judged", "decision"])
    }

    @Test func itDeniesWhatWasShown() async throws {
        let rule = Rule(
            name: "no two", effect: .deny, tool: "act", condition: try Filter("~arg n=^2$"), reason: "not two"
        )
        let run = try await run(rule, shown: calls)
        #expect(run.ran.isEmpty && decider(run, "b") == .rule("no two") && decider(run, "a") == .person)
        #expect(run.toolMessages[1].content.contains("Reason: not two"))
    }

    @Test func itDecidesNoCallOfOtherBytesThanThoseShown() async throws {
        let rule = Rule(name: "acts", effect: .allow, tool: "act")
        let run = try await run(rule, shown: [call("a", "act", #"{"n":1}"#), call("b", "aсt", #"{"n": 2}"#)])
        #expect(run.ran.isEmpty && decider(run, "a") == .person && decider(run, "b") == .person)
    }

    @Test func anAllowDoesNotOutweighARuleThatAsks() async throws {
        let rule = Rule(name: "acts", effect: .allow, tool: "act")
        let asks = Rule(name: "asks", effect: .ask, tool: "*", condition: try Filter("~arg n=2"))
        let run = try await run(rule, shown: calls, policy: Policy(rules: [asks]))
        #expect(run.ran.map(\.id) == ["a"] && decider(run, "b") == .person)
    }

    @Test func whatCannotRunStillWaitsForAPerson() async throws {
        let rule = Rule(name: "acts", effect: .allow, tool: "act")
        let run = try await run(
            rule, shown: calls, parameters: ["type": "object", "properties": ["n": ["const": 1]]])
        #expect(run.ran.map(\.id) == ["a"] && decider(run, "b") == .person)
    }

    /// Whether a call that had begun when the run broke off runs again is never a rule's to say.
    @Test func aCallInDoubtIsNotDecidedByIt() async throws {
        let events: [EventBody] = [
            .sessionStarted(
                SessionHeader(
                    id: "s", workflow: "w", model: ModelInfo(name: "m", kind: "k"), catalogue: [],
                    sampling: SamplingSettings(), limits: Limits(), policy: Policy())),
            .responseReceived(round: 1, ScriptedModel.asking(calls[0]), milliseconds: 1),
            .callJudged(key(1, "a"), problems: [], ruling: Ruling(effect: .ask, rule: nil, reason: nil)),
            .decided(key(1, "a"), .approve, by: .person),
            .callStarted(key(1, "a"), arguments: calls[0].arguments), .sessionResumed,
        ]
        let state = RunState(folding: events.enumerated().map { Event(number: $0 + 1, time: 0, body: $1) })
        let record = try #require(state.call(key(1, "a")))
        #expect(record.status == .unknown)
        for effect in Effect.allCases {
            let policy = Policy(rules: [Rule(name: "x", effect: effect, tool: "*")])
            #expect(policy.settlement(of: record, in: state) == nil)
        }
    }
}
