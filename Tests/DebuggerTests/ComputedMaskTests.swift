import Agent
import Masking
import Terminal
import Testing

@testable import Debugger

/// Masks of servers that tell none: our grammar, held against what the server streamed.
@Suite struct ComputedMaskTests {
    /// A session with a model behind a server, whose steps are marks, text, and text with its rivals.
    private func session(
        _ kind: String, vocabulary: VocabularyRecord? = nil, _ pieces: [Piece]
    ) -> [Event] {
        var session = SessionBuilder()
        session.add(
            .sessionStarted(
                SessionHeader(
                    id: "fixture", workflow: "desk",
                    model: ModelInfo(
                        name: "served", kind: kind, vocabulary: vocabulary),
                    catalogue: SupportDesk.catalogue, sampling: SamplingSettings(), limits: Limits(),
                    policy: Policy())))
        session.add(.messageAdded(.user("which of Maya's tickets are stuck?")))
        session.request()
        for (position, piece) in pieces.enumerated() {
            var step = TokenStep(
                round: 1, position: position, token: TokenStep.unknownToken, bytes: [],
                distribution: .unknown,
                allowed: nil, figures: nil, milliseconds: 4)
            switch piece {
            case .mark(let mark): step.special = mark.name
            case .text(let text): step.bytes = Array(text.utf8)
            case .scored(let text, let rivals):
                step.bytes = Array(text.utf8)
                step.distribution = .partial(
                    ([(text, -0.2)] + rivals).map {
                        .init(token: nil, bytes: Array($0.0.utf8), logProbability: $0.1)
                    }, vocabularySize: nil)
            }
            session.add(.token(step))
        }
        return session.events
    }

    private enum Piece {
        case mark(CallMark)
        case text(String)
        case scored(String, [(String, Double)])
    }

    private let call: [Piece] = [
        .text("I look. "), .mark(.begins(tool: "get_open_tickets")), .text("{\"assignee\": \"Maya\", "),
        .text("\"priority\":  \""), .scored("high", [("urgent", -2.5), ("low", -3.1), ("lowest", -7)]),
    ]

