import Foundation
import JSON
import Mutations
import Testing

@testable import Agent
@testable import Sessions

@Suite struct SessionParserFuzzTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func damagedJournalsAreReadOrRefused() throws {
        let path = folder("x.jsonl")
        let corpus = try (1...6 as ClosedRange<UInt64>).map { seed in
            let name = folder("\(seed).jsonl")
            let writer = try JournalWriter(creating: name)
            for event in RandomSession.events(seed: seed).prefix(12) { _ = try writer.append(event.body) }
            writer.close()
            return try folder.read("\(seed).jsonl")
        }
        let outcome = ParserFuzz.run("journals", corpus: corpus) { bytes in
            guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else { return false }
            return (try? Journal(path: path, upToDamage: true)) != nil
        }
        #expect(outcome.slowest < 10)
    }

    @Test func damagedTranscriptsAreReadOrRefused() throws {
        let imports = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/imports")
        let corpus = try FileManager.default.contentsOfDirectory(atPath: imports.path).sorted().map {
            Array(try Data(contentsOf: imports.appendingPathComponent($0)))
        }
        let outcome = ParserFuzz.run("transcripts", corpus: corpus) {
            (try? SessionImport($0, name: "x")) != nil
        }
        #expect(outcome.slowest < 10)
    }

    @Test func damagedDecisionsAreReadOrRefused() {
        let call = ToolCall(id: ToolCallID("c1"), name: "act", arguments: ByteString("{\"id\": 1}"))
        let record = CallRecord(key: CallKey(round: 1, id: call.id), call: call, position: 0)
        let waiting = WaitingCall(record: record, since: 3, time: 0)
        let decisions: [Decision] = [
            .approve, .deny(reason: "no"), .edit(arguments: ByteString("{}"), mode: .annotate),
            .respond(content: "x"),
        ]
        let corpus =
            decisions.map { OutsideDecision(session: "s", call: waiting, decision: $0).bytes() }
            + [OutsideDecision(session: "s", cancelling: waiting).bytes()]
        let outcome = ParserFuzz.run("decisions", corpus: corpus) { (try? OutsideDecision(bytes: $0)) != nil }
        #expect(outcome.slowest < 10)
    }
}
