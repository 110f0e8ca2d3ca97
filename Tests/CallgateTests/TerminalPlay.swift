import Foundation

/// The debugger played under `script`, on a pseudo-terminal.
///
/// Every byte that went to the terminal is in the folder's `typescript` afterwards.
struct TerminalPlay {
    /// The bytes that went to the terminal.
    let output: Data

    /// Lets the run go on to its end and quits; `nil` where it cannot be played here.
    ///
    /// - Parameter keys: what to press, by the journal so far and the keys pressed before; pressed again and again, as a
    ///   key that comes before its time is lost.
    init?(
        _ arguments: [String], journal: String, in folder: Folder, environment: [String: String],
        keys: (_ journal: String, _ pressed: [String]) -> String = TerminalPlay.runAndQuit
    ) throws {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/script") else {
            print("skipped on a terminal: there is no script(1)")
            return nil
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/script")
        let command = ([try CommandLineRun.program().path] + arguments).joined(separator: " ")
        process.arguments = ["-qefc", command, "typescript"]
        process.currentDirectoryURL = folder.url
        let size = ["TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "COLUMNS": "120", "LINES": "40"]
        process.environment = ProcessInfo.processInfo.environment.merging(size) { $1 }
            .merging(environment) { $1 }
        let input = Pipe()
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        var pressed: [String] = []
        while process.isRunning {
            let next = keys((try? folder.read(journal)) ?? "", pressed)
            if !next.isEmpty {
                try? input.fileHandleForWriting.write(contentsOf: Data(next.utf8))
                pressed.append(next)
            }
            usleep(200_000)
        }
        output = try Data(contentsOf: folder.url.appendingPathComponent("typescript"))
    }

    /// Lets the run go on until it asks its model, and quits when it has ended.
    static func runAndQuit(_ journal: String, _ pressed: [String]) -> String {
        if journal.contains(#""kind":"end""#) { return "q" }
        return journal.contains(#""kind":"request""#) ? "" : "c"
    }
}

extension Folder {
    /// The names of all files under the folder that hold a text, byte by byte.
    func files(holding text: String) throws -> [String] {
        let names = FileManager.default.enumerator(atPath: url.path)?.compactMap { $0 as? String } ?? []
        return try names.filter { name in
            let file = url.appendingPathComponent(name)
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder),
                !isFolder.boolValue
            else { return false }
            return try Data(contentsOf: file).range(of: Data(text.utf8)) != nil
        }
    }
}
