import JSON
import Schema
import Testing

@testable import Agent

/// A short session: a question, two calls of which one fails, and an answer that took some tokens.
private struct Story {
    var events: [Event] = []
    var state = RunState()

    init() {
        let ticket = ToolDefinition(
            name: "get_ticket", description: "",
            parameters: ["type": "object", "properties": ["id": ["type": "string"]]])
        add(
            .sessionStarted(
                SessionHeader(
                    id: "s", workflow: "w", model: ModelInfo(name: "m", kind: "test"), catalogue: [ticket],
                    sampling: SamplingSettings(), limits: Limits(), policy: Policy())))
        add(.messageAdded(.system("be brief")))
        add(.messageAdded(.user("look up T-1042")))
        add(.requestSent(RequestRecord(round: 1, text: "")))
        add(.token(token(p: 0.1, rejected: 0.7, allowed: [0b11])))
        add(.token(token(p: 0.9, rejected: 0, allowed: [0b1])))
        add(
            .responseReceived(
                round: 1,
                ModelResponse(
                    content: "",
                    calls: [
                        call("a", "get_ticket", #"{"id": "T-1042"}"#),
                        call("b", "get_ticket", #"{"id": "T-7"}"#), call("c", "broken", "{"),
                    ], finishReason: .toolCalls), milliseconds: 2_500))
        for id in ["a", "b", "c"] {
            add(
                .callJudged(
                    key(1, id),
                    problems: id == "c" ? [CallProblem(kind: .malformed, message: "no JSON")] : [],
                    ruling: Ruling(effect: .ask, rule: id == "b" ? "odd ones" : nil, reason: nil)))
        }
        add(.decided(key(1, "a"), .approve, by: .person))
        add(.callStarted(key(1, "a"), arguments: ByteString(#"{"id": "T-1042"}"#)))
        add(
            .callFinished(
                key(1, "a"),
                CallResult(ending: .failed, content: #"no ticket, ask "Bo" & co"#, milliseconds: 90)))
        add(.decided(key(1, "b"), .deny(reason: "not now"), by: .rule("odd ones")))
        add(.decided(key(1, "c"), .refuse(problem: "no JSON"), by: .validation))
        for id in ["a", "b", "c"] {
            add(.toolMessage(key(1, id), content: "see Bo in room 12", isError: id != "a"))
        }
        add(.requestSent(RequestRecord(round: 2, text: "")))
        add(
            .responseReceived(
                round: 2,
                ModelResponse(
                    content: "", calls: [call("d", "get_ticket", #"{"id": "Bo", "room": 12}"#)],
                    finishReason: .toolCalls), milliseconds: 10))
        add(.runFinished(.failed("gave up")))
    }

    mutating func add(_ body: EventBody) {
        let event = Event(number: events.count + 1, time: 0, body: body)
        state.apply(event)
        events.append(event)
    }

    private func token(p: Double, rejected: Double, allowed: [UInt64]) -> TokenStep {
        TokenStep(
            round: 1, position: 0, token: 1, bytes: Array("hi".utf8), distribution: .unknown,
            allowed: allowed,
            figures: TokenFigures(
                probabilityBefore: p, probabilityAfter: p, rejectedMass: rejected, entropyBefore: 0,
                entropyAfter: 0, unmaskedChoice: 0), milliseconds: 1)
    }

    /// The numbers of the events that match.
    func steps(_ expression: String) throws -> [Int] {
        let filter = try Filter(expression)
        var state = RunState()
        return events.filter { event in
            state.apply(event)
            return filter.matches(event, in: state)
        }.map(\.number)
    }
}

@Suite struct FilterTests {
    private let story = Story()

    @Test(arguments: [
        ("~role user", [3]), ("~role \"^(user|system)$\"", [2, 3]), ("~p<0.2", [5]), ("~p>=0.9", [6]),
        ("~p < 0.2", [5]), ("~rejected>0.5", [5]), ("~forced", [6]), ("~time>2s", [7]),
        ("~time<100ms", [13, 20]), ("~time>0.01m", [7]), ("~tool broken", [7, 10, 15, 18]),
        ("~id ^b$", [7, 9, 14, 17]),
        ("~arg id=1042", [7, 8, 11, 12, 13, 16]), ("~arg /id=^T-7$", [7, 9, 14, 17]),
        ("~rule odd", [9, 14, 17]),
        ("~status waiting & ~id a", [8]), ("~status denied", [14, 17]), ("~res \"Bo\\\" & co\"", [13]),
        ("~err & ~id a", [13]), ("~err", [10, 13, 17, 18, 21]), ("~round>=2", [19, 20, 21]),
        ("~round 1 & ~role tool", [16, 17, 18]), ("~taint result", [20]), ("~taint get_ticket", [20]),
        ("~taint a", [20]), ("~taint notify_user", []), ("~taint user", [7, 8, 11, 12, 13, 16]),
        ("~unseen & ~id ^b$", [7, 9, 14, 17]), ("T-1042 !~tool get_ticket", [3]), ("gave", [21]),
        ("~role user | ~role system & brief", [2, 3]), ("(~role user | ~role system) & brief", [2]),
        ("!!~forced", [6]), ("~forced&~p>0.5", [6]), ("!~arg id=. & ~tool broken & ~status refused", []),
    ])
    func aTermMatchesItsEventsAndNoOthers(expression: String, steps: [Int]) throws {
        #expect(try story.steps(expression) == steps, "\(expression)")
    }

    @Test func whatCannotBeReadMatchesNeitherAConditionNorItsOpposite() throws {
        #expect(try story.steps("~id ^c$ & ~arg id=.") == [7])
        #expect(try story.steps("~id ^c$ & ~status refused & ~arg id=.") == [])
        #expect(try story.steps("~id ^c$ & ~status refused & !~arg id=.") == [])
        #expect(try story.steps("~id ^c$ & ~status refused & (!~arg id=. | ~tool broken)") == [15, 18])
    }

    @Test(arguments: [
        ("", 1, "a condition is missing"), ("~", 1, "there is no ~;"),
        ("~tol x", 1, "there is no ~tol; there are ~tool"),
        ("~err & ", 8, "a condition is missing"), ("(~err", 1, "this ( is not closed"),
        ("~err )", 6, "closing )"),
        ("~tool", 6, "a pattern is missing"), ("~tool [", 7, "is no pattern"),
        ("~res \"x", 6, "\" is not closed"),
        ("~arg id", 6, "PATH=PATTERN"), ("~arg \"id=(\"", 6, "pattern"), ("~p 0.2", 4, "~p<0.2"),
        ("~p<x", 4, "is no number"),
        ("~time>2h", 7, "2h is no number"), ("~status fine", 9, "there are proposed, waiting"),
        ("~round x", 8, "~round takes a number"), ("~err | & ~err", 8, "a pattern is missing"),
    ])
    func aMistakeIsAnsweredWithItsColumn(text: String, column: Int, reason: String) throws {
        let error = #expect(throws: FilterError.self) { try Filter(text) }
        #expect(error?.column == column && error?.reason.contains(reason) == true, "\(text): \(error as Any)")
    }

    @Test func anExpressionAsDeepAsABombIsRefusedInWords() {
        let error = #expect(throws: FilterError.self) {
            try Filter(String(repeating: "(", count: 100_000) + "~err")
        }
        #expect(error?.reason.contains("flatter") == true)
    }

    @Test func theProposedExpressionMatchesItsOwnEvent() throws {
        var state = RunState()
        for event in story.events {
            state.apply(event)
            let text = Filter.proposed(for: event, in: state)
            #expect(try Filter(text).matches(event, in: state), "\(event.number) \(event.body.name): \(text)")
        }
    }
}

@Suite struct BreakpointTests {
    private func bench(_ expression: String) throws -> Bench {
        var bench = Bench(responses: [
            ScriptedModel.asking(call("a"), call("b")), ScriptedModel.asking(call("c")),
            ScriptedModel.saying("done"),
        ])
        bench.approval = .all
        bench.breakpoints = [try Filter(expression)]
        return bench
    }

    @Test(arguments: [
        "~role user", "~round 1", "~id a & ~status approved", "~role tool", "~id c", "~status running",
    ])
    func aRunStopsRightAfterTheFirstMatchAndGoesOnFromThere(expression: String) async throws {
        let bench = try bench(expression)
        let stopped = try await bench.run()
        let filter = try Filter(expression)
        var state = RunState()
        let first = try #require(
            stopped.events.first { event in
                state.apply(event)
                return filter.matches(event, in: state)
            })
        #expect(
            stopped.outcome
                == .stopped("breakpoint \(expression) at step \(first.number) (\(first.body.name))"))
        #expect(stopped.bodies("end").isEmpty)
        // Only the ends of calls that ran already follow.
        #expect(stopped.events.dropFirst(first.number).allSatisfy { $0.body.name == "finished" })
        var rest = bench
        rest.breakpoints = []
        let resumed = try await rest.run(prompt: nil, resuming: stopped.events)
        #expect(resumed.outcome == .answered("done"))
        #expect(resumed.ran.map(\.id).sorted() == ["a", "b", "c"])
    }

    @Test func aRunThatMeetsNoBreakpointEndsAsEver() async throws {
        let run = try await bench("~tool never | ~err").run()
        #expect(run.outcome == .answered("done"))
        #expect(run.bodies("end").count == 1)
    }
}
