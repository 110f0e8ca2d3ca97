import Foundation

/// Writes files that a person names: through links, into devices and pipes, with the mode that is there; what is new is
/// private.
struct FileOutput: ~Copyable {
    private let descriptor: Int32
    private let path: String

    /// Opens what is there, or a new file that only its owner may read.
    /// - Throws: ``Failure`` with the usage code.
    init(path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0o600)
        self.path = path
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

    /// Writes a whole file.
    /// - Throws: ``Failure`` with the usage code.
    static func write(_ text: String, path: String) throws { try FileOutput(path: path).write(text) }

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
        else { return try write(text, path: path) }
        defer { free(target) }
        var name = Array("\(String(cString: target)).XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        // A folder that takes no new file may hold one that can be written.
        guard descriptor >= 0 else { return try write(text, path: path) }
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
