import Agent
import JSON
import Terminal
import Testing

@testable import Debugger

/// Texts of megabytes: each row is what a short text would show, all of it can be read and searched, and what is long can
/// be approved once its end was on the screen.
@Suite struct HugeTextTests {
    /// A call whose arguments are a list of so many members, as pretty JSON one a line.
    private static func waiting(members: Int, text: String = "v") -> [Event] {
        var builder = SessionBuilder()
        builder.begin()
        builder.user("go")
        builder.request()
        // Letters, so that each value is a word of its own.
        func word(_ number: Int) -> String {
            text + String("\(number)".utf8.map { Character(Unicode.Scalar($0 + 0x31)) })
        }
        let body = (0..<members).map { "\"k\($0)\": \"\(word($0))\"" }.joined(separator: ", ")
        let call = ToolCall(
            id: ToolCallID("call_1"), name: "get_ticket", arguments: ByteString("{\(body)}"))
        builder.respond("", calls: [call])
        builder.add(
            .callJudged(
                CallKey(round: 1, id: call.id), problems: [],
                ruling: Ruling(effect: .ask, rule: nil, reason: nil)))
        return builder.events
    }

    @Test func theRowsOfALongTextAreThoseOfAShortOne() throws {
        var random = SeededGenerator(seed: 5)
        let texts = [
            "", "a", "a long value with words", "\u{4E2D}\u{6587}", "e\u{301}", "\u{202E}x",
            "\u{1F44D}\u{1F3FD}", "\"quoted\"", "tab\t",
            String(repeating: "long ", count: 40),
        ]
        for _ in 0..<300 {
            func value(_ depth: Int) -> JSONValue {
                let text = texts.randomElement(using: &random) ?? ""
                switch Int.random(in: 0..<(depth > 0 ? 6 : 3), using: &random) {
                case 0, 1: return .string(text)
                case 2: return .number(JSONNumber(Int.random(in: -9...9_999, using: &random)))
                case 3:
                    return .array((0..<Int.random(in: 0...4, using: &random)).map { _ in value(depth - 1) })
                default:
                    return .object(
                        JSONObject(
                            (0..<Int.random(in: 0...4, using: &random)).map {
                                .init(key: text + "\($0)", value: value(depth - 1))
                            }))
                }
            }
            let pretty = value(4).text(.pretty)
            let width = Int.random(in: 12...70, using: &random)
            var whole = TextLines(width: width)
            ArgumentLines.add(ByteString(pretty), provenance: [], LongTexts(), to: &whole)
            let long = LongText(pretty, width: width, look: .json)
            let rows = (0..<long.count).map { long[$0] }
            #expect(rows.map(\.plain) == whole.lines.map(\.plain), "\(pretty) at \(width)")
            for (row, line) in zip(rows, whole.lines) {
                let looks = { (line: StyledText) in
                    line.runs.filter { !$0.text.isEmpty && !$0.text.plain.allSatisfy { $0 == " " } }.map(
                        \.style)
                }
                #expect(looks(row) == looks(line), "\(row.plain)")
            }
        }
    }

