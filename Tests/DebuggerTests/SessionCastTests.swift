import Agent
import Foundation
import JSON
import Sessions
import Terminal
import Testing

@testable import Debugger

/// A cast shows what stepping through the session shows, at the times of the session.
@Suite struct SessionCastTests {
    private func cast(_ events: [Event], size: Size, idle: Double) throws -> [JSONValue] {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("cast-\(UUID().uuidString).jsonl").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(events.flatMap { EventCodec.line($0) }).write(to: URL(fileURLWithPath: path))
        var lines: [JSONValue] = []
        let cast = SessionCast(try IndexedJournal(path: path), size: size, idleLimit: idle)
        let notices = try cast.write { lines.append(try JSONParser.parse($0)) }
        #expect(notices == [])
        return lines
    }

    /// Plays what a cast writes, as a terminal does that knows no more than casts use.
    private struct Terminal {
        var rows: [String]

        mutating func write(_ output: String) {
            for piece in output.components(separatedBy: "\u{1B}[").dropFirst() {
                guard
                    let row = piece.firstIndex(of: "H").flatMap({ end in
                        piece[..<end].hasSuffix(";1") ? Int(piece[..<end].dropLast(2)) : nil
                    })
                else {
                    // A style or an erasure: what follows it is text of the current row.
                    guard let end = piece.firstIndex(where: { "mKJl".contains($0) }) else { continue }
                    if piece[end] == "K" { rows[current] = "" }
                    rows[current] += piece[piece.index(after: end)...]
                    continue
                }
                current = row - 1
            }
        }

        private var current = 0

        init(_ height: Int) { rows = Array(repeating: "", count: height) }
    }

    @Test func everyStepIsAScreenOfTheReplay() throws {
        let size = Size(100, 30)
        let lines = try cast(Sessions.twoRounds, size: size, idle: 2)
        #expect(lines[0]["version"]?.intValue == 2)
        #expect(lines[0]["width"]?.intValue == 100 && lines[0]["height"]?.intValue == 30)
        // The title changes with every step, so that each writes something.
        #expect(lines.count == Sessions.twoRounds.count + 1)
        var terminal = Terminal(size.height)
        var stepping = try Debugger(replaying: Sessions.twoRounds, at: 1, size: size)
        for (index, line) in lines.dropFirst().enumerated() {
            let parts = try #require(line.arrayValue)
            #expect(parts[1] == "o")
            terminal.write(try #require(parts[2].stringValue))
            stepping.show(step: index + 1)
            let expected = stepping.view().canvas.plainText
            let rows = terminal.rows.map { row in
                String(row.reversed().drop { $0 == " " }.reversed()) + "\n"
            }
            #expect(rows.joined() == expected, "step \(index + 1)")
        }
    }

    @Test func timesAreThoseOfTheSessionAndWaitingIsCut() throws {
        let events = Sessions.twoRounds.enumerated().map { index, event in
            Event(
                number: event.number, time: index < 3 ? 1_000 : 61_000 + Int64(index) * 10, body: event.body)
        }
        let times = try cast(events, size: Size(80, 24), idle: 1.5).dropFirst().compactMap {
            $0.arrayValue?[0].numberValue?.doubleValue
        }
        #expect(Array(times.prefix(5)) == [0, 0, 0, 1.5, 1.51])
        let still = events.map { Event(number: $0.number, time: 7, body: $0.body) }
        let paced = try cast(still, size: Size(80, 24), idle: 2).dropFirst().compactMap {
            $0.arrayValue?[0].numberValue?.doubleValue
        }
        #expect(Array(paced.prefix(3)) == [0, 0.4, 0.8])
    }
}
