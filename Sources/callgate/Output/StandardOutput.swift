import Foundation
import Synchronization
import Terminal

/// The program's standard output: what cannot be written ends the program with a line and exit code 1, so that nobody
/// takes half an output for the whole.
enum StandardOutput {
    private static let pending = Mutex<[UInt8]>([])
    private static let bufferSize = 1 << 16

    /// Writes text as it is, for data; what a person reads goes through `print`.
    static func write(_ text: String) { write(Array(text.utf8)) }

    /// Writes JSON: to a file to the byte; to a terminal with escapes for all that could steer it, which mean the same.
    static func writeJSON(_ text: String) {
        write(isatty(STDOUT_FILENO) == 1 ? ScreenedText.json(text) : text)
    }

    /// Writes bytes as they are.
    static func write(_ bytes: [UInt8]) {
        let full = pending.withLock { pending -> [UInt8] in
            pending += bytes
            guard pending.count >= bufferSize else { return [] }
            defer { pending = [] }
            return pending
        }
        put(full)
    }

    /// Writes what is held back.
    static func flush() {
        put(
            pending.withLock { pending in
                defer { pending = [] }
                return pending
            })
    }

    private static func put(_ bytes: [UInt8]) {
        guard let fault = FileOutput.write(bytes, to: STDOUT_FILENO) else { return }
        Failure(.failed, "standard output cannot be written: \(String(cString: strerror(fault)))").end()
    }
}

/// Short lines on standard error; where they cannot be written there is nobody to tell.
enum StandardError {
    static func write(_ text: String) { _ = FileOutput.write(Array(text.utf8), to: STDERR_FILENO) }
}

/// Prints a line for a person: nothing in it acts on a terminal.
func print(_ items: String..., separator: String = " ", terminator: String = "\n") {
    StandardOutput.write(ScreenedText.lines(items.joined(separator: separator) + terminator))
}

/// Puts the three standard streams in order before anything is opened or written.
enum StandardStreams {
    /// A write to a pipe that nobody reads is an error, not a death; a stream that was closed is one that cannot be
    /// written, and no file that is opened later takes its place.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
        where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
            // The lowest free number is the one that was closed. Read-only: what is written there fails.
            _ = open("/dev/null", O_RDONLY)
        }
    }
}
