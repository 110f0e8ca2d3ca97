import Agent
import Foundation
import Synchronization

/// A journal that is read piece by piece, and any of whose events can be read again from the file.
///
/// Of what has been read there is in memory where each line stands, and what ``EventDecoder/Detail/outline`` keeps of
/// each event; the rest (logits, candidates, masks, the text of requests) stays in the file until somebody looks.
public final class IndexedJournal: Sendable {
    /// The next events of the file, in outline.
    public struct Piece: Sendable {
        /// The events, in order.
        public let events: [Event]
        /// How much of the file has been read by now, 0 to 1.
        public let share: Double
        /// Whether nothing more will come.
        public let isLast: Bool
        /// What the person should be told of the file, one line each.
        public let notices: [String]
    }

    private struct Reading: ~Copyable {
        var reader: JournalReader
        var isAtEnd = false
        /// What the calls of the current round have answered.
        var results: [CallKey: String] = [:]

        /// The next event; a message that repeats its call's result shares the text with it.
        mutating func next() throws(JournalError) -> Event? {
            guard var event = try reader.next() else { return nil }
            switch event.body {
            case .requestSent: results = [:]
            case .callFinished(let key, let result): results[key] = result.content
            case .toolMessage(let key, let content, let isError):
                guard let result = results.removeValue(forKey: key), result.utf8.elementsEqual(content.utf8)
                else { break }
                event.body = .toolMessage(key, content: result, isError: isError)
            default: break
            }
            return event
        }
    }

    private struct Lines {
        var ranges: [Range<Int>] = []
        var version: JournalVersion?
        var recent: [Int: Event] = [:]
    }

    /// The file.
    public let path: String
    private let size: Int
    private let places: LineReader
    private let reading: Mutex<Reading>
    private let lines = Mutex(Lines())

    /// How many events read in full are kept for the next look.
    private static let mostRecent = 64

    /// Opens a journal and reads nothing of it.
    /// - Throws: ``JournalError`` where there is no such file, or it may not be read.
    public init(path: String) throws(JournalError) {
        let reader = try JournalReader(path: path, detail: .outline)
        self.path = path
        places = try LineReader(path: path)
        size = max(1, places.size)
        reading = Mutex(Reading(reader: reader))
    }

    /// How many events have been read.
    public var count: Int { lines.withLock { $0.ranges.count } }

    /// Reads on, until that many bytes of the file have been taken or it ends.
    ///
    /// A line that cannot be read ends the session there, and a notice says so.
    /// - Throws: ``JournalError`` for a file that is no journal, or whose header cannot be read.
    public func readOn(atMost bytes: Int) throws(JournalError) -> Piece {
        let result = reading.withLock { reading in
            Result<Piece, JournalError> { () throws(JournalError) -> Piece in
                try readOn(atMost: bytes, &reading)
            }
        }
        return try result.get()
    }

    private func readOn(atMost bytes: Int, _ reading: inout Reading) throws(JournalError) -> Piece {
        var events: [Event] = []
        var ranges: [Range<Int>] = []
        var notices: [String] = []
        let start = reading.reader.readBytes
        do throws(JournalError) {
            while !reading.isAtEnd, reading.reader.readBytes - start < max(1, bytes) {
                guard let event = try reading.next() else {
                    reading.isAtEnd = true
                    if let line = reading.reader.incompleteLine { notices.append(line.description) }
                    break
                }
                events.append(event)
                ranges.append(reading.reader.lastLineRange)
            }
        } catch {
            let before = count + events.count
            guard case .corrupt = error.kind, before > 0 else { throw error }
            reading.isAtEnd = true
            notices.append("\(error); what follows event \(before) is left out")
        }
        let version = reading.reader.version
        lines.withLock { lines in
            lines.ranges += ranges
            lines.version = version
        }
        return Piece(
            events: events, share: min(1, Double(reading.reader.readBytes) / Double(size)),
            isLast: reading.isAtEnd, notices: notices)
    }

    /// The event of that number with all that its line says; `nil` where none of that number has been read.
    /// - Throws: ``JournalError`` where the line cannot be read in full.
    public func event(_ number: Int) throws(JournalError) -> Event? {
        let (range, version, known) = lines.withLock { lines in
            (
                lines.ranges.indices.contains(number - 1) ? lines.ranges[number - 1] : nil, lines.version,
                lines.recent[number]
            )
        }
        if let known { return known }
        guard let range else { return nil }
        var decoder = EventDecoder(version: number == 1 ? nil : version, after: number - 1)
        let event: Event
        do throws(JournalError) {
            event = try decoder.decode(try places.line(at: range), lineNumber: number)
        } catch {
            throw error.at(path)
        }
        lines.withLock { lines in
            if lines.recent.count >= IndexedJournal.mostRecent { lines.recent = [:] }
            lines.recent[number] = event
        }
        return event
    }
}
