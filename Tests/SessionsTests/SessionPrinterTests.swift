import Agent
import JSON
import Testing

@testable import Sessions

@Suite struct SessionPrinterTests {
    private func lines(_ bodies: [EventBody], eachToken: Bool = false) -> [String] {
        var printer = SessionPrinter(eachToken: eachToken)
        var lines: [String] = []
        for (index, body) in bodies.enumerated() {
            lines += printer.lines(of: Event(number: index + 1, time: 1_000 + Int64(index) * 250, body: body))
        }
        return lines + printer.finish()
    }

    private func token(_ text: String, before: Double, rejected: Double, allowed: [UInt64]) -> EventBody {
        .token(
            TokenStep(
                round: 1, position: 3, token: 1, bytes: Array(text.utf8), distribution: .unknown,
                allowed: allowed,
                figures: TokenFigures(
                    probabilityBefore: before, probabilityAfter: 1, rejectedMass: rejected, entropyBefore: 1,
                    entropyAfter: 0, unmaskedChoice: 2), milliseconds: 10))
    }

    @Test("calls print with their IDs, decisions with who made them, results with how they ended")
    func calls() {
        let key = CallKey(round: 1, id: ToolCallID("c1"))
        let call = ToolCall(id: key.id, name: "get_ticket", arguments: ByteString("{\"id\": \"T-1042\"}"))
        let response = ModelResponse(content: "", calls: [call], finishReason: .toolCalls)
        let printed = lines([
            .messageAdded(.user("which?")), .responseReceived(round: 1, response, milliseconds: 1_500),
            .callJudged(key, problems: [], ruling: Ruling(effect: .ask, rule: nil, reason: nil)),
            .decided(key, .deny(reason: "not now"), by: .person),
            .callFinished(key, CallResult(ending: .failed, content: "no\nsuch", milliseconds: 2)),
            .runFinished(.answered("done")),
        ])
        #expect(
            printed == [
                "1         +0.000 s message: user",
                "            which?",
                "2         +0.250 s response: round 1, tool_calls, 1.500 s",
                "            call c1: get_ticket {\"id\": \"T-1042\"}",
                "3         +0.500 s judged: round 1, c1: ask (no rule matches)",
                "4         +0.750 s decision: round 1, c1: deny, by a person",
                "            reason: not now",
                "5         +1.000 s finished: round 1, c1 failed after 0.002 s",
                "            no",
                "            such",
                "6         +1.250 s end: answered",
                "            done",
            ])
    }

    @Test("the tokens of a response are summed up: text, speed, forced ones, and what the mask took")
    func tokens() {
        let bodies = [
            token("Hel", before: 0.5, rejected: 0.25, allowed: [0b10]),
            token("lo\n", before: 0.125, rejected: 0.75, allowed: [0b110]), .sessionResumed,
        ]
        #expect(
            lines(bodies) == [
                "1-2       tokens: 2 in 0.020 s (100.0 a second), 1 forced by the mask",
                "            | Hello",
                "            | ",
                "            least likely before the mask: \"lo⏎\" at 3, 12.50 %",
                "            most taken by the mask: 75.00 % before \"lo⏎\" at 3",
                "3         +0.500 s resumed",
            ])
        #expect(
            lines(bodies, eachToken: true).first
                == "1         token: \"Hel\", p 50.00 % → 100.00 %, rejected 25.00 %, 1 allowed")
    }

    @Test("no event of any kind prints a character that a terminal would obey", arguments: 1...200)
    func harmless(seed: UInt64) {
        var random = RandomEvents(seed: seed)
        for line in lines(random.oneOfEach(), eachToken: true) {
            for scalar in line.unicodeScalars {
                let category = scalar.properties.generalCategory
                #expect(
                    ![.control, .format, .lineSeparator, .paragraphSeparator].contains(category),
                    "seed \(seed): U+\(String(scalar.value, radix: 16)) in \(line.debugDescription)")
            }
        }
    }

    @Test(
        "controls, overrides, invisible characters and odd spaces show as marked stand-ins",
        arguments: [
            ("\u{1B}[31m", "‹U+001B›[31m"), ("a\u{202E}b", "a‹U+202E›b"), ("\u{200B}", "‹U+200B›"),
            ("\u{9B}", "‹U+009B›"), ("\u{7}", "‹U+0007›"), ("\r", "‹U+000D›"), ("\u{A0}", "‹U+00A0›"),
            ("\u{E0041}", "‹U+E0041›"), ("\u{FEFF}", "‹U+FEFF›"), ("\u{3164}", "‹U+3164›"), ("é日本", "é日本"),
            ("e\u{301}", "e\u{301}"), ("x\ny", "x⏎y"), ("\u{2028}", "‹U+2028›"), ("\u{E000}", "‹U+E000›"),
        ])
    func standIns(text: String, shown: String) {
        #expect(Array(PlainText.line(text).utf8) == Array(shown.utf8))
    }
}
