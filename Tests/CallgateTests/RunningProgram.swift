import Foundation
import Testing

/// The built program while it runs, in a folder of its own.
final class RunningProgram {
    private let process = Process()
    private let folder: Folder
    private let name: String

    /// Starts `callgate` with `arguments`; what it prints goes to files that begin with `name`.
    init(_ arguments: [String], in folder: Folder, name: String = "run") throws {
        self.folder = folder
        self.name = name
        process.executableURL = try CommandLineRun.program()
        process.arguments = arguments
        process.currentDirectoryURL = folder.url
        process.standardInput = FileHandle.nullDevice
        let files = ["\(name).out", "\(name).err"].map { folder.url.appendingPathComponent($0) }
        for file in files { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    var isRunning: Bool { process.isRunning }
    var errors: String { (try? folder.read("\(name).err")) ?? "" }
    var output: String { (try? folder.read("\(name).out")) ?? "" }

    /// Ends it as a loss of power would: it can do nothing more.
    func kill9() { kill(process.processIdentifier, SIGKILL) }

    /// Sends it a signal.
    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits for its end and gives its exit code.
    @discardableResult func end() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Looks until there is an answer; only a program that hangs, or has ended, is given up.
    func wait<Answer>(for what: String, _ look: () throws -> Answer?) throws -> Answer {
        let start = Date()
        while Date().timeIntervalSince(start) < 1_200 {
            if let answer = try look() { return answer }
            guard process.isRunning else { break }
            usleep(30_000)
        }
        if let answer = try look() { return answer }
        throw WaitedInVain(description: "waited in vain for \(what): \(errors)")
    }

    struct WaitedInVain: Error, CustomStringConvertible { let description: String }
}
