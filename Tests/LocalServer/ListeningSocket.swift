import Foundation
import Synchronization

/// A socket that is listened on by a thread, which closes it once it is told to stop.
///
/// Once the socket is closed, its number may be another file's; neither side touches it then.
public final class ListeningSocket: Sendable {
    private let socket: Mutex<Int32?>

    /// A socket that listens.
    public init(_ socket: Int32) { self.socket = Mutex(socket) }

    /// Wakes the thread that accepts; from now on it gets no connection.
    public func stop() {
        socket.withLock { socket in
            if let socket { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// Closes the socket; for the thread that accepts, when it does so no more.
    public func close() {
        socket.withLock { socket in
            if let open = socket { _ = Foundation.close(open) }
            socket = nil
        }
    }
}
