import Foundation
import Testing

@testable import Agent

/// A folder of stub programs that log what was started, and real shells that run lines in it.
final class ShellBench {
    /// A program that a stub saw start: its name and its words.
    struct Start: Hashable {
        let words: [String]
        var text: String { words.joined(separator: " ") }
    }

    private let url: URL
    /// Programs that run others go on to the real one; all other names only log.
    private static let real = ["env", "nice", "nohup", "timeout", "xargs", "sh", "bash", "find"]

    init(names: [String]) throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "callgate-shell-\(UUID().uuidString)")
        for folder in ["stubs", "lines", "work", "home"] {
            try FileManager.default.createDirectory(
                at: url.appendingPathComponent(folder), withIntermediateDirectories: true)
        }
        for name in Set(names + ShellBench.real + ["time"])
        where !name.isEmpty && ![".", ".."].contains(name) && !name.utf8.contains(UInt8(ascii: "/")) {
            var script = "#!/bin/sh\nprintf '%s\\037' \"${0##*/}\" \"$@\" '\u{1E}' >>'\(url.path)/log'\n"
            if ShellBench.real.contains(name) { script += "exec /usr/bin/\(name) \"$@\"\n" }
            if name == "time" { script += "[ $# -gt 0 ] && exec \"$@\"\n" }
            let path = url.appendingPathComponent("stubs/\(name)").path
            _ = FileManager.default.createFile(
                atPath: path, contents: Data(script.utf8), attributes: [.posixPermissions: 0o755])
        }
        for name in ["a1", "a2", "b.txt"] {
            _ = FileManager.default.createFile(
                atPath: url.appendingPathComponent("work/\(name)").path, contents: nil)
        }
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Runs each line by itself with `SHELL -c` and gives what started, of each line.
    ///
    /// A line is over once every program that it left after has ended, for all of them hold a pipe open; a loop is
    /// killed after three seconds, with its group.
    func started(_ lines: [String], by shell: String) throws -> [[Start]] {
        for (number, line) in lines.enumerated() {
            try Data(line.utf8).write(to: url.appendingPathComponent("lines/\(number)"))
        }
        try Data().write(to: url.appendingPathComponent("log"))
        let driver = """
            cd '\(url.path)/work' || exit 1
            export HOME='\(url.path)/home' LANG=C.UTF-8 LC_ALL=C.UTF-8
            unset ENV BASH_ENV
            # Lines that nobody has read must not run as root: some find the real rm.
            as=
            if [ "$(id -u)" = 0 ] && [ -x /usr/bin/setpriv ]; then
                chown -R 65534:65534 '\(url.path)'
                as='/usr/bin/setpriv --reuid=65534 --regid=65534 --clear-groups'
            fi
            number=0
            while [ $number -lt \(lines.count) ]; do
                IFS= read -r -d '' line <../lines/$number
                ( ulimit -v 4000000; ulimit -t 4; PATH='\(url.path)/stubs' exec $as /usr/bin/timeout -s KILL 3 \
                    /usr/bin/\(shell) -c "$line" ) 9>&1 >/dev/null 2>&1 </dev/null | cat >/dev/null
                printf '\\035' >>../log
                number=$((number + 1))
            done
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", driver]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let logs = try Data(contentsOf: url.appendingPathComponent("log"))
            .split(separator: 0x1D, omittingEmptySubsequences: false)
        try #require(logs.count == lines.count + 1, "the shells did not run every line")
        return logs.dropLast().map { log in
            // A mark stands after each word, and after the last one the record's own.
            return log.split(separator: 0x1E).compactMap { record in
                let fields = record.drop { $0 == 0x1F }
                guard !fields.isEmpty else { return nil }
                let words = fields.split(separator: 0x1F, omittingEmptySubsequences: false).dropLast()
                return Start(words: words.map { String(decoding: $0, as: UTF8.self) })
            }
        }
    }
}
