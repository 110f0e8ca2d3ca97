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
    static let sizes = [Size(80, 24), Size(120, 40), Size(200, 60), Size(20, 5)]

    @Test(
        "every step renders, and twice the same",
        arguments: ["two-rounds", "edited-and-denied", "failing-tool"])
    func everyStepRenders(name: String) throws {
        let events = try Journal(path: Self.folder.appending(path: name + ".jsonl").path).events
        try #require(!events.isEmpty)
        for step in 1...events.count {
            let first = try Debugger(replaying: events, at: step, size: Self.sizes[0])
            let second = try Debugger(replaying: events, at: step, size: Self.sizes[1])
            for size in Self.sizes {
                let canvas = first.view(size).canvas
                #expect(canvas.lines.count == size.height)
                #expect(canvas == second.view(size).canvas, "step \(step) at \(size.width)x\(size.height)")
            }
        }
        print("\(name): \(events.count) steps at \(Self.sizes.count) sizes")
    }
}
