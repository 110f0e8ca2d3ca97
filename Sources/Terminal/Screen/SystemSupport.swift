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
