import CNcurses

/// A bell that any thread may ring and that the main thread's wait hears.
///
/// It is a file descriptor, so that one `poll` waits for the terminal and for it. It is closed with its last owner.
public final class Wake: Sendable {
    private let pair: cn_wake

    /// A bell that nobody has rung.
    ///
    /// - Throws: ``TerminalError/system(call:message:)`` where no descriptor is left.
    public init() throws(TerminalError) {
        var pair = cn_wake(reader: -1, writer: -1)
        guard cn_wake_open(&pair) == 0 else { throw .lastFailure(of: "eventfd") }
        self.pair = pair
    }

    deinit { cn_wake_close(pair) }

    /// Rings it; further calls until the main thread has heard it change nothing.
    public func ring() { cn_wake_ring(pair.writer) }

    /// Takes the ringing back, and says whether it had been rung.
    @discardableResult
    func silence() -> Bool { cn_wake_silence(pair.reader) }

    /// What becomes readable when it is rung.
    var descriptor: Int32 { pair.reader }

    /// What a signal handler writes to.
    var writer: Int32 { pair.writer }
}
