import Agent
import Foundation
import JSON
import Testing

@testable import Sessions

@Suite struct ForkTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private let parent = RecordedSession.path("two-rounds")

    @Test func aForkIsItsParentUpToTheStepAndSaysSo() throws {
        let events = try RecordedSession.events("two-rounds")
        let before = try Data(contentsOf: URL(fileURLWithPath: parent))
        for step in stride(from: 1, through: events.count, by: 11) {
            let fork = try SessionFork(of: parent, at: step, changes: [], name: "child")
            let path = folder("\(step).jsonl")
            try fork.write(to: path)
            let child = try Journal(path: path).events
            #expect(child == fork.events && child.count == step)
            #expect(Array(child.dropFirst()) == Array(events[1..<step]))
            guard case .sessionStarted(let header) = child[0].body else { return }
            #expect(header.parent?.step == step && header.id == "child" && header.parent?.session != "child")
            #expect(try JournalAudit(path: path).faults == [])
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: parent)) == before)
    }

    @Test func argumentsAreEditedRightAfterTheJudgementAndBoundToTheSchema() throws {
        let id = ToolCallID("call_1")
        let arguments = ByteString(#"{"assignee": "Priya", "priority": "low"}"#)
        let fork = try SessionFork(of: parent, at: nil, changes: [.arguments(id, arguments)], name: "c")
        #expect(fork.events[fork.step - 1].body.name == "judged")
        #expect(
            fork.events.last?.body
                == .decided(
                    CallKey(round: 1, id: id), .edit(arguments: arguments, mode: .annotate),
                    by: .option("fork --args")))
        let wrong = #expect(throws: ForkError.self) {
            try SessionFork(
                of: parent, at: nil, changes: [.arguments(id, ByteString(#"{"assignee": 7}"#))], name: "c")
        }
        #expect(wrong?.description.hasPrefix("call call_1: the edited call cannot run: ") == true)
    }

    @Test func aResultIsEditedWhereItIsThereAndAnsweredWhereTheCallHasNotRun() throws {
        let change = SessionFork.Change.result(ToolCallID("call_1"), "nothing")
        let late = try SessionFork(of: parent, at: nil, changes: [change], name: "c")
        #expect(late.events.last?.body.name == "result-edited")
        let judged = try #require(try RecordedSession.events("two-rounds").first { $0.body.name == "judged" })
        let early = try SessionFork(of: parent, at: judged.number, changes: [change], name: "c")
        #expect(
            early.events.last?.body
                == .decided(
                    CallKey(round: 1, id: ToolCallID("call_1")), .respond(content: "nothing"),
                    by: .option("fork --result")))
    }

    @Test func aStepThatIsTooLateIsAnsweredWithTheLastOne() throws {
        let change = SessionFork.Change.result(ToolCallID("call_1"), "nothing")
        let latest = try SessionFork(of: parent, at: nil, changes: [change], name: "c").step
        let error = #expect(throws: ForkError.self) {
            try SessionFork(of: parent, at: latest + 1, changes: [change], name: "c")
        }
        #expect(error?.description.hasSuffix("the last step for it is \(latest)") == true)
        #expect(throws: ForkError.self) { try SessionFork(of: parent, at: 0, changes: [], name: "c") }
        #expect(throws: ForkError.self) {
            try SessionFork(of: parent, at: nil, changes: [.result(ToolCallID("none"), "")], name: "c")
        }
    }

    @Test func anotherPromptTakesTheLastOnesPlace() throws {
        let fork = try SessionFork(of: parent, at: nil, changes: [.prompt("hello")], name: "c")
        #expect(fork.events.last?.body == .messageAdded(.user("hello")))
        #expect(!fork.events.contains { $0.body.name == "request" })
    }

    @Test func aCallThatRanAtTheStepIsInDoubt() throws {
        let started = try #require(
            try RecordedSession.events("two-rounds").first { $0.body.name == "started" })
        let fork = try SessionFork(of: parent, at: started.number, changes: [], name: "c")
        #expect(fork.doubtful == [started.body.callKey])
    }
}
