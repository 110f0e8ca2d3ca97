import Agent
import Foundation
import JSON
import Testing

@testable import Sessions

@Suite struct SHA256Tests {
    /// FIPS 180-4's examples, and the million of NIST's test vectors.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func knownDigests(text: String, digest: String) { #expect(SHA256.hex(text.utf8) == digest) }

    @Test func piecesOfAnySizeGiveTheDigestOfTheWhole() {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 * 7) }
        for length in [55, 56, 63, 64, 65, 119, 120, 128, 300] {
            let whole = SHA256.hex(bytes.prefix(length))
            for size in [1, 3, 63, 64, 65] {
                var hash = SHA256()
                for start in stride(from: 0, to: length, by: size) {
                    hash.update(bytes[start..<min(start + size, length)])
                }
                #expect(hash.hex() == whole, "\(length) bytes by \(size)")
            }
        }
    }
}

@Suite struct AuditTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A journal of random events, its lines without their line breaks.
    private func lines(seed: UInt64) throws -> [[UInt8]] {
        let path = folder("\(seed).jsonl")
        let writer = try JournalWriter(creating: path)
        var random = RandomEvents(seed: seed)
        for body in random.oneOfEach() { _ = try writer.append(body) }
        writer.close()
        return try folder.read("\(seed).jsonl").split(separator: 0x0A).map { Array($0) }
    }

    private func audit(_ lines: some Sequence<[UInt8]>, expecting head: String? = nil) throws -> JournalAudit
    {
        let path = try folder.write(lines.flatMap { $0 + [0x0A] }, to: "changed.jsonl")
        return try JournalAudit(path: path, expecting: head)
    }

    /// A line may claim any number: what lies between costs nothing.
    @Test(arguments: [200_000_000, Int.max - 1, Int.max])
    func aHugeNumberIsAGapLikeAnother(number: Int) throws {
        let whole = try folder.write(
            try lines(seed: 1).flatMap { line -> [UInt8] in
                let text = String(decoding: line, as: UTF8.self)
                // Without the chain, as older journals are.
                return Array((JournalChain.unsealed(Array(text.utf8))?.text ?? line) + [0x0A])
            }, to: "unsealed.jsonl")
        var unsealed = try folder.read("unsealed.jsonl").split(separator: 0x0A).map {
            String(decoding: $0, as: UTF8.self)
        }
        #expect(try !JournalAudit(path: whole).isChained)
        let last = unsealed.count
        unsealed[last - 1] = unsealed[last - 1].replacing("\"n\":\(last)", with: "\"n\":\(number)")
        let audit = try audit(unsealed.map { Array($0.utf8) })
        #expect(
            audit.faults.map(\.description).contains {
                $0.contains("events \(last) to \(number - 1) are missing")
            },
            "\(audit.faults)")
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func whatARunWroteIsVerifiedAndReadAsEver(seed: UInt64) throws {
        let lines = try lines(seed: seed)
        let audit = try audit(lines)
        #expect(audit.isChained && audit.faults == [] && audit.hasEnd, "seed \(seed)")
        var read: [Event] = []
        _ = try JournalAudit(path: folder("\(seed).jsonl")) { read.append($0) }
        #expect(try Journal(path: folder("\(seed).jsonl")).events == read && read.count == audit.eventCount)
        #expect(try self.audit(lines, expecting: audit.head).faults == [])
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func aChangedByteIsFoundOnItsLine(seed: UInt64) throws {
        let lines = try lines(seed: seed)
        var random = SeededGenerator(seed: seed)
        for index in lines.indices {
            var changed = lines
            let place = Int.random(in: 0..<lines[index].count, using: &random)
            changed[index][place] ^= UInt8.random(in: 1...127, using: &random)
            // A line break in its middle makes two lines of it: both cannot be read.
            let faults: [JournalAudit.Fault]
            do { faults = try audit(changed).faults } catch {
                #expect(index == 0, "seed \(seed), line \(index + 1): \(error)")
                continue
            }
            #expect(
                faults.contains { $0.line == index + 1 },
                "seed \(seed), line \(index + 1), byte \(place): \(faults)")
        }
    }

    @Test func aChangeThatKeepsTheLineReadableIsNamed() throws {
        let lines = try lines(seed: 7)
        let decision = try #require(
            lines.firstIndex { String(decoding: $0, as: UTF8.self).contains(#""kind":"mark""#) })
        var changed = lines
        changed[decision] = Array(
            String(decoding: lines[decision], as: UTF8.self).replacing(#""note":""#, with: #""note":"not "#)
                .utf8)
        let fault = try #require(try audit(changed).faults.first)
        #expect(fault.kind == .changed && fault.line == decision + 1)
        #expect(fault.description.hasPrefix("line \(decision + 1) (event \(decision + 1), mark) "))
    }

    @Test func aLineThatIsCutOutMovedOrDoubledIsNamed() throws {
        let lines = try lines(seed: 3)
        for index in 1..<lines.count - 1 {
            var cut = lines
            cut.remove(at: index)
            let faults = try audit(cut).faults
            #expect(faults.map(\.kind) == [.missing])
            #expect(faults.first?.description.hasPrefix("event \(index + 1) is missing before line") == true)

            var swapped = lines
            swapped.swapAt(index, index + 1)
            let moved = try audit(swapped).faults
            #expect(moved.map(\.kind) == [.reordered] && moved.first?.line == index + 2, "\(moved)")

            let doubled = try audit(Array(lines[...index]) + Array(lines[index...])).faults
            #expect(doubled.map(\.kind) == [.repeated])
        }
    }

    /// Renumbering hides a cut from the numbers, not from the hashes.
    @Test func aCutThatIsCoveredUpIsFoundByTheHashes() throws {
        var lines = try lines(seed: 5)
        lines.remove(at: 4)
        for index in 4..<lines.count {
            let text = String(decoding: lines[index], as: UTF8.self)
            lines[index] = Array(text.replacing(#"{"n":\#(index + 2),"#, with: #"{"n":\#(index + 1),"#).utf8)
        }
        let faults = try audit(lines).faults
        #expect(!faults.isEmpty && faults.allSatisfy { $0.kind == .changed })
        #expect(faults.first?.line == 5)
    }

    @Test func aCutEndIsSaidAndANotedHashProvesIt() throws {
        let lines = try lines(seed: 9)
        let head = try audit(lines).head
        let cut = try audit(lines.dropLast())
        #expect(cut.faults == [] && !cut.hasEnd)
        #expect(try audit(lines.dropLast(), expecting: head).faults.map(\.kind) == [.otherHead])
        #expect(try audit(lines, expecting: cut.head).faults.first?.description.contains("goes on") == true)
    }

    @Test func aLineWithoutAHashAmongOthersIsFound() throws {
        var lines = try lines(seed: 11)
        lines[5] = try #require(JournalChain.unsealed(lines[5])).text
        #expect(try audit(lines).faults.contains { $0.kind == .unsealed && $0.line == 6 })
    }

    @Test func aJournalWithoutAChainIsAuditedAsOne() throws {
        let plain = try lines(seed: 2).map { try #require(JournalChain.unsealed($0)).text }
        let path = try folder.write(plain.flatMap { $0 + [0x0A] }, to: "old.jsonl")
        let audit = try JournalAudit(path: path)
        #expect(!audit.isChained && audit.faults == [] && audit.eventCount == plain.count)
    }

    @Test func aSessionThatIsTakenUpGoesOnInItsChain() throws {
        _ = try lines(seed: 4)
        let path = folder("4.jsonl")
        let writer = try JournalWriter(resuming: path, report: { _ in }, fold: { _ in })
        _ = try writer.append(.sessionResumed)
        writer.close()
        let audit = try JournalAudit(path: path)
        #expect(audit.isChained && audit.faults == [])
    }

    @Test func theTrailSaysWhoDecidedWhatAndWhatAnEditChanged() throws {
        var trail = AuditTrail()
        let text = try RecordedSession.events("edited-and-denied").flatMap { trail.lines(of: $0) }
        #expect(text.contains { $0.contains("edit by a person, annotate") })
        #expect(
            text.contains { $0.hasPrefix(#"    - /id: ""#) }
                && text.contains { $0.hasPrefix(#"    + /id: ""#) })
        #expect(text.contains { $0.contains("deny by a person: ") })
        #expect(!text.contains { $0.contains("token") })
        #expect(AuditTrail.time(1_764_000_000_123) == "2025-11-24T16:00:00.123Z")
        #expect(AuditTrail.time(-1) == "1969-12-31T23:59:59.999Z")
    }
}
