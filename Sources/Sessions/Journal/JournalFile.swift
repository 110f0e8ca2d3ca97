import Foundation

/// An open journal file: appends whole lines, and holds the lock that keeps other writers out.
struct JournalFile: ~Copyable {
    let path: String
    private let descriptor: Int32
    /// Whether a loss of power leaves the file in its folder.
    private var hasStoredName = false

    /// Takes over an open descriptor.
    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { FileLock.release(descriptor) }

    /// Creates a file that is not there yet, and its folder.
    ///
    /// The file survives a loss of power from the first ``synchronise()`` on: before it there is nothing in it that must.
    static func create(at path: String) throws(JournalError) -> JournalFile {
        try Folder(of: path).create()
        let file = try open(path, O_RDWR | O_APPEND | O_CREAT | O_EXCL, "creating")
        try file.lock()
        return file
    }

    /// Opens a file that is there, to append to it.
    static func existing(at path: String) throws(JournalError) -> JournalFile {
        let file = try open(path, O_RDWR | O_APPEND, "opening")
        try file.lock()
        return file
    }

    private static func open(
        _ path: String, _ flags: Int32, _ action: String
    ) throws(JournalError) -> JournalFile {
        let descriptor = Foundation.open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw JournalError.system(errno, action, path) }
        return JournalFile(descriptor: descriptor, path: path)
    }

    private func lock() throws(JournalError) {
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return }
        guard errno == EWOULDBLOCK else { throw JournalError.system(errno, "locking", path) }
        throw JournalError(
            .locked, "\(path) is being written by another callgate; wait for it to end, or record elsewhere")
    }

    /// Appends the line with one `write`; what a failed write left behind is taken back where that can be done.
    func append(_ line: [UInt8]) throws(JournalError) {
        var written = 0
        while written < line.count {
            let count = line[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                written += count
                continue
            }
            let code = count == 0 ? EIO : errno
            if code == EINTR { continue }
            if written > 0 { takeBack(written) }
            throw JournalError.system(code, "writing", path)
        }
    }

    private func takeBack(_ count: Int) {
        let end = lseek(descriptor, 0, SEEK_END)
        if end >= count { _ = ftruncate(descriptor, end - off_t(count)) }
    }

    /// Returns once everything appended is on the disk.
    mutating func synchronise() throws(JournalError) {
        if !hasStoredName {
            try Folder(of: path).synchronise()
            hasStoredName = true
        }
        #if canImport(Glibc) || canImport(Musl)
            let result = fdatasync(descriptor)
        #else
            let result = fcntl(descriptor, F_FULLFSYNC)
        #endif
        // A descriptor that cannot be synchronised, such as a pipe's or /dev/null's, has nothing to lose.
        guard result != 0, errno != EINVAL, errno != EROFS, errno != ENOTSUP else { return }
        throw JournalError.system(errno, "saving", path)
    }

    /// Cuts the file to its first `length` bytes.
    mutating func cut(to length: Int) throws(JournalError) {
        guard ftruncate(descriptor, off_t(length)) == 0 else {
            throw JournalError.system(errno, "cutting", path)
        }
        try synchronise()
    }
}

/// The folder that a file lies in.
struct Folder {
    private let path: String

    init(of file: String) {
        let folder = file.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(file[..<$0]) }
        path = folder.map { $0.isEmpty ? "/" : $0 } ?? "."
    }

    func create() throws(JournalError) {
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue {
            return
        }
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw JournalError(
                .notPermitted, "the folder \(path) cannot be created; record elsewhere with --record")
        }
        try Folder(of: path).synchronise()
    }

    /// Returns once the names in the folder are on the disk.
    func synchronise() throws(JournalError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw JournalError.system(errno, "opening", path) }
        defer { close(descriptor) }
        // Some file systems cannot synchronise a folder; there is nothing better to do on them.
        guard fsync(descriptor) != 0, errno != EINVAL, errno != ENOTSUP else { return }
        throw JournalError.system(errno, "saving", path)
    }
}
