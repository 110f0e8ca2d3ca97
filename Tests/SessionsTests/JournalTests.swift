import Agent
import Foundation
import JSON
import Synchronization
import Testing

@testable import Sessions

/// A folder for one test, removed with it.
final class TemporaryFolder {
    let path = NSTemporaryDirectory() + "callgate-tests-" + UUID().uuidString

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }
    func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: self(name)))
        return self(name)
    }
    func read(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: self(name))))
    }
}

@Suite struct JournalTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func bodies(seed: UInt64) -> [EventBody] {
        var random = RandomEvents(seed: seed)
        return random.oneOfEach()
    }

    private func fault(_ body: () throws -> Void) -> JournalError? {
        do {
            try body()
            return nil
        } catch {
            return error as? JournalError
        }
    }

    @Test("what was appended is what is read, in the form that the appender and the observer saw")
    func writeAndRead() throws {
        let observed = Mutex<[Event]>([])
        let writer = try JournalWriter(
            creating: folder("new/deep/a.jsonl"),
            observer: { event in observed.withLock { $0.append(event) } },
            clock: { 42 })
        let events = try bodies(seed: 1).map(writer.append)
        writer.close()
        let journal = try Journal(path: folder("new/deep/a.jsonl"))
        #expect(journal.events == events)
        #expect(journal.notices.isEmpty)
        #expect(observed.withLock { $0 } == events)
        #expect(events.map(\.number) == Array(1...events.count))
        #expect(events.allSatisfy { $0.time == 42 })
    }

    @Test(
        "events appended together are what they are one after the other: numbers, hashes, bytes, and who sees them",
        arguments: [1, 2, 3, 1_000])
    func appendedTogether(most: Int) throws {
        let bodies = bodies(seed: 3)
        let alone = try JournalWriter(creating: folder("alone.jsonl"), clock: { 42 })
        let events = try bodies.map { try alone.append($0) }
        let observed = Mutex<[Event]>([])
        let lines = Mutex<[[UInt8]]>([])
        let together = try JournalWriter(
            creating: folder("together.jsonl"), observer: { event in observed.withLock { $0.append(event) } },
            lines: { line in lines.withLock { $0.append(line) } }, clock: { 42 })
        var rest = bodies[...]
        while !rest.isEmpty {
            _ = try together.append(Array(rest.prefix(most)))
            rest = rest.dropFirst(most)
        }
        #expect(try together.append([]).isEmpty)
        #expect(observed.withLock { $0 } == events)
        #expect(try folder.read("together.jsonl") == folder.read("alone.jsonl"))
        #expect(try lines.withLock { $0 }.flatMap { $0 } == folder.read("alone.jsonl"))
        alone.close()
        together.close()
        #expect(try Journal(path: folder("together.jsonl")).notices.isEmpty)
    }

    @Test("sessions that begin in the same second have a journal each, also where names were taken by others")
    func sameSecond() throws {
        _ = try folder.write([], to: "1970-01-01T00-00-00-a-3.jsonl")
        var names: [String] = []
        for workflow in ["a", "a", "b", "a", "a"] {
            let writer = try JournalWriter(in: folder.path, workflow: workflow, clock: { 0 })
            names.append(String(writer.path.dropFirst(folder.path.count + 21)))
            writer.close()
        }
        #expect(names == ["a.jsonl", "a-2.jsonl", "b.jsonl", "a-4.jsonl", "a-5.jsonl"])
    }

    @Test("the observer is called once the event is in the file")
    func observedAfterWrite() throws {
        let path = folder("a.jsonl")
        let seen = Mutex<[Int]>([])
        let writer = try JournalWriter(creating: path) { _ in
            let count = (try? Journal(path: path).events.count) ?? -1
            seen.withLock { $0.append(count) }
        }
        for body in bodies(seed: 2).prefix(3) { _ = try writer.append(body) }
        #expect(seen.withLock { $0 } == [1, 2, 3])
    }

    @Test("a journal cut at any byte opens, gives every whole event and says what was left out")
    func truncation() throws {
        let writer = try JournalWriter(creating: folder("whole.jsonl"))
        let events = try bodies(seed: 3).map(writer.append)
        writer.close()
        let whole = try folder.read("whole.jsonl")
        for length in 0...whole.count {
            let path = try folder.write(whole.prefix(length), to: "cut.jsonl")
            let journal = try Journal(path: path)
            let lines = whole.prefix(length).split(separator: 0x0A, omittingEmptySubsequences: false)
            // An event is whole with its closing brace, even where the line break is missing.
            let isWhole = length < whole.count && whole[length] == 0x0A
            let count = lines.count - 1 + (isWhole ? 1 : 0)
            #expect(journal.events == Array(events.prefix(count)), "cut at \(length)")
            let rest = isWhole ? 0 : lines.last?.count ?? 0
            let notice = "the last event is incomplete: \(rest) bytes after event \(count) were left out"
            #expect(journal.notices == (rest == 0 ? [] : [notice]), "cut at \(length)")
        }
    }

    @Test(
        "a journal cut at any byte is taken up again: the torn line is reported, set aside, and numbers go on"
    )
    func resumption() throws {
        let writer = try JournalWriter(creating: folder("whole.jsonl"))
        for body in bodies(seed: 4) { _ = try writer.append(body) }
        writer.close()
        let whole = try folder.read("whole.jsonl")
        for length in stride(from: 0, through: whole.count, by: 61) {
            let name = "cut-\(length).jsonl"
            let path = try folder.write(whole.prefix(length), to: name)
            let before = try Journal(path: path)
            var reported: [IncompleteLine] = []
            var folded: [Event] = []
            let resumed = try JournalWriter(
                resuming: path, report: { reported.append($0) }, fold: { folded.append($0) })
            let next = try resumed.append(
                before.events.isEmpty ? bodies(seed: 4)[0] : EventBody.sessionResumed)
            resumed.close()
            #expect(reported == [before.incompleteLine].compactMap { $0 })
            #expect(folded == before.events)
            #expect(next.number == before.events.count + 1)
            let after = try Journal(path: path)
            #expect(after.events == before.events + [next], "cut at \(length)")
            #expect(after.notices.isEmpty, "cut at \(length)")
            if let line = before.incompleteLine { #expect(try folder.read(name + ".torn") == line.bytes) }
        }
    }

    @Test("a torn line stays where it is when the report of it throws")
    func reportRefused() throws {
        struct Refused: Error {}
        let path = try folder.write(Array(#"{"n":1,"t"#.utf8), to: "a.jsonl")
        #expect(throws: Refused.self) {
            _ = try JournalWriter(resuming: path, report: { _ in throw Refused() }, fold: { _ in })
        }
        #expect(try folder.read("a.jsonl") == Array(#"{"n":1,"t"#.utf8))
    }

    @Test("a damaged line in the middle is an error with line and fix; what is before it can be had")
    func damage() throws {
        let writer = try JournalWriter(creating: folder("a.jsonl"))
        let events = try bodies(seed: 6).map(writer.append)
        writer.close()
        var lines = try folder.read("a.jsonl").split(separator: 0x0A).map(Array.init)
        lines[4][lines[4].count / 2] = 0
        let path = try folder.write(lines.joined(separator: [0x0A]) + [0x0A], to: "b.jsonl")
        let error = fault { _ = try Journal(path: path) }
        #expect(error?.kind == .corrupt(line: 5))
        #expect(error?.description.hasPrefix("\(path): line 5, column ") == true)
        #expect(error?.description.hasSuffix("keep what is before it with: head -n 4") == true)
        let partial = try Journal(path: path, upToDamage: true)
        #expect(partial.events == Array(events.prefix(4)))
        #expect(partial.notices.count == 1)
        #expect(partial.notices.first?.hasSuffix("what follows event 4 is left out") == true)
        let removed = try folder.write((lines[..<2] + lines[3...]).joined(separator: [0x0A]), to: "c.jsonl")
        #expect(
            fault { _ = try Journal(path: removed) }?.description.contains("event 4 follows event 2") == true)
    }

    @Test(
        "a file that is no journal is called that",
        arguments: [
            "hello\n", "hello", "{}\n", "{\"a\":1}", "[1]\n", "{\n  \"n\": 1\n}\n", "\u{1F}\u{8B}\u{0}", "\n",
            "{\"n\":1,\"t\":0,\"kind\":\"mark\",\"note\":\"\"}\n",
        ])
    func notAJournal(text: String) throws {
        let path = try folder.write(Array(text.utf8), to: "x")
        let error = fault { _ = try Journal(path: path) }
        #expect(error?.kind == .notAJournal)
        #expect(error?.description.hasPrefix("\(path): this is no Callgate journal: ") == true)
        #expect(
            fault { _ = try Journal(path: folder("none")) }?.description
                == "there is no file \(folder("none"))")
    }

    @Test(
        "a time with which nobody can reckon is named with its place",
        arguments: ["-1", "-9223372036854775808", "9223372036854775807", "253402300800000"])
    func strangeTimes(time: String) throws {
        let path = folder("t\(time).jsonl")
        let writer = try JournalWriter(creating: path, clock: { 42 })
        for body in bodies(seed: 1).prefix(3) { _ = try writer.append(body) }
        writer.close()
        let text = try String(contentsOfFile: path, encoding: .utf8).replacing(
            "\"t\":42", with: "\"t\":\(time)")
        let strange = try folder.write(Array(text.utf8), to: "s.jsonl")
        #expect(fault { _ = try Journal(path: strange) }?.description.contains("year 9999") == true)
    }

    @Test("an existing file is never overwritten")
    func neverOverwritten() throws {
        let path = try folder.write([1, 2, 3], to: "a.jsonl")
        let error = fault { _ = try JournalWriter(creating: path) }
        #expect(error?.kind == .exists)
        #expect(
            error?.description
                == "\(path) is there already and is never overwritten; give --record another name")
        #expect(try folder.read("a.jsonl") == [1, 2, 3])
    }

    @Test("the default name says when and what, and gives way to a file that is there")
    func defaultName() throws {
        let time: Int64 = 1_795_412_280_500  // 2026-11-23T05:38:00.5Z
        let names = try (0..<3).map { _ in
            let writer = try JournalWriter(
                in: folder("sessions"), workflow: "Support désk/../x ", clock: { time })
            return writer.path
        }
        #expect(
            names
                == ["", "-2", "-3"].map {
                    folder("sessions/2026-11-23T05-38-00-support-d-sk-x\($0).jsonl")
                })
    }

    @Test("two writers never append to one journal")
    func locked() throws {
        let path = folder("a.jsonl")
        let writer = try JournalWriter(creating: path)
        _ = try writer.append(bodies(seed: 7)[0])
        let error = fault { _ = try JournalWriter(resuming: path, report: { _ in }, fold: { _ in }) }
        #expect(error?.kind == .locked)
        writer.close()
        #expect(fault { _ = try JournalWriter(resuming: path, report: { _ in }, fold: { _ in }) } == nil)
    }

    @Test("a full disk ends the journal: the event has not happened, nobody sees it, nothing more is written")
    func full() throws {
        let seen = Mutex(0)
        let descriptor = open("/dev/full", O_WRONLY)
        try #require(descriptor >= 0)
        let writer = JournalWriter(
            file: JournalFile(descriptor: descriptor, path: "x.jsonl"), lastNumber: 0, vocabulary: nil,
            chain: JournalChain(), clock: { 0 }, observer: { _ in seen.withLock { $0 += 1 } }, lines: { _ in }
        )
        for bodies in [[EventBody.marked("a"), .sessionResumed], [.sessionResumed]] {
            let error = fault { _ = try writer.append(bodies) }
            #expect(error?.kind == .full)
            #expect(
                error?.description
                    == "writing x.jsonl failed: No space left on device; free some space, "
                    + "then take the session up again")
        }
        #expect(seen.withLock { $0 } == 0)
    }

    @Test("a closed journal and a folder that cannot be written to give one line each")
    func refusals() throws {
        let writer = try JournalWriter(creating: folder("a.jsonl"))
        writer.close()
        #expect(fault { _ = try writer.append(.sessionResumed) }?.kind == .closed)
        let inFile = fault { _ = try JournalWriter(creating: folder("a.jsonl/b.jsonl")) }
        #expect(inFile?.kind == .notPermitted)
        #expect(inFile?.description.contains("\n") == false)
    }

    @Test("events appended from many threads at once are stored and observed in one order")
    func concurrentAppends() async throws {
        let observed = Mutex<[Int]>([])
        let path = folder("a.jsonl")
        let writer = try JournalWriter(creating: path) { event in
            observed.withLock { $0.append(event.number) }
        }
        _ = try writer.append(bodies(seed: 8)[0])
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { for _ in 0..<20 { _ = try? writer.append(.marked("m")) } } }
        }
        #expect(observed.withLock { $0 } == Array(1...401))
        #expect(try Journal(path: path).events.count == 401)
    }
}
