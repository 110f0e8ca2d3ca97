import Agent
import Foundation
import Synchronization

/// The journal of a running session: a file that only grows, one event a line.
///
/// An event counts as having happened once `append` has returned. Whole lines are written with one system call, so
/// that a crash leaves at most the last one incomplete, and are on the disk before `append` returns where
/// `EventBody.mustBeDurable` asks for that; within ``gathering(_:)``, once that returns: nothing may leave before.
/// After a failure nothing more is written.
public final class JournalWriter: EventSink {
    private struct State: ~Copyable {
        var file: JournalFile?
        var lastNumber: Int
        var vocabulary: VocabularyRecord?
        /// `nil` for a journal that was begun without one.
        var chain: JournalChain?
        var failure: JournalError?
        /// Whether events that must be on the disk may wait there for others.
        var isGathering = false
        /// Whether one of them does.
        var owesSynchronising = false
    }

    /// The file.
    public let path: String
    private let state: Mutex<State>
    private let clock: @Sendable () -> Int64
    private let observer: @Sendable (Event) -> Void
    private let lines: @Sendable ([UInt8]) -> Void

    /// Milliseconds since 1970, by the system's clock.
    public static let systemClock: @Sendable () -> Int64 = {
        Int64((Date().timeIntervalSince1970 * 1_000).rounded())
    }

    /// A journal in a new file; its folder is created where it is missing.
    ///
    /// - Parameters:
    ///   - observer: is given each event after it was stored, in order, from whichever thread appends; it must not
    ///     append.
    ///   - lines: is given each line as it was stored.
    /// - Throws: ``JournalError``, of kind `exists` where a file of that name is there.
    public convenience init(
        creating path: String, observer: @escaping @Sendable (Event) -> Void = { _ in },
        lines: @escaping @Sendable ([UInt8]) -> Void = { _ in },
        clock: @escaping @Sendable () -> Int64 = JournalWriter.systemClock
    ) throws(JournalError) {
        self.init(
            file: try JournalFile.create(at: path), lastNumber: 0, vocabulary: nil, chain: JournalChain(),
            clock: clock, observer: observer, lines: lines)
    }

    /// A journal in a new file of the default folder, named by the time and the workflow.
    ///
    /// - Parameters:
    ///   - folder: the folder, `sessions` by default.
    ///   - workflow: the workflow's name.
    /// - Throws: ``JournalError``.
    public convenience init(
        in folder: String = "sessions", workflow: String,
        observer: @escaping @Sendable (Event) -> Void = { _ in },
        lines: @escaping @Sendable ([UInt8]) -> Void = { _ in },
        clock: @escaping @Sendable () -> Int64 = JournalWriter.systemClock
    ) throws(JournalError) {
        let name = JournalName(workflow: workflow, time: clock())
        let stem = "\(folder)/\(name.stem)"
        var attempt = JournalName.attempt(after: stem)
        while true {
            do throws(JournalError) {
                let file = try JournalFile.create(at: "\(folder)/\(name.fileName(attempt: attempt))")
                JournalName.note(attempt, of: stem)
                self.init(
                    file: file, lastNumber: 0, vocabulary: nil, chain: JournalChain(), clock: clock,
                    observer: observer, lines: lines)
                return
            } catch {
                guard error.kind == .exists, attempt < JournalName.mostAttempts else { throw error }
                attempt += 1
            }
        }
    }

    /// Takes up a journal that an earlier run left, under the lock that keeps other writers out.
    ///
    /// - Parameters:
    ///   - report: is told of an incomplete last line before it is moved to a file beside the journal.
    ///   - fold: is given the journal's events, in order.
    ///   - observer: is given each new event.
    /// - Throws: ``JournalError``; the file is unchanged then. What `report` throws keeps the line where it is.
    public convenience init(
        resuming path: String, report: (IncompleteLine) throws -> Void, fold: (Event) -> Void,
        observer: @escaping @Sendable (Event) -> Void = { _ in },
        lines: @escaping @Sendable ([UInt8]) -> Void = { _ in },
        clock: @escaping @Sendable () -> Int64 = JournalWriter.systemClock
    ) throws {
        var file = try JournalFile.existing(at: path)
        var reader = try JournalReader(path: path, verifies: true)
        var vocabulary: VocabularyRecord?
        var lastNumber = 0
        while let event = try reader.next() {
            if case .sessionStarted(let header) = event.body { vocabulary = header.model.vocabulary }
            lastNumber = event.number
            fold(event)
        }
        if let line = reader.incompleteLine {
            try report(line)
            try JournalWriter.setAside(line, of: path)
            try file.cut(to: line.offset)
        } else if reader.lacksLastLineBreak {
            try file.append([UInt8(ascii: "\n")])
        }
        self.init(
            file: file, lastNumber: lastNumber, vocabulary: vocabulary,
            chain: lastNumber == 0 ? JournalChain() : reader.lastHash.map { JournalChain(after: $0) },
            clock: clock, observer: observer, lines: lines)
    }

    init(
        file: consuming JournalFile, lastNumber: Int, vocabulary: VocabularyRecord?, chain: JournalChain?,
        clock: @escaping @Sendable () -> Int64, observer: @escaping @Sendable (Event) -> Void,
        lines: @escaping @Sendable ([UInt8]) -> Void
    ) {
        path = file.path
        self.clock = clock
        self.observer = observer
        self.lines = lines
        state = Mutex(
            State(file: file, lastNumber: lastNumber, vocabulary: vocabulary, chain: chain, failure: nil))
    }

