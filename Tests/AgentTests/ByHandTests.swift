import JSON
import Testing

@testable import Agent

/// A tool without a body.
private struct Bodiless: Tool {
    let definition = ToolDefinition(name: "ask", description: "", parameters: ["type": "object"])
    let log: RunLog
    var isByHand: Bool { true }

    func run(_ call: ToolCall, arguments: JSONValue) async throws -> ToolOutput {
        log.add(call)
        return ToolOutput(callID: call.id, content: "it ran")
    }
}

@Suite(.timeLimit(.minutes(20))) struct ByHandTests {
    private func bench() -> Bench {
        var bench = Bench(responses: [ScriptedModel.asking(call("c1", "ask")), ScriptedModel.saying("fine")])
        bench.tools = { [Bodiless(log: $0)] }
        bench.policy = Policy(fallback: .allow)
        return bench
    }

    @Test(
        "a tool without a body waits for the person, also where the policy allows it, and reads what they wrote"
    )
    func answered() async throws {
        var bench = bench()
        bench.person = { event, state, control in
            guard case .callJudged = event.body, let record = state.waitingCalls.first else { return }
            control.decide(record, .respond(content: "forty-two"))
        }
        let run = try await bench.run()
        #expect(run.outcome == .answered("fine") && run.ran.isEmpty)
        #expect(run.toolMessages.map(\.content) == ["forty-two"])
        guard case .callJudged(_, _, let ruling)? = run.bodies("judged").first else {
            Issue.record("never judged")
            return
        }
        #expect(ruling.effect == .ask && ruling.reason == "ask has no body: a person answers it")
    }

    @Test("approving it, or an edit of it, is refused in words, and nothing runs")
    func approved() async throws {
        var bench = bench()
        bench.person = { event, state, control in
            guard case .callJudged = event.body, let record = state.waitingCalls.first else { return }
            control.decide(record, .approve)
            control.decide(record, .edit(arguments: ByteString("{}"), mode: .silent))
            control.decide(record, .deny(reason: "later"))
        }
        let run = try await bench.run()
        let refusal = "ask has no body that could run; answer in its place (r) or deny it"
        #expect(run.refusals == [refusal, refusal] && run.ran.isEmpty)
    }

    @Test("with nobody there the model is told so, or the run ends")
    func headless() async throws {
        var bench = bench()
        bench.approval = .all
        let run = try await bench.run()
        #expect(
            run.toolMessages.map(\.content) == ["Error: ask is answered by a person, and nobody is there"])
        bench.approval = .policyOnly
        guard case .policy(let reason) = try await bench.run().outcome else {
            Issue.record("the run went on")
            return
        }
        #expect(reason.contains("needs a person") && reason.contains("ask has no body"))
    }
}

@Suite(.timeLimit(.minutes(20))) struct ToolDeadlineTests {
    @Test("a deadline stands still while it is paused, and goes on afterwards")
    func pause() async {
        let (ends, end) = AsyncStream<String>.makeStream()
        let paused = ToolDeadline(seconds: 1) { end.yield("paused") }
        paused.pause()
        paused.pause()
        let plain = ToolDeadline(seconds: 1) { end.yield("plain") }
        var order = ends.makeAsyncIterator()
        // The paused one began first and is as long; only the pause can let the other one end before it.
        #expect(await order.next() == "plain")
        paused.resume()
        let later = ToolDeadline(seconds: 1) { end.yield("later") }
        #expect(await order.next() == "later")
        paused.resume()
        #expect(await order.next() == "paused")
        #expect(paused.pausedMilliseconds > 0)
        withExtendedLifetime((plain, later)) {}
    }
}
