import Agent
import Foundation
import JSON

/// Follows a journal that another process writes: each look gives the events that have come since.
///
/// Only whole lines count. A last line that a crash cut off, and that the next run cuts away, is never given.
public struct JournalTail: Sendable {
    /// The file.
    public let path: String
    private var decoder = EventDecoder()
    private var chain = ChainCheck()
    private var offset = 0
    private var lineNumber = 0
    private var inode: UInt64 = 0

    private static let chunkSize = 1 << 18

    /// A journal of which nothing has been read.
    public init(path: String) { self.path = path }

    /// The events since the last look, in order, and whether the file began anew, so that they are the first ones.
    /// - Throws: ``JournalError`` for a file that is no journal or is gone, and for a line that cannot be read.
    public mutating func look() throws(JournalError) -> (events: [Event], isNew: Bool) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw JournalError.system(errno, "opening", path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw JournalError.system(errno, "reading", path) }
        var isNew = false
        if UInt64(status.st_ino) != inode || Int(status.st_size) < offset {
            self = JournalTail(path: path)
            inode = UInt64(status.st_ino)
            isNew = true
        }
        // Nothing is made ready for the many looks at a file that has not grown.
        guard Int(status.st_size) > offset else { return ([], isNew) }
        var events: [Event] = []
        var line: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: JournalTail.chunkSize)
        while true {
            let count = try read(descriptor, into: &chunk, at: offset + line.count)
            if count == 0 { return (events, isNew) }
            var rest = chunk[..<count]
            while let end = rest.firstIndex(of: 0x0A) {
                line += rest[..<end]
                rest = rest[(end + 1)...]
                offset += line.count + 1
                events.append(try take(line))
                line = []
            }
            line += rest
            guard line.count <= ReadingLimits.journalLine else {
                throw JournalError.endless(line: lineNumber + 1).at(path)
            }
        }
    }

    private mutating func take(_ line: [UInt8]) throws(JournalError) -> Event {
        lineNumber += 1
        do throws(JournalError) {
            let event = try decoder.decode(line, lineNumber: lineNumber)
            try chain.check(line, number: lineNumber)
            return event
        } catch {
            throw error.at(path)
        }
    }

    private func read(
        _ descriptor: Int32, into chunk: inout [UInt8], at place: Int
    ) throws(JournalError) -> Int {
        while true {
            let count = chunk.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress, $0.count, off_t(place))
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw JournalError.system(errno, "reading", path) }
            return count
        }
    }
}
