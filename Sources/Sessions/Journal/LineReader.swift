import Foundation
import JSON

/// The lines of a file, one after the other or again by their place; one line is in memory at a time.
struct LineReader: ~Copyable, Sendable {
    private let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    /// The first byte of the buffer that has not been given, and the first that has not been searched.
    private var (start, searched) = (0, 0)
    private var offset = 0
    /// Where the line that was given last stands in the file, in bytes, its line break left out.
    private(set) var lastRange = 0..<0

    private static let chunkSize = 1 << 18

    /// - Throws: ``JournalError`` where there is no such file, or it may not be read.
    init(path: String) throws(JournalError) {
        self.path = path
        let opened = open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else { throw JournalError.system(errno, "opening", path) }
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// The next line without its line break; what follows the last line break counts where it is not empty.
    mutating func next() throws(JournalError) -> [UInt8]? {
        while true {
            if let end = buffer[searched...].firstIndex(of: 0x0A) {
                defer { (start, searched) = (end + 1, end + 1) }
                return take(start..<end, offset + 1)
            }
            searched = buffer.count
            guard buffer.count - start <= ReadingLimits.journalLine else {
                throw JournalError(
                    .corrupt(line: 0),
                    "\(path): a line has more than \(ReadingLimits.figure(ReadingLimits.journalLine))")
            }
            let more = try bytes(
                max(LineReader.chunkSize, buffer.count - start), at: offset + buffer.count - start)
            guard !more.isEmpty else {
                guard start < buffer.count else { return nil }
                defer { (start, searched) = (buffer.count, buffer.count) }
                return take(start..<buffer.count, offset)
            }
            buffer.removeSubrange(..<start)
            (start, searched) = (0, searched - start)
            buffer += more
        }
    }

    private mutating func take(_ line: Range<Int>, _ after: Int) -> [UInt8] {
        lastRange = offset..<offset + line.count
        offset = after + line.count
        return Array(buffer[line])
    }

    /// How many bytes the file has now.
    var size: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// The bytes at a place of the file; fewer where the file was cut since.
    func line(at range: Range<Int>) throws(JournalError) -> [UInt8] {
        try bytes(range.count, at: range.lowerBound)
    }

    /// Up to so many bytes from an offset; fewer only at the end of the file.
    private func bytes(_ count: Int, at offset: Int) throws(JournalError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes[filled...].withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress, $0.count, off_t(offset + filled))
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw JournalError.system(errno, "reading", path) }
            if got == 0 { break }
            filled += got
        }
        bytes.removeSubrange(filled...)
        return bytes
    }
}
