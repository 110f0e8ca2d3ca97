import Agent
import Foundation
import JSON
import Sessions

/// The journals that a command line names: files as they are, of folders every `.jsonl` file in them.
enum SessionFiles {
    /// The paths, those of a folder in the order of their names.
    /// - Throws: ``Failure`` where nothing is at a path, or a folder holds no journal.
    static func expand(_ paths: [String]) throws -> [String] {
        var files: [String] = []
        for path in paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw Failure(.usage, "there is no file or folder \(path)")
            }
            guard isFolder.boolValue else {
                files.append(path)
                continue
            }
            let names = (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? [])
                .filter { $0.endsBytewise(with: ".jsonl") }.sorted()
            if names.isEmpty { throw Failure(.usage, "\(path) holds no journal (.jsonl)") }
            files += names.map { path.utf8.last == UInt8(ascii: "/") ? path + $0 : "\(path)/\($0)" }
        }
        return files
    }

    /// The header of a journal; `nil` where it has none.
    /// - Throws: ``Failure`` for a file that is no journal.
    static func header(of path: String) throws -> SessionHeader? {
        try failing(.usage) {
            var reader = try JournalReader(path: path)
            if case .sessionStarted(let header)? = try reader.next()?.body { return header }
            return nil
        }
    }

    /// Gives each event with the state after it, one line of the file in memory at a time.
    ///
    /// - Parameter folding: whether the state is kept; without, `body` gets the empty one.
    ///
    /// A line that cannot be read ends the file with a notice.
    /// - Throws: ``Failure`` for a file that is no journal, and what `body` throws.
    static func read(
        _ path: String, folding: Bool = true, _ body: (Event, RunState) throws -> Void
    ) throws {
        var state = RunState()
        var last = 0
        do {
            var reader = try JournalReader(path: path)
            while let event = try reader.next() {
                if folding { state.apply(event) }
                last = event.number
                try body(event, state)
            }
            if let line = reader.incompleteLine { Notice.print("\(path): \(line)") }
        } catch let error as JournalError {
            guard case .corrupt = error.kind, last > 0 else {
                throw Failure(.usage, error.description)
            }
            Notice.print("\(error); what follows event \(last) is left out")
        }
    }
}

/// A journal's path without its ending.
enum JournalStem {
    static func of(_ path: String) -> String {
        path.endsBytewise(with: ".jsonl") ? String(path.unicodeScalars.dropLast(6)) : path
    }
}
