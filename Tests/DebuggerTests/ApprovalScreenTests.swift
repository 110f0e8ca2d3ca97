import Agent
import JSON
import Sessions
import Terminal
import Testing

@testable import Debugger

/// The approval screen: nothing is decided in haste, unseen, or for another call than the one that was shown.
@Suite struct ApprovalScreenTests {
    private func queued(
        _ id: String, _ arguments: String, session: String = "one", deadline: Int64? = nil,
        doubt: Bool = false, runs: Bool = false
    ) -> QueuedCall {
        let call = ToolCall(id: ToolCallID(id), name: "act", arguments: ByteString(arguments))
        let key = CallKey(round: 1, id: call.id)
        let header = SessionHeader(
            id: session, workflow: "w", model: ModelInfo(name: "m", kind: "scripted"),
            catalogue: [
                ToolDefinition(
                    name: "act", description: "",
                    parameters: ["type": "object", "properties": ["n": ["type": "integer"]]])
            ],
            sampling: SamplingSettings(), limits: Limits(), policy: Policy())
        var bodies: [EventBody] = [
            .sessionStarted(header), .messageAdded(.user("go")),
            .requestSent(RequestRecord(round: 1, text: "")),
            .responseReceived(
                round: 1, ModelResponse(content: "", calls: [call], finishReason: .toolCalls), milliseconds: 1
            ),
            .callJudged(key, problems: [], ruling: Ruling(effect: .ask, rule: "acts", reason: nil)),
        ]
        if doubt {
            bodies += [
                .decided(key, .approve, by: .person), .callStarted(key, arguments: call.arguments),
                .sessionResumed,
            ]
        }
        if runs {
            bodies += [.decided(key, .approve, by: .person), .callStarted(key, arguments: call.arguments)]
        }
        var fold = WaitingCalls()
        for (index, body) in bodies.enumerated() { fold.apply(Event(number: index + 1, time: 0, body: body)) }
        return QueuedCall(
            journal: "\(session).jsonl", session: session, waiting: (runs ? fold.running : fold.calls)[0],
            state: fold.state,
            deadline: deadline)
    }

    private func screen(_ calls: [QueuedCall], size: Size = Size(100, 24)) -> ApprovalScreen {
        var screen = ApprovalScreen(folder: "s", size: size)
        _ = screen.update(.queue(calls, runs: 1, faults: []), at: 1_000)
        return screen
    }

    private func press(_ screen: inout ApprovalScreen, _ keys: Key..., at time: Int64 = 10_000)
        -> [OutsideDecision]
    {
        keys.flatMap { screen.update(.key($0), at: time) }.compactMap { effect in
            if case .leave(_, _, let decision) = effect { decision } else { nil }
        }
    }

    private func text(_ screen: ApprovalScreen) -> String { screen.view().canvas.plainText }

