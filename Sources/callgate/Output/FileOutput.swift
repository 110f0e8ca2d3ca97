import Foundation

/// Writes files that a person names: through links, into devices and pipes, with the mode that is there; what is new is
/// private.
struct FileOutput: ~Copyable {
    private let descriptor: Int32
    private let path: String

    /// Opens what is there, or a new file that only its owner may read.
    ///
    /// - Parameter sources: the files that are read for it, none of which may be written over.
    /// - Throws: ``Failure`` with the usage code.
    init(path: String, sparing sources: [String]) throws {
        let source = sources.first { FileOutput.isSame($0, path) }
        descriptor =
            source == nil ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0o600) : -1
        self.path = path
        if let source {
            throw Failure(.usage, "\(path) is \(source) itself, which is read; name another file to write")
        }
        guard descriptor >= 0 else {
            throw Failure(.usage, "\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(descriptor) }

    /// Appends text.
    /// - Throws: ``Failure`` with the usage code.
    func write(_ text: String) throws {
        if let fault = FileOutput.write(Array(text.utf8), to: descriptor) {
            throw Failure(.usage, "\(path) cannot be written: \(String(cString: strerror(fault)))")
        }
    }

    /// Whether two paths lead to one file, through whatever links.
    private static func isSame(_ first: String, _ second: String) -> Bool {
        var (one, other) = (stat(), stat())
        return stat(first, &one) == 0 && stat(second, &other) == 0 && one.st_mode & S_IFMT == S_IFREG
            && one.st_dev == other.st_dev && one.st_ino == other.st_ino
    }

    /// Writes a whole file.
    /// - Throws: ``Failure`` with the usage code.
    static func write(_ text: String, path: String, sparing sources: [String]) throws {
        try FileOutput(path: path, sparing: sources).write(text)
    }

    /// Writes all bytes; the error's number where that cannot be done.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress, $0.count)
            }
            if count > 0 {
                written += count
            } else if count < 0, errno == EAGAIN {
                var file = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&file, 1, -1)
            } else if count < 0, errno == EINTR {
                continue
            } else {
                return count == 0 ? EIO : errno
            }
        }
        return nil
    }

    /// Replaces what a file holds at once or not at all, where it is a file; its mode and the links to it stay.
    /// - Throws: ``Failure`` with the usage code.
    static func replace(_ text: String, path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_nlink == 1,
            let target = realpath(path, nil)
        else { return try write(text, path: path, sparing: []) }
        defer { free(target) }
        var name = Array("\(String(cString: target)).XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        // A folder that takes no new file may hold one that can be written.
        guard descriptor >= 0 else { return try write(text, path: path, sparing: []) }
        defer { close(descriptor) }
        var fault = fchmod(descriptor, status.st_mode & 0o7777) == 0 ? nil : errno
        if fault == nil { fault = write(Array(text.utf8), to: descriptor) }
        if fault == nil, fsync(descriptor) != 0 { fault = errno }
        if fault == nil, rename(name, target) != 0 { fault = errno }
        guard let fault else { return }
        unlink(name)
        throw Failure(.usage, "\(path) cannot be written: \(String(cString: strerror(fault)))")
    }
}
