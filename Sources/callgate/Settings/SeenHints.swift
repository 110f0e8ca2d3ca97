import Foundation
import JSON

/// The hints that the person has been shown, one a line in a file of their state folder.
enum SeenHints {
    private static var path: String { SettingsFile.stateFolder + "/hints" }

    /// All of them; none where the file cannot be read.
    static var all: Set<String> {
        Set(
            ((try? BoundedFile.text(path)) ?? "").split(separator: "\n").map(
                String.init))
    }

    /// Remembers one.
    ///
    /// A folder that cannot be written only means that the hint comes again.
    static func add(_ id: String) {
        let text = (all.union([id])).sorted().joined(separator: "\n") + "\n"
        try? FileManager.default.createDirectory(
            atPath: SettingsFile.stateFolder, withIntermediateDirectories: true)
        try? Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}
