import Agent
import ArgumentParser
import Foundation
import JSON
import Sessions
import Terminal

/// `callgate import`: other programs' conversations as sessions.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make sessions of other programs' conversations.",
        discussion: """
            SOURCE is a file, a folder of files, - for standard input, or claude or codex for what those programs keep in \
            their usual places: the newest first, to choose from by number. What kind a file is of is told by its content \
            and said, with the reason. What the file cannot say, or what is not read of it, is listed on standard error.

            Examples:
              callgate import claude
              callgate import claude 1
              callgate import request.json --record sessions/request.jsonl
              curl -s …/traces | callgate import - --record sessions/trace.jsonl

            Exit codes: 0 written or listed, 2 usage or a file that cannot be read.
            """)

    @Argument(help: "A file, a folder, - for standard input, claude or codex.")
    var source: String

    @Argument(help: "With claude or codex: which of the list, from 1.")
    var number: Int?

    @Option(
        help: ArgumentHelp(
            "The format, where it is not told by the content: \(SessionImport.Format.allCases.map(\.rawValue).joined(separator: ", "))."
        ))
    var format: SessionImport.Format?

    @Option(help: "The journal to write; by default sessions/NAME.jsonl. Further conversations get -2, -3 …")
    var record: String?

    func run() throws {
        if let program = TranscriptPlaces.Program(rawValue: source),
            !FileManager.default.fileExists(atPath: source)
        {
            let found = TranscriptPlaces.transcripts(of: program)
            guard let number else { return try list(found, program) }
            guard found.indices.contains(number - 1) else {
                throw Failure(
                    .usage, "there is no transcript \(number); callgate import \(source) lists \(found.count)"
                )
            }
            return try read(found[number - 1].path)
        }
        if number != nil { throw Failure(.usage, "a number goes with claude or codex only") }
        if source == "-" {
            let bytes = try failing(.usage) {
                try BoundedFile.bytes(0, named: "standard input", most: ReadingLimits.transcript)
            }
            return try read(bytes, stem: "imported", path: "standard input")
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: source, isDirectory: &isFolder) else {
            throw Failure(.usage, "there is no file or folder \(source)")
        }
        if isFolder.boolValue { try readFolder() } else { try read(source) }
    }

    private func list(_ found: [TranscriptPlaces.Transcript], _ program: TranscriptPlaces.Program) throws {
        guard !found.isEmpty else {
            throw Failure(.usage, "there is no transcript of \(program.title) under \(program.folder)")
        }
        for (index, transcript) in found.enumerated() {
            print(SafeText("\(index + 1)\t\(transcript.line)").singleLine)
        }
        print("callgate import \(source) NUMBER makes a session of one")
    }

    /// Every file of a folder that is some program's; what is none is named and left out.
    private func readFolder() throws {
        if record != nil { throw Failure(.usage, "--record goes with one file, not with a folder") }
        let names = (FileManager.default.enumerator(atPath: source)?.compactMap { $0 as? String } ?? [])
            .filter { name in
                [".json", ".jsonl", ".eval", ".har", ".flow", ".flows", ".mitm"].contains {
                    name.hasSuffix($0)
                }
                    && !name.contains("/subagents/") && !name.hasPrefix("subagents/")
                    && !name.hasSuffix(".meta.json")
            }.sorted()
        guard !names.isEmpty else { throw Failure(.usage, "\(source) holds no file of a kind that is read") }
        var read = 0
        for name in names {
            do {
                try self.read(URL(fileURLWithPath: source).appendingPathComponent(name).path)
                read += 1
            } catch let failure as Failure {
                Notice.print("left out: \(failure.message)")
            }
        }
        if read == 0 { throw Failure(.usage, "no file in \(source) could be read") }
    }

    private func read(_ file: String) throws {
        let bytes = try failing(.usage) { try BoundedFile.bytes(file, most: ReadingLimits.transcript) }
        try read(
            bytes, stem: URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent, path: file,
            companions: TranscriptPlaces.companions(of: file))
    }

    private func read(
        _ bytes: [UInt8], stem: String, path file: String, companions: [SessionImport.Companion] = []
    ) throws {
        let path = record ?? "sessions/\(stem).jsonl"
        let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        let imported: SessionImport
        do {
            imported = try SessionImport(bytes, format: format, name: name, companions: companions)
        } catch {
            throw Failure(.usage, "\(file): \(error)")
        }
        print(SafeText("\(file) is \(imported.format.title): \(imported.reason)").singleLine)
        let base = JournalStem.of(path)
        for (index, events) in imported.sessions.enumerated() {
            let target = index == 0 ? path : "\(base)-\(index + 1).jsonl"
            try failing(.usage) { try JournalWriter.copy(events, to: target) }
            var from = "from \(imported.format.rawValue)"
            if case .sessionStarted(let header)? = events.first?.body, let parent = header.parent {
                from = parent.sentence
            }
            print(SafeText("\(target): \(events.count) steps, \(from)").singleLine)
        }
        for line in imported.losses.lines { Notice.print("not in the session: \(line)") }
    }
}
