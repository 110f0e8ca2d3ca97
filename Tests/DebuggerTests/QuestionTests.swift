import Agent
import JSON
import Terminal
import Testing

@testable import Debugger

/// A server's question is seen before it is answered, answered on purpose, and answered with what its schema wants.
@Suite struct QuestionTests {
    private static func question(
        _ schema: JSONValue?, _ message: String = "Really delete x?", number: Int = 1, url: String? = nil
    ) -> ServerQuestion {
        ServerQuestion(number: number, server: "files", message: message, schema: schema, url: url)
    }

    private static let consent: JSONValue = [
        "type": "object",
        "properties": [
            "sure": ["type": "boolean", "title": "Are you sure"],
            "reason": ["type": "string", "maxLength": 5, "description": "Why it has to go"],
        ],
        "required": ["sure"],
    ]

    /// A run whose call runs, and which a server's question interrupts.
    private func asked(
        _ question: ServerQuestion = question(consent), size: Size = Size(120, 40)
    ) throws -> Driver {
        var driver = try Driver.live(Sessions.twoRounds.dropLast(6).map { $0 }, size: size, status: .running)
        driver.send(.server(.asks(question)))
        return driver
    }

    private func answers(_ driver: inout Driver) -> [ServerAnswer] {
        driver.takeEffects().compactMap { if case .answer(_, let answer) = $0 { answer } else { nil } }
    }

