import Attach
import Foundation
import Synchronization

/// The program that `attach -- CMD` runs, pointed at the proxy.
final class AttachedProgram: Sendable {
    private let pid: pid_t
    private let ended = Mutex<Int32?>(nil)

    /// Starts the program with the variables and words that point it at the proxy.
    ///
    /// - Parameter output: where its output and errors go, line by line; `nil` gives it this terminal.
    /// - Throws: ``Failure``.
    init(_ words: [String], lines: ClientLines, output: (@Sendable (String) -> Void)?) throws {
        var environment = ProcessInfo.processInfo.environment
        let words = lines.command(words, has: environment["OPENAI_API_KEY"] != nil)
        environment.merge(lines.environment) { $1 }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        // What is ignored here would be ignored there as well: Ctrl-C, and a terminal that goes away.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        var usual = sigset_t()
        sigemptyset(&usual)
        for number in [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGPIPE] { sigaddset(&usual, number) }
        posix_spawnattr_setsigdefault(&attributes, &usual)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        var ends: [Int32] = [-1, -1]
        if output != nil {
            guard pipe(&ends) == 0 else {
                throw Failure(
                    .failed, "no pipe for the program's output: \(String(cString: strerror(errno)))")
            }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
            posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
            posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
        }
        var pid: pid_t = 0
        let fault = AttachedProgram.withCStrings(words) { arguments in
            AttachedProgram.withCStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
                posix_spawnp(&pid, words[0], &actions, &attributes, arguments, environment)
            }
        }
        if output != nil { close(ends[1]) }
        guard fault == 0 else {
            throw Failure(.usage, "\(words[0]) cannot be run: \(String(cString: strerror(fault)))")
        }
        self.pid = pid
        if let output { AttachedProgram.read(ends[0], output) }
    }

    private static func withCStrings<Result>(
        _ words: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let strings = words.map { strdup($0) }
        defer { for string in strings { free(string) } }
        return body(strings + [nil])
    }

    private static func read(_ file: Int32, _ output: @escaping @Sendable (String) -> Void) {
        Thread.detachNewThread {
            defer { close(file) }
            var lines = ProgramLines()
            var chunk = [UInt8](repeating: 0, count: 1 << 14)
            while true {
                let count = chunk.withUnsafeMutableBytes { Foundation.read(file, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                for line in lines.take(chunk[..<count]) { output(line) }
            }
            if let rest = lines.rest { output(rest) }
        }
    }

    /// Waits for the program's end, and says its exit code, as a shell would.
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
        ended.withLock { $0 = code }
        return code
    }

    /// The program's exit code, where it has ended.
    var endStatus: Int32? { ended.withLock { $0 } }

    /// Asks the program to end.
    func terminate() { if endStatus == nil { kill(pid, SIGTERM) } }
}
