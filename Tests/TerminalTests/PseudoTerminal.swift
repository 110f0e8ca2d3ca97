#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A terminal for the trial program, and what the program wrote to it.
///
/// The program is the leader of a session of its own on the other end, as under a terminal emulator.
final class PseudoTerminal {
    private let master: Int32
    private let slave: Int32
    private let name: [CChar]
    private var process: pid_t = 0
    private(set) var output = ""
    /// The modes before the program ran.
    let modesBefore: String

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// POSIX_SPAWN_SETSID, which the C library's module hides.
    #if os(Linux)
        private static let newSession: Int16 = 0x80
    #else
        private static let newSession: Int16 = 0x400
    #endif

    /// Longer than any machine should need; only a failing test waits so long.
    private static let patience = Duration.seconds(60)

    init(size: (columns: UInt16, rows: UInt16) = (80, 24)) throws {
        var ends: (master: Int32, slave: Int32) = (-1, -1)
        var name = [CChar](repeating: 0, count: 128)
        guard openpty(&ends.master, &ends.slave, &name, nil, nil) == 0 else {
            throw Failure(description: "no pseudo-terminal: \(String(cString: strerror(errno)))")
        }
        (master, slave) = ends
        self.name = name
        _ = fcntl(master, F_SETFD, FD_CLOEXEC)
        _ = fcntl(slave, F_SETFD, FD_CLOEXEC)
        modesBefore = PseudoTerminal.modes(of: slave)
        resize(columns: size.columns, rows: size.rows)
    }

    deinit {
        if process > 0 {
            kill(process, SIGKILL)
            waitpid(process, nil, 0)
        }
        close(slave)
        close(master)
    }

    func resize(columns: UInt16, rows: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// Starts a program on the terminal.
    func start(_ arguments: [String], environment: [String: String] = [:]) throws {
        guard let program = arguments.first else { throw Failure(description: "no program") }
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        // The leader of a new session gets the first terminal that it opens.
        posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        // The threads that tests run on block signals, and a program inherits that.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, PseudoTerminal.newSession | Int16(POSIX_SPAWN_SETSIGMASK))
        var variables = [
            "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin",
            "SWIFT_BACKTRACE": "enable=no",
        ]
        variables.merge(environment) { $1 }
        let status = withCStrings(arguments) { arguments in
            withCStrings(variables.map { "\($0)=\($1)" }) { variables in
                posix_spawn(&process, program, &actions, &attributes, arguments, variables)
            }
        }
        guard status == 0 else {
            throw Failure(description: "\(program): \(String(cString: strerror(status)))")
        }
    }

    func type(_ text: String) {
        _ = Array(text.utf8).withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
    }

    /// Collects output until it holds a text, and forgets it up to there.
    @discardableResult
    func expect(_ text: String) throws -> String {
        let deadline = ContinuousClock.now + PseudoTerminal.patience
        while true {
            if let range = output.firstRange(of: text) {
                let before = String(output[..<range.lowerBound])
                output = String(output[range.upperBound...])
                return before
            }
            guard ContinuousClock.now < deadline, collect() else {
                throw Failure(description: "'\(text)' did not come; there is: \(output.debugDescription)")
            }
        }
    }

    /// Waits until something is so that the program does not tell.
    func until(_ condition: () -> Bool) throws {
        let deadline = ContinuousClock.now + PseudoTerminal.patience
        while !condition() {
            guard ContinuousClock.now < deadline else { throw Failure(description: "it never was so") }
            collect(milliseconds: 20)
        }
    }

    /// Waits for the end of the program and gives its exit status, or its signal's number below zero.
    func wait() throws -> Int32 {
        var status: Int32 = 0
        try until { waitpid(process, &status, WNOHANG) == process }
        process = 0
        while collect(milliseconds: 50) {}
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
    }

    func signal(_ number: Int32) { kill(process, number) }

    var modes: String { PseudoTerminal.modes(of: slave) }

    @discardableResult
    private func collect(milliseconds: Int32 = 1000) -> Bool {
        var wait = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard poll(&wait, 1, milliseconds) > 0 else { return milliseconds == 1000 }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = bytes.withUnsafeMutableBytes { read(master, $0.baseAddress, $0.count) }
        guard count > 0 else { return false }
        output += String(decoding: bytes[..<count], as: UTF8.self)
        return true
    }

    private static func modes(of terminal: Int32) -> String {
        var modes = termios()
        tcgetattr(terminal, &modes)
        return "\(modes.c_iflag) \(modes.c_oflag) \(modes.c_cflag) \(modes.c_lflag) \(modes.c_cc)"
    }
}

private func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
    let pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
    defer { pointers.forEach { free($0) } }
    return body(pointers)
}

/// The trial program that was built beside the tests, nil where it cannot be found.
let trialProgram: String? = {
    var path = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &path, path.count - 1)
    guard count > 0 else { return nil }
    let own = String(decoding: path[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let program = own[..<(own.lastIndex(of: "/") ?? own.startIndex)] + "/TerminalTrial"
    return access(String(program), X_OK) == 0 ? String(program) : nil
}()
