import Foundation
import Testing

@testable import Sessions

@Suite struct FileLockTests {
    /// As a child process has one between its fork and its exec.
    @Test func aLockIsGivenBackThoughACopyOfItsDescriptorIsOpen() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("lock-\(UUID().uuidString)")
            .path
        defer { unlink(path) }
        let lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
        let copy = dup(lock)
        defer { close(copy) }
        let other = open(path, O_RDWR | O_CLOEXEC)
        defer { close(other) }
        #expect(flock(other, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        FileLock.release(lock)
        #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
    }
}
