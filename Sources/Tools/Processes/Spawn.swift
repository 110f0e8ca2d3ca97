import CProcesses
import Foundation

/// A program just started, at the head of a process group of its own, with its three pipes.
struct SpawnedProcess: Sendable {
    /// The process, and the number of its group.
    let pid: pid_t
    /// Our ends of its standard input, output and error; they do not block.
    let input: Int32
    let output: Int32
    let errors: Int32
}

/// Starts programs.
enum Spawn {
    /// Starts a program.
    /// - Parameter keeper: what ends the program's group should this program be gone; told of it by the group itself,
    ///   before the program runs, so that there is no moment in which nobody knows of it.
    /// - Throws: ``ProcessError`` when it cannot be started.
    static func start(
        _ launch: ProcessLaunch, keeper: GroupKeeper? = nil
    ) throws(ProcessError) -> SpawnedProcess {
        let path = try launch.executable()
        let strings = [path] + launch.arguments + launch.environment.flatMap { [$0.key, $0.value] }
        guard !strings.contains(where: { $0.utf8.contains(0) }) else {
            throw ProcessError("\(launch.program) cannot be run: an argument holds a NUL character")
        }
        if let folder = launch.folder {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue
            else { throw ProcessError("\(launch.program) cannot be run: there is no folder \(folder)") }
        }
        var pipes: [Pipe] = []
        do {
            for _ in 0..<3 { pipes.append(try Pipe()) }
            let pid = try spawn(path, launch, pipes, keeper)
            close(pipes[0].read)
            close(pipes[1].write)
            close(pipes[2].write)
            let own = [pipes[0].write, pipes[1].read, pipes[2].read]
            for file in own { _ = fcntl(file, F_SETFL, O_NONBLOCK) }
            return SpawnedProcess(pid: pid, input: own[0], output: own[1], errors: own[2])
        } catch {
            for pipe in pipes { pipe.close() }
            throw error
        }
    }

    private static func spawn(
        _ path: String, _ launch: ProcessLaunch, _ pipes: [Pipe], _ keeper: GroupKeeper?
    ) throws(ProcessError) -> pid_t {
        let environment = launch.environment.map { "\($0.key)=\($0.value)" }.sorted()
        let files = [pipes[0].read, pipes[1].write, pipes[2].write]
        var pid: pid_t = 0
        let announcements = keeper?.announcements ?? -1
        let fault = withCStrings([path] + launch.arguments) { arguments in
            withCStrings(environment) { environment in
                cprocesses_spawn(&pid, path, arguments, environment, launch.folder, files, announcements)
            }
        }
        guard fault == 0 else {
            if pid > 0 { keeper?.remove(pid) }
            throw ProcessError("\(launch.program) cannot be run: \(String(cString: strerror(fault)))")
        }
        return pid
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}

/// Two ends of a pipe, closed in programs that are started.
struct Pipe {
    let read: Int32
    let write: Int32

    init() throws(ProcessError) {
        var ends: [Int32] = [0, 0]
        let fault = cprocesses_pipe(&ends)
        guard fault == 0 else {
            throw ProcessError("no pipe could be opened: \(String(cString: strerror(fault)))")
        }
        (read, write) = (ends[0], ends[1])
    }

    func close() {
        _ = Foundation.close(read)
        _ = Foundation.close(write)
    }
}
