import Agent
import Foundation
import JSON
import Testing

@testable import Sessions

@Suite struct RepetitionTests {
    @Test(arguments: RecordedSession.names)
    func aRecordedSessionGoesTheSameWayAgain(name: String) async throws {
        let recording = try Recording(try RecordedSession.events(name))
        let repetition = try await Repetition(of: recording)
        #expect(repetition.comparison.differences == [])
        #expect(recording.outline.outcome != nil)
    }

    /// Wherever a session breaks off, the part that is complete goes the same way again.
    @Test func aSessionWithoutAnEndIsHeldToItsCompleteRounds() async throws {
        let events = try RecordedSession.events("two-rounds")
        for length in stride(from: 3, to: events.count, by: 7) {
            let recording = try Recording(Array(events.prefix(length)))
            let repetition = try await Repetition(of: recording)
            #expect(repetition.comparison.differences == [], "cut after event \(length)")
        }
    }

    @Test func aRuleThatDeniesNowIsTheFirstDivergence() async throws {
        let recording = try Recording(try RecordedSession.events("two-rounds"))
        var changes = Repetition.Changes()
        var header = recording.header
        header.policy.rules.append(
            Rule(name: "hands off", effect: .deny, tool: "get_comments", reason: "private"))
        changes.header = header
        changes.system = recording.system
        let repetition = try await Repetition(of: recording, with: changes)
        #expect(repetition.divergence?.kind == .setting)
        let decisions = repetition.comparison.differences.filter { $0.kind == .decision }
        #expect(decisions.contains { $0.right.text == "deny by rule hands off: private" })
        // The recorded model goes on as it did; what it read is other.
        #expect(repetition.comparison.differences.contains { $0.kind == .result })
    }

    @Test func aToolThatAnswersOtherwiseIsFound() async throws {
        let recording = try Recording(try RecordedSession.events("failing-tool"))
        var changes = Repetition.Changes()
        changes.tools = recording.header.catalogue.map { FixedTool(definition: $0, answer: #"{"id": 1}"#) }
        let repetition = try await Repetition(of: recording, with: changes)
        #expect(repetition.divergence?.kind == .result)
        #expect(repetition.divergence?.right.text == #"{"id": 1}"#)
    }

    @Test func aNewSystemPromptIsNamed() async throws {
        let recording = try Recording(try RecordedSession.events("two-rounds"))
        var changes = Repetition.Changes()
        changes.header = recording.header
        changes.system = "be rude"
        let repetition = try await Repetition(of: recording, with: changes)
        #expect(repetition.divergence?.place == "message 1 (system)")
        #expect(repetition.divergence?.right.text == "be rude")
    }

    @Test func editedResultsAndStopsAreRepeated() async throws {
        var events = try RecordedSession.events("failing-tool")
        let message = try #require(events.firstIndex { $0.body.name == "tool-message" })
        guard case .toolMessage(let key, _, _) = events[message].body else { return }
        events[message].body = .toolMessage(key, content: "it is there", isError: false)
        events.insert(
            Event(number: 0, time: 0, body: .resultEdited(key, content: "it is there")), at: message)
        #expect(try await Repetition(of: try Recording(events)).comparison.differences == [])

        let decision = try #require(events.firstIndex { $0.body.name == "decision" })
        events[decision].body = .decided(key, .deny(reason: nil), by: .person)
        events = Array(events[...decision])
        let text = "stopped by a person at call \(key.id) of get_ticket"
        events.append(Event(number: 0, time: 0, body: .runFinished(.stopped(text))))
        let repetition = try await Repetition(of: try Recording(events))
        #expect(repetition.comparison.differences == [])
        #expect(!repetition.events.contains { $0.body.name == "started" })
    }

    @Test func aCallInDoubtCannotBeRepeated() throws {
        var events = try RecordedSession.events("failing-tool")
        let started = try #require(events.firstIndex { $0.body.name == "started" })
        events = Array(events[...started])
        events.append(Event(number: 0, time: 0, body: .sessionResumed))
        #expect(throws: RecordingError.self) { try Recording(events) }
    }
}

private struct FixedTool: Tool {
    let definition: ToolDefinition
    let answer: String

    func run(_ call: ToolCall, arguments: JSONValue) async throws -> ToolOutput {
        ToolOutput(callID: call.id, content: answer)
    }
}

@Suite struct SessionAssertionTests {
    @Test func whatMustAndMustNotHappenIsReadAndHeldAgainstTheEvents() throws {
        let text = """
            # nothing fails
            must not ~err

            must ~tool get_ticket
            must ~tool get_comments
            """
        let failures = try SessionAssertions(text).failures(in: try RecordedSession.events("failing-tool"))
        #expect(failures.map(\.assertion.line) == [2, 5])
        #expect(failures.first?.description.hasPrefix("must not ~err: step ") == true)
        #expect(failures.last?.description == "must ~tool get_comments: no step matches")
    }

    @Test(arguments: [
        ("maybe ~err", 1, 1), ("must ~err\nmust not ~tol", 2, 10), ("  must", 1, 1), ("must ~tool", 1, 11),
    ])
    func aFaultIsNamedWithItsPlace(text: String, line: Int, column: Int) throws {
        let error = #expect(throws: AssertionFileError.self) { try SessionAssertions(text) }
        #expect(error?.line == line && error?.column == column, "\(error as Any)")
    }
}

@Suite struct CheckReportTests {
    private var report: CheckReport {
        var report = CheckReport()
        report.entries = [
            .init(name: "a.jsonl", faults: [], seconds: 0.25),
            .init(name: "b & \"c\" #1.jsonl", faults: ["result <1>\u{7}", "& more"], seconds: 1),
        ]
        return report
    }

    @Test func tapNamesEachSessionAndWhatIsWrong() {
        #expect(
            report.tap == """
                TAP version 13
                1..2
                ok 1 - a.jsonl
                not ok 2 - b & "c" \\#1.jsonl
                  ---
                  message: |
                    result <1>‹U+0007›
                    & more
                  ...

                """)
    }

    @Test func junitIsWellFormedWhateverTheTextsHold() throws {
        let parser = XMLCheck()
        try parser.parse(report.junit)
        #expect(parser.names == ["testsuites", "testsuite", "testcase", "testcase", "failure"])
        #expect(parser.attributes["message"] == "result <1>‹U+0007›")
        #expect(report.junit.contains("failures=\"1\"") && report.junit.contains("time=\"1.250\""))
    }
}
