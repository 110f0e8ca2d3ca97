import Agent
import Foundation
import Testing

@testable import Sessions

/// A fork at a token: the same up to it, another allowed one there.
@Suite struct TokenForkTests {
    private let folder: TemporaryFolder
    private let parent = RecordedSession.path("two-rounds")

    init() throws { folder = try TemporaryFolder() }

    @Test func anAllowedTokenCanBeChosenAndNoOther() throws {
        let events = try RecordedSession.events("two-rounds")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: parent))
        guard case .sessionStarted(let header) = events[0].body else { return }
        let size = try #require(header.model.vocabulary?.entries.count)
        let tokens = events.compactMap { event -> (Int, TokenStep)? in
            if case .token(let step) = event.body { (event.number, step) } else { nil }
        }
        var forks = 0
        for (number, step) in tokens where number % 29 == 0 {
            for token in stride(from: number % 5, to: size, by: 89) {
                let isPossible = step.allows(token) && token != step.token
                guard isPossible else {
                    #expect(throws: ForkError.self) {
                        try SessionFork(of: parent, at: number, changes: [.token(token)], name: "c")
                    }
                    continue
                }
                forks += 1
                let fork = try SessionFork(of: parent, at: number, changes: [.token(token)], name: "c")
                #expect(fork.step == number - 1 && fork.events.count == number)
                #expect(Array(fork.events[1..<number - 1]) == Array(events[1..<number - 1]))
                guard case .token(let chosen) = fork.events[number - 1].body else {
                    Issue.record("no token at step \(number)")
                    continue
                }
                #expect(chosen.token == token && chosen.chosenBy != nil && chosen.allowed == step.allowed)
                #expect(chosen.distribution == step.distribution)
                let figures = try #require(chosen.figures)
                #expect(
                    (0...1).contains(figures.probabilityAfter)
                        && figures.rejectedMass == step.figures?.rejectedMass)
                let state = RunState(folding: fork.events)
                #expect(
                    state.hasChosenToken && state.responseTokens.last == token && state.phase == .decoding)
            }
        }
        print("\(forks) forks")
        #expect(forks > 3)
        #expect(try Data(contentsOf: URL(fileURLWithPath: parent)) == bytes)
    }

    @Test func aForkIsReadBackAsItWasWrittenWithItsSeedAndModel() throws {
        let events = try RecordedSession.events("two-rounds")
        let wanted = events.compactMap { event -> (Int, Int)? in
            guard case .token(let step) = event.body,
                let other = (0..<600).first(where: { step.allows($0) && $0 != step.token })
            else { return nil }
            return (event.number, other)
        }
        let (number, token) = try #require(wanted.first)
        let fork = try SessionFork(
            of: parent, at: number, changes: [.token(token)],
            continuation: SessionFork.Continuation(seed: 7, model: "builtin"), name: "c")
        try fork.write(to: folder("c.jsonl"))
        #expect(try Journal(path: folder("c.jsonl")).events == fork.events)
        #expect(try JournalAudit(path: folder("c.jsonl")).faults == [])
        guard case .sessionStarted(let header) = fork.events[0].body else { return }
        #expect(header.parent?.step == number - 1 && header.parent?.seed == 7 && header.sampling.seed == 7)
        #expect(header.parent?.model == "builtin")
    }

    @Test func aRuleThatWasAddedIsReadBack() throws {
        let rule = Rule(
            name: "r", effect: .deny, tool: "*", condition: try Filter("~unseen"), reason: "é \"quoted\"")
        var events = Array(try RecordedSession.events("two-rounds").prefix(3))
        events.append(Event(number: 4, time: events[2].time, body: .ruleAdded(rule)))
        try JournalWriter.copy(events, to: folder("r.jsonl"))
        #expect(try Journal(path: folder("r.jsonl")).events == events)
        #expect(RunState(folding: events).addedRules == [rule])
    }

    @Test(arguments: [
        ("<|im_end|>", true), ("=1", true), ("598", true), ("nosuchtoken", false), ("␣{\"", true),
    ])
    func aTokenIsFoundByItsTextOrNumber(text: String, isThere: Bool) throws {
        guard case .sessionStarted(let header) = try RecordedSession.events("two-rounds")[0].body else {
            return
        }
        let found = try? ChosenToken.find(text, in: header.model.vocabulary)
        #expect((found != nil) == isThere)
        if text == "=1" { #expect(header.model.vocabulary?.entries[found ?? 0] == .bytes(Array("1".utf8))) }
    }
}
