import Foundation

/// The lock on a file or folder that keeps a second writer out.
public enum FileLock {
    /// Gives the lock of a descriptor back and closes it.
    ///
    /// A lock belongs to all copies of a descriptor, and a child process has one from its fork until its exec: closing ours
    /// alone would leave the lock with it for that long (flock(2)).
    public static func release(_ descriptor: Int32) {
        _ = flock(descriptor, LOCK_UN)
        _ = Foundation.close(descriptor)
    }
}
