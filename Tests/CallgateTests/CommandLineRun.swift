import Foundation
import Testing

/// One run of the built program, in a folder of its own.
struct CommandLineRun {
    let status: Int32
    let output: String
    let errors: String

    /// Runs `callgate` with `arguments` in `folder` and waits for its end.
    ///
    /// - Parameter environment: variables besides those of the test itself.
    init(_ arguments: [String], in folder: Folder, environment: [String: String] = [:]) throws {
        let process = Process()
        process.executableURL = try CommandLineRun.program()
        process.arguments = arguments
        process.currentDirectoryURL = folder.url
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        // Files rather than pipes: nothing that is printed can fill up and block.
        let files = ["stdout.txt", "stderr.txt"].map { folder.url.appendingPathComponent($0) }
        for file in files { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        try process.run()
        process.waitUntilExit()
        status = process.terminationStatus
        output = String(decoding: try Data(contentsOf: files[0]), as: UTF8.self)
        errors = String(decoding: try Data(contentsOf: files[1]), as: UTF8.self)
    }

    /// The program lies beside the test runner, where the build puts both.
    static func program() throws -> URL {
        let runner = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        var folders = [URL(fileURLWithPath: runner).deletingLastPathComponent()]
        folders += CommandLine.arguments.map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
        let candidates = folders.map { $0.appendingPathComponent("callgate") }
        return try #require(candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) })
    }
}

/// A temporary folder that is removed with its owner.
final class Folder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("callgate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: url.appendingPathComponent(name))
    }

    func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: url.appendingPathComponent(name)), as: UTF8.self)
    }
}
