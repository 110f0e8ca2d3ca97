import Foundation
import Synchronization

/// A running program with its pipes and its process group.
///
/// One thread of its own moves bytes and reports them; another waits for the end. When the program ends, whatever is
/// left of its group is killed before the end is reported, so that nothing of a tool outlives its call.
public final class ChildProcess: Sendable {
    /// What a program does, as it is reported: outputs in order, and the end last, once.
    public enum Report: Sendable {
        /// Bytes of its standard output.
        case output([UInt8])
        /// Bytes of its standard error.
        case errors([UInt8])
        /// It has closed one side of the conversation, and has not ended yet.
        case closed(Side)
        /// It has ended, and its group with it.
        case ended(ProcessEnd)
    }

    /// A way to the program or from it.
    public enum Side: Sendable {
        /// Its standard output.
        case output
        /// Its standard input.
        case input
    }

    private struct State {
        var pending: ArraySlice<UInt8> = []
        var closesInput = false
        var inputIsOpen = true
        var hasExited = false
        /// Once the process has been waited for, its number may be another's.
        var isReaped = false
    }

    private let process: SpawnedProcess
    private let wakeUp: Pipe
    private let state = Mutex(State())
    private let report: @Sendable (Report) -> Void

    /// Starts a program; `report` is called on a thread of the process's own.
    /// - Throws: ``ProcessError`` when it cannot be started.
    public init(
        _ launch: ProcessLaunch, report: @escaping @Sendable (Report) -> Void
    ) throws(ProcessError) {
        wakeUp = try Pipe()
        do {
            process = try Spawn.start(launch, keeper: .shared)
        } catch {
            wakeUp.close()
            throw error
        }
        _ = fcntl(wakeUp.write, F_SETFL, O_NONBLOCK)
        self.report = report
        LiveProcesses.shared.insert(self)
        Thread.detachNewThread { self.awaitExit() }
        Thread.detachNewThread { self.pump() }
    }

    /// The process's number, which is its group's.
    public var pid: pid_t { process.pid }

    /// Gives bytes to the program's standard input; what it doesn't read is dropped when it ends.
    public func write(_ bytes: [UInt8]) {
        state.withLock { $0.pending.append(contentsOf: bytes) }
        wake()
    }

    /// Closes the program's standard input after what has been written.
    public func closeInput() {
        state.withLock { $0.closesInput = true }
        wake()
    }

    /// Sends a signal to the whole group; nothing once it has ended.
    public func signal(_ signal: Int32) {
        state.withLock { if !$0.isReaped { _ = kill(-process.pid, signal) } }
    }

    /// Asks the group to end, and kills it after `grace`.
    public func stop(grace: Duration = .seconds(1)) {
        signal(SIGTERM)
        let parts = grace.components
        let seconds = Double(parts.seconds) + Double(parts.attoseconds) / 1e18
        DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { self.signal(SIGKILL) }
    }

    private func wake() {
        state.withLock { if !$0.isReaped { _ = Foundation.write(wakeUp.write, [1], 1) } }
    }