    @Test func largeArgumentsAreApprovedOnceTheirEndWasReached() throws {
        var driver = try Driver.live(HugeTextTests.waiting(members: 30_000), size: Size(100, 40))
        #expect(driver.debugger.state.frame.calls.argumentLines.count == 30_002)
        try driver.press("a")
        #expect(driver.effects.decisions.isEmpty && driver.bottom.contains("end"), "\(driver.bottom)")
        try driver.press("2")
        driver.send(.key(try #require(Key("end"))))
        #expect(driver.debugger.state.frame.calls.isWholeShown(driver.debugger.state.calls.detail))
        #expect(driver.shows("k29999"), "\(driver.screen)")
        driver.send(.key(try #require(Key("a"))))
        #expect(driver.effects.decisions.isEmpty)
        driver.wait(400)
        driver.send(.key(try #require(Key("a"))))
        #expect(driver.effects.decisions.count == 1)
    }

    /// End may not carry somebody past what they approve: neither to what stands below the arguments, nor in a pane of a
    /// row to the bracket that closes them.
    @Test func endGoesToTheEndOfTheArgumentsFirst() throws {
        for size in [Size(100, 40), Size(60, 12), Size(40, 8)] {
            var driver = try Driver.live(HugeTextTests.waiting(members: 200), size: size)
            try driver.press("2", "end")
            #expect(driver.shows("k199"), "\(size): \(driver.screen)")
            try driver.press("home")
            #expect(driver.shows("\"k0\"") || driver.shows("{"), "\(size): \(driver.screen)")
        }
    }

    /// A server that does not stream sends all arguments as one piece, which stands where a token would.
    @Test func aPieceOfManyMegabytesIsShownByItsBeginning() throws {
        let piece = Array(String(repeating: "\u{4E2D}x ", count: 1_000_000).utf8)
        let shown = TokenText.visible(piece)
        #expect(
            shown.glyphs.count < 1_030 && shown.plain.hasPrefix("\u{4E2D}x␣") && shown.plain.hasSuffix("…"))
        #expect(TokenText.visible(Array("a b".utf8)).plain == "a␣b")
        var builder = SessionBuilder()
        builder.begin(vocabulary: false)
        builder.user("go")
        builder.request()
        builder.add(
            .token(
                TokenStep(
                    round: 1, position: 0, token: TokenStep.unknownToken, bytes: piece,
                    distribution: .unknown, allowed: nil, figures: nil, milliseconds: 0)))
        let driver = try Driver.live(builder.events, size: Size(100, 40))
        #expect(driver.shows("\u{4E2D}x␣\u{4E2D}x␣"), "\(driver.screen)")
    }

    @Test func largeArgumentsAreNotEditedInPlace() throws {
        var driver = try Driver.live(HugeTextTests.waiting(members: 30_000), size: Size(100, 40))
        for key in ["e", "E"] {
            try driver.press(key)
            #expect(driver.bottom.contains("more than can be edited here"), "\(driver.bottom)")
            #expect(
                driver.debugger.state.layers.isEmpty
                    && driver.effects.allSatisfy { if case .openEditor = $0 { false } else { true } })
        }
    }

    @Test func aLetterOfAnotherScriptIsToldOfLargeArgumentsToo() throws {
        let events = HugeTextTests.waiting(members: 30_000, text: "p\u{430}ypal")
        let driver = try Driver.live(events, size: Size(100, 40))
        let frame = driver.debugger.state.frame.calls
        // Two hundred words are named, and how many more there are.
        #expect(frame.argumentLines.count > 30_002 + 200 && frame.argumentLines.count < 30_002 + 1_000)
        let lines = (30_002..<frame.argumentLines.count).map { frame.detail[$0].plain }
        #expect(lines.filter { $0.contains("look-alike") }.count >= 1, "\(lines.prefix(3))")
    }

    @Test func aSearchFindsWhatIsFarDown() throws {
        var driver = try Driver.live(HugeTextTests.waiting(members: 30_000), size: Size(100, 40))
        try driver.press("2", "enter", "/")
        driver.type("K29990")
        try driver.press("enter")
        #expect(driver.shows("k29990"), "\(driver.screen)")
        try driver.press("N")
        #expect(driver.shows("k29990"), "\(driver.screen)")
    }

    @Test func aLargeResultIsReadToItsEnd() throws {
        var builder = SessionBuilder()
        builder.begin()
        builder.user("go")
        builder.request()
        let call = ToolCall(id: ToolCallID("call_1"), name: "get_ticket", arguments: ByteString("{}"))
        builder.respond("", calls: [call])
        let key = CallKey(round: 1, id: call.id)
        builder.add(.callJudged(key, problems: [], ruling: Ruling(effect: .allow, rule: nil, reason: nil)))
        builder.add(.callStarted(key, arguments: call.arguments))
        let content = "[" + (0..<60_000).map { "[\($0)]" }.joined(separator: ",") + "]"
        builder.add(
            .callFinished(
                key, CallResult(ending: .completed, content: content, milliseconds: 5)))
        var driver = try Driver.replay(builder.events, size: Size(80, 30))
        try driver.press("4", "enter", "G")
        for _ in 0..<5 { try driver.press("end") }
        driver.send(.key(try #require(Key("G"))))
        #expect(driver.debugger.state.frame.document.count > 120_000)
        try driver.press("/")
        driver.type("59999")
        try driver.press("enter")
        #expect(driver.shows("59999"), "\(driver.screen)")
    }
}
