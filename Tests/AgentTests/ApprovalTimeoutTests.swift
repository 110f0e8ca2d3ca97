import JSON
import Testing

@testable import Agent

/// What becomes of a call that nobody decides.
@Suite(.timeLimit(.minutes(20))) struct ApprovalTimeoutTests {
    private func bench(timeout: Int?) -> Bench {
        var bench = Bench(responses: [
            ScriptedModel.asking(call("c1"), call("c2")), ScriptedModel.saying("fine"),
        ])
        bench.policy = Policy(fallback: .ask, approvalTimeout: timeout)
        return bench
    }

    @Test("a call that nobody decides is denied, and model and journal read why")
    func denied() async throws {
        var bench = bench(timeout: 1)
        bench.person = { event, state, control in
            guard case .callJudged(let judged, _, _) = event.body, judged.id.text == "c2" else { return }
            if let record = state.call(judged) { control.decide(record, .approve) }
        }
        let run = try await bench.run()
        #expect(run.outcome == .answered("fine"))
        #expect(run.ran.map(\.id) == ["c2"])
        #expect(
            run.state.calls[0].decision == .deny(reason: "nobody decided within 1 seconds")
                && run.state.calls[0].decider == .timeout(seconds: 1))
        #expect(run.state.calls[1].decider == .person)
        #expect(
            run.toolMessages.first?.content
                == "Error: a time-out rejected this call. It did not run. Reason: nobody decided within 1 seconds"
        )
    }

    @Test("a decision that comes after the time is refused in words")
    func tooLate() async throws {
        var bench = bench(timeout: 1)
        bench.person = { event, state, control in
            guard case .decided(let key, _, by: .timeout) = event.body else { return }
            if let record = state.call(key) { control.decide(record, .approve) }
        }
        let run = try await bench.run()
        #expect(run.ran.isEmpty)
        #expect(run.refusals.contains { $0.contains("does not wait: it is denied") }, "\(run.refusals)")
    }

    @Test("after a crash a call that waited has the whole time once more, and is then denied")
    func resumed() async throws {
        let first = try await bench(timeout: nil).run(failsAfter: 5)
        #expect(first.state.calls.allSatisfy { $0.decision == nil })
        let second = try await bench(timeout: 1).run(prompt: nil, resuming: first.events)
        #expect(second.outcome == .answered("fine") && second.ran.isEmpty)
        #expect(second.state.calls.allSatisfy { $0.decider == .timeout(seconds: 1) })
    }
}