    /// Numbers, dates and stores the event in its recorded form, then shows it to the observer.
    /// - Throws: ``JournalError``; the event has not happened then, and no later one can be stored.
    public func append(_ body: EventBody) throws -> Event {
        try append([body])[0]
    }

    /// The same with several events at once: one write takes them all.
    /// - Throws: ``JournalError``; none of the events has happened then.
    public func append(_ bodies: [EventBody]) throws -> [Event] {
        guard !bodies.isEmpty else { return [] }
        return try state.withLock { state in
            let entries = try bodies.map { try next($0, &state) }
            let isDurable = entries.contains { $0.event.body.mustBeDurable }
            try write(entries.flatMap(\.line), isDurable: isDurable, &state)
            for entry in entries {
                lines(entry.line)
                observer(entry.event)
            }
            return entries.map(\.event)
        }
    }

    /// The next event and its line, which have the number and the hash that follow the last one's.
    private func next(_ body: EventBody, _ state: inout State) throws -> (event: Event, line: [UInt8]) {
        if let failure = state.failure { throw failure }
        guard state.file != nil else {
            throw JournalError(.closed, "\(path) is closed; nothing more can be recorded in it")
        }
        if case .sessionStarted(let header) = body { state.vocabulary = header.model.vocabulary }
        state.lastNumber += 1
        let event = Event(
            number: state.lastNumber, time: clock(), body: body.recorded(vocabulary: state.vocabulary))
        let line = EventCodec.line(event)
        return (event, state.chain?.seal(line) ?? line)
    }

    private func write(_ bytes: [UInt8], isDurable: Bool, _ state: inout State) throws(JournalError) {
        do throws(JournalError) {
            try state.file?.append(bytes)
        } catch {
            throw fail(error, &state)
        }
        state.owesSynchronising = state.owesSynchronising || isDurable
        try synchronise(&state)
    }

    /// Whether lines are on the disk is unknown after a fault: writing on could follow a torn one.
    private func fail(_ error: JournalError, _ state: inout State) -> JournalError {
        state.failure = error
        state.file = nil
        return error
    }

    /// Stores several events that nothing follows from before all of them are stored: they reach the disk together.
    /// - Throws: what `body` throws, or ``JournalError``.
    public func gathering<Result>(_ body: () throws -> Result) throws -> Result {
        state.withLock { $0.isGathering = true }
        defer { state.withLock { $0.isGathering = false } }
        let result = try body()
        try state.withLock { state in
            state.isGathering = false
            try synchronise(&state)
        }
        return result
    }

    private func synchronise(_ state: inout State) throws(JournalError) {
        guard state.owesSynchronising, !state.isGathering else { return }
        do throws(JournalError) {
            try state.file?.synchronise()
        } catch {
            throw fail(error, &state)
        }
        state.owesSynchronising = false
    }

    /// Closes the file and gives up its lock; nothing can be appended from here on.
    public func close() {
        state.withLock { state in
            try? state.file?.synchronise()
            state.file = nil
        }
    }

    private static func setAside(_ line: IncompleteLine, of path: String) throws(JournalError) {
        for attempt in 1... {
            do throws(JournalError) {
                var file = try JournalFile.create(at: path + (attempt == 1 ? ".torn" : ".torn-\(attempt)"))
                try file.append(line.bytes)
                return try file.synchronise()
            } catch {
                guard error.kind == .exists, attempt < 1_000 else { throw error }
            }
        }
    }
}

/// The name of a journal: when the session began and what it ran.
struct JournalName {
    /// What sessions that began in the same second have in common, but for a number.
    let stem: String
    /// The most sessions that can begin in a second.
    static let mostAttempts = 10_000

    /// The last name that this program took: of many sessions that begin at once each would else try all names before it.
    private static let last = Mutex<(stem: String, attempt: Int)>(("", 0))

    /// The first number that is worth trying.
    static func attempt(after stem: String) -> Int { last.withLock { $0.stem == stem ? $0.attempt + 1 : 1 } }

    static func note(_ attempt: Int, of stem: String) { last.withLock { $0 = (stem, attempt) } }

    /// - Parameter time: milliseconds since 1970; the name has it in UTC.
    init(workflow: String, time: Int64) {
        var seconds = time_t(time / 1_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func padded(_ value: Int32, _ width: Int = 2) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let date = "\(padded(parts.tm_year + 1_900, 4))-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
        let clock = "\(padded(parts.tm_hour))-\(padded(parts.tm_min))-\(padded(parts.tm_sec))"
        let word = JournalName.word(workflow)
        stem = "\(date)T\(clock)" + (word.isEmpty ? "" : "-\(word)")
    }

    func fileName(attempt: Int) -> String { stem + (attempt == 1 ? "" : "-\(attempt)") + ".jsonl" }

    /// Letters, digits and single hyphens of ASCII: a name that every file system takes and no shell mistakes.
    private static func word(_ text: String) -> String {
        var word = ""
        for byte in text.utf8.prefix(60) {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                word.unicodeScalars.append(Unicode.Scalar(byte | 0x20))
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                word.unicodeScalars.append(Unicode.Scalar(byte))
            default: if word.last != "-", !word.isEmpty { word += "-" }
            }
        }
        while word.last == "-" { word.removeLast() }
        return word
    }
}