    private func trail(_ events: [Event]) throws -> (TokenTrail, SessionHeader) {
        let log = EventLog(events)
        let step = try #require(
            events.last { if case .token = $0.body { true } else { false } }?.number)
        return (
            try #require(TokenTrail(log: log, step: step, round: 1)), try #require(log.last.header)
        )
    }

    @Test func theMaskIsOurGrammarOverTheNamedVocabulary() throws {
        let (trail, header) = try trail(session("openai", vocabulary: TinyVocabulary.record, call))
        var explainer = try #require(MaskExplainer(header: header))
        let tableFound = explainer.computedTable(for: trail)
        let table = try #require(tableFound)
        // Held against the engine's own answer for the same bytes as one JSON value.
        let engine = MaskEngine(vocabulary: try Vocabulary(TinyVocabulary.record))
        var matcher = try engine.matcher(
            for: Grammar(
                schema: SupportDesk.catalogue[0].parameters, options: GrammarOptions(whiteSpace: .any())))
        try matcher.advance(bytes: Array("{\"assignee\": \"Maya\", \"priority\":  \"".utf8))
        for token in 0..<TinyVocabulary.record.entries.count {
            #expect(
                table.token.allows(token) == matcher.allowed().contains(token),
                "\(TinyVocabulary.text(token))")
        }
        let rows = (0..<table.count).map { table.candidate(at: $0) }
        #expect(rows.prefix(4).map(\.text.plain) == ["high", "urgent", "low", "lowest"])
        #expect(rows.prefix(4).map(\.isAllowed) == [true, false, true, false])
        #expect(rows.prefix(4).map(\.logit) == [-0.2, -2.5, -3.1, -7])
        #expect(rows[0].isChosen && rows[0].token == TinyVocabulary.id("high") && rows[3].token == nil)
        // After what the server told stands everything else that our grammar allows.
        let others = rows.dropFirst(4)
        #expect(
            others.allSatisfy { $0.isAllowed && $0.logit == nil }
                && others.contains { $0.text.plain == "medium" })
        #expect(table.givenCount == 4 && table.refusedCount == 2)
        var pane = MaskPane()
        pane.filter = .masked
        #expect(table.positions(of: pane) == [1, 3])
        let verdictFound = explainer.verdict(on: TinyVocabulary.id("urgent"), after: trail)
        let verdict = try #require(verdictFound)
        #expect(
            verdict.reasons.contains {
                $0.place.contains("get_open_tickets") && $0.place.contains("/properties/priority")
            })
    }

    @Test func theScreenSaysThatItIsComputedHere() throws {
        let events = session("openai", vocabulary: TinyVocabulary.record, call)
        let step = try trail(events).0.step
        try RecordedScreens.expect(
            ScreenText.render(events, at: step, size: Size(120, 40)), "computed-mask-120x40")
        var driver = try Driver.replay(events, at: step, size: Size(120, 40))
        try driver.press("3", "z")
        try RecordedScreens.expect(driver.screen, "computed-mask-zoomed-120x40")
    }

    @Test func withoutAVocabularyOnlyWhatIsExpectedIsSaid() throws {
        let events = session("openai", call)
        let (trail, header) = try trail(events)
        var explainer = try #require(MaskExplainer(header: header))
        let noTable = explainer.computedTable(for: trail) == nil
        #expect(noTable)
        let insightFound = explainer.insight(for: trail)
        let insight = try #require(insightFound)
        #expect(insight.bytes == "h l m" && insight.origin == .bytes)
        try RecordedScreens.expect(
            ScreenText.render(events, at: trail.step, size: Size(120, 40)), "expected-here-120x40")
    }

    @Test func aModelThatTellsNoProbabilitiesSaysSo() throws {
        let events = session(
            "anthropic", [.mark(.begins(tool: "get_comments")), .text("{\"ticket"), .text("_id\": 17}")])
        let screen = ScreenText.render(events, at: try trail(events).0.step, size: Size(200, 60))
        #expect(screen.contains("no mask given, no vocabulary known"), "\(screen)")
        #expect(screen.contains("this model gives no probabilities"))
        #expect(screen.contains("expected here") && screen.contains("in bytes"))
    }

    private func insight(_ pieces: [Piece], vocabulary: VocabularyRecord? = nil) throws -> MaskInsight {
        let (trail, header) = try trail(session("openai", vocabulary: vocabulary, pieces))
        var explainer = try #require(MaskExplainer(header: header))
        let found = explainer.insight(for: trail)
        return try #require(found)
    }

    @Test func wordsHaveNoGrammarAndCallsThatTakeTurnsHaveEachTheirOwn() throws {
        #expect(
            try insight([.text("I "), .text("look")]).expected
                == "words, or a call of get_open_tickets, get_comments, notify_user")
        let turns: [Piece] = [
            .mark(.begins(tool: "get_comments")), .text("{\"ticket_id\": 4"),
            .mark(.begins(tool: "notify_user")), .text("{\"user\": \""),
            .mark(.goesOn(number: 1, tool: "get_comments")), .text("2"),
        ]
        #expect(try insight(turns).bytes?.contains("0–9") == true)
        #expect(
            try insight(turns + [.mark(.goesOn(number: 2, tool: "notify_user")), .text("M")]).cursor
                .hasPrefix("notify_user"))
        #expect(try insight(turns + [.mark(.words), .text("So")]).expected.hasPrefix("words"))
    }

    @Test func whatOurGrammarRefusesIsToldOnceAndNothingIsGuessedBehindIt() throws {
        let pieces: [Piece] = [
            .mark(.begins(tool: "get_open_tickets")), .text("{\"priority\": \"purple\""), .text(", "),
        ]
        let lost = try insight(pieces, vocabulary: TinyVocabulary.record)
        #expect(
            lost.expected.hasPrefix("our grammar is lost: it refused {\"priority\":␣\"purple\": "), "\(lost)")
        #expect(
            try insight([.mark(.begins(tool: "nope")), .text("{")]).expected
                == "our grammar is lost: no tool is named nope")
        let (trail, header) = try trail(session("openai", vocabulary: TinyVocabulary.record, pieces))
        var explainer = try #require(MaskExplainer(header: header))
        let noTable = explainer.computedTable(for: trail) == nil
        #expect(noTable)
    }
}
