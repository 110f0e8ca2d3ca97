import Agent
import Foundation
import JSON

/// A journal looked at line by line for signs that it is not what a run wrote.
public struct JournalAudit: Sendable {
    /// Something that is not as a run leaves it.
    public struct Fault: Sendable, Hashable, CustomStringConvertible {
        /// The ways to be wrong.
        public enum Kind: Sendable, Hashable {
            /// The line's hash does not fit its text and the hash before it.
            case changed
            /// Lines that were there are gone.
            case missing
            /// The line stands after one that was written after it.
            case reordered
            /// The line is there already.
            case repeated
            /// The line has no hash, and others have.
            case unsealed
            /// The line cannot be read.
            case unreadable
            /// The session goes on after the noted hash, or never had it.
            case otherHead
        }

        /// The line in the file, from 1.
        public let line: Int
        /// What is wrong.
        public let kind: Kind
        /// One line that names it.
        public let description: String
    }

    /// How many events could be read.
    public let eventCount: Int
    /// What is wrong, in the order of the file.
    public let faults: [Fault]
    /// Whether the journal has a chain; older ones have none.
    public let isChained: Bool
    /// The last line's hash, to be noted elsewhere.
    public let head: String?
    /// Whether the last event is an end; without, the session broke off or its last lines were cut.
    public let hasEnd: Bool

    private struct Line {
        let number: Int
        let event: Int?
        let name: String
        let range: Range<Int>
        let seal: Seal?
    }

    /// A line's hash, and how it stands to the line that was read before it.
    private struct Seal {
        let hash: String
        let before: String
        let fits: Bool
    }

    /// Reads and verifies the journal at `path`; one line of it is in memory at a time.
    ///
    /// - Parameters:
    ///   - expected: a hash noted earlier, which the last line must have.
    ///   - report: is given the events that could be read, in the order of the file.
    /// - Throws: ``JournalError`` for a file that cannot be read or is no journal.
    public init(
        path: String, expecting expected: String? = nil, report: (Event) -> Void = { _ in }
    ) throws(JournalError) {
        var reader = try LineReader(path: path)
        var faults: [Fault] = []
        var lines: [Line] = []
        var decoder = EventDecoder()
        var (count, last, head) = (0, "", "")
        while let bytes = try reader.next() {
            let number = lines.count + 1
            let range = reader.lastRange
            let seal = JournalChain.unsealed(bytes).map { text, hash in
                Seal(hash: hash, before: head, fits: JournalChain.hash(of: text, after: head) == hash)
            }
            head = seal?.hash ?? ""
            do throws(JournalError) {
                let event = try decoder.decodeAnywhere(bytes, lineNumber: number)
                count += 1
                last = event.body.name
                lines.append(
                    Line(number: number, event: event.number, name: last, range: range, seal: seal))
                report(event)
            } catch {
                if number == 1 { throw error.at(path) }
                lines.append(Line(number: number, event: nil, name: "", range: range, seal: seal))
                faults.append(
                    Fault(
                        line: number, kind: .unreadable,
                        description: "line \(number) cannot be read: \(error)"))
            }
        }
        isChained = lines.contains { $0.seal != nil }
        faults += JournalAudit.orderFaults(lines)
        if isChained { faults += try JournalAudit.chainFaults(lines, &reader) }
        self.head = lines.last?.seal?.hash
        if let expected, expected != self.head {
            let reason =
                lines.contains { $0.seal?.hash == expected }
                ? "the session goes on after the line with the hash that was noted"
                : "no line has the hash that was noted: lines were cut or written anew"
            faults.append(Fault(line: lines.last?.number ?? 0, kind: .otherHead, description: reason))
        }
        eventCount = count
        self.faults = faults.sorted { $0.line < $1.line }
        hasEnd = last == "end"
    }

    /// Events that are missing, doubled or after later ones.
    private static func orderFaults(_ lines: [Line]) -> [Fault] {
        var faults: [Fault] = []
        var seen: Set<Int> = []
        var highest = 0
        let all = Set(lines.compactMap(\.event)).sorted()
        let unread = lines.count { $0.event == nil }
        for line in lines {
            guard let event = line.event else { continue }
            let name = "line \(line.number) (event \(event), \(line.name))"
            if !seen.insert(event).inserted {
                faults.append(
                    Fault(
                        line: line.number, kind: .repeated,
                        description: "\(name): that event is there already"))
            } else if event < highest {
                faults.append(
                    Fault(
                        line: line.number, kind: .reordered,
                        description: "\(name) stands after event \(highest), which was written after it"))
            } else {
                // A line that cannot be read is named already.
                if let gone = missing(between: highest, and: event, all), gone.count > unread {
                    let events =
                        gone.first == gone.last
                        ? "event \(gone.first) is" : "events \(gone.first) to \(gone.last) are"
                    faults.append(
                        Fault(
                            line: line.number, kind: .missing, description: "\(events) missing before \(name)"
                        ))
                }
            }
            highest = max(highest, event)
        }
        return faults
    }

    /// The numbers between two that no line has: the first, the last and how many.
    ///
    /// It takes time by the lines, whatever numbers they claim.
    ///
    /// - Parameter all: the numbers that lines have, ascending.
    /// - Returns: `nil` where none is missing.
    private static func missing(
        between low: Int, and high: Int, _ all: [Int]
    ) -> (first: Int, last: Int, count: Int)? {
        let inside = all[place(of: low, in: all)..<all.count].drop { $0 <= low }.prefix { $0 < high }
        let count = high - low - 1 - inside.count
        guard count > 0 else { return nil }
        var first = low + 1
        for number in inside where number == first { first += 1 }
        var last = high - 1
        for number in inside.reversed() where number == last { last -= 1 }
        return (first, last, count)
    }

    /// Where the numbers begin that are not below one.
    private static func place(of number: Int, in all: [Int]) -> Int {
        var (low, high) = (0, all.count)
        while low < high {
            let middle = (low + high) / 2
            if all[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Lines whose hash does not fit; each is held against the event before it, wherever that stands.
    private static func chainFaults(
        _ lines: [Line], _ reader: inout LineReader
    ) throws(JournalError) -> [Fault] {
        var hashes: [Int: String] = [0: ""]
        for line in lines {
            if let event = line.event, let seal = line.seal { hashes[event] = seal.hash }
        }
        var faults: [Fault] = []
        for line in lines {
            guard let event = line.event else { continue }
            let name = "line \(line.number) (event \(event), \(line.name))"
            guard let seal = line.seal else {
                faults.append(
                    Fault(
                        line: line.number, kind: .unsealed,
                        description: "\(name) has no hash: it was added or written anew"))
                continue
            }
            guard let before = hashes[event &- 1] else { continue }
            if try !fits(line, seal, after: before, &reader) {
                faults.append(
                    Fault(
                        line: line.number, kind: .changed,
                        description: "\(name) is not what was written there: it was changed"))
            }
        }
        return faults
    }

    /// Whether a line's hash fits; a line that does not stand after its event's predecessor is read once more.
    private static func fits(
        _ line: Line, _ seal: Seal, after before: String, _ reader: inout LineReader
    ) throws(JournalError) -> Bool {
        if before.utf8.elementsEqual(seal.before.utf8) { return seal.fits }
        guard let (text, hash) = JournalChain.unsealed(try reader.line(at: line.range)) else { return false }
        return JournalChain.hash(of: text, after: before) == hash
    }
}
