import JSON
import Synchronization
import Testing

@testable import Agent

/// What the model is told (DESIGN, docs/support-desk.md), row by row and to the byte.
@Suite(.timeLimit(.minutes(20))) struct ToldTests {
    private static let asked = call("c1", "act", #"{"user": "Maya"}"#)

    /// Decides the only call of a run that way.
    private func told(
        _ decision: Decision, policy: Policy = Policy(),
        tool: @escaping @Sendable (ToolCall) async throws -> ToolOutput = {
            ToolOutput(callID: $0.id, content: "done")
        }
    ) async throws -> Bench.Outcome {
        try await Bench(
            responses: [ScriptedModel.asking(ToldTests.asked), ScriptedModel.saying("fine")],
            tools: { [FakeTool("act", log: $0, body: tool)] }, policy: policy,
            person: { event, state, control in
                if case .callJudged(let key, _, let ruling) = event.body, ruling.effect == .ask,
                    let record = state.call(key)
                {
                    control.decide(record, decision)
                }
            }
        ).run()
    }

    private func check(
        _ run: Bench.Outcome, reads content: String, isError: Bool = false,
        itsCall: String = #"{"user": "Maya"}"#,
        ran: [String], _ place: SourceLocation = #_sourceLocation
    ) {
        let message = ToolMessage(
            callID: ToolCallID("c1"), name: "act", content: content, isError: isError)
        #expect(run.toolMessages == [message], sourceLocation: place)
        #expect(
            Array(run.toolMessages.first?.content.utf8 ?? "".utf8) == Array(content.utf8),
            sourceLocation: place)
        let shown = AssistantMessage(content: "", calls: [call("c1", "act", itsCall)])
        #expect(run.state.messages.contains(.assistant(shown)), sourceLocation: place)
        #expect(run.ran.map(\.arguments.text) == ran, sourceLocation: place)
        #expect(run.outcome == .answered("fine"), sourceLocation: place)
    }

    @Test("approve: the call as written, the tool's result")
    func approve() async throws {
        check(try await told(.approve), reads: "done", ran: [#"{"user": "Maya"}"#])
    }

    @Test("edit, annotate: its own call unchanged, a note, the arguments that ran, the result")
    func annotate() async throws {
        check(
            try await told(.edit(arguments: ByteString(#"{"user": "Bo"}"#), mode: .annotate)),
            reads: "Note: a reviewer replaced this call before it ran; do not issue it again. "
                + "Arguments that ran: {\"user\": \"Bo\"}\ndone", ran: [#"{"user": "Bo"}"#])
    }

    @Test("edit, rewrite: its call rewritten, and the result")
    func rewrite() async throws {
        check(
            try await told(.edit(arguments: ByteString(#"{"user": "Bo"}"#), mode: .rewrite)), reads: "done",
            itsCall: #"{"user": "Bo"}"#, ran: [#"{"user": "Bo"}"#])
    }

    @Test("edit, silent: its own call unchanged, and the result")
    func silent() async throws {
        check(
            try await told(.edit(arguments: ByteString(#"{"user": "Bo"}"#), mode: .silent)), reads: "done",
            ran: [#"{"user": "Bo"}"#])
    }

    @Test("deny: nothing runs, an error result, with the reason where one was given")
    func deny() async throws {
        check(
            try await told(.deny(reason: nil)),
            reads: "Error: a reviewer rejected this call. It did not run.",
            isError: true, ran: [])
        check(
            try await told(.deny(reason: "too loud")),
            reads: "Error: a reviewer rejected this call. It did not run. Reason: too loud", isError: true,
            ran: [])
    }

    @Test("denied by a rule: nothing runs, and the rule's reason")
    func rule() async throws {
        let rule = Rule(name: "quiet", effect: .deny, tool: "a*", reason: "nobody is told at night")
        let run = try await told(.approve, policy: Policy(rules: [rule], fallback: .allow))
        check(
            run, reads: "Error: a rule rejected this call. It did not run. Reason: nobody is told at night",
            isError: true, ran: [])
        #expect(run.state.calls.first?.decider == .rule("quiet"))
    }

    @Test("respond: nothing runs, the person's text as the tool's result")
    func respond() async throws {
        check(try await told(.respond(content: "He is away.")), reads: "He is away.", ran: [])
    }

    @Test("a tool that fails: an error result with what it said")
    func failure() async throws {
        let ran = [#"{"user": "Maya"}"#]
        check(
            try await told(.approve, tool: { _ in throw ToolFailure("no user named Maya") }),
            reads: "Error: no user named Maya", isError: true, ran: ran)
        check(
            try await told(
                .approve, tool: { ToolOutput(callID: $0.id, content: "it broke", isError: true) }),
            reads: "Error: it broke", isError: true, ran: ran)
    }

    @Test("an edited call that fails: the note, then the error")
    func editedFailure() async throws {
        check(
            try await told(
                .edit(arguments: ByteString("{}"), mode: .annotate), tool: { _ in throw ToolFailure("no") }),
            reads: "Note: a reviewer replaced this call before it ran; do not issue it again. "
                + "Arguments that ran: {}\nError: no", isError: true, ran: ["{}"])
    }

    @Test("time-out: an error result that names the seconds")
    func timeOut() async throws {
        let gate = Gate()
        var bench = Bench(responses: [ScriptedModel.asking(ToldTests.asked), ScriptedModel.saying("fine")])
        bench.tools = {
            [
                FakeTool("act", log: $0) { call in
                    await gate.wait()
                    return ToolOutput(callID: call.id, content: "late")
                }
            ]
        }
        bench.limits.toolSeconds = 1
        bench.approval = .all
        bench.person = { event, _, _ in if case .toolMessage = event.body { gate.open() } }
        check(
            try await bench.run(), reads: "Error: the tool did not answer within 1 seconds.", isError: true,
            ran: [#"{"user": "Maya"}"#])
    }

    @Test("cancel: an error result; output that comes later stays in the journal")
    func cancel() async throws {
        let gate = Gate()
        let isLate = Mutex(false)
        var bench = Bench(responses: [ScriptedModel.asking(ToldTests.asked), ScriptedModel.saying("fine")])
        bench.tools = {
            [
                FakeTool("act", log: $0) { call in
                    await gate.wait()
                    return ToolOutput(callID: call.id, content: "too late")
                }
            ]
        }
        bench.approval = .all
        bench.limits.tokens = .max
        bench.talksUntil = { isLate.withLock { $0 } }
        bench.person = { event, _, control in
            switch event.body {
            case .callStarted(let key, _): control.send(.cancel(key))
            case .toolMessage: gate.open()
            case .callLate: isLate.withLock { $0 = true }
            default: break
            }
        }
        let run = try await bench.run()
        check(run, reads: "Error: the call was cancelled.", isError: true, ran: [#"{"user": "Maya"}"#])
        #expect(run.state.calls.first?.late?.content == "too late")
        #expect(run.state.calls.first?.result?.ending == .cancelled)
    }

    @Test("invalid arguments, not asked: what is wrong, under the same ID")
    func invalid() async throws {
        var bench = Bench(
            responses: [
                ScriptedModel.asking(call("c1", "act", #"{"user": 7}"#)), ScriptedModel.saying("fine"),
            ])
        bench.approval = .all
        bench.tools = {
            [
                FakeTool(
                    "act", parameters: ["type": "object", "properties": ["user": ["type": "string"]]], log: $0
                )
            ]
        }
        let run = try await bench.run()
        #expect(run.ran.isEmpty)
        #expect(
            run.toolMessages.first?.content.hasPrefix(
                "Error: the arguments do not match the schema: /user: ") == true)
        #expect(run.toolMessages.first?.isError == true)
    }

    @Test("a result that the person replaced: the person's text")
    func editedResult() async throws {
        var bench = Bench(
            responses: [
                ScriptedModel.asking(call("c1"), call("c2")), ScriptedModel.saying("fine"),
            ])
        bench.person = { event, state, control in
            switch event.body {
            case .callJudged(let judged, _, _) where judged.id.text == "c1":
                state.call(judged).map { control.decide($0, .approve) }
            case .callFinished(let ended, _): control.send(.editResult(ended, content: "better"))
            case .resultEdited: state.call(key(1, "c2")).map { control.decide($0, .deny(reason: nil)) }
            default: break
            }
        }
        let run = try await bench.run()
        #expect(run.toolMessages.map(\.content).first == "better")
        #expect(run.state.calls.first?.result?.content == "ran {}")
    }
}

/// A door that tools wait at and the test opens.
final class Gate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiters: [CheckedContinuation<Void, Never>])>((false, []))

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiters.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiters = state.withLock { state in
            defer { state.waiters = [] }
            state.isOpen = true
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
