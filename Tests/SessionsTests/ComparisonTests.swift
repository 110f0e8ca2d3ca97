import Agent
import JSON
import Testing

@testable import Sessions

@Suite struct ComparisonTests {
    private let events: [Event]

    init() throws { events = try RecordedSession.events("two-rounds") }

    /// The session with the first event of that name changed so.
    private func changed(_ name: String, _ change: (inout EventBody) -> Void) throws -> [Event] {
        var events = events
        let index = try #require(events.firstIndex { $0.body.name == name })
        change(&events[index].body)
        return events
    }

    private func differences(_ other: [Event]) -> [SessionDifference] {
        SessionComparison(SessionOutline(of: events), SessionOutline(of: other)).differences
    }

    @Test(arguments: RecordedSession.names) func aSessionDoesNotDifferFromItself(name: String) throws {
        let outline = SessionOutline(of: try RecordedSession.events(name))
        #expect(SessionComparison(outline, outline).differences.isEmpty)
    }

    @Test func namesAndTimesDoNotCount() throws {
        var other = try changed("session") {
            if case .sessionStarted(var header) = $0 {
                header.id = "another"
                $0 = .sessionStarted(header)
            }
        }
        for index in other.indices { other[index].time += 1_000 }
        #expect(differences(other).isEmpty)
    }

    @Test func aChangedProbabilityIsAFigureAndNoDivergence() throws {
        let other = try changed("token") {
            guard case .token(var step) = $0 else { return }
            step.figures?.probabilityBefore -= 0.25
            $0 = .token(step)
        }
        let found = differences(other)
        #expect(found.map(\.kind) == [.probability])
        #expect(found.first?.left.step == events.first { $0.body.name == "token" }?.number)
        let comparison = SessionComparison(SessionOutline(of: events), SessionOutline(of: other))
        #expect(comparison.firstDivergence == nil)
        let wide = SessionComparison(SessionOutline(of: events), SessionOutline(of: other), tolerance: 0.3)
        #expect(wide.differences.isEmpty)
    }

    @Test func anotherTokenIsTheFirstDivergenceOfItsRound() throws {
        let other = try changed("token") {
            guard case .token(var step) = $0 else { return }
            step.token += 1
            step.bytes = Array("other".utf8)
            step.special = nil
            $0 = .token(step)
        }
        let found = differences(other)
        #expect(found.map(\.kind) == [.token])
        #expect(found.first?.place == "round 1, token 1, after “”")
        #expect(found.first?.right.text?.hasPrefix("“other”") == true)
    }

    @Test func anArgumentIsNamedByItsPlace() throws {
        let other = try changed("response") {
            guard case .responseReceived(let round, var response, let time) = $0 else { return }
            response.calls[0].arguments = ByteString(#"{"assignee": "Priya", "priority": "high", "n": 1}"#)
            $0 = .responseReceived(round: round, response, milliseconds: time)
        }
        let found = differences(other)
        let arguments = found.filter { $0.kind == .arguments }
        #expect(arguments.map { $0.place.split(separator: " ").last } == ["/assignee", "/n"])
        #expect(arguments.first?.left.text == #""Maya""# && arguments.first?.right.text == #""Priya""#)
        #expect(arguments.last?.left.text == nil && arguments.last?.right.text == "1")
    }

    @Test func theSameValuesWrittenOtherwiseAreSaidToBeSo() throws {
        let other = try changed("tool-message") {
            guard case .toolMessage(let key, let content, let isError) = $0 else { return }
            $0 = .toolMessage(key, content: content.replacing(": ", with: ":"), isError: isError)
        }
        let found = differences(other)
        #expect(found.map(\.kind) == [.result])
        #expect(found.first?.place.hasSuffix("as written") == true)
    }

    @Test func aDecisionAndAMissingEndAreFound() throws {
        var other = try changed("decision") {
            guard case .decided(let key, _, let decider) = $0 else { return }
            $0 = .decided(key, .deny(reason: "no"), by: decider)
        }
        #expect(
            differences(other).contains { $0.kind == .decision && $0.right.text?.hasSuffix(": no") == true })
        other = Array(events.dropLast())
        let found = differences(other)
        #expect(found.map(\.kind) == [.outcome])
        #expect(found.first?.right.step == nil)
    }

    @Test func aRoundThatOneSideLacksIsOneDifference() throws {
        let last = try #require(events.lastIndex { $0.body.name == "request" })
        let found = differences(Array(events[..<last]))
        #expect(found.map(\.kind) == [.round, .outcome])
    }

    @Test func aRequestThatWasMadeAgainAfterACrashCountsOnce() throws {
        let request = try #require(events.firstIndex { $0.body.name == "request" })
        var other = Array(events[...(request + 3)])
        other.append(Event(number: 0, time: 0, body: .sessionResumed))
        other += events[request...]
        #expect(differences(other).isEmpty)
    }

    @Test func whatIsPrintedIsSafe() {
        let difference = SessionDifference(
            kind: .result, place: "round 1\u{1B}[2J", left: .init(step: 1, text: "a\u{202E}b\nc"),
            right: .init(step: nil, text: nil))
        #expect(difference.lines == ["round 1‹U+001B›[2J", "  - step 1: a‹U+202E›b⏎c", "  + (nothing)"])
    }
}
