import Agent
import Foundation
import Testing

@testable import Sessions

@Suite struct ChainCheckTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Every line of a journal with one bit turned, cut out, doubled, or moved: each reader that acts on it notices.
    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func whateverIsChangedIsNoticedByWhoeverActsOnIt(seed: UInt64) throws {
        let path = folder("\(seed).jsonl")
        let writer = try JournalWriter(creating: path)
        for event in RandomSession.events(seed: seed).prefix(40) { _ = try writer.append(event.body) }
        writer.close()
        let lines = try folder.read("\(seed).jsonl").split(separator: 0x0A).map { Array($0) }
        #expect(throws: Never.self) { try Journal(path: path, verifies: true) }
        var random = SeededGenerator(seed: seed)
        for _ in 0..<40 {
            var changed = lines
            let place = Int.random(in: 0..<(lines.count - 1), using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                // A letter of a text, so that the line can still be read.
                let letters = changed[place].indices.filter { (0x61...0x79).contains(changed[place][$0]) }
                guard let index = letters.randomElement(using: &random) else { continue }
                changed[place][index] += 1
            case 1: changed.remove(at: place)
            default: changed.swapAt(place, place + 1)
            }
            let text = Array(changed.joined(separator: [0x0A])) + [0x0A]
            let other = try folder.write(text, to: "changed.jsonl")
            #expect(throws: (any Error).self, "seed \(seed)") { try Journal(path: other, verifies: true) }
            #expect(throws: (any Error).self, "seed \(seed)") {
                try SessionFork(of: other, at: nil, changes: [], name: "f")
            }
            #expect(throws: (any Error).self, "seed \(seed)") {
                var tail = JournalTail(path: other)
                return try tail.look()
            }
            #expect(throws: (any Error).self, "seed \(seed)") {
                try JournalWriter(resuming: other, report: { _ in }, fold: { _ in })
            }
        }
    }

    /// Whatever version it says to be of.
    @Test func aJournalWithoutAChainIsReadAndNotActedOn() throws {
        let path = folder("x.jsonl")
        let writer = try JournalWriter(creating: path)
        for event in RandomSession.events(seed: 3).prefix(10) { _ = try writer.append(event.body) }
        writer.close()
        let lines = try folder.read("x.jsonl").split(separator: 0x0A).map { Array($0) }
        let bare = try lines.map { try #require(JournalChain.unsealed($0)).text }
        let stripped = try folder.write(Array(bare.joined(separator: [0x0A])) + [0x0A], to: "stripped.jsonl")
        #expect(throws: JournalError.self) { try Journal(path: stripped, verifies: true) }
        let old = try #require(String(validating: bare[0], as: UTF8.self))
            .replacing("\"journal\":\"\(EventCodec.version)\"", with: "\"journal\":\"1.0\"")
        let without = try folder.write(
            Array(([Array(old.utf8)] + bare.dropFirst()).joined(separator: [0x0A])) + [0x0A], to: "bare.jsonl"
        )
        #expect(throws: Never.self) { try Journal(path: without) }
        let error = #expect(throws: JournalError.self) { try Journal(path: without, verifies: true) }
        #expect(error?.description.contains("has no hash chain") == true, "\(error as Any)")
        #expect(throws: JournalError.self) {
            try JournalWriter(resuming: without, report: { _ in }, fold: { _ in })
        }
        let mixed = try folder.write(
            Array(([bare[0]] + lines.dropFirst()).joined(separator: [0x0A])) + [0x0A], to: "mixed.jsonl")
        #expect(throws: JournalError.self) { try Journal(path: mixed, verifies: true) }
    }
}