    @Test func theQuestionSaysWhoAsksWhatAndForWhat() throws {
        for size in [Size(120, 40), Size(80, 24)] {
            let driver = try asked(size: size)
            for text in [
                "a question of server files", "The server files asks you:", "Really delete x?",
                "Are you sure *",
                "( ) yes", "( ) no", "Why it has to go", "at most 5 characters", "not to the model",
                "ctrl-s answer", "ctrl-x decline", "esc dismiss",
            ] { #expect(driver.shows(text), "\(text) at \(size):\n\(driver.screen)") }
            #expect(driver.title.contains("server files asks you"))
            try RecordedScreens.expect(driver.screen, "question-\(size.width)x\(size.height)")
        }
    }

    @Test func aFormIsFilledInAndSent() throws {
        var driver = try asked()
        try driver.press("right", "tab")
        driver.type("old")
        try driver.press("ctrl-s")
        #expect(answers(&driver) == [.accept(["sure": true, "reason": "old"])])
        #expect(!driver.shows("Really delete x?") && driver.bottom.contains("answered server files"))
    }

    @Test func nothingTypedAheadAnswers() throws {
        for name in ["ctrl-s", "ctrl-x", "esc", "ctrl-c", "alt-enter", "space", "enter", "y", "a"] {
            var driver = try asked()
            driver.wait(399)
            driver.send(.key(try #require(Key(name))))
            driver.send(.paste("old"))
            #expect(answers(&driver).isEmpty, "\(name)")
            #expect(driver.shows("Really delete x?") && driver.shows("( ) yes"), "\(name)")
            #expect(driver.bottom.contains("ignored: the question of server files had just come"), "\(name)")
        }
    }

    /// No plain letter, and neither Enter nor Space, ever sends an answer.
    @Test func onlyTheKeysThatAreShownAnswer() throws {
        for name in ["y", "n", "a", "d", "q", "enter", "space", "tab", "up", "down"] {
            var driver = try asked()
            try driver.press("right", name, name, name)
            #expect(answers(&driver).isEmpty, "\(name)")
            #expect(driver.shows("Really delete x?"), "\(name)")
        }
    }

    @Test func decliningAndGoingAwayAreDifferentAnswers() throws {
        for (key, answer) in [("ctrl-x", ServerAnswer.decline), ("esc", .cancel), ("ctrl-c", .cancel)] {
            var driver = try asked()
            try driver.press(key)
            #expect(answers(&driver) == [answer])
        }
    }

    @Test func whatDoesNotMatchTheSchemaIsNotSent() throws {
        var driver = try asked()
        try driver.press("tab")
        driver.type("too long")
        try driver.press("ctrl-s")
        #expect(answers(&driver).isEmpty && driver.shows("✗ it is required"), "\(driver.screen)")
        try driver.press("left", "ctrl-s")
        #expect(answers(&driver).isEmpty && driver.shows("✗ "), "\(driver.screen)")
        try driver.press("ctrl-u")
        driver.type("short")
        try driver.press("ctrl-s")
        #expect(answers(&driver) == [.accept(["sure": false, "reason": "short"])])
    }

    @Test(
        "the value that each kind of field gives",
        arguments: [
            (#"{"type":"string"}"#, ["h", "i"], #""hi""#),
            (#"{"type":"string","default":"ab"}"#, ["backspace"], #""a""#),
            (#"{"type":"integer","minimum":2}"#, ["1", "2"], "12"),
            (#"{"type":"number"}"#, ["1", ".", "5", "0"], "1.50"),
            (#"{"type":"boolean"}"#, ["right", "right"], "false"),
            (#"{"type":"boolean","default":true}"#, [], "true"),
            (#"{"type":"string","enum":["r","g"]}"#, ["right", "right"], #""g""#),
            (#"{"type":"string","enum":["r","g"],"enumNames":["red","green"]}"#, ["left"], #""g""#),
            (
                #"{"type":"string","oneOf":[{"const":"f00","title":"red"},{"const":"0f0","title":"green"}]}"#,
                ["space"], #""f00""#
            ),
            (
                #"{"type":"array","items":{"enum":["a","b","c"]}}"#, ["left", "space", "right", "space"],
                #"["a","c"]"#
            ),
            (
                #"{"type":"array","items":{"anyOf":[{"const":"a","title":"A"}]},"default":["a"]}"#, [],
                #"["a"]"#
            ),
            (#"{"type":"object"}"#, ["{", "}"], "{}"),
        ])
    func values(schema: String, keys: [String], value: String) throws {
        let form: JSONValue = [
            "type": "object", "properties": ["v": try JSONParser.parse(schema)], "required": ["v"],
        ]
        var driver = try asked(QuestionTests.question(form))
        for key in keys { try driver.press(key) }
        try driver.press("ctrl-s")
        #expect(answers(&driver) == [.accept(["v": try JSONParser.parse(value)])], "\(driver.screen)")
    }

    @Test(
        "what no field of its kind takes",
        arguments: [
            (#"{"type":"integer"}"#, "1.5"), (#"{"type":"integer"}"#, "x"),
            (#"{"type":"number","maximum":3}"#, "4"),
            (#"{"type":"string","format":"email"}"#, "nobody"), (#"{"type":"string","minLength":3}"#, "ab"),
            (#"{"type":"string","format":"date"}"#, "2026-02-30"),
        ])
    func refusals(schema: String, text: String) throws {
        let form: JSONValue = ["type": "object", "properties": ["v": try JSONParser.parse(schema)]]
        var driver = try asked(QuestionTests.question(form))
        driver.wait(500)
        driver.type(text)
        try driver.press("ctrl-s")
        #expect(answers(&driver).isEmpty && driver.shows("✗ "), "\(driver.screen)")
    }

    @Test func anOptionalFieldThatIsLeftEmptyIsNotSent() throws {
        let form: JSONValue = [
            "type": "object", "properties": ["v": ["type": "string"], "b": ["type": "boolean"]],
        ]
        var driver = try asked(QuestionTests.question(form))
        try driver.press("ctrl-s")
        #expect(answers(&driver) == [.accept([:])])
    }

    @Test func aLongQuestionMustHaveBeenReadToItsEnd() throws {
        let words = (1...200).map { "line \($0) of the server's small print\n" }.joined()
        var driver = try asked(QuestionTests.question(["type": "object"], words))
        try driver.press("ctrl-s")
        #expect(answers(&driver).isEmpty && driver.bottom.contains("scroll to their end"), "\(driver.bottom)")
        for _ in 0..<10 { try driver.press("pgdn") }
        try driver.press("ctrl-s")
        #expect(answers(&driver) == [.accept([:])])
    }

    @Test func theServersWordsDoNothingToTheTerminal() throws {
        let form: JSONValue = [
            "type": "object",
            "properties": [
                "v\u{1B}[2J": ["type": "string", "enum": ["\u{202E}x\u{7}"], "title": "\u{1B}]0;t\u{7}"]
            ],
        ]
        let driver = try asked(QuestionTests.question(form, "\u{1B}[2Jgone\u{9B}1m\r\u{202E}txt"))
        let controls = driver.screen.unicodeScalars.filter {
            ($0.value < 0x20 && $0 != "\n") || (0x7F...0x9F).contains($0.value) || $0 == "\u{202E}"
        }
        #expect(controls.isEmpty && driver.shows("gone"), "\(driver.screen)")
    }

    @Test func aPageIsShownAndNeverOpened() throws {
        var driver = try asked(
            QuestionTests.question(nil, "Log in, please", url: "https://example.org/auth?x=1"))
        #expect(driver.shows("https://example.org/auth?x=1") && driver.shows("Nothing is opened by itself"))
        try driver.press("ctrl-s")
        #expect(answers(&driver) == [.accept(nil)])
    }

    @Test func aFormThatIsNoSchemaCanOnlyBeDeclined() throws {
        var driver = try asked(QuestionTests.question(["type": "object", "properties": ["v": ["type": 7]]]))
        try driver.press("ctrl-s")
        #expect(answers(&driver).isEmpty && driver.bottom.contains("cannot be used"), "\(driver.bottom)")
        try driver.press("ctrl-x")
        #expect(answers(&driver) == [.decline])
    }

    @Test func oneQuestionAtATimeAndEachGuardedAnew() throws {
        var driver = try asked()
        driver.send(.server(.asks(QuestionTests.question(nil, "second", number: 2, url: "u:1"))))
        #expect(driver.shows("Really delete x?") && !driver.shows("second"))
        try driver.press("ctrl-x")
        #expect(answers(&driver) == [.decline] && driver.shows("second"))
        driver.send(.key(.control("s")))
        #expect(answers(&driver).isEmpty)
        try driver.press("ctrl-s")
        #expect(answers(&driver) == [.accept(nil)])
    }

    @Test func aQuestionWaitsUntilWhatIsBeingWrittenIsDone() throws {
        var driver = try Driver.live(Sessions.waiting)
        try driver.press("d")
        driver.type("because")
        driver.send(.server(.asks(QuestionTests.question(QuestionTests.consent))))
        #expect(driver.bottom.contains("because") && !driver.shows("Really delete x?"))
        try driver.press("enter")
        #expect(driver.takeEffects().decisions.count == 1 && driver.shows("Really delete x?"))
    }

    /// The call that began to wait under a question comes back under the keys as one that has just come.
    @Test func aCallThatWaitsBehindAQuestionIsGuardedWhenItComesBack() throws {
        var driver = try Driver.live(Sessions.waiting)
        driver.send(.server(.asks(QuestionTests.question(QuestionTests.consent))))
        try driver.press("ctrl-x")
        driver.send(.key(.character("a")))
        #expect(
            driver.takeEffects().decisions.isEmpty && driver.bottom.contains("ignored"), "\(driver.bottom)")
        try driver.press("a")
        #expect(driver.takeEffects().decisions.count == 1)
    }

    @Test func aQuestionThatIsWithdrawnGoesAway() throws {
        var driver = try asked()
        driver.send(.server(.withdrawn(1)))
        #expect(!driver.shows("Really delete x?") && driver.bottom.contains("does not wait for your answer"))
        driver.send(.server(.withdrawn(1)))
        try driver.press("ctrl-s")
        #expect(answers(&driver).isEmpty)
    }
}
