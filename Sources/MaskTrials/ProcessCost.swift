import Foundation

/// What the running thread has cost.
public enum ProcessorTime {
    /// Nanoseconds that this thread has run: what other processes take of the core does not count.
    public static var now: Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}

/// What the running process has taken.
public enum ProcessMemory {
    /// The most memory that the process has held, in megabytes; `nil` where the system does not tell.
    public static var peak: Double? { field("VmHWM:") }

    /// The memory that the process holds now, in megabytes; `nil` where the system does not tell.
    public static var now: Double? { field("VmRSS:") }

    private static func field(_ name: String) -> Double? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix(name) }),
            let kilobytes = line.split(separator: " ").compactMap({ Double($0) }).first
        else { return nil }
        return kilobytes / 1024
    }
}
