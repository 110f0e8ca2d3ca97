#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads a file as a whole, up to a bound: a device, a pipe or a file that grows is given up where the bound is met.
public enum BoundedFile {
    private static let chunkSize = 1 << 16

    /// The bytes of a file.
    /// - Throws: ``BoundedFileError`` for a file that cannot be read, and for one of more bytes.
    public static func bytes(
        _ path: String, most: Int = ReadingLimits.document
    ) throws(BoundedFileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw BoundedFileError(path, String(cString: strerror(errno))) }
        defer { close(descriptor) }
        return try bytes(descriptor, named: path, most: most)
    }

    /// The text of a file, which must be UTF-8.
    /// - Throws: ``BoundedFileError``, for what is no UTF-8 too.
    public static func text(
        _ path: String, most: Int = ReadingLimits.document
    ) throws(BoundedFileError) -> String {
        guard let text = String(validating: try bytes(path, most: most), as: UTF8.self) else {
            throw BoundedFileError(path, "it is not UTF-8 text")
        }
        return text
    }

    /// What comes on an open file until its end; the file stays open.
    /// - Throws: ``BoundedFileError`` where it cannot be read, or more comes.
    public static func bytes(
        _ descriptor: Int32, named name: String, most: Int
    ) throws(BoundedFileError) -> [UInt8] {
        let excess = BoundedFileError(name, "it has more than \(ReadingLimits.figure(most))")
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, Int(status.st_size) > most {
            throw excess
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: chunkSize)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw BoundedFileError(name, String(cString: strerror(errno))) }
            if count == 0 { return bytes }
            if bytes.count + count > most { throw excess }
            bytes += chunk[..<count]
        }
    }
}

/// Why a file was not read.
public struct BoundedFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file as it was named.
    public let path: String
    /// What is wrong with it, in words.
    public let reason: String

    init(_ path: String, _ reason: String) {
        self.path = path
        self.reason = reason
    }

    /// One line: the file, and what is wrong.
    public var description: String { "\(path) cannot be read: \(reason)" }
}
