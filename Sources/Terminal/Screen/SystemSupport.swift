#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension TerminalError {
    /// What the last system call complained about.
    static func lastFailure(of call: String) -> TerminalError {
        .system(call: call, message: String(cString: strerror(errno)))
    }
}

extension Duration? {
    /// What `poll` takes: milliseconds, rounded up so that a short wait is none that spins, or -1 for ever.
    var pollMilliseconds: Int32 {
        guard let duration = self else { return -1 }
        let (seconds, attoseconds) = duration.components
        if seconds < 0 || (seconds == 0 && attoseconds <= 0) { return 0 }
        let milliseconds = seconds.multipliedReportingOverflow(by: 1000)
        let rest = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return milliseconds.overflow ? .max : Int32(clamping: milliseconds.partialValue + rest)
    }
}

/// `write`, by a name that no method hides.
func unistdWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}

/// `close`, by a name that no method hides.
func closeDescriptor(_ descriptor: Int32) { close(descriptor) }

/// All bytes from a descriptor's position to its end.
func readAll(_ descriptor: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = part.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        if count <= 0 { return bytes }
        bytes += part[..<count]
    }
}

/// A variable of the process's environment.
func environmentVariable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
