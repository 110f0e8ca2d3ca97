import Agent
import Debugger
import Foundation
import Sessions
import Terminal
import Testing

/// The sessions that are checked in under `sessions/`, at every step, on screens of every size.
@Suite("The recorded sessions") struct RecordedSessionTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "sessions")

    @Test(
        "every step renders, and twice the same",
        arguments: ["two-rounds", "edited-and-denied", "failing-tool"],
        [Size(80, 24), Size(120, 40), Size(200, 60), Size(20, 5)])
    func everyStepRenders(name: String, size: Size) throws {
        let journal = try Journal(path: Self.folder.appending(path: name + ".jsonl").path)
        let events = journal.events
        #expect(!events.isEmpty)
        for step in 1...events.count {
            let screen = ScreenText.render(events, at: step, size: size)
            #expect(screen.split(separator: "\n", omittingEmptySubsequences: false).count == size.height + 1)
            #expect(screen == ScreenText.render(events, at: step, size: size), "step \(step)")
        }
        print("\(name): \(events.count) steps at \(size.width)x\(size.height)")
    }
}
