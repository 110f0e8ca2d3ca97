import CProcesses
import Foundation
import Synchronization

/// Ends the groups of running programs when this program is gone, however it went: a small shell waits at the end of a
/// pipe, and the pipe closes with this program, by `exit`, by a crash, or by a kill that leaves no time for anything.
final class GroupKeeper: Sendable {
    static let shared = GroupKeeper()

    private struct State {
        var hasStarted = false
        /// Our end of the keeper's input; `nil` where it could not be started.
        var input: Int32?
    }

    private let state = Mutex(State())

    /// Reads `+ GROUP` and `- GROUP` until the pipe ends, and kills what is left.
    private static let script = """
        live=
        while read -r sign group; do
          case $sign in
            +) live="$live $group" ;;
            -) rest=; for one in $live; do [ "$one" = "$group" ] || rest="$rest $one"; done; live=$rest ;;
          esac
        done
        for one in $live; do kill -s KILL -- "-$one"; done 2>/dev/null
        """

    private init() {}

    /// Where a group that begins announces itself; negative where there is no keeper.
    ///
    /// The keeper runs from then on.
    var announcements: Int32 {
        state.withLock { state in
            if !state.hasStarted {
                state.hasStarted = true
                state.input = GroupKeeper.start()
            }
            return state.input ?? -1
        }
    }

    /// A group is about to be gone, so that its number may become another's.
    func remove(_ group: pid_t) {
        guard let input = state.withLock({ $0.input }) else { return }
        // Shorter than a pipe's atomic write; a keeper that is gone must not end this program.
        _ = "- \(group)\n".withCString { send(input, $0, strlen($0)) }
    }

    private func send(_ input: Int32, _ bytes: UnsafePointer<CChar>, _ count: Int) -> Int {
        var blocked = sigset_t()
        var before = sigset_t()
        sigemptyset(&blocked)
        sigaddset(&blocked, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &blocked, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        return write(input, bytes, count)
    }

    private static func start() -> Int32? {
        let launch = ProcessLaunch(program: "/bin/sh", arguments: ["-c", script])
        guard let keeper = try? Spawn.start(launch) else { return nil }
        close(keeper.output)
        close(keeper.errors)
        _ = fcntl(keeper.input, F_SETFL, 0)
        return keeper.input
    }
}
