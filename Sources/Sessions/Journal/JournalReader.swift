import Agent
import Foundation
import JSON

/// A last line that a crash cut off.
public struct IncompleteLine: Sendable, Hashable, CustomStringConvertible {
    /// Where it begins in the file, in bytes.
    public let offset: Int
    /// What there is of it.
    public let bytes: [UInt8]
    /// The number of the last whole event.
    public let lastEvent: Int

    /// One line for the person.
    public var description: String {
        "the last event is incomplete: \(bytes.count) bytes after event \(lastEvent) were left out"
    }
}

/// Reads a journal line by line; only one line is in memory at a time.
///
/// A journal that is cut anywhere opens: ``next()`` gives every whole event, then `nil`, and ``incompleteLine`` says
/// what was left out. A line that cannot be read in the middle is an error; what came before it has been given.
public struct JournalReader: ~Copyable {
    /// The file.
    public let path: String
    /// The last line, where it was cut off; known once ``next()`` has given `nil`.
    public private(set) var incompleteLine: IncompleteLine?
    /// Whether the last event is whole and only its line break is missing.
    private(set) var lacksLastLineBreak = false
    /// Where the line of the last event stands in the file, in bytes, its line break left out.
    private(set) var lastLineRange = 0..<0
    /// The version that the header named.
    var version: JournalVersion? { decoder.version }
    /// How many bytes of the file have been read as events.
    var readBytes: Int { lineOffset }

    /// The hash of the last event's line, where the journal has a chain.
    var lastHash: String? { decoder.lastHash }

    private let descriptor: Int32
    private var decoder: EventDecoder
    /// Holds the lines against their chain; `nil` where whoever reads does not act on them.
    private var chain: ChainCheck?
    private var buffer: [UInt8] = []
    /// The first byte of the buffer that has not been given, and the first that has not been searched.
    private var (start, searched) = (0, 0)
    private var lineOffset = 0
    private var lineNumber = 0
    private var isAtEnd = false

    private static let chunkSize = 1 << 18

    /// Opens a journal.
    /// - Parameters:
    ///   - detail: how much of each event is kept.
    ///   - verifies: whether a line that does not fit the chain is an error, as it must be to whoever acts on it.
    /// - Throws: ``JournalError`` where there is no such file, or it may not be read.
    public init(
        path: String, detail: EventDecoder.Detail = .whole, verifies: Bool = false
    ) throws(JournalError) {
        self.path = path
        chain = verifies ? ChainCheck() : nil
        decoder = EventDecoder(detail: detail)
        let opened = open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else { throw JournalError.system(errno, "opening", path) }
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// The next event; `nil` after the last whole one.
    /// - Throws: ``JournalError`` for a file that is no journal, and for a line that cannot be read.
    public mutating func next() throws(JournalError) -> Event? {
        do throws(JournalError) {
            return try nextEvent()
        } catch {
            throw error.at(path)
        }
    }

    private mutating func nextEvent() throws(JournalError) -> Event? {
        guard let end = try lineEnd() else { return try lastLine() }
        let line = Array(buffer[start..<end])
        lineNumber += 1
        let event = try decode(line)
        try chain?.check(line, number: lineNumber)
        lastLineRange = lineOffset..<lineOffset + line.count
        lineOffset += line.count + 1
        start = end + 1
        return event
    }

    private mutating func decode(_ line: [UInt8]) throws(JournalError) -> Event {
        do throws(JournalError) {
            return try decoder.decode(line, lineNumber: lineNumber)
        } catch {
            guard lineNumber == 1, case .corrupt = error.kind, decoder.version == nil else { throw error }
            throw JournalError.notAJournal("its first line cannot be read (\(error))")
        }
    }

    /// What stands after the last line break: nothing, a whole event without its line break, or part of one.
    private mutating func lastLine() throws(JournalError) -> Event? {
        guard start < buffer.count else { return nil }
        let line = Array(buffer[start...])
        start = buffer.count
        lineNumber += 1
        var attempt = decoder
        if let event = try? attempt.decode(line, lineNumber: lineNumber) {
            decoder = attempt
            try chain?.check(line, number: lineNumber)
            lacksLastLineBreak = true
            lastLineRange = lineOffset..<lineOffset + line.count
            lineOffset += line.count
            return event
        }
        let opening = Array("{\"n\":1,".utf8)
        if lineNumber == 1, !line.prefix(opening.count).elementsEqual(opening.prefix(line.count)) {
            throw JournalError.notAJournal("it does not begin with a session header")
        }
        incompleteLine = IncompleteLine(offset: lineOffset, bytes: line, lastEvent: decoder.lastNumber)
        return nil
    }

    /// The position of the next line break in the buffer, which is filled as far as needed.
    private mutating func lineEnd() throws(JournalError) -> Int? {
        while true {
            if let end = buffer[searched...].firstIndex(of: 0x0A) {
                searched = end + 1
                return end
            }
            searched = buffer.count
            guard buffer.count - start <= ReadingLimits.journalLine else {
                throw JournalError.endless(line: lineNumber + 1)
            }
            if isAtEnd { return nil }
            if start == 0, buffer.count > JournalReader.chunkSize, lineNumber == 0,
                buffer.first != UInt8(ascii: "{")
            {
                throw JournalError.notAJournal("it does not begin with a session header")
            }
            try fill()
        }
    }

    private mutating func fill() throws(JournalError) {
        buffer.removeSubrange(..<start)
        searched -= start
        start = 0
        let kept = buffer.count
        // Long lines are read in pieces that grow with them, so that each byte is copied a bounded number of times.
        let room = max(JournalReader.chunkSize, kept)
        buffer.append(contentsOf: repeatElement(0, count: room))
        while true {
            let count = buffer[kept...].withUnsafeMutableBytes { read(descriptor, $0.baseAddress, room) }
            if count < 0, errno == EINTR { continue }
            buffer.removeSubrange((kept + max(0, count))...)
            guard count >= 0 else { throw JournalError.system(errno, "reading", path) }
            isAtEnd = count == 0
            return
        }
    }
}

/// A whole journal in memory.
public struct Journal: Sendable {
    /// The whole events, in order.
    public var events: [Event]
    /// The last line, where a crash cut it off.
    public var incompleteLine: IncompleteLine?
    /// Why reading stopped before the end of the file.
    public var damage: JournalError?

    /// What the person should be told of the file, one line each; nothing for a whole journal.
    public var notices: [String] {
        [incompleteLine?.description, damage.map { "\($0); what follows event \(events.count) is left out" }]
            .compactMap { $0 }
    }

    /// Reads a journal.
    ///
    /// - Parameter upToDamage: keep the events before a line that cannot be read, and say so in ``damage``, where
    ///   the session's header at least is whole.
    /// - Parameter verifies: whether a line that does not fit the journal's chain is an error.
    /// - Throws: ``JournalError``.
    public init(path: String, upToDamage: Bool = false, verifies: Bool = false) throws(JournalError) {
        events = []
        var reader = try JournalReader(path: path, verifies: verifies)
        do throws(JournalError) {
            while let event = try reader.next() { events.append(event) }
            incompleteLine = reader.incompleteLine
        } catch {
            guard upToDamage, case .corrupt = error.kind, !events.isEmpty else { throw error }
            damage = error
        }
    }
}
