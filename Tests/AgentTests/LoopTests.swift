import JSON
import Synchronization
import Testing

@testable import Agent

@Suite(.timeLimit(.minutes(20))) struct LimitTests {
    @Test("rounds: a model that never stops asking is stopped")
    func rounds() async throws {
        var bench = Bench(responses: (1...9).map { ScriptedModel.asking(call("c\($0)")) })
        bench.approval = .all
        bench.limits.rounds = 3
        let run = try await bench.run()
        #expect(run.outcome == .limit("3 rounds"))
        #expect(run.bodies("request").count == 3)
        #expect(run.toolMessages.count == 3)
    }

    @Test("tokens: decoding ends at the limit, and each request is told how many are left")
    func tokens() async throws {
        var bench = Bench(responses: [ScriptedModel.saying("a b c d e f")])
        bench.limits.tokens = 4
        bench.limits.responseTokens = 100
        let asked = Mutex<[Int]>([])
        bench.onRequest = { request in asked.withLock { $0.append(request.maximumTokens) } }
        let run = try await bench.run()
        #expect(run.outcome == .limit("4 tokens"))
        #expect(run.bodies("token").count == 4)
        #expect(asked.withLock { $0 } == [4])
        bench.limits = Limits(tokens: 100, responseTokens: 50)
        asked.withLock { $0 = [] }
        #expect(try await bench.run().outcome == .answered("a b c d e f"))
        #expect(asked.withLock { $0 } == [50])
    }

    @Test("seconds: the model's and the tools' time counts")
    func seconds() async throws {
        var bench = Bench(responses: [ScriptedModel.saying("a b c d e f")])
        bench.limits.seconds = 3
        bench.tokenMilliseconds = 1_500
        let run = try await bench.run()
        #expect(run.outcome == .limit("3 seconds of model and tool time"))
        #expect(run.bodies("token").count == 2)
    }

    @Test("a response that its limit cut is no answer")
    func length() async throws {
        let cut = ModelResponse(content: "half an", calls: [], finishReason: .length)
        var bench = Bench(responses: [cut])
        bench.limits.responseTokens = 2
        let limited = try await bench.run().outcome
        #expect(
            limited.name == "limit" && limited.text.hasPrefix("2 tokens in one response, which was cut there")
        )
        let filtered = ModelResponse(content: "", calls: [], finishReason: .other("content_filter"))
        #expect(
            try await Bench(responses: [filtered]).run().outcome
                == .failed("the model stopped: content_filter"))
    }

    @Test("ten megabytes, as an answer or as a failure, end as an error of one line")
    func oversized() async throws {
        let much = String(repeating: "x", count: 10_000_000)
        let bodies: [@Sendable (ToolCall) throws -> ToolOutput] = [
            { ToolOutput(callID: $0.id, content: much) },
            { ToolOutput(callID: $0.id, content: much, isError: true) },
            { _ in throw ToolFailure(much) },
        ]
        for body in bodies {
            var bench = Bench(responses: [ScriptedModel.asking(call("c1")), ScriptedModel.saying("ok")])
            bench.approval = .all
            bench.tools = { [FakeTool("act", log: $0) { try body($0) }] }
            let run = try await bench.run()
            #expect(
                run.toolMessages.first?.content
                    == "Error: the tool answered with 10000000 bytes; at most 262144 are accepted.")
            #expect(run.state.calls.first?.result?.ending == .oversized)
        }
    }

    @Test("a model that fails, a journal that fails, a prompt that is missing: one line each")
    func failures() async throws {
        let model = try await Bench(responses: []).run()
        #expect(model.outcome == .failed("the script has no response 1"))
        #expect(model.events.last?.body == .runFinished(model.outcome))
        let journal = try await Bench(responses: [ScriptedModel.saying("a")]).run(failsAfter: 2)
        #expect(journal.outcome == .failed("the journal could not be written: Crash()"))
        #expect(journal.events.count == 2)
        let prompt = try await Bench(responses: []).run(prompt: nil)
        #expect(prompt.outcome == .failed("there is no prompt; give one with --prompt or in the workflow"))
    }

    @Test("a tool whose start could not be stored does not run")
    func unstoredStart() async throws {
        var bench = Bench(responses: [ScriptedModel.asking(call("c1")), ScriptedModel.saying("a")])
        bench.approval = .all
        let whole = try await bench.run()
        let start = try #require(whole.events.firstIndex { $0.body.name == "started" })
        bench.log = RunLog()
        let broken = try await bench.run(failsAfter: start)
        #expect(broken.ran.isEmpty)
        #expect(broken.outcome == .failed("the journal could not be written: Crash()"))
    }
}

