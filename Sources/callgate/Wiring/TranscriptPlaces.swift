import Foundation
import JSON
import Sessions

/// Where Claude Code and Codex keep their transcripts.
enum TranscriptPlaces {
    /// A program that keeps them.
    enum Program: String {
        case claude
        case codex

        var title: String { self == .claude ? "Claude Code" : "Codex" }

        /// The folder: the program's own variable says where, else it is in the home folder.
        var folder: String {
            let environment = ProcessInfo.processInfo.environment
            let home = environment["HOME"] ?? NSHomeDirectory()
            switch self {
            case .claude: return (environment["CLAUDE_CONFIG_DIR"] ?? home + "/.claude") + "/projects"
            case .codex: return (environment["CODEX_HOME"] ?? home + "/.codex") + "/sessions"
            }
        }
    }

    /// A transcript, as it is listed.
    struct Transcript {
        let path: String
        let changed: Date
        let size: Int
        /// The first words of the person, where they are found near the beginning.
        let prompt: String?

        /// Time, size and first words.
        var line: String {
            let time = changed.formatted(.iso8601.timeSeparator(.colon).dateTimeSeparator(.space))
            return "\(time)\t\(size) bytes\t\(prompt ?? "(no prompt near its beginning)")\t\(path)"
        }
    }

    /// The transcripts, the one that was changed last first.
    static func transcripts(of program: Program) -> [Transcript] {
        let names = FileManager.default.enumerator(atPath: program.folder)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".jsonl") && !$0.contains("/subagents/") }.compactMap { name in
            let path = program.folder + "/" + name
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
            return Transcript(
                path: path, changed: attributes[.modificationDate] as? Date ?? .distantPast,
                size: (attributes[.size] as? NSNumber)?.intValue ?? 0, prompt: firstPrompt(path))
        }.sorted { $0.changed > $1.changed }
    }

    private static func firstPrompt(_ path: String) -> String? {
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        let head = (try? handle.read(upToCount: 1 << 18)) ?? Data()
        for line in Array(head).split(separator: 0x0A) {
            guard let value = try? JSONParser.parse(Array(line)) else { continue }
            if let prompt = prompt(in: value) { return String(prompt.prefix(80)) }
        }
        return nil
    }

    private static func prompt(in line: JSONValue) -> String? {
        let message = line["message"] ?? line["payload"] ?? [:]
        guard message["role"] == "user" else { return nil }
        let texts =
            message["content"]?.stringValue.map { [$0] }
            ?? message["content"]?.arrayValue?.compactMap { $0["text"]?.stringValue } ?? []
        // What the program itself says in the person's name begins with a tag.
        return texts.first { !$0.hasPrefix("<") && !$0.isEmpty }
    }

    /// The files that belong to a transcript: of its subagents, or of the threads that it names.
    static func companions(of file: String) -> [SessionImport.Companion] {
        guard file.hasSuffix(".jsonl") else { return [] }
        return subagents(of: file) + threads(of: file)
    }

    /// Each thread of Codex has a file whose name ends in its ID, in a folder for the day on which it began.
    private static func threads(of file: String) -> [SessionImport.Companion] {
        guard let data = FileManager.default.contents(atPath: file) else { return [] }
        var waiting = SessionImport.threads(ofRollout: Array(data))
        guard !waiting.isEmpty else { return [] }
        let (root, names) = neighbours(of: URL(fileURLWithPath: file))
        var found: [SessionImport.Companion] = []
        while let thread = waiting.popLast() {
            guard !found.contains(where: { $0.agent == thread }),
                let name = names.first(where: { $0.hasSuffix("-\(thread).jsonl") }),
                let data = FileManager.default.contents(atPath: root.appendingPathComponent(name).path)
            else { continue }
            found.append(SessionImport.Companion(agent: thread, bytes: Array(data), description: nil))
            waiting += SessionImport.threads(ofRollout: Array(data))
        }
        return found
    }

    /// The folder in which a rollout's other threads lie, and the names of what is there.
    ///
    /// That is the folder above `YYYY/MM/DD`, where the rollout lies in one. Anywhere else it is the rollout's own, without
    /// what is beneath it: the folders above a stranger's file can hold anything.
    private static func neighbours(of rollout: URL) -> (root: URL, names: [String]) {
        let folder = rollout.deletingLastPathComponent()
        let widths = folder.pathComponents.suffix(3).map { part in
            part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? part.utf8.count : 0
        }
        guard widths == [4, 2, 2] else {
            return (folder, (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        }
        let root = folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return (root, FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? [])
    }

    /// The files of the subagents lie in a folder of the transcript's name.
    private static func subagents(of file: String) -> [SessionImport.Companion] {
        let folder = String(file.dropLast(6)) + "/subagents"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".jsonl") }.sorted().compactMap { name in
            guard let data = FileManager.default.contents(atPath: folder + "/" + name) else { return nil }
            let stem = String(name.dropLast(6))
            let description = FileManager.default.contents(atPath: "\(folder)/\(stem).meta.json")
            return SessionImport.Companion(
                agent: stem.hasPrefix("agent-") ? String(stem.dropFirst(6)) : stem, bytes: Array(data),
                description: description.map { Array($0) })
        }
    }
}