    @Test func aKeyInTheMomentInWhichACallAppearsDecidesNothing() {
        let call = queued("c1", #"{"n": 1}"#)
        var screen = screen([call])
        #expect(press(&screen, .character("a"), at: 1_100).isEmpty)
        #expect(text(screen).contains("had just come under the key"))
        #expect(press(&screen, .enter, at: 5_000).isEmpty)
        let sent = press(&screen, .character("a"), at: 5_000)
        #expect(sent == [call.deciding(.approve)])
        // Once: the run has not answered yet.
        #expect(press(&screen, .character("a"), at: 6_000).isEmpty)
        #expect(text(screen).contains("is on its way"))
    }

    @Test func aRunningCallCanBeGivenUpAndNothingElse() {
        let call = queued("c1", "{}", runs: true)
        var screen = screen([call])
        #expect(text(screen).contains("nothing waits") && text(screen).contains("1 call running"))
        // Not in haste, and no decision on what runs already.
        #expect(press(&screen, .character("x"), at: 1_100).isEmpty)
        #expect(press(&screen, .character("a"), .character("d"), .character("e"), .character("r")).isEmpty)
        #expect(text(screen).contains("x gives it up"))
        #expect(press(&screen, .character("x")) == [call.cancelling()])
        #expect(press(&screen, .character("x"), at: 11_000).isEmpty)
        // A call that waits is denied, not cancelled.
        var other = self.screen([queued("c1", "{}")])
        #expect(press(&other, .character("x")).isEmpty && text(other).contains("d denies it"))
    }

    @Test func aCallThatMovesUnderTheKeyIsNotDecidedForTheOneBefore() {
        // Two sessions with the same ID, tool and bytes: only the session tells them apart.
        let calls = [queued("c1", "{}", session: "one"), queued("c1", "{}", session: "two")]
        var screen = screen(calls)
        #expect(press(&screen, .character("j"), at: 3_000).isEmpty)
        #expect(press(&screen, .character("a"), at: 3_100).isEmpty)
        #expect(press(&screen, .character("a"), at: 4_000).map(\.session) == ["two"])
        // The first one was decided elsewhere: what follows it is under the key now.
        var other = self.screen(calls)
        _ = other.update(.queue([calls[1]], runs: 2, faults: []), at: 5_000)
        #expect(press(&other, .character("a"), at: 5_010).isEmpty)
    }

    @Test func argumentsMustHaveBeenSeenToTheirEnd() {
        let long = "{" + (0..<60).map { #""k\#($0)": \#($0)"# }.joined(separator: ", ") + "}"
        let call = queued("c1", long)
        var screen = screen([call])
        #expect(press(&screen, .character("a")).isEmpty)
        #expect(text(screen).contains("scroll to their end") && text(screen).contains("of arguments below"))
        for _ in 0..<5 { _ = press(&screen, .pageDown) }
        // The end must have been on the screen for a moment.
        #expect(press(&screen, .character("a")).isEmpty)
        #expect(press(&screen, .character("a"), at: 11_000) == [call.deciding(.approve)])
    }

    @Test func whatDeceivesIsShown() {
        let shown = text(screen([queued("c1", #"{"to": "mаya", "note": "a‮b​c"}"#)]))
        #expect(
            shown.contains("CYRILLIC SMALL LETTER A") && shown.contains("U+202E") && shown.contains("U+200B"))
        #expect(!shown.unicodeScalars.contains("\u{202E}") && !shown.unicodeScalars.contains("\u{200B}"))
        let doubt = text(screen([queued("c1", "{}", doubt: true)]))
        #expect(doubt.contains("in doubt") && doubt.contains("outcome unknown"))
    }

    @Test func anEditIsShownAsADifferenceBeforeItIsSent() {
        let call = queued("c1", #"{"n": 1}"#)
        var screen = screen([call])
        #expect(press(&screen, .character("e")).isEmpty)
        _ = press(&screen, Key(.end, .control), .backspace, .backspace, .backspace)
        _ = screen.update(.paste("23456789012345678901\n}"), at: 10_000)
        #expect(press(&screen, .control("s")).isEmpty)
        #expect(text(screen).contains("- as the model asked, + as it will run"), "\(text(screen))")
        #expect(
            text(screen).contains(#"-   "n": 1"#) && text(screen).contains(#"+   "n": 23456789012345678901"#))
        #expect(press(&screen, .character("a")).isEmpty)
        let sent = press(&screen, .character("a"), at: 11_000)
        #expect(
            sent == [
                call.deciding(.edit(arguments: ByteString(#"{"n": 23456789012345678901}"#), mode: .annotate))
            ])
        // What does not match the schema stays in the editor, with the reason.
        var other = self.screen([call])
        _ = press(&other, .character("e"), .control("u"), Key(.end, .control), .backspace)
        #expect(press(&other, .control("s")).isEmpty && text(other).contains("✗"))
    }

    @Test func aDenialTakesItsReason() {
        let call = queued("c1", "{}")
        var screen = screen([call])
        _ = press(&screen, .character("d"), .character("n"), .character("o"))
        #expect(text(screen).contains("deny c1, reason"))
        #expect(press(&screen, .enter) == [call.deciding(.deny(reason: "no"))])
    }

    @Test func timeRunsOutOnTheScreen() {
        let call = queued("c1", "{}", deadline: 61_000)
        var screen = screen([call])
        #expect(text(screen).contains("denied in 1:00"))
        _ = screen.update(.tick, at: 56_500)
        #expect(text(screen).contains("denied in 0:04"))
        // Who writes a reason meanwhile is told that it came too late.
        _ = press(&screen, .character("d"), at: 57_000)
        _ = screen.update(.queue([], runs: 1, faults: []), at: 61_100)
        #expect(text(screen).contains("nobody decided in time") && text(screen).contains("nothing waits"))
        #expect(press(&screen, .enter, at: 62_000).isEmpty)
    }

    /// The debugger's own screen counts down too, where the workflow's policy has a time-out.
    @Test func theDebuggerCountsDown() throws {
        let header = SessionHeader(
            id: "s", workflow: "w", model: ModelInfo(name: "m", kind: "scripted"),
            catalogue: [ToolDefinition(name: "act", description: "", parameters: ["type": "object"])],
            sampling: SamplingSettings(), limits: Limits(), policy: Policy(approvalTimeout: 90))
        let call = ToolCall(id: ToolCallID("c1"), name: "act", arguments: ByteString("{}"))
        let bodies: [EventBody] = [
            .sessionStarted(header), .messageAdded(.user("go")),
            .requestSent(RequestRecord(round: 1, text: "")),
            .responseReceived(
                round: 1, ModelResponse(content: "", calls: [call], finishReason: .toolCalls), milliseconds: 1
            ),
            .callJudged(
                CallKey(round: 1, id: call.id), problems: [],
                ruling: Ruling(effect: .ask, rule: nil, reason: nil)),
        ]
        var debugger = try Debugger(size: Size(120, 40))
        let events = bodies.enumerated().map { Event(number: $0 + 1, time: 1_000, body: $1) }
        _ = debugger.update(.events(events), at: 1_000)
        _ = debugger.update(.key(.character("2")), at: 11_000)
        #expect(debugger.view().canvas.plainText.contains("denied in 1:20 unless you decide"))
        #expect(debugger.wantsTicks)
    }

    @Test func aRefusalIsSaidAndTheCallCanBeDecidedAgain() {
        let call = queued("c1", "{}")
        var screen = screen([call])
        #expect(press(&screen, .character("a")).count == 1)
        _ = screen.update(.answer(call.id, refusal: "call c1 is not what was decided"), at: 11_000)
        #expect(text(screen).contains("not taken: call c1 is not what was decided"))
        #expect(press(&screen, .character("a"), at: 12_000).count == 1)
    }

    @Test func everySizeCanBePainted() {
        let calls = [queued("c1", #"{"n": 1}"#), queued("c2", "{", session: "two", deadline: 5)]
        for width in [1, 2, 7, 20, 80] {
            for height in [1, 2, 3, 5, 24] {
                var screen = screen(calls, size: Size(width, height))
                for key: Key in [
                    .character("e"), .control("s"), .escape, .character("d"), .escape, .character("j"),
                ] {
                    _ = press(&screen, key)
                    #expect(screen.view().canvas.size == Size(width, height))
                }
            }
        }
    }
}