    /// Learns of the end without reaping, which keeps the group's number ours until the group is gone.
    private func awaitExit() {
        var info = siginfo_t()
        while waitid(P_PID, id_t(process.pid), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        _ = kill(-process.pid, SIGKILL)
        state.withLock { $0.hasExited = true }
        wake()
    }

    private func pump() {
        // A program that has closed its input must not end this one.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)

        var outputs = [(file: process.output, isOpen: true), (file: process.errors, isOpen: true)]
        // What a pipe can hold is read after the end; a program that left the group could write for ever.
        var readingsAfterExit = 64
        while readingsAfterExit > 0 {
            let (hasExited, isOpen, writes) = state.withLock {
                ($0.hasExited, $0.inputIsOpen, !$0.pending.isEmpty)
            }
            // After the end there is nothing to wait for: a program that left the group may hold the pipes for ever.
            var files = [pollfd(fd: wakeUp.read, events: Int16(POLLIN), revents: 0)]
            for output in outputs {
                files.append(pollfd(fd: output.isOpen ? output.file : -1, events: Int16(POLLIN), revents: 0))
            }
            // A pipe that nobody reads any more is told even where nothing is to be written.
            files.append(
                pollfd(fd: isOpen ? process.input : -1, events: writes ? Int16(POLLOUT) : 0, revents: 0))
            _ = poll(&files, nfds_t(files.count), hasExited ? 0 : -1)
            if files[0].revents != 0 { _ = read(from: wakeUp.read) }
            for index in outputs.indices where files[index + 1].revents != 0 {
                outputs[index].isOpen = take(from: outputs[index].file, isError: index == 1)
                if index == 0, !outputs[index].isOpen { report(.closed(.output)) }
            }
            if !give(isRefused: files[3].revents & Int16(POLLERR) != 0) { report(.closed(.input)) }
            guard hasExited else { continue }
            if files[1].revents == 0, files[2].revents == 0 { break }
            readingsAfterExit -= 1
        }
        finish()
    }

    private func take(from file: Int32, isError: Bool) -> Bool {
        switch read(from: file) {
        case .bytes(let bytes): report(isError ? .errors(bytes) : .output(bytes))
        case .nothing: break
        case .end: return false
        }
        return true
    }

    private enum Reading {
        case bytes([UInt8])
        case nothing
        case end
    }

    private func read(from file: Int32) -> Reading {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = Foundation.read(file, &bytes, bytes.count)
        if count > 0 { return .bytes(Array(bytes[..<count])) }
        return count < 0 && (errno == EAGAIN || errno == EINTR) ? .nothing : .end
    }

    /// Writes what the program takes; false where it takes nothing more.
    private func give(isRefused: Bool) -> Bool {
        state.withLock { state in
            guard state.inputIsOpen else { return true }
            var isRefused = isRefused
            if isRefused { (state.pending, state.closesInput) = ([], true) }
            while !state.pending.isEmpty {
                let count = state.pending.withUnsafeBytes {
                    Foundation.write(process.input, $0.baseAddress, $0.count)
                }
                if count < 0, errno == EAGAIN || errno == EINTR { return true }
                guard count > 0 else {
                    state.pending = []
                    state.closesInput = true
                    isRefused = true
                    break
                }
                state.pending = state.pending.dropFirst(count)
            }
            if state.closesInput {
                state.inputIsOpen = false
                close(process.input)
            }
            return !isRefused
        }
    }

    private func finish() {
        var status: Int32 = 0
        GroupKeeper.shared.remove(process.pid)
        let end = state.withLock { state in
            while waitpid(process.pid, &status, 0) < 0, errno == EINTR {}
            state.isReaped = true
            if state.inputIsOpen { close(process.input) }
            state.inputIsOpen = false
            close(process.output)
            close(process.errors)
            wakeUp.close()
            let signal = status & 0x7F
            return signal == 0 ? ProcessEnd.exited((status >> 8) & 0xFF) : .signalled(signal)
        }
        LiveProcesses.shared.remove(self)
        report(.ended(end))
    }
}

/// All programs that run now: they end with this one where it ends by itself; ``GroupKeeper`` sees to the rest.
final class LiveProcesses: Sendable {
    static let shared = LiveProcesses()
    private let processes = Mutex<[ObjectIdentifier: ChildProcess]>([:])

    private init() {
        atexit { LiveProcesses.shared.killAll() }
    }

    func insert(_ process: ChildProcess) { processes.withLock { $0[ObjectIdentifier(process)] = process } }

    func remove(_ process: ChildProcess) { processes.withLock { $0[ObjectIdentifier(process)] = nil } }

    private func killAll() {
        for process in processes.withLock({ Array($0.values) }) { process.signal(SIGKILL) }
    }
}
