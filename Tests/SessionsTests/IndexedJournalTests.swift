import Agent
import Foundation
import Testing

@testable import Sessions

/// A journal read piece by piece gives the same events as one read as a whole.
@Suite struct IndexedJournalTests {
    private func pieces(of path: String, bytes: Int) throws -> (IndexedJournal, [IndexedJournal.Piece]) {
        let journal = try IndexedJournal(path: path)
        var pieces: [IndexedJournal.Piece] = []
        repeat { pieces.append(try journal.readOn(atMost: bytes)) } while pieces.last?.isLast == false
        return (journal, pieces)
    }

    private func withCopy(of name: String, cutTo length: Int? = nil, _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("indexed-\(UUID().uuidString).jsonl").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let data = try Data(contentsOf: URL(fileURLWithPath: RecordedSession.path(name)))
        try data.prefix(length ?? data.count).write(to: URL(fileURLWithPath: path))
        try body(path)
    }

    @Test(arguments: RecordedSession.names, [1, 3_000, 100_000, Int.max])
    func everyEventIsThereInOutlineAndInFull(name: String, bytes: Int) throws {
        let events = try RecordedSession.events(name)
        let (journal, pieces) = try pieces(of: RecordedSession.path(name), bytes: bytes)
        let outlines = pieces.flatMap(\.events)
        #expect(outlines.map(\.number) == events.map(\.number) && journal.count == events.count)
        #expect(outlines.map(\.body.name) == events.map(\.body.name))
        #expect(pieces.last?.share == 1 && pieces.flatMap(\.notices) == [])
        for number in (1...events.count).reversed() {
            #expect(try journal.event(number) == events[number - 1], "event \(number)")
        }
        #expect(try journal.event(0) == nil && journal.event(events.count + 1) == nil)
    }

    @Test func anOutlineFoldsToTheSameState() throws {
        for name in RecordedSession.names {
            let (_, pieces) = try pieces(of: RecordedSession.path(name), bytes: 5_000)
            let outlined = RunState(folding: pieces.flatMap(\.events))
            let whole = RunState(folding: try RecordedSession.events(name))
            #expect(outlined.messages == whole.messages && outlined.calls == whole.calls)
            #expect(outlined.decodedBytes == whole.decodedBytes && outlined.outcome == whole.outcome)
            #expect(
                outlined.activeMilliseconds == whole.activeMilliseconds && outlined.tokens == whole.tokens)
        }
    }

    @Test func aJournalCutAnywhereOpens() throws {
        let size = try Data(contentsOf: URL(fileURLWithPath: RecordedSession.path("failing-tool"))).count
        let header = try #require(
            try Data(contentsOf: URL(fileURLWithPath: RecordedSession.path("failing-tool"))).firstIndex(
                of: 0x0A))
        for length in stride(from: header + 1, to: size, by: 1_013) {
            try withCopy(of: "failing-tool", cutTo: length) { path in
                let whole = try Journal(path: path, upToDamage: true)
                let (journal, pieces) = try pieces(of: path, bytes: 4_096)
                #expect(journal.count == whole.events.count, "cut to \(length)")
                #expect(pieces.flatMap(\.notices) == whole.notices, "cut to \(length)")
            }
        }
    }

    @Test func aFileThatIsNoJournalIsRefused() throws {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("indexed-\(UUID().uuidString).txt").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("{\"some\": \"JSON\"}\n".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: JournalError.self) {
            _ = try IndexedJournal(path: path).readOn(atMost: .max)
        }
    }

    @Test func aLineThatWasChangedSinceIsNamed() throws {
        try withCopy(of: "two-rounds") { path in
            let (journal, _) = try pieces(of: path, bytes: .max)
            let token = try #require(
                try RecordedSession.events("two-rounds").first {
                    if case .token = $0.body { true } else { false }
                })
            var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
            let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
            let start = lines[token.number - 1].startIndex
            bytes[start] = UInt8(ascii: "x")
            let file = try #require(FileHandle(forUpdatingAtPath: path))
            try file.write(contentsOf: Data(bytes))
            try file.close()
            #expect(throws: JournalError.self) { _ = try journal.event(token.number) }
        }
    }
}

/// An outline reads a token's line without its logits and candidates, and everything else of it.
@Suite struct OutlineLineTests {
    private func outline(_ lines: [[UInt8]]) throws -> [Event] {
        var decoder = EventDecoder(detail: .outline)
        return try lines.enumerated().map { try decoder.decode($1, lineNumber: $0 + 1) }
    }

    @Test func whatIsLeftOutIsOnlyTheDistribution() throws {
        var events = try RecordedSession.events("two-rounds")
        let texts = ["]", "\",\"top\":[", "\\\"", "[[{", "a\\", "\u{1F600}", ",\"logits\":\""]
        for index in events.indices {
            guard case .token(var step) = events[index].body else { continue }
            if index.isMultiple(of: 2) {
                step.distribution = .partial(
                    texts.map { .init(token: 1, bytes: Array($0.utf8), logProbability: -1) },
                    vocabularySize: 9)
            }
            step.bytes = Array(texts[index % texts.count].utf8)
            events[index].body = .token(step)
        }
        let lines = events.map { Array(EventCodec.line($0).dropLast()) }
        var shortened = 0
        for (event, whole) in zip(try outline(lines), events) {
            guard case .token(let step) = event.body, case .token(var expected) = whole.body else {
                if case .requestSent = whole.body { continue }
                #expect(event == whole)
                continue
            }
            expected.distribution = .unknown
            expected.allowed = expected.allowed.flatMap { TokenSet.single($0) }
            #expect(step == expected)
        }
        for line in lines where OutlineLine.shortened(line) != nil { shortened += 1 }
        #expect(shortened == events.count { if case .token = $0.body { true } else { false } })
    }

    @Test func aLineThatIsCutIsAnErrorAsEver() throws {
        let lines = try RecordedSession.events("two-rounds").map { Array(EventCodec.line($0).dropLast()) }
        let token = try #require(lines.firstIndex { OutlineLine.shortened($0) != nil })
        for length in stride(from: 1, to: lines[token].count, by: 7) {
            #expect(throws: JournalError.self, "cut to \(length)") {
                _ = try outline(Array(lines[..<token]) + [Array(lines[token].prefix(length))])
            }
        }
    }
}
