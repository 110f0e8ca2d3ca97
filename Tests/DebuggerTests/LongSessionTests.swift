import Agent
import Foundation
import Sessions
import Terminal
import Testing

@testable import Debugger

/// A session too long to be laid out, or kept in memory, as a whole shows what a short one would.
@Suite struct LongSessionTests {
    private static let events = LongSession.events(rounds: 120)

    /// The session in a file, which is removed in the end.
    private func withFile(_ events: [Event], _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("long-\(UUID().uuidString).jsonl").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(events.flatMap { EventCodec.line($0) }).write(to: URL(fileURLWithPath: path))
        try body(path)
    }

    /// A replay of a file that is handed over in pieces of so many bytes.
    private func reading(_ path: String, pieces: Int, keys: [String] = []) throws -> Debugger {
        let file = try IndexedJournal(path: path)
        var debugger = try Debugger(reading: file, tracesAtOnce: true, size: Size(120, 40))
        var isLast = false
        while !isLast {
            let piece = try file.readOn(atMost: pieces)
            isLast = piece.isLast
            _ = debugger.update(.read(piece), at: 0)
        }
        for key in keys { _ = debugger.update(.key(try #require(Key(key))), at: 0) }
        return debugger
    }

    private func type(_ text: String, in debugger: inout Debugger) throws {
        for scalar in text.unicodeScalars { _ = debugger.update(.key(Key(.character(scalar))), at: 0) }
        _ = debugger.update(.key(try #require(Key("enter"))), at: 0)
    }

    @Test func everyStepOfAFileShowsWhatTheEventsInMemoryShow() throws {
        // The file keeps what a journal keeps, so both sides start from there.
        try withFile(LongSession.events(rounds: 9)) { path in
            let events = try Journal(path: path).events
            var debugger = try reading(path, pieces: 700)
            for step in 1...events.count {
                try type(":goto \(step)", in: &debugger)
                let expected = ScreenText.render(events, at: step, size: Size(120, 40))
                #expect(debugger.view().canvas.plainText == expected, "step \(step)")
            }
        }
    }

    @Test func aLongFileShowsWhatTheEventsInMemoryShow() throws {
        try withFile(LongSessionTests.events) { path in
            let events = try Journal(path: path).events
            var debugger = try reading(path, pieces: 10_000)
            for step in stride(from: events.count, through: 1, by: -131) {
                try type(":goto \(step)", in: &debugger)
                let expected = ScreenText.render(events, at: step, size: Size(120, 40))
                #expect(debugger.view().canvas.plainText == expected, "step \(step)")
            }
        }
    }

    @Test func theTitleSaysHowMuchOfTheFileIsRead() throws {
        try withFile(LongSessionTests.events) { path in
            let file = try IndexedJournal(path: path)
            var debugger = try Debugger(reading: file, size: Size(120, 40))
            let piece = try file.readOn(atMost: 20_000)
            _ = debugger.update(.read(piece), at: 0)
            let title = try #require(debugger.view().canvas.lines.first)
            #expect(title.contains("reading… \(Int(piece.share * 100)) %") && title.contains("step 1/"))
            // The end is wherever the file ends, once that is known.
            _ = debugger.update(.key(try #require(Key("G"))), at: 0)
            _ = debugger.update(.read(try file.readOn(atMost: .max)), at: 0)
            let count = Figure.count(LongSessionTests.events.count)
            #expect(debugger.view().canvas.lines.first?.contains("step \(count)/\(count)") == true)
        }
    }

    @Test func aJumpBeyondWhatIsReadSaysSo() throws {
        try withFile(LongSessionTests.events) { path in
            let file = try IndexedJournal(path: path)
            var debugger = try Debugger(reading: file, size: Size(120, 40))
            _ = debugger.update(.read(try file.readOn(atMost: 5_000)), at: 0)
            try type(":goto 1000", in: &debugger)
            #expect(debugger.view().canvas.lines.last?.contains("of the file is read") == true)
        }
    }

    @Test func scrollingThroughAWindowShowsEveryLineOfTheConversation() throws {
        let state = RunState(folding: LongSessionTests.events)
        #expect(state.messages.count > ConversationFrame.mostWhole)
        var expected: [String] = []
        var asked = 0
        for (index, message) in state.messages.enumerated() {
            if index > 0 { expected.append("") }
            expected += ConversationPane.lines(of: message, state, firstCall: asked, width: 60).map(\.plain)
            if case .assistant(let answer) = message { asked += answer.calls.count }
        }
        expected += ConversationPane.tail(state, trail: nil, width: 60, isFirst: false).map(\.plain)
        let listed = Array(state.messages.indices)
        for (start, step) in [(Int.min, 7), (Int.max, -5)] {
            var (frame, pane, shown) = (ConversationFrame(), TextPane(), [String]())
            pane.followsEnd = start == .max
            frame.layOut(state, listed: listed, trail: nil, size: Size(60, 20), &pane)
            shown = pane.scroll.visible.map { frame.lines[$0].plain }
            #expect(frame.messages.count < state.messages.count)
            pane.followsEnd = false
            for _ in 0..<expected.count {
                let before = pane.scroll.offset
                pane.scroll.move(by: step)
                let moved = pane.scroll.offset - before
                if moved == 0 { break }
                let isDown = moved > 0
                frame.layOut(state, listed: listed, trail: nil, size: Size(60, 20), &pane)
                let visible = pane.scroll.visible.map { frame.lines[$0].plain }
                shown = isDown ? shown + visible.suffix(moved) : visible.prefix(-moved) + shown
            }
            #expect(shown == expected)
        }
    }

    @Test func searchFindsWhatIsNotLaidOut() throws {
        try withFile(LongSessionTests.events) { path in
            var debugger = try reading(path, pieces: .max, keys: ["G", "1"])
            try type("/(7)", in: &debugger)
            #expect(debugger.view().canvas.lines.contains { $0.contains("(7)") })
            try type("/(115)", in: &debugger)
            #expect(debugger.view().canvas.lines.contains { $0.contains("(115)") })
            try type("/nowhere at all", in: &debugger)
            #expect(debugger.view().canvas.lines.last?.contains("is not in the conversation") == true)
        }
    }

    @Test func theNearestMatchIsFoundWithoutLookingAtTheWholeSession() throws {
        let log = EventLog(LongSessionTests.events)
        for source in ["~status waiting", "~round 7", "~tool get_ticket", "~err"] {
            var matches = FilterMatches(try Filter(source))
            matches.extend(log)
            for step in stride(from: 0, through: log.count, by: 53) {
                #expect(
                    matches.nearest(in: log, from: step, forward: true) == matches.next(after: step)
                        && matches.nearest(in: log, from: step, forward: false)
                            == matches.previous(before: step),
                    "\(source) at \(step)")
            }
        }
    }

    @Test func theMatchesOfAFilterAreThoseOfTheWholeEvents() throws {
        try withFile(LongSessionTests.events) { path in
            let events = try Journal(path: path).events
            let file = try IndexedJournal(path: path)
            var log = EventLog(in: file)
            for event in try file.readOn(atMost: .max).events { log.append(event) }
            for source in [
                "~forced", "~p<0.6", "~rejected>0.2", "~tool get_ticket", "~round 7", "~status waiting",
            ] {
                var (outlined, whole) = (FilterMatches(try Filter(source)), FilterMatches(try Filter(source)))
                outlined.extend(log)
                whole.extend(EventLog(events))
                #expect(outlined.steps == whole.steps && !whole.steps.isEmpty, "\(source)")
            }
        }
    }
}