@Suite(.timeLimit(.minutes(20))) struct SteppingTests {
    /// Steps through a run of one call that a rule allows and three tokens, and says where it was held.
    private func stops(_ granularity: Granularity) async throws -> [RunStatus] {
        var bench = Bench(responses: [ScriptedModel.asking(call("c1")), ScriptedModel.saying("a b c")])
        bench.policy = Policy(fallback: .allow)
        bench.startsHeld = true
        let seen = Mutex<[RunStatus]>([])
        bench.status = { status, control in
            guard case .paused = status else { return }
            seen.withLock { $0.append(status) }
            control.step(granularity)
        }
        #expect(try await bench.run().outcome == .answered("a b c"))
        return seen.withLock { $0 }
    }

    @Test("by tokens: every place")
    func tokens() async throws {
        #expect(
            try await stops(.token) == [
                .paused(.request(round: 1)), .paused(.call(key(1, "c1"))), .paused(.results(round: 1)),
                .paused(.request(round: 2)), .paused(.token), .paused(.token), .paused(.token),
            ])
    }

    @Test("by calls: requests, calls and results")
    func calls() async throws {
        #expect(
            try await stops(.call) == [
                .paused(.request(round: 1)), .paused(.call(key(1, "c1"))), .paused(.results(round: 1)),
                .paused(.request(round: 2)),
            ])
    }

    @Test("by rounds: requests")
    func rounds() async throws {
        #expect(try await stops(.round) == [.paused(.request(round: 1)), .paused(.request(round: 2))])
    }

    @Test("a run that is let go holds nowhere")
    func free() async throws {
        var bench = Bench(responses: [ScriptedModel.saying("a b")])
        bench.startsHeld = true
        let seen = Mutex<[RunStatus]>([])
        bench.status = { status, control in
            seen.withLock { $0.append(status) }
            control.resume()
        }
        _ = try await bench.run()
        #expect(seen.withLock { $0 } == [.paused(.request(round: 1)), .running, .ended])
    }

    @Test("pausing while the model decodes: no further token is decoded until the run goes on")
    func pauseWhileDecoding() async throws {
        var bench = Bench(responses: [ScriptedModel.saying("a b c d")])
        let log = Mutex<[String]>([])
        bench.beforeToken = { position, control in
            log.withLock { $0.append("decode \(position)") }
            if position == 1 { control.pause() }
        }
        bench.status = { status, control in
            guard case .paused = status else { return }
            log.withLock { $0.append("paused") }
            control.resume()
        }
        #expect(try await bench.run().outcome == .answered("a b c d"))
        #expect(log.withLock { $0 } == ["decode 0", "decode 1", "paused", "decode 2", "decode 3"])
    }

    @Test("every step counts, also those that are asked for while the model reads")
    func everyStep() async throws {
        var bench = Bench(responses: [ScriptedModel.saying("a b c d e f")])
        bench.progress = (0...2).map { .reading(tokens: 64 * $0, of: 192, perSecond: nil) }
        bench.startsHeld = true
        let decoded = Mutex(0)
        let held = Mutex<[Int]>([])
        bench.beforeToken = { position, _ in decoded.withLock { $0 = position + 1 } }
        bench.status = { status, control in
            switch status {
            case .paused(.request): control.step(.token)
            case .progressing(.reading(tokens: 64, of: _, perSecond: _)):
                control.step(.token)
                control.step(.token)
            case .paused(.token):
                held.withLock { $0.append(decoded.withLock { $0 }) }
                control.resume()
            default: break
            }
        }
        #expect(try await bench.run().outcome == .answered("a b c d e f"))
        #expect(held.withLock { $0 } == [3])
    }

    @Test(
        "pausing stops a prompt half read, and it is read on from there; no progress is kept in the journal")
    func pauseWhileReading() async throws {
        var bench = Bench(responses: [ScriptedModel.saying("a b")])
        let steps: [ModelProgress] = [
            .loading(bytes: 0, of: 9), .reading(tokens: 0, of: 99, perSecond: nil),
            .reading(tokens: 64, of: 99, perSecond: 20),
        ]
        bench.progress = steps
        let seen = Mutex<[RunStatus]>([])
        bench.status = { status, control in
            seen.withLock { $0.append(status) }
            if case .progressing(.reading(0, _, _)) = status { control.pause() }
            if case .paused = status { control.resume() }
        }
        let run = try await bench.run()
        #expect(run.outcome == .answered("a b"))
        #expect(
            seen.withLock { $0 } == [
                .progressing(steps[0]), .progressing(steps[1]), .paused(.progress(steps[1])), .running,
                .progressing(steps[2]), .running, .ended,
            ])
        bench.progress = []
        bench.status = { _, _ in }
        #expect(try await bench.run().events.map(\.body.name) == run.events.map(\.body.name))
    }

    @Test("progress is told in a few words")
    func progressWords() {
        let words = [
            ModelProgress.loading(bytes: 312_000_000, of: 491_400_064),
            .reading(tokens: 0, of: 697, perSecond: nil), .reading(tokens: 320, of: 697, perSecond: 194.2),
            .reading(tokens: 640, of: 697, perSecond: 194.2), .reading(tokens: 64, of: 697, perSecond: 3.27),
        ].map(\.summary)
        #expect(
            words == [
                "loading the model: 312 of 491 MB", "reading the prompt: 0 of 697 tokens",
                "reading the prompt: 320 of 697 tokens, 194/s, 2 s left",
                "reading the prompt: 640 of 697 tokens, 194/s",
                "reading the prompt: 64 of 697 tokens, 3.2/s, 194 s left",
            ])
    }

    @Test("a step that comes between looking at the pace and waiting is not lost")
    func noLostStep() async {
        let control = RunControl(startsHeld: true)
        #expect(!control.mayPass(.results(round: 1)))
        control.step(.call)
        #expect(await control.nextInput() == nil)
        #expect(control.mayPass(.results(round: 1)))
    }

    @Test("steps asked for before the run came to the first are taken one after the other")
    func stepsAhead() {
        let control = RunControl(startsHeld: true)
        #expect(!control.mayPass(.request(round: 1)))
        for _ in 0..<3 { control.step(.token) }
        #expect(
            [.request(round: 1), .token, .token, .token].map { control.mayPass($0) } == [
                true, true, true, false,
            ])
        // A pause takes what is left of them back.
        for _ in 0..<3 { control.step(.token) }
        control.pause()
        #expect(!control.mayPass(.token))
    }

    @Test("waiting for a person is reported, and its end")
    func waiting() async throws {
        var bench = Bench(responses: [ScriptedModel.asking(call("c1")), ScriptedModel.saying("a")])
        let seen = Mutex<[RunStatus]>([])
        let asked = Mutex<CallRecord?>(nil)
        bench.person = { event, state, _ in
            if case .callJudged(let key, _, _) = event.body { asked.withLock { $0 = state.call(key) } }
        }
        bench.status = { status, control in
            seen.withLock { $0.append(status) }
            if status == .waiting, let record = asked.withLock({ $0 }) {
                control.decide(record, .deny(reason: nil))
            }
        }
        _ = try await bench.run()
        #expect(seen.withLock { $0 } == [.waiting, .running, .ended])
    }

    @Test("cancelling the run leaves it without an end, so that it can be taken up again")
    func interruption() async throws {
        let started = Gate()
        var bench = Bench(responses: [ScriptedModel.saying("a b c")])
        bench.startsHeld = true
        bench.status = { status, _ in if case .paused = status { started.open() } }
        let task = Task { [bench] in try await bench.run() }
        await started.wait()
        task.cancel()
        let run = try await task.value
        #expect(run.outcome == .stopped("interrupted"))
        #expect(run.state.phase == .ready)
        bench.startsHeld = false
        let resumed = try await bench.run(prompt: nil, resuming: run.events)
        #expect(resumed.outcome == .answered("a b c"))
    }
}
